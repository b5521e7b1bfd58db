"""Reports of oversight bodies and the findings in them (审计报告、巡察报告与发现问题)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class ReportKind(models.TextChoices):
    """Which oversight made the report (报告类别)."""

    AUDIT = "audit", _("Audit")
    INSPECTION = "inspection", _("Inspection")
    PUBLISHED = "published", _("Published results")


class Report(models.Model):
    """A report, about one unit (报告). Depth: feedback."""

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="report")
    kind = models.CharField(_("kind"), max_length=16, choices=ReportKind.choices)
    unit = models.CharField(_("unit under oversight"), max_length=200)
    period = models.CharField(_("period covered"), max_length=80, blank=True)
    issued_on = models.DateField(_("issued on"), null=True)
    year = models.PositiveSmallIntegerField(_("year"))
    source_name = models.CharField(_("source organ"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)


class Finding(models.Model):
    """A problem found (发现问题), with the concluding opinion (结论性意见) once there is one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="findings")
    position = models.PositiveSmallIntegerField(_("no."))
    category = models.CharField(_("category"), max_length=80)
    summary = models.TextField(_("summary"))
    amount = models.DecimalField(_("amount in yuan"), max_digits=18, decimal_places=2, null=True)
    period = models.CharField(_("period of the finding"), max_length=80, blank=True)
    opinion = models.TextField(_("concluding opinion"), blank=True)
    concluded_on = models.DateField(_("concluding opinion on"), null=True)
    transfer = models.BooleanField(_("to be transferred"), null=True)
    rectification = models.TextField(_("rectification published"), blank=True)
    transferred_note = models.CharField(_("transfer as published"), max_length=80, blank=True)
    import_key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "position"], name="finding_position_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.summary}"

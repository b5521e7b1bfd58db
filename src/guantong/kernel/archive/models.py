"""Matters filed in the archive (归档)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class Retention(models.TextChoices):
    """How long a volume is kept (保管期限): for ever or for a term, as a rule of 30 or 10 years.

    机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第8号) Art. 6.
    """

    PERMANENT = "permanent", _("Permanently")
    THIRTY = "years30", _("30 years")
    TEN = "years10", _("10 years")


YEARS = {Retention.THIRTY: 30, Retention.TEN: 10}
CODES = {Retention.PERMANENT: "Y", Retention.THIRTY: "D30", Retention.TEN: "D10"}


class Volume(models.Model):
    """A closed matter as the archive keeps it: number, term, keeper, catalogue as filed (案卷).

    It belongs to the `year` in which the matter was closed (办结年度), whenever it is filed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.OneToOneField("matters.Matter", models.PROTECT, related_name="volume")
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("archive number"), max_length=60)
    retention = models.CharField(_("kept for"), max_length=16, choices=Retention.choices)
    kept_until = models.DateField(null=True)
    keeper = models.CharField(_("keeper of the archive"), max_length=60)
    filed_by = models.CharField(max_length=60)
    archived_on = models.DateField()
    pages = models.PositiveIntegerField()
    items = models.JSONField()
    remark = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-archived_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "year", "retention", "serial"], name="archive_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.number

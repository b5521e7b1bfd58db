"""What is kept of figures (统计存档): balance, templates, cross-checks. No matter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Balance(models.Model):
    """What a ledger received and what became of it (夜间平衡), by month of receipt and origin.

    `received` and `open_by_acts` are counted from the journal, the others from the rows of the matters.
    """

    run_on = models.DateField()
    run_at = models.DateTimeField()
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    month = models.DateField()
    source = models.CharField(max_length=16)
    sender = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)
    came = models.CharField(max_length=64, blank=True)
    received = models.IntegerField()
    open = models.IntegerField()
    closed = models.IntegerField()
    transferred = models.IntegerField()
    returned = models.IntegerField()
    merged = models.IntegerField()
    open_by_acts = models.IntegerField()
    at_odds = models.IntegerField()

    class Meta:
        ordering = ["-month", "source", "id"]
        indexes = [models.Index(fields=["run_on", "organ"], name="balance_run_organ")]

    @property
    def difference(self) -> int:
        """Received less what became of it; 0 where all is well."""
        return self.received - (self.open + self.closed + self.transferred + self.returned + self.merged)


class Template(models.Model):
    """A form of the superior's, as it was uploaded (上级报表模板). One name has one template in a body."""

    body = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    name = models.CharField(_("name of the form"), max_length=120)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    digest = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="template_once")]

    def __str__(self) -> str:
        return self.name


class Check(models.Model):
    """A cross-check of a body's own (表内、表间校验): the sum of some figures is that of others."""

    body = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    label = models.CharField(_("what is checked"), max_length=120)
    left = models.JSONField()
    right = models.JSONField()
    made_by = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label

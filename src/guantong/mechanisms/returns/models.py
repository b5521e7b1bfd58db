"""Monthly closes (月结): figures as they were frozen, what stands behind each, what changed afterwards."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class Close(models.Model):
    """The close of a month (月结). Depth: full.

    `forms`: code -> version of each form that was frozen; `figures`: name -> value; `adjusts`: the closed
    months of which it took adjustments. Submitted again it is frozen again: `turn` says how often, and what
    an earlier turn froze stays on record.
    """

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="close")
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(_("month"))
    forms = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    adjusts = models.JSONField(default=list)
    frozen_at = models.DateTimeField(_("frozen at"), null=True)
    note = models.TextField(_("explanation"), blank=True)
    turn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organ", "month"], name="close_once_a_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Behind(models.Model):
    """A matter that stands behind a frozen figure (构成). Depth: full in both matters."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+", db_index=False)
    turn = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    about = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+")
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "turn", "name", "about"], name="behind_once")
        ]


class Adjustment(models.Model):
    """A later change to a figure already closed, taken into this close (调整). Depth: full in both matters.

    `month`: the closed month it belongs to; `act`, `happened_on`, `recorded_at`: the act that made it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="adjustments", db_index=False)
    turn = models.PositiveSmallIntegerField()
    month = models.DateField()
    name = models.CharField(max_length=80)
    about = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+")
    by = models.SmallIntegerField()
    act = models.CharField(max_length=64, blank=True)
    happened_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "turn", "month", "name", "about"], name="adjustment_once"
            )
        ]

"""Inspection rounds (巡察轮次) and the lines of the lists by which their clues are handed over."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class Round(models.Model):
    """A round of inspection tours (巡察轮次). Depth: feedback, both sides know all of it.

    `handover`: the list by which its clues went; none where they came on paper.
    """

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="round")
    units = models.TextField(_("units inspected"))
    began_on = models.DateField(_("inspected from"), null=True)
    ended_on = models.DateField(_("inspected until"), null=True)
    leader = models.CharField(_("team leader"), max_length=60, blank=True)
    sender_name = models.CharField(_("inspection office"), max_length=120)
    on_paper = models.BooleanField(default=False)
    handover = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="+")
    handed_over_on = models.DateField(_("handed over on"), null=True)
    letter_number = models.CharField(_("number of the list"), max_length=60, blank=True)
    letter_date = models.DateField(_("date of the list"), null=True)
    letter_signer = models.CharField(_("signed by"), max_length=60, blank=True)
    received_on = models.DateField(_("taken in on"), null=True)
    handed_by = models.CharField(_("handed over by"), max_length=60, blank=True)
    taken_by = models.CharField(_("received by"), max_length=60, blank=True)
    list_signed_on = models.DateField(_("list signed on"), null=True)


class Item(models.Model):
    """A line of a hand-over list (移交清单条目): its number, which both sides call the clue by.

    `said`: what the line says, as it was when the list was drafted, for those who sign it without sight of
    the clue. A list drafted anew has lines of its own, as has each feedback on the round; those that count
    are of the round's `handover`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="items")
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(_("no."))
    clue = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+")
    said = models.JSONField(default=dict)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "paper", "position"], name="item_position_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.position)

"""Handing over a desk (工作交接): whose, before whom, and everything that lay on it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class What(models.TextChoices):
    """What a row of the list is (交接内容)."""

    CUSTODY = "custody", _("Matter in custody")
    PAPER = "paper", _("Draft of a paper")
    POST = "post", _("Another post")
    VIEWS = "views", _("Saved views")


MOVABLE = (What.CUSTODY, What.PAPER)
"""What has a successor; of the rest the list says why it has none."""


class Handover(models.Model):
    """A desk that is handed over: that of one post (工作交接). Depth: full."""

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="handover")
    post = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    supervisor = models.CharField(_("supervised by"), max_length=60)
    remarks = models.TextField(_("remarks"), blank=True)


class Item(models.Model):
    """One thing on the desk (交接清单条目). Depth: full in the handover and in the matter it is about."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="handover_items")
    about = models.ForeignKey("matters.Matter", models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=16, choices=What.choices)
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=32, blank=True)
    owed = models.CharField(_("owed"), max_length=300, blank=True)
    due_on = models.DateField(_("next date"), null=True)
    successor = models.ForeignKey("organs.Officer", models.PROTECT, null=True, related_name="+")
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    stays = models.CharField(_("why it is not handed over"), max_length=200, blank=True)
    taken_on = models.DateField(_("taken over on"), null=True)

    class Meta:
        ordering = ["id"]

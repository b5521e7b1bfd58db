"""Sessions over the ledger (梳理调度): what lay open, what stood in its way, what was decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class Form(models.TextChoices):
    """What kind of session it is (会议形式; CZ-3.4)."""

    SORTING = "sorting", _("Sorting")
    STEERING = "steering", _("Steering")


class Decision(models.TextChoices):
    """What is decided on an item (逐件意见)."""

    CONTINUE = "continue", _("Go on as it is")
    SPEED_UP = "speed_up", _("Speed up, by a day")
    INSTRUCT = "instruct", _("Written instruction")
    ANSWER = "answer", _("Ask for a written answer")
    EXTEND = "extend", _("Propose an extension")
    OTHER = "other", _("Other")


class Session(models.Model):
    """A session (梳理、调度会议). Depth: full."""

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="session")
    form = models.CharField(_("kind of session"), max_length=16, choices=Form.choices)
    begins_on = models.DateField(_("period from"), null=True)
    ends_on = models.DateField(_("period to"), null=True)
    begun_on = models.DateField(_("held on"), null=True)
    chair = models.CharField(_("chaired by"), max_length=60, blank=True)
    attendees = models.CharField(_("attended by"), max_length=500, blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)


class Item(models.Model):
    """An open matter as the session found it, and the decision (梳理事项). Depth: full in both matters."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="session_items")
    about = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+")
    state = models.CharField(max_length=32)
    since = models.DateField(_("since"))
    handler = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)
    owed = models.CharField(_("owed"), max_length=100, blank=True)
    owed_en = models.CharField(max_length=100, blank=True)
    owed_by = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)
    owed_since = models.DateField(null=True)
    next_due = models.DateField(_("next date"), null=True)
    paused = models.BooleanField(default=False)
    waits_for = models.CharField(_("answer awaited from"), max_length=200, blank=True)
    decision = models.CharField(_("decision"), max_length=16, choices=Decision.choices, blank=True)
    text = models.TextField(_("in words"), blank=True)
    due_on = models.DateField(_("by"), null=True)
    by_whom = models.CharField(_("instruction by"), max_length=60, blank=True)
    decided_by = models.ForeignKey("organs.Post", models.PROTECT, null=True, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    touched_at = models.DateTimeField(null=True)
    turn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["matter", "about"], name="item_once_a_session")]

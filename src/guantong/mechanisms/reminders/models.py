"""Work reminder letters (工作提示函): what was late, who was reminded, what was answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class ReminderState(models.TextChoices):
    """State of a reminder (提示函状态)."""

    DRAFTED = "drafted", _("Drafted")
    SENT = "sent", _("Sent, to be answered")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Reminder(models.Model):
    """One reminder of a late duty (工作提示). Its letter and its rows are read at the same `depth`.

    `lapsed_on`: the date the duty had when it lapsed; one that moves on makes the draft moot. `number`: the
    first, second, third reminder of that lapse.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="reminders")
    duty = models.ForeignKey("duties.Duty", models.PROTECT, related_name="+")
    paper = models.OneToOneField("papers.Paper", models.PROTECT, related_name="+")
    clause = models.CharField(_("clause"), max_length=16)
    number = models.PositiveSmallIntegerField(_("number of the reminder"))
    lapsed_on = models.DateField(_("was due on"))
    drafted_for = models.DateField(_("drafted for"))
    issuer = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+", db_index=False)
    addressee = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+", db_index=False)
    depth = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=ReminderState.choices, default=ReminderState.DRAFTED)
    sent_on = models.DateField(_("sent on"), null=True)
    answer_by = models.DateField(_("to be answered by"), null=True)
    answered_on = models.DateField(_("answered on"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)

    class Meta:
        ordering = ["drafted_for", "id"]
        constraints = [models.UniqueConstraint(fields=["duty", "lapsed_on", "number"], name="reminder_once")]
        indexes = [
            models.Index(fields=["issuer", "state", "drafted_for"], name="reminder_issuer"),
            models.Index(fields=["addressee", "state", "drafted_for"], name="reminder_addressee"),
        ]

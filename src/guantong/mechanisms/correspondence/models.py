"""Correspondence between bodies (函询往来): who wrote to whom, on which days, and what was said."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id
from guantong.mechanisms.correspondence import declared
from guantong.mechanisms.correspondence.declared import CorrespondenceForm


class Outcome(models.TextChoices):
    """What came of it (往来结果)."""

    TOLD = "told", _("Received, no answer owed")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Refused with a reason")


class Correspondence(models.Model):
    """One piece of correspondence (函询): its form, both sides and its days. Depth: outline.

    The days from knowing to telling (`known_on`, `sent_on`) and from receipt to answer are read from here by
    figures. `readable_until`: the last day on which the writer can read what he was given.
    """

    matter = models.OneToOneField(
        "matters.Matter", models.PROTECT, primary_key=True, related_name="correspondence"
    )
    form = models.CharField(_("form"), max_length=32)
    sender = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+")
    sender_name = models.CharField(_("writer"), max_length=120)
    recipient = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    recipient_name = models.CharField(_("recipient"), max_length=120)
    on_paper = models.BooleanField(_("came on paper"), default=False)
    letter_number = models.CharField(_("its number"), max_length=60, blank=True)
    letter_date = models.DateField(_("day of the letter"), null=True)
    letter_signer = models.CharField(_("signed by"), max_length=60, blank=True)
    known_on = models.DateField(_("known on"), null=True)
    sent_on = models.DateField(_("went out on"), null=True)
    received_on = models.DateField(_("received on"), null=True)
    answer_by = models.DateField(_("answer wanted by"), null=True)
    answered_on = models.DateField(_("answered on"), null=True)
    readable_until = models.DateField(_("readable until"), null=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sender", "form"], name="correspondence_sender"),
            models.Index(fields=["recipient", "form"], name="correspondence_recipient"),
        ]

    @property
    def declared(self) -> CorrespondenceForm:
        """The form it has, as declared."""
        return declared.get(self.form)


class Copy(models.Model):
    """A copy for an organ that is not the recipient (抄送), with a receipt of its own. Depth: feedback.

    `why`: on what ground it gets one, as the letter's reader would say it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="copies")
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    name = models.CharField(_("copy to"), max_length=120)
    why = models.CharField(max_length=120, blank=True)
    sent_on = models.DateField(_("went out on"), null=True)
    received_on = models.DateField(_("received on"), null=True)
    received_by = models.CharField(_("received by"), max_length=60, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["matter", "organ"], name="copy_once")]

    def __str__(self) -> str:
        return self.name


class TurnKind(models.TextChoices):
    """What one side did (往来类别)."""

    ASK = "ask", _("Written")
    ANSWER = "answer", _("Answer")
    REFUSAL = "refusal", _("Refusal with a reason")
    FOLLOW_UP = "follow_up", _("Asked again")


class Turn(models.Model):
    """What was written, answered or asked again (往来内容). Read at its `depth`: an answer, once it is given.

    `said`: the fields that the form asks beyond the common ones, as text.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="turns")
    kind = models.CharField(max_length=16, choices=TurnKind.choices)
    depth = models.PositiveSmallIntegerField()
    text = models.TextField()
    said = models.JSONField(default=dict)
    on = models.DateField(null=True)
    answer_by = models.DateField(null=True)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="+")
    letter_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]

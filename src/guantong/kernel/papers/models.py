"""Letters and approval sheets (文书)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id
from guantong.kernel.matters.models import Secrecy


class PaperState(models.TextChoices):
    """Life of a paper (文书状态)."""

    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Checked")
    SIGNED = "signed", _("Signed and numbered")
    DISPATCHED = "dispatched", _("Dispatched")
    SIGNED_FOR = "signed_for", _("Signed for")
    VOIDED = "voided", _("Voided")


class Urgency(models.TextChoices):
    """Urgency of a paper (紧急程度)."""

    URGENT = "urgent", _("Urgent")
    MOST_URGENT = "most_urgent", _("Most urgent")


class Way(models.TextChoices):
    """How a paper leaves the house (发送方式)."""

    SYSTEM = "system", _("In this platform")
    PAPER = "paper", _("On paper, by courier")
    DISC = "disc", _("On a disc")


class Paper(models.Model):
    """A letter of a matter: its model frozen when signed (文书)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    department = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+")
    addressee = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+")
    depth = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=PaperState.choices, default=PaperState.DRAFT)
    series = models.CharField(max_length=32, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(_("paper number"), max_length=60, blank=True)
    secrecy = models.CharField(max_length=16, choices=Secrecy.choices, default=Secrecy.WORK)
    secrecy_years = models.PositiveSmallIntegerField(null=True)
    urgency = models.CharField(max_length=16, choices=Urgency.choices, blank=True)
    copies = models.PositiveSmallIntegerField(default=1)
    letter = models.JSONField()
    facts = models.JSONField(default=dict)
    flagged = models.CharField(_("to be looked at again"), max_length=200, blank=True)
    drafted_by = models.ForeignKey("organs.Post", models.PROTECT, null=True, related_name="+")
    checked_by = models.ForeignKey("organs.Post", models.PROTECT, null=True, related_name="+")
    signed_by = models.CharField(_("signed by"), max_length=60, blank=True)
    signed_on = models.DateField(_("signed on"), null=True)
    dispatched_on = models.DateField(null=True)
    way = models.CharField(max_length=8, choices=Way.choices, blank=True)
    signed_for_on = models.DateField(null=True)
    signed_for_by = models.CharField(max_length=60, blank=True)
    sealed_on = models.DateField(null=True)
    sealed_by = models.ForeignKey("organs.Post", models.PROTECT, null=True, related_name="+")
    sealed_copies = models.PositiveSmallIntegerField(null=True)
    void_reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "series", "year", "serial"],
                condition=models.Q(serial__isnull=False),
                name="paper_number_once",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Incoming(models.Model):
    """A paper received, under a number of the receiving body's own (收文)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    department = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    depth = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("receipt number"), max_length=60)
    title = models.CharField(max_length=200)
    sender = models.CharField(max_length=120)
    letter_number = models.CharField(max_length=60, blank=True)
    letter_date = models.DateField(null=True)
    received_on = models.DateField()
    received_by = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    secrecy = models.CharField(max_length=16, choices=Secrecy.choices)
    urgency = models.CharField(max_length=16, choices=Urgency.choices, blank=True)
    copies = models.PositiveSmallIntegerField(default=1)
    way = models.CharField(max_length=8, choices=Way.choices)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organ", "year", "serial"], name="incoming_number_once"),
            models.UniqueConstraint(fields=["organ", "paper"], name="incoming_paper_once"),
            models.UniqueConstraint(
                fields=["organ", "matter", "sender", "letter_number", "letter_date"],
                condition=models.Q(paper__isnull=True) & ~models.Q(letter_number=""),
                nulls_distinct=False,
                name="incoming_letter_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organ", "letter_number"],
                condition=models.Q(paper__isnull=True) & ~models.Q(letter_number=""),
                name="incoming_by_letter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

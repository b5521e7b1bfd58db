"""Duties: clauses at work (责任)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class DutyState(models.TextChoices):
    """State of a duty (责任状态). Lateness is read from the dates, never counted."""

    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    DISCHARGED = "discharged", _("Done")
    CANCELLED = "cancelled", _("No longer owed")


class Duty(models.Model):
    """Who owes whom which act about a matter, by when and why (责任).

    It keeps the version and the own values (`adoption`) it was born under; null: those as published.
    `item`: the row of the matter it is about, such as a reminder to be answered. `escalated`: how many steps
    of its rule's escalation have been taken for the present date, `escalates_on` when the next one is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="duties", db_index=False)
    clause = models.CharField(max_length=16)
    rule = models.CharField(max_length=40)
    measure_version = models.ForeignKey(
        "measures.MeasureVersion", models.PROTECT, related_name="+", db_index=False
    )
    adoption = models.ForeignKey(
        "measures.Adoption", models.PROTECT, null=True, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    holder = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)
    claimant = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)
    holder_party = models.CharField(max_length=16, blank=True)
    claimant_party = models.CharField(max_length=16, blank=True)
    opened_by = models.BigIntegerField()
    start_fact = models.CharField(max_length=40)
    starts_on = models.DateField()
    due_on = models.DateField()
    first_due_on = models.DateField()
    provisional = models.BooleanField(default=False)
    explanation = models.JSONField()
    state = models.CharField(max_length=16, choices=DutyState.choices, default=DutyState.OPEN)
    paused_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.BigIntegerField(null=True)
    closing = models.BooleanField(default=False)
    overdue_noted = models.BooleanField(default=False)
    item = models.UUIDField(null=True)
    escalated = models.PositiveSmallIntegerField(default=0)
    escalates_on = models.DateField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["matter", "state"], name="duty_matter_state"),
            models.Index(
                fields=["holder", "due_on"], name="duty_holder_due", condition=models.Q(ended_on__isnull=True)
            ),
            models.Index(
                fields=["claimant", "due_on"],
                name="duty_claimant_due",
                condition=models.Q(ended_on__isnull=True),
            ),
            models.Index(
                fields=["due_on"],
                name="duty_not_noted",
                condition=models.Q(state="open", overdue_noted=False),
            ),
            models.Index(
                fields=["escalates_on"],
                name="duty_escalates",
                condition=models.Q(state="open", escalates_on__isnull=False),
            ),
            models.Index(
                fields=["matter"],
                name="duty_provisional",
                condition=models.Q(provisional=True, ended_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Occasion(models.Model):
    """A period in which something comes round, and the matter the calendar opened for it (期次).

    `body`: the kind of body that is to sit. `organ`: for whom it was opened, where one is opened for each.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.OneToOneField("matters.Matter", models.PROTECT, related_name="occasion")
    jurisdiction = models.ForeignKey("organs.Jurisdiction", models.PROTECT, related_name="+")
    clause = models.CharField(max_length=16)
    cadence = models.CharField(max_length=40)
    begins_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"))
    body = models.CharField(max_length=64, blank=True)
    organ = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["begins_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "clause", "cadence", "begins_on", "organ"],
                name="occasion_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause}/{self.cadence} {self.begins_on}"


class DutyChange(models.Model):
    """What changed a duty's date or state, and the old value (期限变动)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="changes")
    entry = models.BigIntegerField()
    what = models.CharField(max_length=16)
    old_due_on = models.DateField()
    new_due_on = models.DateField()
    old_explanation = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

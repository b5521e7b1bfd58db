"""Meetings of bodies (会议): who is invited, the agenda, who came, what was decided and what came of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class BodyKind(models.TextChoices):
    """Which body meets (会议主体), as the measures call it."""

    JOINT = "joint_meeting", _("Joint meeting")
    ECONOMIC_AUDIT = "economic_audit_joint_meeting", _("Joint meeting on economic-responsibility audit")
    COORDINATION = "anti_corruption_coordination_group", _("Anti-corruption coordination group")
    AUDIT = "audit_commission", _("Party audit commission")
    INSPECTION = "inspection_leading_group", _("Inspection leading group")


class Meeting(models.Model):
    """A meeting (会议). Depth: outline; what is said at it stands in the rows below.

    `held_on`: the day it is called for, then the day it was held. `begins_on`: of the period whose quota it
    is; empty for one called besides.
    """

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="meeting")
    kind = models.CharField(_("body"), max_length=64)
    body = models.ForeignKey("organs.Body", models.PROTECT, null=True, related_name="meetings")
    company = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+")
    begins_on = models.DateField(_("period from"), null=True)
    ends_on = models.DateField(_("period to"), null=True)
    held_on = models.DateField(_("day of the meeting"), null=True)
    starts_at = models.CharField(_("hour"), max_length=20, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    subject = models.CharField(_("what it is about"), max_length=200, blank=True)
    reply_by = models.DateField(_("to be answered by"), null=True)
    begun_on = models.DateField(_("held on"), null=True)
    chair = models.CharField(_("chaired by"), max_length=60, blank=True)
    on_paper = models.BooleanField(_("recorded from paper"), default=False)

    def __str__(self) -> str:
        return str(self.matter)


class Reply(models.TextChoices):
    """What an organ answers to the notice (回执)."""

    COMING = "coming", _("Attends")
    DEPUTY = "deputy", _("Sends a deputy")
    AWAY = "away", _("Cannot attend")


class Attendance(models.TextChoices):
    """Whether an organ was there (到会情况)."""

    PRESENT = "present", _("Present")
    DEPUTY = "deputy", _("By a deputy")
    ABSENT = "absent", _("Absent")


class Invitee(models.Model):
    """An organ invited (参会单位). Depth: full; feedback for its own row.

    `member`: it has a seat on the body, others sit in (列席). `organ` empty: one the platform does not know.
    `reads`, `officer`: the department and officer to whom its answer opened the papers.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="invitees")
    organ = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("organ"), max_length=120)
    member = models.BooleanField(_("member"), default=True)
    reason = models.CharField(_("why it is invited"), max_length=200, blank=True)
    notified_on = models.DateField(_("invited on"), null=True)
    reply = models.CharField(_("answer"), max_length=8, choices=Reply.choices, blank=True)
    replied_on = models.DateField(null=True)
    attends = models.CharField(_("who attends"), max_length=120, blank=True)
    why_away = models.CharField(_("why it cannot attend"), max_length=500, blank=True)
    reads = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)
    officer = models.ForeignKey("organs.Officer", models.PROTECT, null=True, related_name="+", db_index=False)
    attendance = models.CharField(_("attendance"), max_length=8, choices=Attendance.choices, blank=True)
    came = models.CharField(_("who came"), max_length=120, blank=True)
    why_absent = models.CharField(_("why it was absent"), max_length=500, blank=True)
    minutes_sent_on = models.DateField(null=True)
    minutes_received_on = models.DateField(null=True)
    minutes_received_by = models.CharField(max_length=60, blank=True)
    left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["-member", "id"]

    def __str__(self) -> str:
        return self.name


class ItemState(models.TextChoices):
    """Whether a proposed item is on the agenda (议题状态)."""

    PROPOSED = "proposed", _("Put forward")
    ACCEPTED = "accepted", _("On the agenda")
    DECLINED = "declined", _("Not on the agenda")


class Outcome(models.TextChoices):
    """What became of an item at the meeting (议题结果)."""

    DECIDED = "decided", _("Resolved on")
    NOTED = "noted", _("Heard")
    DEFERRED = "deferred", _("Put off")


class Item(models.Model):
    """An item of the agenda (议题). Depth: feedback once it is on the agenda, else full."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="agenda")
    title = models.CharField(_("item"), max_length=200)
    proposer = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+", db_index=False)
    proposed_by = models.ForeignKey("organs.Post", models.PROTECT, related_name="+", db_index=False)
    proposed_on = models.DateField()
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.PROPOSED)
    position = models.PositiveSmallIntegerField(_("place on the agenda"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class ItemPaper(models.Model):
    """What is laid before the meeting on an item (议题材料): words, or a file of the matter. Depth: full."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="papers")
    text = models.TextField(_("explanation"), blank=True)
    digest = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]


class Follows(models.TextChoices):
    """What follows from a decision (议定事项的落实方式)."""

    TASK = "task", _("To be carried out")
    LETTER = "letter", _("A letter")
    NOTE = "note", _("A note")


class DecisionState(models.TextChoices):
    """How far a decision is carried out (落实状态)."""

    OPEN = "open", _("To be done")
    REPORTED = "reported", _("Reported done")
    SETTLED = "settled", _("Done and struck off")
    RELEASED = "released", _("No longer pursued")


class Decision(models.Model):
    """What was decided (议定事项). Depth: full; its owner sees his own.

    `charged`: it is owed on the meeting itself; `task`: it became a matter of its own, which tells its state.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="decisions")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="decisions")
    number = models.PositiveSmallIntegerField(_("no."))
    text = models.TextField(_("decision"))
    follows = models.CharField(_("what follows"), max_length=8, choices=Follows.choices)
    owner = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+", db_index=False)
    due_on = models.DateField(_("by"), null=True)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="+", db_index=False)
    charged = models.BooleanField(default=False)
    task = models.UUIDField(null=True)
    struck = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=DecisionState.choices, default=DecisionState.OPEN)
    report = models.TextField(_("report"), blank=True)
    reported_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    turn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["number", "id"]

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"

    @property
    def typed(self) -> dict[str, str]:
        """As it would be typed into its form."""
        day = self.due_on.isoformat() if self.due_on else ""
        return {"text": self.text, "follows": self.follows, "owner": str(self.owner_id or ""), "due_on": day}


class FollowUp(models.Model):
    """What the last meeting decided, as this one finds it (上次议定事项落实情况). Depth: full.

    `decision` stands in the last meeting's matter, which not all who attend this one may see.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="follow_ups")
    meeting = models.ForeignKey("matters.Matter", models.PROTECT, related_name="+", db_index=False)
    decision = models.UUIDField()
    number = models.PositiveSmallIntegerField(_("no."))
    text = models.TextField(_("decision"))
    owner = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(_("by"), null=True)
    state = models.CharField(max_length=8, choices=DecisionState.choices)
    report = models.TextField(blank=True)
    seen_on = models.DateField()
    outcome = models.CharField(max_length=8, blank=True)
    note = models.CharField(_("in words"), max_length=500, blank=True)

    class Meta:
        ordering = ["number", "id"]

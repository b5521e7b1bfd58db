"""Clues (问题线索): what was sent, how it is handled, what is answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class Source(models.TextChoices):
    """Where a clue comes from (线索来源)."""

    AUDIT = "audit", _("Audit")
    INSPECTION = "inspection", _("Inspection")
    SHAREHOLDER = "shareholder", _("Shareholder")
    SUPERVISION = "supervision", _("Own supervision")
    ENFORCEMENT = "enforcement", _("Law enforcement and judiciary")
    SUPERIOR = "superior", _("Superior organ")
    OTHER = "other", _("Other")


class Category(models.TextChoices):
    """What the allegation is about (问题类别)."""

    DISCIPLINE = "discipline", _("Breach of discipline")
    DUTY_VIOLATION = "duty_violation", _("Duty violation")
    DUTY_CRIME = "duty_crime", _("Duty crime")
    IRREGULAR_INVESTMENT = "irregular_investment", _("Irregular operation or investment")
    OTHER = "other", _("Other")


class Way(models.TextChoices):
    """The four ways of handling (处置方式; 监督执纪工作规则 Art. 21)."""

    TALK = "talk", _("Talk or letter of inquiry")
    VERIFY = "verify", _("Preliminary verification")
    SHELVE = "shelve", _("Shelve for later")
    CLOSE = "close", _("Close")


class Result(models.TextChoices):
    """What came of it (办理结果; 监督执纪工作规则 Art. 35)."""

    CASE = "case", _("Case opened")
    CLOSED = "closed", _("Closed, not substantiated")
    ADMONISHED = "admonished", _("Admonished")
    SHELVED = "shelved", _("Shelved for later")
    REFERRED = "referred", _("Referred to a Party organisation")


class Clue(models.Model):
    """A clue as it was sent (问题线索). Depth: feedback, for the sender wrote it."""

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="clue")
    source = models.CharField(_("source"), max_length=16, choices=Source.choices)
    sender_name = models.CharField(_("sender"), max_length=120)
    letter_number = models.CharField(_("letter number"), max_length=60, blank=True)
    letter_date = models.DateField(_("date of the letter"), null=True)
    letter_signer = models.CharField(_("signed by"), max_length=60, blank=True)
    on_paper = models.BooleanField(default=False)
    sent_on = models.DateField(_("sent on"), null=True)
    received_on = models.DateField(_("received on"), null=True)
    category = models.CharField(_("category"), max_length=24, choices=Category.choices)
    allegation = models.TextField(_("allegation"))
    amount = models.DecimalField(_("amount in yuan"), max_digits=18, decimal_places=2, null=True)
    unit = models.CharField(_("unit concerned"), max_length=120, blank=True)
    evidence = models.JSONField(_("evidence list"), default=list)
    concluded_on = models.DateField(_("concluding opinion on"), null=True)
    book_number = models.CharField(_("number in the old book"), max_length=60, blank=True)


class BookRecord(models.Model):
    """What the old book says of a clue imported from it (原台账记载). Depth: full.

    It is kept as text: who handled a clue and what came of it before the platform is no act in it.
    """

    matter = models.OneToOneField(
        "matters.Matter", models.PROTECT, primary_key=True, related_name="book_record"
    )
    handler = models.CharField(_("handled by"), max_length=200, blank=True)
    custodian = models.CharField(_("custodian"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=200, blank=True)
    due = models.CharField(_("due on"), max_length=60, blank=True)
    result = models.TextField(_("result"), blank=True)
    remark = models.TextField(_("remark"), blank=True)
    file = models.CharField(_("file"), max_length=200, blank=True)
    place = models.CharField(_("sheet and row"), max_length=80, blank=True)
    import_key = models.CharField(max_length=80)


class Handling(models.Model):
    """How the clue is handled (办理). Depth: full."""

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="handling")
    proposed_handler = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+")
    assignment_rule = models.CharField(_("rule of the assignment"), max_length=300, blank=True)
    assignment_reason = models.TextField(_("reason of the assignment"), blank=True)
    assigned_on = models.DateField(_("assigned on"), null=True)
    accepted_on = models.DateField(_("accepted on"), null=True)
    way = models.CharField(_("way of handling"), max_length=16, choices=Way.choices, blank=True)
    plan = models.TextField(_("plan"), blank=True)
    paused_for = models.CharField(_("answer awaited from"), max_length=200, blank=True)
    extension_until = models.DateField(_("extension asked until"), null=True)
    extension_reason = models.TextField(_("reason for the extension"), blank=True)
    case_basis = models.TextField(_("basis for opening the case asked for"), blank=True)
    result = models.CharField(_("result"), max_length=16, choices=Result.choices, blank=True)
    result_text = models.TextField(_("result in words"), blank=True)
    concluded_on = models.DateField(_("handling concluded on"), null=True)
    case = models.ForeignKey("matters.Matter", models.PROTECT, null=True, related_name="+")


class IntervalUnit(models.TextChoices):
    """Unit of an interval of progress (报告间隔单位)."""

    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")
    MONTHS = "months", _("months")


class Supervision(models.Model):
    """That a clue is under key supervision (重点督办). Depth: full.

    Without an interval of its own that of the measure counts.
    """

    matter = models.OneToOneField(
        "matters.Matter", models.PROTECT, primary_key=True, related_name="supervision"
    )
    since = models.DateField(_("under key supervision since"))
    interval = models.PositiveSmallIntegerField(_("interval of progress"), null=True)
    interval_unit = models.CharField(max_length=16, choices=IntervalUnit.choices, blank=True)
    lifted_on = models.DateField(_("lifted on"), null=True)
    lifted_reason = models.CharField(_("reason of lifting"), max_length=500, blank=True)


class Instruction(models.Model):
    """What a leader wrote on a clue, and what came of it (批示). Depth: full."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="instructions")
    leader = models.CharField(_("leader"), max_length=60)
    text = models.TextField(_("instruction"))
    given_on = models.DateField(_("given on"))
    answered_on = models.DateField(_("answered on"), null=True)
    answer = models.TextField(_("what came of it"), blank=True)

    class Meta:
        ordering = ["given_on", "id"]

    def __str__(self) -> str:
        return f"{self.given_on} {self.leader}: {self.text[:60]}"


class Feedback(models.Model):
    """What the sender is told (反馈); without a paper where it came from outside. Depth: feedback."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="feedback")
    paper = models.OneToOneField("papers.Paper", models.PROTECT, null=True, related_name="+")
    final = models.BooleanField(_("final"))
    progress = models.TextField(_("what the sender is told"))
    told_on = models.DateField(_("told on"), null=True)

    class Meta:
        ordering = ["id"]


class Platform(models.Model):
    """Another system whose export is imported again and again (来源平台): how its file reads."""

    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    name = models.CharField(_("source platform"), max_length=80)
    columns = models.JSONField(default=dict)
    headings = models.JSONField(default=list)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organ", "name"], name="platform_once")]

    def __str__(self) -> str:
        return self.name


class PlatformImport(models.Model):
    """That a file of a platform was taken in, by whom, and what came of its rows (来源平台导入记录)."""

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="imports")
    file = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=80)
    post = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["platform", "digest"], name="platform_file_once")]

    def __str__(self) -> str:
        return self.file


class SourceRecord(models.Model):
    """Under which key a platform keeps a clue, and what it last said of it (来源记录). Depth: full.

    `base` and `left` hold digests alone: what the file said, and what stood here where it was not taken.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="source_records")
    platform = models.ForeignKey(Platform, models.PROTECT, related_name="+")
    key = models.CharField(_("number there"), max_length=60)
    base = models.JSONField(default=dict)
    left = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "key"], name="source_key_once")]

    def __str__(self) -> str:
        return self.key


class ImportStand(models.Model):
    """Where an import in a browser stands (导入所处步骤): which of its files counts. Nothing of its rows."""

    token = models.CharField(max_length=32, primary_key=True)
    post = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField()
    at_work = models.BooleanField(default=False)
    at = models.DateTimeField()

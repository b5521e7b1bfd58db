"""The common life of all matters (事项): number, state, parties, links, attachments."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class Depth(models.IntegerChoices):
    """How deep a reader sees into a matter (知悉范围)."""

    OUTLINE = 1, _("Outline")
    FEEDBACK = 2, _("Feedback")
    FULL = 3, _("Full")


class Secrecy(models.TextChoices):
    """Secrecy of a matter (密级)."""

    WORK = "work", _("Work secret")
    SECRET = "secret", _("Secret")
    CONFIDENTIAL = "confidential", _("Confidential")


class PartyRole(models.TextChoices):
    """What an organ or officer is to a matter (事项中的身份); ISSUER, ADDRESSEE: to one letter of it.

    CONVENER, OVERSEER: of a meeting (召集单位、出资单位). PARTICIPANT: one of many invited, with no row here.
    """

    AUTHOR = "author", _("Author")
    EXECUTING = "executing", _("Executing department")
    SENDER = "sender", _("Sender")
    FORWARDER = "forwarder", _("Forwarding organ")
    RECEIVER = "receiver", _("Case supervision")
    RECIPIENT = "recipient", _("Recipient")
    HANDLER = "handler", _("Handling department")
    CUSTODIAN = "custodian", _("Custodian")
    APPROVER = "approver", _("Approving leader")
    ISSUER = "issuer", _("Issuer of the letter")
    ADDRESSEE = "addressee", _("Addressee of the letter")
    CONVENER = "convener", _("Convener")
    OVERSEER = "overseer", _("Owner")
    PARTICIPANT = "participant", _("Organ invited")


class Matter(models.Model):
    """What has secrecy and a timeline of its own (事项). `first`: it goes before others (优先办理)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=24)
    number = models.CharField(_("number"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200)
    jurisdiction = models.ForeignKey("organs.Jurisdiction", models.PROTECT, related_name="+")
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    secrecy = models.CharField(_("secrecy"), max_length=16, choices=Secrecy.choices, default=Secrecy.WORK)
    state = models.CharField(_("state"), max_length=32)
    is_open = models.BooleanField(default=True)
    first = models.BooleanField(_("handled first"), default=False)
    happened_on = models.DateField(_("happened on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    version = models.PositiveIntegerField(default=1)
    chain_seq = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["number"], name="matter_number", condition=~models.Q(number=""))]

    def __str__(self) -> str:
        return f"{self.number or '—'} {self.title}"

    def version_told(self, depth: int) -> int | None:
        """Return the version (版本) to who sees all of the matter; others it would tell how much goes on."""
        return self.version if depth >= Depth.FULL else None


class Party(models.Model):
    """An organ, or an officer of it, in a matter (事项当事方). Ended parties stay, with their date."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="parties")
    role = models.CharField(max_length=16, choices=PartyRole.choices)
    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    officer = models.ForeignKey("organs.Officer", models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "role"],
                condition=models.Q(until__isnull=True),
                name="party_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.organ}"


class LinkKind(models.TextChoices):
    """How two matters belong together (关联关系)."""

    ORIGIN = "origin", _("Arose from")
    DUPLICATE = "duplicate", _("Same or overlapping")
    MERGED = "merged", _("Merged into")
    FORWARDED = "forwarded", _("Forwarded from")
    SPLIT = "split", _("Split from")
    CASE = "case", _("Case opened from")
    PART = "part", _("Part of")
    ABOUT = "about", _("Concerning")
    DECIDED = "decided", _("Decided at")


FOLLOWED = (LinkKind.ORIGIN, LinkKind.ABOUT)
"""Links along which an act on the later matter fulfils a duty on the earlier one."""


class Link(models.Model):
    """A link from a later matter to an earlier one (事项关联)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Matter, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Matter, models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=16, choices=LinkKind.choices)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "kind"], name="link_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Attachment(models.Model):
    """A file that belongs to a matter (附件). Its bytes lie in the file store under its digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="attachments")
    name = models.CharField(_("file name"), max_length=200)
    digest = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    media_type = models.CharField(max_length=100)
    purpose = models.CharField(_("purpose"), max_length=40, blank=True)
    depth = models.PositiveSmallIntegerField(choices=Depth.choices, default=Depth.FULL)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given in a series of an organ in a year (编号)."""

    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    series = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organ", "series", "year"], name="counter_once")]

"""What the exchange by disc keeps (光盘交换): keys, messages, and how far two bodies have counted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guantong.kernel.exchange.keys import fingerprint
from guantong.kernel.matters.ids import new_id


class KeyState(models.TextChoices):
    """Life of a key (密钥状态)."""

    NEW = "new", _("Imported, not confirmed")
    ACTIVE = "active", _("In use")
    RETIRED = "retired", _("Replaced")
    REVOKED = "revoked", _("Revoked")


class ExchangeKey(models.Model):
    """A body's key: of a body here with its locked private part, of one elsewhere without (交换密钥)."""

    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="exchange_keys")
    own = models.BooleanField()
    key_id = models.CharField(max_length=64, unique=True)
    signing = models.CharField(max_length=64)
    sealing = models.CharField(max_length=64)
    private = models.BinaryField(default=b"")
    state = models.CharField(max_length=8, choices=KeyState.choices)
    made_at = models.DateTimeField()
    confirmed_with = models.CharField(_("spoken to"), max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "own"], condition=Q(state="active"), name="exchange_key_in_use_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.fingerprint}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint, for the telephone."""
        return fingerprint(self.key_id)


class Message(models.Model):
    """A message between two bodies, on a disc (交换件). Depth: feedback, as its matter is known to both.

    `ref` is what both sides know the matter by: its id where the transfer was made. `body` is what is said,
    as it stood on the day of dispatch. Without a number it has still to be sealed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    uid = models.UUIDField()
    incoming = models.BooleanField()
    signed = models.BooleanField(default=True)
    kind = models.CharField(max_length=16)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="messages")
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="+")
    own = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    department = models.CharField(max_length=120, blank=True)
    peer = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(null=True)
    ref = models.UUIDField(db_index=True)
    reply_to = models.UUIDField(null=True)
    body = models.JSONField()
    digest = models.CharField(max_length=80, blank=True)
    file = models.ForeignKey("matters.Attachment", models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    acknowledged_on = models.DateField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["uid", "incoming"], name="exchange_message_once"),
            models.UniqueConstraint(
                fields=["own", "peer", "incoming", "number"],
                condition=Q(number__isnull=False),
                name="exchange_number_once",
            ),
        ]
        indexes = [models.Index(fields=["own", "incoming", "-id"], name="exchange_message_listed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number or '—'}"


class Line(models.Model):
    """How far two bodies have counted (往来序号): the last numbers, and what did not come. No content."""

    own = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    peer = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    sent = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    missing = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["own", "peer"], name="exchange_line_once")]


class Refusal(models.Model):
    """That a file was not taken in, and why (拒收记录). No content, and not the name it was given.

    `organ` is the department that tried; `words` fill in the reason, in the reader's language.
    """

    organ = models.ForeignKey("organs.Organ", models.PROTECT, related_name="+")
    post = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=80)
    code = models.CharField(max_length=24)
    words = models.JSONField(default=dict)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["organ", "digest", "code"], name="refusal_once")]

    def __str__(self) -> str:
        return self.code

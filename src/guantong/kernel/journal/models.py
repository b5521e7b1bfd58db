"""The append-only journal (日志): entries in chains, content apart, checkpoints."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act, as it will stand for ever; the database refuses UPDATE and DELETE (日志条目)."""

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    act = models.CharField(max_length=64)
    post = models.ForeignKey("organs.Post", models.PROTECT, null=True, related_name="+")
    officer_name = models.CharField(max_length=60, blank=True)
    capacity = models.CharField(max_length=240, blank=True)
    organ = models.ForeignKey("organs.Organ", models.PROTECT, null=True, related_name="+")
    clauses = models.JSONField(default=list)
    depth = models.PositiveSmallIntegerField()
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    state_from = models.CharField(max_length=32, blank=True)
    state_to = models.CharField(max_length=32)
    prev = models.CharField(max_length=80)
    content_digest = models.CharField(max_length=80)
    hash = models.CharField(max_length=80)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["matter", "seq"], name="entry_seq_once")]


class Content(models.Model):
    """What an entry says; stands apart so that it can be expunged and the chain still verify (日志内容)."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="content")
    salt = models.BinaryField(max_length=32)
    body = models.JSONField()


class Expunction(models.Model):
    """That two people together removed an entry's content, and why (内容清除)."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="expunction")
    first = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    second = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()


class Checkpoint(models.Model):
    """A Merkle root over a run of entries, chained to the one before (检查点)."""

    number = models.PositiveIntegerField(unique=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=80)
    prev = models.CharField(max_length=80)
    hash = models.CharField(max_length=80)
    at = models.DateTimeField()


class Reading(models.Model):
    """That somebody opened a matter or file, searched or exported: unchained (查阅记录)."""

    at = models.DateTimeField()
    post = models.ForeignKey("organs.Post", models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=16)
    matter = models.UUIDField(null=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["matter", "at"], name="reading_matter_at")]

"""Notices and calendar feeds (提醒与日历订阅): numbers and dates, nothing of any matter."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """That so much waits for an officer in one of his posts (提醒). Never what: it holds numbers only.

    `new`: duties that began since the notice before; `due_today`, `late`: as counted on `digest_on`. `upto`:
    the last duty counted. There is at most one unread notice for a post: what comes meanwhile is added to it.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notices")
    post = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    new = models.PositiveIntegerField(default=0)
    due_today = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    digest_on = models.DateField(null=True)
    upto = models.UUIDField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "post"], name="notice_one_unread", condition=models.Q(read_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.new} / {self.due_today} / {self.late}"


class Feed(models.Model):
    """A calendar address of one officer in one post (日历订阅). Only the digest of its secret is stored."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="feeds")
    post = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    read_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.post)

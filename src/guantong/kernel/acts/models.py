"""What the performing of acts must remember (行为)."""

from __future__ import annotations

from django.db import models


class Performed(models.Model):
    """An act done under an idempotency key, so that it is done once (幂等键)."""

    post = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    act = models.CharField(max_length=64)
    request = models.CharField(max_length=80)
    matter = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "key"], name="performed_once")]

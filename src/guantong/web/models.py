"""What a user likes to find as he left it (个人设置)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from guantong.accounts.models import User


class Preference(models.Model):
    """One setting of one user: columns of a list, its first view, the last visit to the desk (个人设置)."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="preferences")
    key = models.CharField(max_length=40)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="preference_once")]

    def __str__(self) -> str:
        return self.key


def preferences(user: User, *keys: str) -> dict[str, Any]:
    """Return the user's settings under these keys, in one query; what was never set is left out."""
    return dict(Preference.objects.filter(user=user, key__in=keys).values_list("key", "value"))


def prefer(user: User, key: str, value: Any) -> None:
    """Keep a setting."""
    Preference.objects.update_or_create(user=user, key=key, defaults={"value": value})

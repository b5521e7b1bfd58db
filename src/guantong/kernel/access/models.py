"""Grants and what follows from them (知悉权限)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.matters.models import Depth


class Grant(models.Model):
    """Who may see a matter, how deep, on what basis, until when (授权)."""

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="grants", db_index=False)
    principal = models.BigIntegerField()
    depth = models.PositiveSmallIntegerField(choices=Depth.choices)
    basis = models.CharField(_("basis"), max_length=200)
    entry = models.BigIntegerField(null=True)
    given_at = models.DateTimeField()
    until = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["matter", "principal"], name="grant_matter_principal")]


class Visibility(models.Model):
    """What each principal can list now; derived from grants, kept by the database (可见表).

    `turn`: 0 for what is handled first and seen wholly, so that no list tells others of it by its order.
    """

    matter = models.ForeignKey("matters.Matter", models.CASCADE, related_name="+")
    principal = models.BigIntegerField()
    depth = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=32)
    is_open = models.BooleanField()
    turn = models.PositiveSmallIntegerField(default=1, db_default=1)
    due_on = models.DateField()
    listed_on = models.DateField()
    until = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "principal"], name="visible_once")]
        indexes = [
            models.Index(
                fields=["principal", "kind", "due_on", "matter"],
                name="visible_open_due",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=["principal", "kind", "turn", "due_on", "matter"],
                name="visible_open_first",
                condition=models.Q(is_open=True),
            ),
            models.Index(fields=["principal", "kind", "listed_on", "matter"], name="visible_listed"),
            # Holds all that a count asks for. Every depth is above 0: only who says so is given this index,
            # for the planner would take it for lists too, which it makes slow.
            models.Index(
                fields=["principal", "kind", "state", "depth", "due_on"],
                include=["until"],
                name="visible_counted",
                condition=models.Q(is_open=True, depth__gt=0),
            ),
        ]


def seen_by(principals: Iterable[int]) -> models.QuerySet[Visibility]:
    """Return what these principals can list today; a matter once for each of them that sees it (可见事项)."""
    return Visibility.objects.filter(principal__in=list(principals), until__gte=clock.today())

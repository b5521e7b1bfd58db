"""In which posts an officer acts on a day (任职与代班)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery

from guantong.kernel.organs.models import Leave, Post, RoleBinding
from guantong.kernel.prepared import Given, Prepared

if TYPE_CHECKING:

    class ActingPost(Post):
        """A post with the roles bound to its organ; a deputy's with the days its holder is away (代班)."""

        roles: list[str]
        away_since: date | None
        away_until: date | None

else:
    ActingPost = Post


def _posts() -> QuerySet[Any, Any]:
    on, officer = Given("on"), Given("officer")
    lasting = Q(until__isnull=True) | Q(until__gte=on)
    deputy = Q(deputy__until__isnull=True) | Q(deputy__until__gte=on)
    away = Leave.objects.filter(
        deputy, deputy__officer=officer, deputy__since__lte=on, since__lte=on, until__gte=on
    )
    leave = away.filter(post=OuterRef("pk")).order_by("id")
    roles = RoleBinding.objects.filter(lasting, organ=OuterRef("organ_id"), since__lte=on).values("role")
    return (
        Post.objects.filter(lasting, Q(officer=officer) | Q(pk__in=away.values("post")), since__lte=on)
        .select_related("officer", "organ", "organ__body", "organ__jurisdiction", "organ__body__jurisdiction")
        .annotate(
            roles=ArraySubquery(roles),
            away_since=Subquery(leave.values("since")[:1]),
            away_until=Subquery(leave.values("until")[:1]),
        )
        .order_by("since", "id")
    )


POSTS: Prepared[ActingPost] = Prepared(_posts)


def current_posts(officer_id: int, on: date) -> list[ActingPost]:
    """Return the posts an officer acts in on a day, with their organs and the `roles` bound to these.

    Those of others are among them in which he stands in while they are away: as long as he himself holds the
    post named as deputy. Nobody stands in for a deputy.
    """
    return POSTS(officer=officer_id, on=on)

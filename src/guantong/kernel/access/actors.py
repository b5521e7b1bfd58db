"""Who acts, in which capacity (身份; CD-1.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery

from guantong.kernel import clock
from guantong.kernel.organs.models import Leave, Officer, Organ, Post, RoleBinding

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Roles(TypedDict):
        roles: list[str]

    PostInRoles = WithAnnotations[Post, _Roles]


def officer_principal(officer_id: int) -> int:
    """Return the principal that stands for one officer; organs stand for themselves."""
    return -officer_id


@dataclass(frozen=True)
class Actor:
    """An officer acting in one post. `roles` are those the measures bind to the post's organ.

    A deputy (代班) acts in the post of somebody who is away: `officer` is he, `post.officer` the absent one.
    """

    officer: Officer
    post: Post
    organ: Organ
    roles: frozenset[str]
    posts: tuple[Post, ...] = field(default=(), compare=False)
    roles_elsewhere: tuple[tuple[Post, frozenset[str]], ...] = field(default=(), compare=False)

    @property
    def body_id(self) -> int:
        """Id of the body the post's organ belongs to."""
        return self.organ.body_id_or_own

    @property
    def rank(self) -> str:
        """Rank of the post."""
        return self.post.rank

    @property
    def deputises(self) -> bool:
        """Whether he acts for somebody who is away."""
        return self.post.officer_id != self.officer.pk

    @property
    def capacity(self) -> str:
        """The capacity in words: organ and title; a deputy's also for whom and on which basis."""
        return f"{self.organ.full_name} {called(self.post, self.officer.pk)}"

    @property
    def principals(self) -> tuple[int, ...]:
        """Whom grants may name so that this actor sees the matter."""
        return tuple(dict.fromkeys((self.organ.pk, self.body_id, officer_principal(self.post.officer_id))))


def called(post: Post, officer_id: int) -> str:
    """Return a post's title as this officer acts in it: a deputy with whom he stands in for (代班身份)."""
    if post.officer_id == officer_id:
        return post.title
    since, until = getattr(post, "away_since", None), getattr(post, "away_until", None)
    away = f"，{since}至{until}请假" if since else ""
    return f"{post.title}（代{post.officer.name}{away}）"


def current_posts(officer_id: int, on: date) -> QuerySet[PostInRoles]:
    """Return the posts an officer acts in on a day, with their organs and the `roles` bound to these.

    Those of others are among them in which he stands in while they are away: as long as he himself holds the
    post named as deputy. Nobody stands in for a deputy.
    """
    lasting = Q(until__isnull=True) | Q(until__gte=on)
    deputy = Q(deputy__until__isnull=True) | Q(deputy__until__gte=on)
    away = Leave.objects.filter(
        deputy, deputy__officer=officer_id, deputy__since__lte=on, since__lte=on, until__gte=on
    )
    leave = away.filter(post=OuterRef("pk")).order_by("id")
    roles = RoleBinding.objects.filter(lasting, organ=OuterRef("organ_id"), since__lte=on).values("role")
    return (
        Post.objects.filter(lasting, Q(officer=officer_id) | Q(pk__in=away.values("post")), since__lte=on)
        .select_related("officer", "organ", "organ__body", "organ__jurisdiction", "organ__body__jurisdiction")
        .annotate(
            roles=ArraySubquery(roles),
            away_since=Subquery(leave.values("since")[:1]),
            away_until=Subquery(leave.values("until")[:1]),
        )
        .order_by("since", "id")
    )


def actor_for(officer_id: int, post_id: int | None = None, *, exactly: bool = False) -> Actor | None:
    """Return the officer acting in `post_id`, or in the first post held; None where no post is held today.

    `exactly`: in `post_id` and no other; None where that post is not held today (tokens; CD-1.3). He
    stands in for somebody only where he has chosen that post, never by default, never through a token.
    """
    found = list(current_posts(officer_id, clock.today()))
    own = [post for post in found if post.officer_id == officer_id]
    posts = own + [post for post in found if post.officer_id != officer_id and own]
    other = own[0] if own and not exactly else None
    chosen = next((post for post in (own if exactly else posts) if post.pk == post_id), other)
    if chosen is None:
        return None
    elsewhere = tuple((post, frozenset(post.roles)) for post in posts if post.pk != chosen.pk)
    return Actor(
        officer=own[0].officer,
        post=chosen,
        organ=chosen.organ,
        roles=frozenset(chosen.roles),
        posts=tuple(posts),
        roles_elsewhere=elsewhere,
    )

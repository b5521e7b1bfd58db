"""Who acts, in which capacity (身份; CD-1.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from guantong.kernel import clock
from guantong.kernel.organs.models import Officer, Organ, Post, RoleBinding

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
    """An officer acting in one post. `roles` are those the measures bind to the post's organ."""

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
    def capacity(self) -> str:
        """The capacity in words: organ and title."""
        return f"{self.organ.full_name} {self.post.title}"

    @property
    def principals(self) -> tuple[int, ...]:
        """Whom grants may name so that this actor sees the matter."""
        return tuple(dict.fromkeys((self.organ.pk, self.body_id, officer_principal(self.officer.pk))))


def current_posts(officer_id: int, on: date) -> QuerySet[PostInRoles]:
    """Return the posts an officer holds on a day, with their organs and the `roles` bound to these."""
    lasting = Q(until__isnull=True) | Q(until__gte=on)
    roles = RoleBinding.objects.filter(lasting, organ=OuterRef("organ_id"), since__lte=on).values("role")
    return (
        Post.objects.filter(lasting, officer=officer_id, since__lte=on)
        .select_related("officer", "organ", "organ__body", "organ__jurisdiction", "organ__body__jurisdiction")
        .annotate(roles=ArraySubquery(roles))
        .order_by("since", "id")
    )


def actor_for(officer_id: int, post_id: int | None = None, *, exactly: bool = False) -> Actor | None:
    """Return the officer acting in `post_id`, or in the first post held; None where no post is held today.

    `exactly`: in `post_id` and no other; None where that post is not held today (tokens; CD-1.3).
    """
    posts = tuple(current_posts(officer_id, clock.today()))
    other = posts[0] if posts and not exactly else None
    chosen = next((post for post in posts if post.pk == post_id), other)
    if chosen is None:
        return None
    elsewhere = tuple((post, frozenset(post.roles)) for post in posts if post.pk != chosen.pk)
    return Actor(
        officer=chosen.officer,
        post=chosen,
        organ=chosen.organ,
        roles=frozenset(chosen.roles),
        posts=posts,
        roles_elsewhere=elsewhere,
    )

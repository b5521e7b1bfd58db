"""Who acts, in which capacity (身份; CD-1.3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from guantong.kernel import clock
from guantong.kernel.access.posts import current_posts
from guantong.kernel.organs.models import Officer, Organ, Post


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


def actor_for(officer_id: int, post_id: int | None = None, *, exactly: bool = False) -> Actor | None:
    """Return the officer acting in `post_id`, or in the first post held; None where no post is held today.

    `exactly`: in `post_id` and no other; None where that post is not held today (tokens; CD-1.3). He
    stands in for somebody only where he has chosen that post, never by default, never through a token.
    """
    found = current_posts(officer_id, clock.today())
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

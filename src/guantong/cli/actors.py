"""In whose name a command acts (命令行身份): an officer in a post, named by account."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor, actor_for
from guantong.kernel.access.posts import current_posts


def actor_of(username: str, post: int | None) -> tuple[Actor, User]:
    """Return who acts: the officer of an account, in the post of this id or the first he holds.

    Raises click.UsageError (exit code 2) where there is no such account, officer or post.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise click.UsageError(_("There is no account “%(name)s”.") % {"name": username})
    if user.officer_id is None:
        raise click.UsageError(
            _("“%(name)s” is no officer's account. Matters are entered in a post only.") % {"name": username}
        )
    actor = actor_for(user.officer_id, post, exactly=post is not None)
    if actor is None:
        posts = "; ".join(f"{one.pk} {one}" for one in current_posts(user.officer_id, clock.today()))
        raise click.UsageError(
            _("“%(name)s” does not hold that post today. Posts held: %(posts)s")
            % {"name": username, "posts": posts or "—"}
        )
    return actor, user

"""Tokens (接口令牌): what a program shows instead of a password, bound to one post (CD-1.3)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.utils.translation import gettext as _

from guantong.accounts.models import Token, User
from guantong.kernel import clock
from guantong.kernel.acts.act import refuse
from guantong.kernel.organs.models import Post

PREFIX = "gt_"
BYTES = 32
LONGEST = timedelta(days=366)


def digest(raw: str) -> str:
    """Return what is stored of a token: SHA-256 in hex. 256 random bits need no slow hash."""
    return hashlib.sha256(raw.encode()).hexdigest()


def create(user: User, post: Post, name: str, expires_on: date) -> str:
    """Make a token for one of the user's own present posts and return it; it is never shown again.

    Raises Refused, naming `post`, `name` or `expires_on`.
    """
    today = clock.today()
    held = post.since <= today and (post.until is None or post.until >= today)
    if not user.is_active or user.officer_id != post.officer_id or not held:
        raise refuse(
            "post",
            _("A token is bound to a post that its owner holds today."),
            _("Choose one of your own present posts."),
        )
    if not 0 < len(name.strip()) <= 60:
        raise refuse("name", _("A token needs a name of at most 60 characters."), _("Say what it is for."))
    if not today <= expires_on <= today + LONGEST:
        raise refuse(
            "expires_on",
            _("A token is valid for at most one year."),
            _("Choose a day between %(first)s and %(last)s.") % {"first": today, "last": today + LONGEST},
        )
    raw = PREFIX + secrets.token_urlsafe(BYTES)
    Token.objects.create(
        user=user,
        post=post,
        name=name.strip(),
        digest=digest(raw),
        created_at=clock.now(),
        expires_on=expires_on,
    )
    return raw


def find(raw: str) -> Token | None:
    """Return the token with its user and post, also one that no longer opens anything; None if unknown."""
    return Token.objects.select_related("user", "post").filter(digest=digest(raw)).first()


def trouble(token: Token) -> str:
    """Return in words why a token no longer opens anything; '' where it does."""
    if token.revoked_at is not None:
        return _("This token has been revoked.")
    if token.expires_on < clock.today():
        return _("This token expired on %(day)s.") % {"day": token.expires_on}
    if not token.user.is_active:
        return _("The account of this token is closed.")
    return ""


def revoke(token: Token) -> None:
    """Let a token open nothing any more; the row stays."""
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])

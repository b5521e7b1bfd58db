"""Pages of lists (分页): opaque, signed cursors; a list is never counted."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Refused, refuse

MOST = 200
USUAL = 50
SALT = "guantong.api.cursor"
CURSOR_LENGTH = 500


def cursor(*place: Any) -> str:
    """Return the cursor of a place in a list."""
    return signing.dumps([str(part) for part in place], salt=SALT)


def place(given: str, parts: int) -> list[str]:
    """Return the place a cursor names. Raises Refused for cursors not made here, or for another list."""
    try:
        found = signing.loads(given, salt=SALT)
    except signing.BadSignature:
        raise bad_cursor() from None
    if not isinstance(found, list) or len(found) != parts:
        raise bad_cursor()
    return found


def bad_cursor() -> Refused:
    """Return the refusal of a cursor."""
    return refuse(
        "cursor",
        _("This cursor does not belong to this list."),
        _("Begin without a cursor, and send back what came as next, with the same filters."),
    )

"""What is read is noted (查阅记录): one unchained row for each opening, never one for each row of a list."""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils.crypto import salted_hmac

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor

DETAIL_LENGTH = 200


def fingerprint(asked: str) -> str:
    """Return what stands in a record for what was searched: names of persons are nothing for administrators.

    Who suspects that a certain name was searched can have this platform compare; without its secret nobody
    can try names against it.
    """
    return f"{len(asked)}:{salted_hmac('guantong.search', asked, algorithm='sha256').hexdigest()[:16]}"


def note(
    actor: Actor, what: str, matter: uuid.UUID | None = None, detail: str = "", *, user_id: int | None = None
) -> None:
    """Note that the actor opened, viewed, searched or exported something; `detail` holds no content.

    The row is written without being read back: only the audit administrator may read such rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_reading (at, post_id, user_id, what, matter, detail)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [clock.now(), actor.post.pk, user_id, what, matter, detail[:DETAIL_LENGTH]],
        )

"""What administrators do leaves a record (管理记录): no chain of a matter holds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from guantong.accounts.models import User
from guantong.kernel import clock

ABOUT_LENGTH = 200


def record(
    user: User,
    what: str,
    about: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write that `user` did `what` about something; only what differs between before and after is kept.

    The only writer. The row is written without being read back: only administrators may read such rows.
    """
    old, new = dict(before or {}), dict(after or {})
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    kept = [
        json.dumps({k: v for k, v in values.items() if k not in same}, ensure_ascii=False, default=str)
        for values in (old, new)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_adminrecord (at, user_id, administers, what, about, before, after)"
            " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            [clock.now(), user.pk, user.administers, what, about[:ABOUT_LENGTH], *kept],
        )

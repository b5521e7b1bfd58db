"""Finding matters by name, number or words, within the reader's sight (检索)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from guantong.kernel.access.actors import Actor
from guantong.kernel.search.text import normalise_name, to_tsquery

FOUND = """
SELECT matter FROM (
  SELECT n.matter, 1 AS step, n.place FROM guantong_search_names(%(name)s, %(kinds)s, %(limit)s)
    WITH ORDINALITY n (matter, place) WHERE %(name)s <> ''
  UNION ALL
  SELECT w.matter, 2, w.place FROM guantong_search_words(%(words)s, %(kinds)s, %(limit)s)
    WITH ORDINALITY w (matter, place) WHERE %(words)s <> ''
) f ORDER BY step, place
"""


def search(actor: Actor, text: str, kinds: Sequence[str], limit: int) -> list[uuid.UUID]:
    """Return at most `limit` matters the actor may see, in one query.

    First those with a name, number or unit that begins with `text`, then those that hold its words; the
    newest first in both. The database answers for the scope the transaction is in, which is the actor's.
    """
    name = normalise_name(text)
    values: dict[str, Any] = {"name": name, "words": to_tsquery(text), "kinds": list(kinds), "limit": limit}
    if not actor.principals or not (name or values["words"]):
        return []
    with connection.cursor() as cursor:
        cursor.execute(FOUND, values)
        found = dict.fromkeys(row[0] for row in cursor.fetchall())
    return list(found)[:limit]

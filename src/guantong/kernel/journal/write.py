"""Writing an entry into a matter's chain (日志登记)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import connection

from guantong.kernel.journal.hashing import EntryHeader, content_digest, entry_hash, plain

if TYPE_CHECKING:
    from guantong.kernel.acts.act import Deed

MOVED = (
    "number",
    "title",
    "state",
    "is_open",
    "first",
    "version",
    "chain_seq",
    "chain_head",
    "happened_on",
    "secrecy",
)
_NEW = ", ".join(f'"{name}" = %s' for name in MOVED)
MOVE = f"moved AS (UPDATE matters_matter SET {_NEW} WHERE id = %s),"  # noqa: S608 - names of columns
INSERT = """
WITH {move} made AS (
  INSERT INTO journal_entry (matter_id, seq, act, post_id, officer_name, capacity, organ_id, clauses, depth,
    happened_on, recorded_at, state_from, state_to, prev, content_digest, hash)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
), said AS (
  INSERT INTO journal_content (entry_id, salt, body) SELECT id, %s, %s::jsonb FROM made
)
SELECT id FROM made
"""


def append(
    deed: Deed, state_from: str, clauses: list[str], content: dict[str, Any], salt: bytes
) -> Callable[[], int]:
    """Link the deed's entry to its matter's chain, and return what writes it and gives its id.

    The matter's `chain_seq` and `chain_head` move at once: a new matter is saved by the caller before the
    entry is written, one that exists is saved (`MOVED`) in the same statement as the entry.
    """
    actor, matter = deed.actor, deed.matter
    body = plain(content)
    header = EntryHeader(
        matter_id=str(matter.pk),
        seq=matter.chain_seq + 1,
        prev=matter.chain_head,
        act=deed.act.code,
        happened_on=deed.happened_on,
        recorded_at=deed.now,
        post_id=actor.post.pk,
        organ_id=actor.organ.pk,
        officer_name=actor.officer.name,
        capacity=actor.capacity,
        clauses=tuple(clauses),
        depth=int(deed.act.shown(deed)),
        state_from=state_from,
        state_to=matter.state,
        content_digest=content_digest(salt, body),
    )
    matter.chain_seq, matter.chain_head = header.seq, entry_hash(header)
    move = [] if deed.act.creates else [*(getattr(matter, name) for name in MOVED), matter.pk]
    return lambda: _insert(header, matter.chain_head, salt, body, move)


def _insert(header: EntryHeader, hash_: str, salt: bytes, body: Any, move: list[Any]) -> int:
    values: list[Any] = [
        *move,
        header.matter_id, header.seq, header.act, header.post_id, header.officer_name, header.capacity,
        header.organ_id, json.dumps(header.clauses), header.depth, header.happened_on, header.recorded_at,
        header.state_from, header.state_to, header.prev, header.content_digest, hash_, salt,
        json.dumps(body, ensure_ascii=False),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(move=MOVE if move else ""), values)
        row = cursor.fetchone()
    return int(row[0])

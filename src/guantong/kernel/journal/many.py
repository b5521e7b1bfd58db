"""Entries that the calendar makes, many at a time (日历登记)."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from guantong.kernel import clock
from guantong.kernel.journal.hashing import SALT_BYTES, EntryHeader, content_digest, entry_hash, plain
from guantong.kernel.journal.models import Content, Entry
from guantong.kernel.matters.models import Depth, Matter

CAPACITY = "日历"


@dataclass(frozen=True)
class Note:
    """What the calendar notes about a matter: act code, day, who may read it, clauses, what it says."""

    matter: uuid.UUID
    act: str
    happened_on: date
    depth: Depth
    clauses: tuple[str, ...]
    body: Mapping[str, Any]


def append_notes(matters: Mapping[uuid.UUID, Matter], notes: Iterable[Note]) -> list[int]:
    """Append notes to the chains of locked matters, in order; the entries' ids.

    The matters are locked by the caller before this: the checkpointer relies on it. Four statements, however
    many notes there are. No post and no organ acts: the calendar does. A matter's version stays, so that a
    form somebody has open is not refused for it.
    """
    wanted = list(notes)
    if not wanted:
        return []
    now = clock.now()
    entries, contents = [], []
    for id_, note in zip(_ids(len(wanted)), wanted, strict=True):
        matter, salt, body = matters[note.matter], secrets.token_bytes(SALT_BYTES), plain(dict(note.body))
        header = EntryHeader(
            matter_id=str(note.matter),
            seq=matter.chain_seq + 1,
            prev=matter.chain_head,
            act=note.act,
            happened_on=note.happened_on,
            recorded_at=now,
            post_id=None,
            organ_id=None,
            officer_name="",
            capacity=CAPACITY,
            clauses=note.clauses,
            depth=int(note.depth),
            state_from=matter.state,
            state_to=matter.state,
            content_digest=content_digest(salt, body),
        )
        matter.chain_seq, matter.chain_head = header.seq, entry_hash(header)
        entries.append(_row(id_, header, matter.chain_head))
        contents.append(Content(entry_id=id_, salt=salt, body=body))
    Entry.objects.bulk_create(entries)
    Content.objects.bulk_create(contents)
    _move_heads([matters[pk] for pk in {note.matter for note in wanted}])
    return [entry.pk for entry in entries]


def _ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('journal_entry_id_seq') FROM generate_series(1, %s)", [count])
        return [int(row[0]) for row in cursor.fetchall()]


def _row(id_: int, header: EntryHeader, hash_: str) -> Entry:
    return Entry(
        id=id_,
        matter_id=uuid.UUID(header.matter_id),
        seq=header.seq,
        act=header.act,
        officer_name=header.officer_name,
        capacity=header.capacity,
        clauses=list(header.clauses),
        depth=header.depth,
        happened_on=header.happened_on,
        recorded_at=header.recorded_at,
        state_from=header.state_from,
        state_to=header.state_to,
        prev=header.prev,
        content_digest=header.content_digest,
        hash=hash_,
    )


def _move_heads(matters: list[Matter]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_matter m SET chain_seq = t.seq, chain_head = t.head"
            " FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS t(id, seq, head) WHERE m.id = t.id",
            [
                [matter.pk for matter in matters],
                [matter.chain_seq for matter in matters],
                [matter.chain_head for matter in matters],
            ],
        )

"""Verifying the journal where it stands (在库校验), and writing its archive.

Headers are read through the listed definer functions, as any administrator's page may; contents through a
function only the owner role may call. The verifying itself is `verify.py`'s, the one that trusts nobody.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, cast

from django.db import connections, transaction

from guantong.kernel import clock
from guantong.kernel.journal.export import ExportWriter, StoredCheckpoint, StoredContent, StoredEntry
from guantong.kernel.journal.hashing import FORMAT, iso_instant
from guantong.kernel.journal.models import Checkpoint
from guantong.kernel.journal.verify import Report, tell_missing_heads, verify_records

BATCH = 5000
HEADERS = """
SELECT id, matter_id, seq, prev, act, happened_on, recorded_at, post_id, organ_id, officer_name, capacity,
  clauses::text, depth, state_from, state_to, content_digest, hash
FROM guantong_journal_headers(%s, %s) ORDER BY id
"""
CONTENTS = "SELECT entry_id, salt, body::text FROM guantong_journal_contents(%s, %s) ORDER BY entry_id"
EXPUNGED = """
SELECT x.entry_id, h.hash, x.first_id, x.second_id, x.reason, x.at
FROM journal_expunction x CROSS JOIN LATERAL guantong_journal_headers(x.entry_id - 1, x.entry_id) h
WHERE x.entry_id <= %s ORDER BY x.entry_id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A record as the archive's lines have it, made from the row as it stands, sound or not (原样记录)."""

    values: dict[str, Any]

    def record(self) -> dict[str, Any]:
        """Its line."""
        return self.values


def _rows(alias: str, sql: str, arguments: list[Any]) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def last_id(alias: str = "default") -> int:
    """Return the highest entry id given out so far; entries above it are left to the next time."""
    row = _rows(alias, "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_entry_id_seq", [])
    return int(row[0][0])


def entries(alias: str, upto: int, after: int = 0) -> Iterator[Line]:
    """Give the headers of all entries with `after` < id <= `upto`, in batches."""
    while after < upto:
        until = min(upto, after + BATCH)
        for row in _rows(alias, HEADERS, [after, until]):
            yield Line(entry_record(row))
        after = until


def entry_record(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row of HEADERS in the shape of a line of ``entries.jsonl``."""
    happened: date = row[5]
    recorded: datetime = row[6]
    header = {
        "format": FORMAT,
        "matter": str(row[1]),
        "seq": row[2],
        "prev": row[3],
        "act": row[4],
        "happened_on": happened.isoformat(),
        "recorded_at": iso_instant(recorded),
        "post": row[7],
        "organ": row[8],
        "officer": row[9],
        "capacity": row[10],
        "clauses": json.loads(row[11]),
        "depth": row[12],
        "state_from": row[13],
        "state_to": row[14],
        "content": row[15],
    }
    return {"id": row[0], "header": header, "hash": row[16]}


def contents(alias: str, upto: int) -> Iterator[Line]:
    """Give contents and what stands in for expunged ones, by entry; `alias` is the owner's connection."""
    expunged = (Line(stand_in(row)) for row in _rows(alias, EXPUNGED, [upto]))
    return heapq.merge(_contents(alias, upto), expunged, key=lambda line: int(line.values["entry"]))


def _contents(alias: str, upto: int) -> Iterator[Line]:
    after = 0
    while after < upto:
        until = min(upto, after + BATCH)
        for entry, salt, body in _rows(alias, CONTENTS, [after, until]):
            yield Line({"entry": entry, "salt": bytes(salt).hex(), "content": json.loads(body)})
        after = until


def stand_in(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return what stands in for expunged content: entry, hash, two people, reason, moment."""
    entry, hash_, first, second, reason, at = row
    people = sorted([first, second])
    said = {"entry": entry, "hash": hash_, "people": people, "reason": reason, "at": iso_instant(at)}
    return {"entry": entry, "expunged": said}


def checkpoints(alias: str) -> list[Line]:
    """Return all checkpoints by number."""
    return [Line(checkpoint_record(row)) for row in Checkpoint.objects.using(alias).order_by("number")]


def checkpoint_record(row: Checkpoint) -> dict[str, Any]:
    """Return a checkpoint in the shape of a line of ``checkpoints.jsonl``."""
    head = {
        "format": FORMAT,
        "number": row.number,
        "first_id": row.first_id,
        "last_id": row.last_id,
        "count": row.count,
        "root": row.root,
        "previous": row.prev,
        "at": iso_instant(row.at),
    }
    return {"checkpoint": head, "hash": row.hash}


class _Heads:
    """Watches the entries go by and remembers which matters' last entries were met."""

    def __init__(self, alias: str) -> None:
        rows = _rows(alias, "SELECT matter, seq, head FROM guantong_journal_heads()", [])
        self.missing = {str(matter): (int(seq), str(head)) for matter, seq, head in rows if seq}

    def watch(self, lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
        for line in lines:
            header = line.values["header"]
            if self.missing.get(header["matter"]) == (header["seq"], line.values["hash"]):
                del self.missing[header["matter"]]
            yield line.values


def verify_headers(alias: str = "default", roots: dict[int, str] | None = None) -> Report:
    """Verify chains, checkpoints and each matter's last entry, without any content (首部校验).

    Runs also while acts go on: heads and checkpoints are read first, and entries only ever come on top.
    """
    sealed, heads = checkpoints(alias), _Heads(alias)
    records = heads.watch(entries(alias, last_id(alias)))
    report = verify_records(records, None, [line.values for line in sealed], roots)
    tell_missing_heads(heads.missing, report)
    return report


def check_heads(alias: str, report: Report) -> None:
    """Add to a report each matter whose last entry is not in the journal any more."""
    heads = _Heads(alias)
    for _record in heads.watch(entries(alias, last_id(alias))):
        pass
    tell_missing_heads(heads.missing, report)


def write_archive(file: Path | IO[bytes], alias: str = "owner", *, with_contents: bool = True) -> int:
    """Write the export archive (导出包) as of one moment; the number of entries.

    With contents it takes the owner's connection, outside of any transaction. Without, it is what the audit
    administrator may carry away: verify it with ``--headers-only``. Raises as `ExportWriter` does.
    """
    if not with_contents:
        return _write(file, alias, False)
    with transaction.atomic(using=alias, durable=True):
        with connections[alias].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _write(file, alias, True)


def _write(file: Path | IO[bytes], alias: str, with_contents: bool) -> int:
    sealed, upto = checkpoints(alias), last_id(alias)
    with ExportWriter(file, source="guantong", at=clock.now()) as writer:
        count = writer.entries(cast(Iterator[StoredEntry], entries(alias, upto)))
        said = contents(alias, upto) if with_contents else iter(())
        writer.contents(cast(Iterator[StoredContent], said))
        writer.checkpoints(cast(Iterator[StoredCheckpoint], sealed))
    return count

"""The checkpointer (检查点): settled entries go into Merkle trees whose roots leave the house.

Ids are taken from a sequence before their transactions commit, so entry 7 may appear after entry 8. A
checkpoint may only cover ids of which none can appear any more. The horizon:

1. read the sequence's last value `upto`;
2. take a transaction id of our own, `mark`, in a later statement;
3. wait until no transaction with an id up to `mark` is running.

Whoever took an entry id up to `upto` did so before step 2, and had a transaction id by then: `perform` locks
or inserts its matter, and the sweep locks its matters, before either takes an entry id, and the first such
write assigns the transaction id. That id is lower than `mark`, so after step 3 the entry has either appeared
or never will. (A snapshot's xmax would not do for a mark: it is one past the newest transaction that has
*ended*, and running ones may lie above it.)
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from guantong.kernel import clock
from guantong.kernel.journal.export import write_roots
from guantong.kernel.journal.hashing import CheckpointHeader, checkpoint_hash, checkpoint_leaf, merkle_root
from guantong.kernel.journal.models import Checkpoint

log = logging.getLogger(__name__)
LEASE = 0x6775616E_01
AT_MOST = 50_000
WAIT_SECONDS = 2.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Horizon:
    """Ids up to `upto` are settled once every transaction up to `mark` has ended (视界)."""

    upto: int
    mark: int


@contextmanager
def lease(number: int) -> Iterator[bool]:
    """Hold an advisory lock for the block; False where somebody else holds it (租约)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def checkpoint(wait_seconds: float = WAIT_SECONDS) -> int:
    """Make checkpoints over all settled entries; the number made.

    Waits at most `wait_seconds` for transactions under way; what is not settled by then is left to the next
    time. Roots are written as files into GUANTONG_DATA/checkpoints, earlier ones too where their file is
    missing. Runs outside a transaction. Raises ValueError where a file says otherwise than the journal.
    """
    if connection.in_atomic_block:
        raise RuntimeError("the checkpointer takes several transactions; call it outside of one")
    with lease(LEASE) as held:
        if not held:
            return 0
        horizon = find_horizon()
        made = _gather(horizon.upto) if settled(horizon, wait_seconds) else 0
        _export()
    return made


def find_horizon() -> Horizon:
    """Return the present horizon, in two statements: the order matters, see above."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_entry_id_seq")
        upto = int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return Horizon(upto, int(cursor.fetchone()[0]))


def settled(horizon: Horizon, wait_seconds: float) -> bool:
    """Wait until every transaction up to the horizon's mark has ended; False where that took too long."""
    deadline = time.monotonic() + wait_seconds
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s", [horizon.mark]
            )
            if cursor.fetchone()[0]:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)


def _gather(upto: int) -> int:
    last = Checkpoint.objects.order_by("-number").first()
    after, made = (last.last_id if last else 0), 0
    while after < upto:
        window = min(upto, after + AT_MOST)
        rows = _hashes(after, window)
        if rows:
            last = _store(last, rows)
            if last is None:
                return made
            made += 1
        after = window
    return made


def _hashes(after: int, upto: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, hash FROM guantong_journal_headers(%s, %s) ORDER BY id", [after, upto])
        return [(int(id_), str(hash_)) for id_, hash_ in cursor.fetchall()]


def _store(last: Checkpoint | None, rows: list[tuple[int, str]]) -> Checkpoint | None:
    header = CheckpointHeader(
        number=last.number + 1 if last else 1,
        first_id=rows[0][0],
        last_id=rows[-1][0],
        count=len(rows),
        root=merkle_root([checkpoint_leaf(id_, hash_) for id_, hash_ in rows]),
        previous=last.hash if last else "",
        at=clock.now(),
    )
    try:
        with transaction.atomic():
            return Checkpoint.objects.create(
                number=header.number,
                first_id=header.first_id,
                last_id=header.last_id,
                count=header.count,
                root=header.root,
                prev=header.previous,
                hash=checkpoint_hash(header),
                at=header.at,
            )
    except IntegrityError:
        log.warning("checkpoint %s was made by somebody else meanwhile", header.number)
        return None


def header_of(row: Checkpoint) -> CheckpointHeader:
    """Return a stored checkpoint in the form in which it is hashed."""
    return CheckpointHeader(
        number=row.number,
        first_id=row.first_id,
        last_id=row.last_id,
        count=row.count,
        root=row.root,
        previous=row.prev,
        at=row.at,
    )


def folder() -> Path:
    """Return where roots are written, to be carried out of the house."""
    return Path(settings.GUANTONG_DATA) / "checkpoints"


def _export() -> None:
    """Write the roots that have no file yet: usually the newest, all of them after a restore."""
    newest = Checkpoint.objects.order_by("-number").values_list("number", flat=True).first() or 0
    written = {path.name for path in folder().glob("checkpoint-*.json")}
    if len(written) >= newest:
        return
    write_roots(folder(), (header_of(row) for row in Checkpoint.objects.order_by("number").iterator()))

"""Checkpoints cover only what is settled, though transactions commit out of order (检查点)."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import connection, transaction

from guantong.kernel.journal.checkpoint import (
    checkpoint,
    find_horizon,
    folder,
    header_of,
    settled,
)
from guantong.kernel.journal.hashing import checkpoint_hash, checkpoint_leaf, merkle_root
from guantong.kernel.journal.models import Checkpoint
from support.play import Player
from support.town import build


@pytest.fixture
def play(committed) -> Player:
    for path in folder().glob("*"):
        path.unlink()
    with transaction.atomic():
        return Player(build())


def entries() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, hash FROM guantong_journal_headers(0, 1000000)")
        return cursor.fetchall()


def test_checkpoints_chain_and_leave_the_house(play: Player) -> None:
    assert checkpoint() == 0, "an empty journal has nothing to cover"
    play.registered("2026-09-28")
    assert checkpoint() == 1
    assert checkpoint() == 0, "nothing new"
    play.registered("2026-09-29")
    play.registered("2026-09-30")
    assert checkpoint() == 1
    first, second = Checkpoint.objects.order_by("number")
    ids = entries()
    assert (first.count, second.count, second.last_id) == (1, 2, ids[-1][0])
    assert second.prev == first.hash == checkpoint_hash(header_of(first))
    assert second.root == merkle_root([checkpoint_leaf(*row) for row in ids[1:]])
    left = json.loads((folder() / "checkpoint-000002.json").read_bytes())
    assert left["hash"] == second.hash
    assert left["checkpoint"]["root"] == second.root


def test_a_root_whose_file_is_gone_is_written_again_and_a_changed_one_is_not(play: Player) -> None:
    play.registered("2026-09-28")
    checkpoint()
    file = folder() / "checkpoint-000001.json"
    kept = file.read_bytes()
    file.unlink()
    checkpoint()
    assert file.read_bytes() == kept
    file.write_bytes(kept.replace(b"sm3:", b"sm3:0", 1))
    play.registered("2026-09-29")
    with pytest.raises(ValueError, match="says otherwise"):
        checkpoint()


class Slow:
    """An act under way in another connection: it has locked its matter and taken an entry id."""

    def __init__(self, url: str, play: Player, clue) -> None:
        self.session = psycopg.connect(url)
        supervision = play.town.organs["supervision"].pk
        self.session.execute("SELECT set_config('guantong.principals', %s, true)", [f"{{{supervision}}}"])
        self.session.execute("SELECT 1 FROM matters_matter WHERE id = %s FOR UPDATE", [clue])
        self.session.execute(
            "INSERT INTO journal_entry (matter_id, seq, act, officer_name, capacity, clauses, depth,"
            " happened_on, recorded_at, state_from, state_to, prev, content_digest, hash)"
            " SELECT matter_id, seq + 1, act, officer_name, capacity, clauses, depth, happened_on,"
            " recorded_at, state_to, state_to, hash, content_digest, hash FROM journal_entry"
            " WHERE matter_id = %s ORDER BY seq DESC LIMIT 1",
            [clue],
        )

    def end(self, *, commit: bool) -> None:
        if commit:
            self.session.commit()
        self.session.close()


@pytest.mark.parametrize("commit", [True, False])
def test_an_entry_that_commits_late_is_not_passed_over(play: Player, child_environment, commit: bool) -> None:
    clue = play.registered("2026-09-28")
    assert checkpoint() == 1
    slow = Slow(child_environment["DATABASE_URL"], play, clue)
    play.registered("2026-09-29")
    assert len(entries()) == 2, "the later id is there, the earlier one is not yet"
    assert checkpoint(wait_seconds=0.3) == 0, "while the earlier one may still appear, nothing is covered"
    slow.end(commit=commit)
    assert checkpoint() == 1
    second = Checkpoint.objects.get(number=2)
    assert second.count == (2 if commit else 1)
    assert [second.first_id, second.last_id][-1] == entries()[-1][0]
    assert sum(Checkpoint.objects.values_list("count", flat=True)) == len(entries())


def test_a_lone_running_act_is_waited_for(play: Player, child_environment) -> None:
    """A snapshot's xmax as the mark would take this one for settled: nothing has ended since it began."""
    clue = play.registered("2026-09-28")
    slow = Slow(child_environment["DATABASE_URL"], play, clue)
    horizon = find_horizon()
    assert horizon.upto == entries()[-1][0] + 1, "the id the running act has taken"
    assert not settled(horizon, 0.2)
    slow.end(commit=True)
    assert settled(horizon, 2.0)


def test_acts_take_their_transaction_id_before_their_entry_id(play: Player) -> None:
    """The horizon rests on it: what takes an entry id already has a transaction id (see checkpoint.py)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert str(cursor.fetchone()[0]).startswith("test_")
    seen: list[tuple[str, bool]] = []

    def watch(execute, sql, params, many, context):
        if "INTO journal_entry" in sql or "journal_entry_id_seq" in sql:
            with connection.connection.cursor() as cursor:
                assigned = cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL").fetchone()
            seen.append((sql[:40], bool(assigned[0])))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        clue = play.registered("2026-09-28")
        play.act(
            "2026-09-28", "clerk", "clue.propose_assignment", clue,
            handler=play.town.organs["first"].pk, reason="市管干部",
        )  # fmt: skip
        play.act(
            "2026-09-20", "team_member", "report.register", title="报告", unit="单位",
            findings=[{"category": "违规采购", "summary": "拆分采购", "amount": "1"}],
        )  # fmt: skip
    assert len(seen) == 3
    assert all(assigned for _sql, assigned in seen)

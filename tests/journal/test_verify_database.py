"""Verifying the journal where it stands; two people together expunge, one alone cannot."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection, connections

from guantong.cli.verify import verify as command
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.journal import verify_db
from guantong.kernel.journal.models import Content, Entry, Expunction
from guantong.kernel.journal.verify import verify_archive
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Post
from guantong.web.journal import verify_matter
from support.play import Player
from support.town import build


def entries(play: Any, who: str, matter: Any) -> list[Entry]:
    with play.see(who):
        return list(Entry.objects.filter(matter=matter).order_by("seq"))


def proposed(play: Any) -> Any:
    clue = play.registered()
    play.act("2026-09-29", "clerk", "journal.propose_expunge", clue, entry=1, reason="误录涉密内容")
    return clue


def test_headers_verify_without_any_sight(play: Any) -> None:
    play.assigned(play.registered())
    report = verify_db.verify_headers()
    assert report.ok
    assert report.entries >= 4
    assert report.matters == 1


def test_two_people_expunge_and_the_chain_verifies_as_expunged(play: Any) -> None:
    clue = proposed(play)
    play.act("2026-09-29", "deputy", "journal.expunge", clue, proposal=2)
    with play.see("deputy"):
        assert not Content.objects.filter(entry__matter=clue, entry__seq=1).exists()
        row = Expunction.objects.get(entry__matter=clue)
        assert row.first.username == "clerk"
        assert row.second.username == "deputy"
        assert [entry.act for entry in entries(play, "deputy", clue)] == [
            "clue.register", "journal.propose_expunge", "journal.expunge",
        ]  # fmt: skip
        report = verify_matter(Matter.objects.get(pk=clue), entries(play, "deputy", clue))
    assert report.ok, report.faults
    assert report.expunged[0]["reason"] == "误录涉密内容"
    assert verify_db.verify_headers().ok


def test_one_person_alone_cannot(play: Any) -> None:
    clue = play.assigned(play.registered())
    last = len(entries(play, "clerk", clue))
    with pytest.raises(Refused):
        play.act("2026-09-29", "clerk", "journal.expunge", clue, proposal=last)
    play.act("2026-09-29", "clerk", "journal.propose_expunge", clue, entry=1, reason="误录")
    with pytest.raises(NotAllowed):
        play.act("2026-09-29", "clerk", "journal.expunge", clue, proposal=last + 1)
    with pytest.raises(NotAllowed):
        play.act("2026-09-29", "clerk_head", "journal.expunge", clue, proposal=last + 1)
    with play.see("clerk"):
        assert Content.objects.filter(entry__matter=clue, entry__seq=1).exists()


def test_who_proposed_may_not_also_confirm(play: Any) -> None:
    clue = proposed(play)
    clerk = play.town.posts["clerk"]
    promoted = Post.objects.create(
        officer=clerk.officer,
        organ=play.town.organs["leaders"],
        title="副书记",
        rank="leader",
        since="2020-01-01",
    )
    play.town.posts["promoted"] = promoted
    with pytest.raises(Refused, match=r"两个不同的人|two different"):
        play.act("2026-09-29", "promoted", "journal.expunge", clue, proposal=2)


def test_declined_is_settled_and_what_is_settled_is_not_decided_again(play: Any) -> None:
    clue = proposed(play)
    play.act("2026-09-29", "deputy", "journal.decline_expunge", clue, proposal=2)
    for code in ("journal.expunge", "journal.decline_expunge"):
        with pytest.raises(Refused):
            play.act("2026-09-29", "deputy", code, clue, proposal=2)


def test_an_expunging_itself_and_what_is_gone_cannot_be_proposed(play: Any) -> None:
    clue = proposed(play)
    play.act("2026-09-29", "deputy", "journal.expunge", clue, proposal=2)
    for seq in (1, 3, 99):
        with pytest.raises(Refused) as caught:
            play.act("2026-09-29", "clerk", "journal.propose_expunge", clue, entry=seq, reason="再清除")
        assert caught.value.faults[0].field == "entry"


def test_the_archive_without_contents_holds_none_and_verifies(play: Any, tmp_path: Path) -> None:
    play.registered(allegation="绝不可外传的内容")
    buffer = io.BytesIO()
    verify_db.write_archive(buffer, "default", with_contents=False)
    path = tmp_path / "headers.zip"
    path.write_bytes(buffer.getvalue())
    assert verify_archive(path, headers_only=True).ok
    assert not verify_archive(path).ok, "contents are missing, and it says so"
    with zipfile.ZipFile(path) as archive:
        assert archive.read("contents.jsonl") == b""
        assert "绝不可外传" not in archive.read("entries.jsonl").decode()


def _committed_town() -> Any:
    return Player(build())


def test_the_command_verifies_contents_and_finds_tampering(committed: Any, tmp_path: Path) -> None:
    play = _committed_town()
    clue = proposed(play)
    play.act("2026-09-29", "deputy", "journal.expunge", clue, proposal=2)
    kept = tmp_path / "journal.zip"
    good = CliRunner().invoke(command, ["--export", str(kept)])
    assert good.exit_code == 0, good.output
    assert "误录涉密内容" in good.output
    assert CliRunner().invoke(command, [str(kept)]).exit_code == 0
    assert CliRunner().invoke(command, ["--export", str(kept)]).exit_code == 2
    _tamper("UPDATE journal_content SET body = jsonb_set(body, '{data}', '{}') WHERE entry_id = %s", clue, 2)
    bad = CliRunner().invoke(command, ["--lang", "en"])
    assert bad.exit_code == 1
    assert "content_altered" in bad.output


def test_a_removed_last_entry_is_found_without_any_checkpoint(committed: Any) -> None:
    play = _committed_town()
    clue = play.assigned(play.registered())
    _tamper("DELETE FROM journal_content WHERE entry_id = %s", clue, 4)
    _tamper("DELETE FROM journal_entry WHERE id = %s", clue, 4)
    report = verify_db.verify_headers()
    assert [fault.code for fault in report.faults] == ["head_differs"]


def _tamper(statement: str, clue: Any, seq: int) -> None:
    """Do what only somebody with the owner's password could, past triggers and policies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM guantong_journal_headers(0, 1000) WHERE matter_id = %s AND seq = %s", [clue, seq]
        )
        entry = cursor.fetchone()[0]
    with connections["owner"].cursor() as cursor:
        for table in ("journal_content", "journal_entry"):
            cursor.execute(
                f"ALTER TABLE {table} DISABLE TRIGGER USER; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"
            )
        cursor.execute(statement, [entry])
        assert cursor.rowcount == 1

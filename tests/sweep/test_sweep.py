"""The sweep as a whole: grants that end, files nobody names, one at a time (巡检)."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.datastructures import MultiValueDict

from guantong.kernel import clock
from guantong.kernel.access.models import Grant, Visibility
from guantong.kernel.access.scope import scope_of
from guantong.kernel.acts import files
from guantong.kernel.acts.orphans import remove_orphans
from guantong.kernel.duties.sweep import LEASE, sweep
from support.play import Player, at
from support.town import build

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def grant(matter, principal: int, depth: int, until: str | None) -> None:
    day = f'"{until}"' if until else "null"
    given = f'[{{"principal": {principal}, "depth": {depth}, "basis": "test", "until": {day}}}]'
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_grant(%s, 'clue', 'received', %s, %s::jsonb, '[]'::jsonb, NULL, %s)",
            [matter, date(2026, 9, 28), given, datetime(2026, 9, 28, tzinfo=UTC)],
        )


def expire(day: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT guantong_expire_grants(%s, %s)", [day, at(day)])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_grant_ends_on_its_day_and_leaves_what_another_gives() -> None:
    play = Player(build())
    clue = play.registered("2026-09-28")
    alone, both = play.town.organs["second"].pk, play.town.organs["rounds"].pk
    with play.see("clerk"):
        grant(clue, alone, 3, "2030-03-31")
        grant(clue, both, 3, "2030-03-31")
        grant(clue, both, 1, None)
    assert expire("2030-03-31") == 0
    assert expire("2030-04-01") == 2
    assert expire("2030-04-01") == 0
    with scope_of([alone, both]):
        rows = Visibility.objects.filter(matter=clue, principal__in=[alone, both])
        assert [(row.principal, row.depth, row.until) for row in rows] == [(both, 1, date(9999, 12, 31))]
    with play.see("clerk"):
        ended = Grant.objects.filter(matter=clue, revoked_at__isnull=False)
        assert {one.principal for one in ended} == {alone, both}


@pytest.mark.django_db
def test_files_nobody_names_go_after_a_day_and_named_ones_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "GUANTONG_DATA", tmp_path)
    play = Player(build())
    scan = SimpleUploadedFile("来函.pdf", PDF, content_type="application/pdf")
    with clock.set_to(at("2026-09-28")):
        play.done(
            "2026-09-28", "clerk", "clue.register", files=MultiValueDict({"scan": [scan]}),
            **letter(play),
        )  # fmt: skip
    orphan = files.store("files", SimpleUploadedFile("b.pdf", PDF + b"%", content_type="application/pdf"))
    fresh = files.store("files", SimpleUploadedFile("c.pdf", PDF + b"%%", content_type="application/pdf"))
    half = files.folder() / "tmpabcdef"
    half.write_bytes(b"half an upload")
    named = [path for path in files.folder().rglob("*") if path.is_file()]
    yesterday = time.time() - 2 * 86_400
    for path in named:
        if path != files.path_of(fresh.digest):
            os.utime(path, (yesterday, yesterday))
    assert remove_orphans(at_once=True) == 2
    left = {path for path in named if path.exists()}
    assert files.path_of(orphan.digest) not in left
    assert half not in left
    assert files.path_of(fresh.digest) in left
    assert len(left) == len(named) - 2
    assert remove_orphans(at_once=True) == 0


def letter(play: Player) -> dict[str, object]:
    return {
        "sender": play.town.organs["executing"].pk, "source": "audit", "letter_number": "清审移〔2026〕9号",
        "letter_date": "2026-09-28", "category": "discipline", "allegation": "拆分采购。",
        "unit": "清川水务集团有限公司",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_store_is_looked_through_once_an_hour() -> None:
    Path(settings.GUANTONG_DATA, "files").mkdir(parents=True, exist_ok=True)
    remove_orphans(at_once=True)
    with CaptureQueriesContext(connection) as queries:
        assert remove_orphans() == 0
    assert len(queries) == 0


def test_only_one_process_sweeps(committed, child_environment) -> None:
    with transaction.atomic():
        build()
    with psycopg.connect(child_environment["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LEASE])
        assert sweep().held is False
        other.execute("SELECT pg_advisory_unlock(%s)", [LEASE])
    done = sweep()
    assert (done.held, done.troubles) == (True, 0)


def test_a_matter_being_changed_waits_for_the_next_sweep(committed, child_environment) -> None:
    with transaction.atomic():
        play = Player(build())
    clue, other = play.registered("2026-09-28"), play.registered("2026-09-28")
    with psycopg.connect(child_environment["DATABASE_URL"]) as busy, clock.set_to(at("2026-10-27")):
        busy.execute(
            "SELECT set_config('guantong.principals', %s, true)",
            [f"{{{play.town.organs['supervision'].pk}}}"],
        )
        busy.execute("SELECT 1 FROM matters_matter WHERE id = %s FOR UPDATE", [clue])
        started = time.monotonic()
        first = sweep()
        assert time.monotonic() - started < 4
        busy.rollback()
        second = sweep()
    assert first.lapsed > 0
    assert second.lapsed > 0
    assert other != clue

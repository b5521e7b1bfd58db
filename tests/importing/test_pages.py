"""The import pages: upload, columns, dry run, progress, result (CZ-3.2)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

import guantong.data
from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.sheets import read_workbook
from guantong.mechanisms.clues import import_store, import_work, importing
from guantong.mechanisms.clues.import_work import go_on
from guantong.mechanisms.clues.importing import Status
from guantong.mechanisms.clues.models import Clue
from guantong.mechanisms.reports.models import Report
from importing.test_ledger_import import ROWS, book
from support.play import Player, at

pytestmark = pytest.mark.django_db


def uploaded(signed_in: Callable[..., Any], content: bytes, name: str = "台账.xlsx") -> str:
    answer = signed_in("clerk", reverse("clue_import"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def proposed(signed_in: Callable[..., Any], address: str) -> dict[str, str]:
    page = signed_in("clerk", address)
    return {
        row.name: "" if row.at is None else str(row.at)
        for sheet in page.context["sheets"]
        for row in sheet["rows"]
    }


def kept(address: str) -> str:
    token = address.rstrip("/").rsplit("/", 1)[1]
    (path,) = import_store.folder().glob(f"{token}.*.json")
    assert path.stat().st_mode & 0o077 == 0
    return path.read_text(encoding="utf-8")


def test_from_upload_to_result(play: Player, signed_in: Callable[..., Any]) -> None:
    address = uploaded(signed_in, book(ROWS))
    page = signed_in("clerk", address).content.decode()
    assert "被反映人姓名" in page
    assert "95%" in page
    assert "清川水务集团有限公司" in page
    assert "秘密甲" in kept(address)
    assert signed_in("clerk", address, proposed(signed_in, address)).status_code == 302
    checked = signed_in("clerk", address).content.decode()
    for words in ("D7", "K7", "2026年2月30日"):
        assert words in checked
    for words in ("秘密甲", "绝密", "交通厅"):
        assert words not in checked
        assert words not in kept(address)
    with play.see("clerk"):
        assert Clue.objects.count() == 0
    assert signed_in("clerk", f"{address}run/", {"how": "each"}).status_code == 302
    result = signed_in("clerk", address)
    assert "清纪线索〔2026〕1号" in result.content.decode()
    with play.see("clerk"):
        assert Clue.objects.count() == 3
    listed = read_workbook(signed_in("clerk", f"{address}errors.xlsx").content)[0]
    assert [row[1] for row in listed.rows[1:]] == [7, 7, 8]
    numbers = read_workbook(signed_in("clerk", f"{address}result.xlsx").content)[0]
    assert len(numbers.rows) == 6
    assert signed_in("clerk", f"{address}drop/", {}).status_code == 302
    assert signed_in("clerk", address).status_code == 404


def test_all_or_nothing_in_one_request(play: Player, signed_in: Callable[..., Any]) -> None:
    address = uploaded(signed_in, book(ROWS[:2]))
    signed_in("clerk", address, proposed(signed_in, address))
    signed_in("clerk", f"{address}run/", {"how": "whole"})
    assert json.loads(kept(address))["given_up"] is False
    with play.see("clerk"):
        assert Clue.objects.count() == 2


def test_columns_are_chosen_again(signed_in: Callable[..., Any]) -> None:
    address = uploaded(signed_in, book(ROWS[:2]))
    columns = proposed(signed_in, address)
    missing = signed_in("clerk", address, {**columns, "c-0-received_on": ""})
    assert missing.status_code == 422
    assert "接收日期" in missing.content.decode()
    twice = signed_in("clerk", address, {**columns, "c-0-unit": columns["c-0-allegation"]})
    assert twice.status_code == 422
    assert signed_in("clerk", address, columns).status_code == 302
    assert signed_in("clerk", address, {"back": "1"}).status_code == 302
    assert signed_in("clerk", address).context["stage"] == "columns"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"PK\x03\x04broken"), ("a.csv", b""), ("a.csv", b"\x00\x01\x02"), ("a.pdf", b"%PDF-1.7 x")],
)
def test_a_file_that_is_none_is_refused(signed_in: Callable[..., Any], name: str, content: bytes) -> None:
    for place in ("clue_import", "reports_import"):
        answer = signed_in("clerk", reverse(place), {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert "gt-note-error" in answer.content.decode()


def test_only_the_post_that_began_it_sees_an_import(signed_in: Callable[..., Any]) -> None:
    address = uploaded(signed_in, book(ROWS))
    assert signed_in("clerk_head", address).status_code == 404
    assert signed_in("handler", address).status_code == 403
    assert signed_in("handler", reverse("clue_import")).status_code == 403
    assert signed_in("handler", reverse("reports_import")).status_code == 403


def test_what_is_too_old_goes(signed_in: Callable[..., Any]) -> None:
    address = uploaded(signed_in, book(ROWS))
    (path,) = import_store.folder().glob(f"{address.rstrip('/').rsplit('/', 1)[1]}.*")
    long_ago = at("2026-10-12", 1).timestamp()
    os.utime(path, (long_ago, long_ago))
    with clock.set_to(at("2026-10-12")):
        import_store.sweep()
    assert not path.exists()


LARGE = [[number, *ROWS[0][1:]] for number in range(1, 7)]
for _number, _row in enumerate(LARGE):
    _row[2] = f"清审移〔2026〕{50 + _number}号"


@pytest.fixture
def by_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file count as a large one, and each step do one row."""
    monkeypatch.setattr(import_work, "AT_ONCE", 0)
    monkeypatch.setattr(import_work, "STEP_SECONDS", 0.0)


def waiting() -> list[str]:
    """Return the imports whose job waits for a worker."""
    jobs = ProcrastinateJob.objects.filter(task_name="guantong.import").order_by("id")
    return [job.args["token"] for job in jobs]


def work(job: int = -1) -> None:
    """Do the job as a worker does: outside the request, without anybody's sight."""
    enter(())
    with clock.set_to(at("2026-10-12")):
        go_on(waiting()[job])


def run_by_job(signed_in: Callable[..., Any], content: bytes) -> str:
    address = uploaded(signed_in, content)
    signed_in("clerk", address, proposed(signed_in, address))
    work()
    signed_in("clerk", f"{address}run/", {"how": "each"})
    return address


def test_a_large_file_is_gone_through_by_a_job_while_the_page_says_how_far_it_is(
    play: Player, signed_in: Callable[..., Any], by_job: None
) -> None:
    address = uploaded(signed_in, book(LARGE))
    assert signed_in("clerk", address, proposed(signed_in, address)).status_code == 302
    page = signed_in("clerk", address).content.decode()
    assert "正在逐行检查" in page and f'hx-get="{address}progress/"' in page and "every 1s" in page
    step = signed_in("clerk", f"{address}progress/")
    assert step.status_code == 200 and "HX-Refresh" not in step
    assert signed_in("clerk_head", f"{address}progress/").status_code == 404
    work()
    assert signed_in("clerk", f"{address}progress/")["HX-Refresh"] == "true"
    assert signed_in("clerk", address).context["new"] == len(LARGE)
    signed_in("clerk", f"{address}run/", {"how": "each"})
    signed_in("clerk", f"{address}run/", {"how": "each"})
    assert len(waiting()) == 2, "asked for twice, begun once"
    work()
    page = signed_in("clerk", address)
    assert page.context["stage"] == "done"
    assert {status: number for status, _label, number in page.context["counts"]} == {Status.ADDED: len(LARGE)}
    work()
    with play.see("clerk"):
        assert Clue.objects.count() == len(LARGE), "the job done again does nothing twice"


@pytest.mark.parametrize("dies_at", [1, 3, 6])
def test_a_worker_that_dies_loses_nothing_and_the_result_is_the_same(
    play: Player, signed_in: Callable[..., Any], by_job: None, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    address = run_by_job(signed_in, book(LARGE))
    done, number = importing.do, 0

    def dying(*given: Any) -> None:
        nonlocal number
        number += 1
        done(*given)
        if number == dies_at:
            raise SystemExit

    monkeypatch.setattr(importing, "do", dying)
    with pytest.raises(SystemExit):
        work()
    with play.see("clerk"):
        assert Clue.objects.count() == dies_at - 1, "a row under way is not in"
    assert "HX-Refresh" not in signed_in("clerk", f"{address}progress/")
    work()
    page = signed_in("clerk", address)
    assert {status: count for status, _label, count in page.context["counts"]} == {Status.ADDED: len(LARGE)}
    numbers = read_workbook(signed_in("clerk", f"{address}result.xlsx").content)[0].rows[1:]
    assert len({row[3] for row in numbers}) == len(LARGE) and all(row[3] for row in numbers)


def test_work_that_stops_says_so_and_goes_on_when_asked(
    play: Player, signed_in: Callable[..., Any], by_job: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = run_by_job(signed_in, book(LARGE))
    with monkeypatch.context() as broken:
        broken.setattr(importing, "do", lambda *given: 1 / 0)
        work()
    page = signed_in("clerk", address).content.decode()
    assert "处理已中断" in page and 'value="again"' in page
    signed_in("clerk", f"{address}run/", {"how": "again"})
    work()
    assert signed_in("clerk", address).context["stage"] == "done"
    with play.see("clerk"):
        assert Clue.objects.count() == len(LARGE)


def test_a_dropped_import_stops_and_what_was_entered_stays(
    play: Player, signed_in: Callable[..., Any], by_job: None
) -> None:
    address = run_by_job(signed_in, book(LARGE))
    assert signed_in("clerk", f"{address}drop/", {}).status_code == 302
    work()
    assert signed_in("clerk", address).status_code == 404
    with play.see("clerk"):
        assert Clue.objects.count() == 0


def test_who_has_left_the_post_imports_no_further(
    play: Player, signed_in: Callable[..., Any], by_job: None
) -> None:
    run_by_job(signed_in, book(LARGE))
    post = play.town.posts["clerk"]
    type(post).objects.filter(pk=post.pk).update(until=date(2026, 10, 11))
    work()
    with play.see("clerk_head"):
        assert Clue.objects.count() == 0


def test_published_findings_by_page(play: Player, signed_in: Callable[..., Any]) -> None:
    with open(f"{guantong.data.__path__[0]}/findings.csv", "rb") as file:
        content = file.read()
    for accepted in (203, 0):
        answer = signed_in(
            "clerk", reverse("reports_import"), {"file": SimpleUploadedFile("findings.csv", content)}
        )
        assert answer.status_code == 200
        assert answer.context["counts"][0][2] == accepted
    with play.see("clerk"):
        assert Report.objects.count() == 94
    page = signed_in("clerk", f"{reverse('reports')}?kind=published")
    assert len(page.context["rows"]) == 50
    assert page.context["next"]

"""The same export again: differences are shown, decided one by one, and nothing is overwritten silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.organs.models import Organ
from guantong.kernel.sheets import read_workbook
from guantong.kernel.sheets.differences import Change
from guantong.mechanisms.clues import import_rows
from guantong.mechanisms.clues.importing import Check, Outcome, Status
from guantong.mechanisms.clues.models import Clue, Platform, PlatformImport, SourceRecord
from importing.test_ledger_import import ROWS, book
from importing.test_pages import kept, proposed
from support.play import Player, at

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]
NAME = "省案管平台"
AMOUNT, STATE, KEY, RECEIVED, PERSON = 10, 12, 14, 3, 4


def rows(**changed: dict[int, Any]) -> list[list[Any]]:
    """Three rows; `r1={10: 20}` changes a cell of the first."""
    made = [list(row) for row in (ROWS[0], ROWS[1], ROWS[4])]
    made[0][6] = ""
    for number, cells in changed.items():
        for place, value in cells.items():
            made[int(number[1:]) - 1][place] = value
    return made


def upload(ask: Ask, content: bytes, platform: str = "", name: str = "导出.xlsx") -> str:
    data = {"file": SimpleUploadedFile(name, content), "platform": platform}
    answer = ask("clerk", reverse("clue_import"), data)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def checked(ask: Ask, content: bytes, platform: str = "", name: str = "导出.xlsx") -> tuple[str, Any]:
    """Upload a file, take the proposed columns, and return the dry run's page."""
    address = upload(ask, content, platform, name)
    assert ask("clerk", address, proposed(ask, address)).status_code == 302
    return address, ask("clerk", address)


def run(ask: Ask, address: str, *ticks: str, how: str = "each") -> Any:
    assert ask("clerk", f"{address}run/", {"how": how, **dict.fromkeys(ticks, "on")}).status_code == 302
    return ask("clerk", address)


def asked(page: Any) -> list[tuple[str, str, str]]:
    return [
        (f"t-{place}-{line.name}", line.change.value, line.there)
        for place, one in page.context["changed"]
        for line in one.lines
        if line.change.asks
    ]


def first_week(ask: Ask) -> None:
    address, _page = checked(ask, book(rows()), NAME)
    run(ask, address)


def clue_of(play: Player, key: str) -> Clue:
    with play.see("clerk"):
        return SourceRecord.objects.select_related("matter__clue").get(key=key).matter.clue


def correct(play: Player, clue: UUID, fact: str, value: Any) -> None:
    play.act("2026-10-12", "clerk", "matter.correct", clue, fact=fact, value=value, reason="核对来函")


def test_the_next_export_is_recognised_and_what_is_new_there_is_entered(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    with play.see("clerk"):
        assert SourceRecord.objects.count() == 3
        assert list(PlatformImport.objects.values_list("counts__added", flat=True)) == [3]
    new = [
        6,
        "清川市审计局",
        "清审移〔2026〕9号",
        "2026-10-10",
        "周八",
        "清川市教育局",
        "",
        "市管",
        "违纪",
        "虚报。",
        1,
        "",
        "在办",
        "",
        "2026-30",
    ]
    address = upload(signed_in, book([*rows(), new]))
    assert "按表头识别" in signed_in("clerk", address).content.decode()
    signed_in("clerk", address, proposed(signed_in, address))
    page = run(signed_in, address)
    assert {status: number for status, _label, number in page.context["counts"]} == {
        Status.ADDED: 1,
        Status.THERE: 3,
    }
    with play.see("clerk"):
        assert Clue.objects.count() == 4


def test_the_very_same_file_asks_nothing_and_is_recorded_once(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    before = entries(play)
    checked(signed_in, content := book(rows()))
    again = checked(signed_in, content)[1]
    assert again.context["draft"].taken_before
    assert again.context["stage"] == "done"
    assert not asked(again)
    assert entries(play) == before


def entries(play: Player) -> int:
    with play.see("clerk"):
        return Entry.objects.count()


def test_what_is_ticked_is_corrected_with_the_file_as_its_ground(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    clue = clue_of(play, "2026-17")
    due = play.duty("clerk", clue.pk, "CZ-3.3/feedback").due_on
    address, page = checked(signed_in, book(rows(r1={AMOUNT: 20, RECEIVED: "2026.9.29"})), name="第二周.xlsx")
    ticks = {name.rsplit("-", 1)[1]: name for name, _change, _there in asked(page)}
    assert set(ticks) == {"amount", "received_on"}
    assert all(change == Change.THERE for _name, change, _there in asked(page))
    assert clue_of(play, "2026-17").amount == 125000
    run(signed_in, address, ticks["amount"], ticks["received_on"])
    taken = clue_of(play, "2026-17")
    assert (taken.amount, taken.received_on.isoformat()) == (200000, "2026-09-29")  # type: ignore[union-attr]
    assert play.duty("clerk", clue.pk, "CZ-3.3/feedback").due_on > due
    with play.see("clerk"):
        acts = list(Entry.objects.filter(matter=clue.pk).values_list("act", flat=True))
        said = Entry.objects.filter(matter=clue.pk, act="matter.correct").first()
        assert said is not None
        assert "第二周.xlsx" in said.content.body["data"]["reason"]
    assert acts == ["clue.import_open", "clue.compare_source", "matter.correct", "matter.correct"]
    assert not asked(checked(signed_in, book(rows(r1={AMOUNT: 20, RECEIVED: "2026.9.29"})))[1])


def test_what_is_left_is_not_asked_again_unless_it_changes_there_again(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    address, page = checked(signed_in, book(rows(r1={AMOUNT: 20})))
    assert len(asked(page)) == 1
    run(signed_in, address)
    assert clue_of(play, "2026-17").amount == 125000
    _address, page = checked(signed_in, book(rows(r1={AMOUNT: 20}, r2={STATE: "已办结。"})))
    assert not asked(page)
    assert [line.change for _one, lines in page.context["quiet"] for line in lines] == [Change.LEFT]
    _address, page = checked(signed_in, book(rows(r1={AMOUNT: 30})))
    assert [(change, there) for _name, change, there in asked(page)] == [(Change.THERE, "300000")]


def test_what_was_changed_on_both_sides_is_a_conflict_that_no_bulk_tick_takes(
    play: Player, signed_in: Ask
) -> None:
    first_week(signed_in)
    correct(play, clue_of(play, "2026-17").pk, "amount", "130000")
    address, page = checked(signed_in, book(rows(r1={AMOUNT: 20}, r3={AMOUNT: 4})))
    assert {change for _name, change, _there in asked(page)} == {Change.BOTH, Change.THERE}
    who = {line.change: line.who for _at, one in page.context["changed"] for line in one.lines}
    assert who[Change.THERE] == ""
    assert who[Change.BOTH] == f"{play.town.posts['clerk'].officer.name} 2026-10-12"
    run(signed_in, address, "all-amount")
    assert clue_of(play, "2026-17").amount == 130000
    assert clue_of(play, "2026-20").amount == 40000


def test_what_was_changed_here_alone_stays(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    correct(play, clue_of(play, "2026-17").pk, "amount", "130000")
    _address, page = checked(signed_in, book(rows()), name="又一周.xlsx")
    assert page.context["stage"] == "done"
    assert [line.change for _one, lines in page.context["quiet"] for line in lines] == [Change.HERE]
    assert clue_of(play, "2026-17").amount == 130000


def test_a_trial_says_what_would_move_and_changes_nothing(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    address, page = checked(signed_in, book(rows(r1={RECEIVED: "2026.9.29"})))
    before = entries(play)
    answer = run(signed_in, address, asked(page)[0][0], how="trial")
    assert answer.context["trial"].moved >= 2
    assert answer.context["changed"][0][1].decided, "what was ticked stays ticked"
    assert entries(play) == before
    assert clue_of(play, "2026-17").received_on.isoformat() == "2026-09-28"  # type: ignore[union-attr]


def test_further_there_and_gone_there_are_told_and_nothing_follows(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    _address, page = checked(signed_in, book(rows(r1={STATE: "已办结"})[:1]))
    assert [one.number for one in page.context["hints"]] == [clue_of(play, "2026-17").matter.number]
    assert {key for _number, key in page.context["gone"]} == {"2025-4", "2026-20"}
    assert clue_of(play, "2026-17").matter.state == "received"


def test_what_now_names_somebody_of_the_superior_is_refused_without_a_trace(
    play: Player, signed_in: Ask
) -> None:
    first_week(signed_in)
    above = {4: "秘密甲", 5: "青澜省交通厅", 6: "副厅长", 7: "省管", 9: "绝密内容。"}
    address, page = checked(signed_in, book(rows(r1=above)))
    assert {status for status, _label, _number in page.context["counts"]} == {Status.ABOVE, Status.THERE}
    for words in ("秘密甲", "绝密", "交通厅"):
        assert words not in page.content.decode()
        assert words not in kept(address)


def test_a_row_needs_the_number_there_and_only_one_has_it(signed_in: Ask) -> None:
    _address, page = checked(signed_in, book(rows(r2={KEY: "2026-17"}, r3={KEY: ""})), NAME)
    assert {status: number for status, _label, number in page.context["counts"]} == {
        Status.NEW: 1,
        Status.REJECTED: 2,
    }
    address = upload(signed_in, book(rows()), NAME)
    refused = signed_in("clerk", address, {**proposed(signed_in, address), "c-0-number": ""})
    assert refused.status_code == 422


def test_the_differences_come_as_a_workbook(signed_in: Ask) -> None:
    first_week(signed_in)
    address, _page = checked(signed_in, book(rows(r1={AMOUNT: 20})[:2]))
    sheet = read_workbook(signed_in("clerk", f"{address}differences.xlsx").content)[0]
    assert [row[1] for row in sheet.rows[1:]] == ["2026-17", "2026-20"]


def test_a_clue_changed_while_deciding_is_not_touched(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    address, page = checked(signed_in, book(rows(r1={AMOUNT: 20})))
    correct(play, clue_of(play, "2026-17").pk, "amount", "130000")
    page = run(signed_in, address, asked(page)[0][0])
    assert clue_of(play, "2026-17").amount == 130000
    assert {status for status, _label, _number in page.context["counts"]} == {Status.REJECTED, Status.THERE}


def dry(play: Player, platform: Platform, content: bytes) -> list[Outcome]:
    tables, _unread = import_rows.tables(read_workbook(content))
    entries = [entry for table in tables for entry in import_rows.entries(table, "x.xlsx")]
    return Check(play.town.actor("clerk"), platform).of(entries)


def test_the_number_of_queries_does_not_grow_with_unchanged_rows(play: Player, signed_in: Ask) -> None:
    many = []
    for number in range(40):
        row = list(ROWS[0])
        row[2], row[KEY] = f"清审移〔2026〕{number + 100}号", f"K-{number}"
        many.append(row)
    address, _page = checked(signed_in, book(many), NAME)
    run(signed_in, address)
    counts = []
    for content in (book(many[:2]), book(many)):
        with clock.set_to(at("2026-10-12")), play.see("clerk"):
            platform = Platform.objects.get()
            with CaptureQueriesContext(connection) as caught:
                outcomes = dry(play, platform, content)
            assert {one.status for one in outcomes} == {Status.THERE}
            counts.append(len(caught))
    assert counts[0] == counts[1] <= 12


def test_nobody_takes_differences_of_another_departments_platform(play: Player, signed_in: Ask) -> None:
    first_week(signed_in)
    other = Platform.objects.create(organ=Organ.objects.get(pk=play.town.organs["first"].pk), name="别家")
    data = {"platform": other.pk, "number_there": "x", "file": "x.xlsx", "place": "1"}
    with play.see("clerk"), pytest.raises(Refused):
        perform("clue.compare_source", play.town.actor("clerk"), clue_of(play, "2026-17").pk, data)
    with play.see("clerk"):
        assert Duty.objects.filter(matter=clue_of(play, "2026-17").pk).exists()

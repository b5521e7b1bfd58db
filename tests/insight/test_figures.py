"""Figures on their pages (统计分析): each opens the very records it counts, for every kind of reader."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.http import QueryDict

from guantong.insight.figures import Cell, Sheet
from guantong.insight.figures_asked import read
from guantong.insight.figures_pages import SUBJECTS
from guantong.insight.figures_records import LISTS as RECORD_LISTS
from guantong.insight.figures_records import records
from guantong.insight.figures_wanted import read_wanted
from guantong.kernel import clock
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.mechanisms.reminders.models import Reminder
from support.browse import readings, signed_in, text
from support.canaries import plant
from support.play import Player, at
from support.town import build

pytestmark = pytest.mark.django_db
DAY = "2026-10-20"
READERS = ("clerk", "deputy", "handler", "stranger", "auditor", "inspector", "county_clerk", "team_member")


def fetch(who: str, address: str) -> Any:
    with clock.set_to(at(DAY)):
        return signed_in(who).get(address)


def sheet(play: Player, who: str, show: str, query: str = "period=2026") -> Sheet:
    with clock.set_to(at(DAY)), play.see(who):
        asked = read(QueryDict(query), SUBJECTS)
        return SUBJECTS[show][1](play.town.actor(who), replace(asked, show=show))[0]


def cells(found: Sheet) -> Iterator[tuple[str, Cell]]:
    for table in found.tables:
        for row in table.rows:
            for label, cell in zip(table.head[1:], row.cells, strict=True):
                yield f"{table.key} / {row.label} / {label}", cell


def walked(play: Player, who: str, query: str, size: int = 3) -> tuple[int, list[UUID]]:
    """Walk through the pages of a list; return the number it tells and the matters it shows."""
    with clock.set_to(at(DAY)), play.see(who):
        actor, wanted = play.town.actor(who), read_wanted(QueryDict(query).dict(), LISTS)
        shown: list[UUID] = []
        while True:
            found = records(actor, wanted, size)
            shown += [row.matter for row in found.rows]
            if found.next is None:
                return found.total, shown
            wanted = read_wanted(QueryDict(wanted.query(found.next)).dict(), LISTS)


LISTS = tuple(RECORD_LISTS)


def at_every_step() -> Player:
    """Play a town with clues at every step: returned, refused, reminded, paused, answered, open."""
    play = Player(build())
    plant(play)
    returned = play.sent(play.drafted("2026-09-01"), "2026-09-02", "2026-09-03")
    play.act("2026-09-08", "clerk", "clue.return", returned, reason="材料不全，请补充后重新移送")
    received = play.sent(play.drafted("2026-09-01"), "2026-09-02", "2026-09-03")
    play.act("2026-09-09", "clerk", "clue.receive", received)
    play.registered("2026-03-02", letter_date="2026-03-01", letter_number="9号")
    late = play.registered("2026-06-01", letter_date="2026-05-29", letter_number="11号")
    play.in_handling(play.assigned(late, "2026-06-15"), "2026-07-20")
    with clock.set_to(at("2026-10-12")):
        note_lapses(clock.today())
        escalate(clock.today())
    return play


@pytest.fixture(scope="module")
def played(play_once: Any) -> Player:
    made: Player = play_once(at_every_step)
    return made


@pytest.fixture
def busy(played: Player) -> Player:
    return deepcopy(played)


@pytest.mark.parametrize("who", READERS)
def test_every_figure_is_the_number_of_its_records(busy: Player, who: str) -> None:
    counted = 0
    for show in SUBJECTS:
        for name, cell in cells(sheet(busy, who, show)):
            if not cell.asks:
                assert not cell.value or cell.records == 0, name
                continue
            total, shown = walked(busy, who, cell.query)
            assert total == cell.records == len(shown), name
            counted += 1
    if who in ("clerk", "deputy"):
        assert counted > 150


def test_counts_are_their_records_and_rates_open_what_they_are_of(busy: Player) -> None:
    [table, *_rest] = sheet(busy, "clerk", "clauses").tables
    total = table.rows[-1]
    assert total.label == "合计"
    counted, on_time, late, overdue, rate, *_more = total.cells
    assert counted.value == on_time.records + late.records + overdue.records
    assert counted.value and counted.value >= 5
    assert rate.value == pytest.approx(100 * on_time.records / counted.records, abs=0.05)
    assert rate.records == counted.records
    assert overdue.records > 0 and late.records > 0 and on_time.records > 0


def test_who_sees_nothing_counts_nothing(busy: Player) -> None:
    for who in ("stranger", "county_clerk"):
        for show in SUBJECTS:
            found = sheet(busy, who, show)
            assert not any(cell.records for _name, cell in cells(found)), (who, show)


def test_a_sender_counts_only_what_concerns_it_and_nothing_of_the_handling(busy: Player) -> None:
    organ = busy.town.organs["executing"].pk
    pairs = sheet(busy, "auditor", "pairs").tables[1]
    own = [cell.asks for row in pairs.rows if row.label != "合计" for cell in row.cells if cell.asks]
    assert own and all(organ in (one["holder"], one["claimant"]) for one in own)
    [hops, _trend] = sheet(busy, "auditor", "hops").tables
    told = {row.label: row.cells[0].records for row in hops.rows}
    assert told["接收→分办"] == told["分办→处置意见"] == told["处置意见→办结"] == 0
    assert told["移送→接收"] > 0
    [ageing] = sheet(busy, "auditor", "ageing").tables
    assert [row.label for row in ageing.rows] == ["尚未交办，或不在知悉范围"]
    [by_sender, _months, reasons] = sheet(busy, "auditor", "returns").tables
    assert [row.label.partition("：")[0] for row in by_sender.rows] == ["退回移送单位"]
    assert [row.cells[-1].text for row in reasons.rows] == ["材料不全，请补充后重新移送"]


def test_a_reminder_not_sent_counts_with_its_writer_only(busy: Player) -> None:
    with busy.see("clerk"):
        unsent = Reminder.objects.filter(state="drafted").values_list("issuer", flat=True)
        own = {busy.town.organs[name].pk for name in ("supervision", "leaders", "commission")}
        drafts, of_others = (sum((one in own) == is_own for one in unsent) for is_own in (True, False))
    assert drafts > 0 and of_others > 0

    def of(who: str) -> dict[str, int]:
        by_clause = sheet(busy, who, "reminders").tables[0]
        names = ("drafted", "unsent", "sent", "answered", "withdrawn")
        sums = dict.fromkeys(names, 0)
        for row in by_clause.rows:
            if row.label != "合计":
                for name, cell in zip(names, row.cells, strict=False):
                    sums[name] += cell.records
        return sums

    clerk, auditor = of("clerk"), of("auditor")
    assert clerk["unsent"] == drafts and clerk["sent"] == clerk["answered"] == 1
    assert clerk["withdrawn"] == 1 and clerk["drafted"] == drafts + 2
    assert auditor["unsent"] == of_others and auditor["sent"] == 0


def test_the_page_says_what_it_is_over_and_how_it_is_counted(busy: Player) -> None:
    page = text(fetch("clerk", "/figures/"))
    assert "以本岗位可见的事项为准，本期共" in page
    assert "按期率＝按期÷（按期＋逾期办结＋超期未办）" in page
    assert "2026年度，上期为2025-01-01至2025-10-20" in page and "数量过少，不作比率" in page
    assert re.search(r'<script id="chart-clauses" type="application/json">', page)
    assert "echarts" not in text(fetch("clerk", "/clues/"))
    english = text(fetch("clerk", "/figures/records/?of=duties&outcome=overdue"))
    assert "超期未办" in english


def test_a_period_that_is_none_is_told_and_nothing_breaks(busy: Player) -> None:
    for query, said in {
        "period=2026-13": "“2026-13”不是统计期间",
        "from=2026-02-30&to=2026-03-01": "“2026-02-30”不是日期",
        "from=2026-03-02&to=2026-03-01": "起始日期晚于截止日期",
        "from=2026-03-02": "只填了起止日期中的一个",
    }.items():
        answer = fetch("clerk", f"/figures/?{query}")
        assert answer.status_code == 200
        assert said in text(answer), query
    for query in (
        "of=hops&after=x",
        "of=open&band=99&after=2026-01-01.7",
        "of=returns&after=2026-01-01.x",
        "of=duties&holder=99999999999999999999&clause=%00",
        "of=nothing&outcome=no",
        "of=duties&from=0001-01-01&to=9999-12-31",
        "of=open&holder=999999999999999&band=999999999999",
    ):
        assert fetch("clerk", f"/figures/records/?{query}").status_code == 200, query


def test_periods_and_conditions_stay_in_the_address(busy: Player) -> None:
    page = text(fetch("clerk", "/figures/?show=pairs&period=2026-Q3&clause=CZ-3.2"))
    assert "show=reminders&amp;period=2026-Q3" in page and "2026年第三季度，上期为2026年第二季度" in page
    assert "clause=CZ-3.2" in page
    free = text(fetch("clerk", "/figures/?from=2026-09-01&to=2026-09-10"))
    assert "上期为2026-08-22至2026-08-31" in free and 'value="2026-09-01"' in free


def test_the_form_lets_the_last_choice_win_and_keeps_what_was_typed(busy: Player) -> None:
    days = "from=2026-09-01&to=2026-09-10"
    for query, period in {
        f"shown=&period=2026-Q2&{days}": "2026年第二季度",
        f"shown=2026&period=2026&{days}": "2026-09-01至2026-09-10",
        f"shown=&period=&{days}": "2026-09-01至2026-09-10",
        "shown=2026&period=2026-Q2&from=&to=": "2026年第二季度",
    }.items():
        assert f"{period}，上期为" in text(fetch("clerk", f"/figures/?{query}")), query
    assert 'name="from" value="2026-09-01"' in text(fetch("clerk", "/figures/?from=2026-09-01&to="))


def test_a_year_without_records_teaches(busy: Player) -> None:
    page = text(fetch("clerk", "/figures/?period=2022"))
    assert "本期没有可见的到期责任" in page and "此处不用填报" in page
    assert "没有符合条件的记录" in text(fetch("stranger", "/figures/records/?of=returns"))


def test_the_workbook_holds_every_table_and_is_noted(busy: Player) -> None:
    answer = fetch("clerk", "/figures/export/?period=2026")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        "按期率（分条款）", "按期率（分机构）", "条款落实情况", "知悉至告知", "各环节用时", "在办时长",
        "退回", "工作提示函",
    ]  # fmt: skip
    for name, show in zip(book.sheetnames, SUBJECTS, strict=True):
        rows = [
            [cell for cell in row if cell not in (None, "")] for row in book[name].iter_rows(values_only=True)
        ]
        found = sheet(busy, "clerk", show)
        for table in found.tables:
            assert [table.title] in rows and list(table.head) in rows, table.key
            for row in table.rows:
                assert any(one and one[0] == row.label for one in rows), row.label
        assert "沈若川" in str(rows[0][0]) and [found.over] in rows
    assert ("export", "figures show=clauses&period=2026") in readings()

"""Compliance of clauses: by clause, pair of organs and quarter, as report too (条款落实情况)."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import docx
import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from guantong.insight.figures import Row, Sheet
from guantong.insight.figures_asked import read
from guantong.insight.figures_pages import SUBJECTS
from guantong.insight.figures_records import LISTS, records
from guantong.insight.figures_wanted import read_wanted
from guantong.kernel import clock
from support.browse import readings, signed_in, text
from support.play import Player, at
from support.ways import BY_ACTS

pytestmark = [pytest.mark.django_db, BY_ACTS]
DAY = "2026-10-20"
RECEIPT = "CZ-3.2"


@pytest.fixture
def busy(play: Player) -> Player:
    """Three clues: one received in time, one late, one neither assigned nor answered."""
    for number, came, on in ((1, "2026-09-01", "2026-09-02"), (2, "2026-09-01", "2026-09-10")):
        clue = play.drafted(came, allegation=f"第{number}件")
        play.sent(clue, came, came)
        play.act(on, "clerk", "clue.receive", clue)
    play.registered("2026-06-01", letter_number="3号")
    return play


def sheet(play: Player, who: str, query: str = "period=2026") -> Sheet:
    with clock.set_to(at(DAY)), play.see(who):
        asked = read(QueryDict(f"show=compliance&{query}"), SUBJECTS)
        return SUBJECTS["compliance"][1](play.town.actor(who), asked)[0]


def table(found: Sheet, key: str) -> list[Row]:
    return next(list(one.rows) for one in found.tables if one.key == key)


def clause(found: Sheet, code: str) -> Row:
    return next(row for row in table(found, "compliance") if row.label.startswith(f"{code} "))


def behind(play: Player, who: str, query: str) -> tuple[int, set[UUID]]:
    with clock.set_to(at(DAY)), play.see(who):
        found = records(play.town.actor(who), read_wanted(QueryDict(query).dict(), tuple(LISTS)))
    return found.total, {row.matter for row in found.rows}


def fetch(who: str, address: str) -> Any:
    with clock.set_to(at(DAY)):
        return signed_in(who).get(address)


def test_a_clause_says_how_often_it_applied_and_what_became_of_it(busy: Player) -> None:
    applied, on_time, late, is_open, overdue, _rate, last = clause(sheet(busy, "clerk"), RECEIPT).cells
    assert (on_time.records, late.records) != (0, 0)
    assert applied.records == on_time.records + late.records + is_open.records
    assert 0 < overdue.records <= is_open.records
    assert last.text == "2026-09-10", "the day the newest of its duties began"
    for cell in (applied, on_time, late, is_open, overdue):
        assert behind(busy, "clerk", cell.query)[0] == cell.records


def test_every_clause_carried_stands_there_and_zero_is_told(busy: Player) -> None:
    found = sheet(busy, "clerk")
    never = clause(found, "CD-2.2")
    assert [cell.text for cell in never.cells] == ["0", "0", "0", "0", "0", "—", "可见范围内从未适用"]
    assert "从未适用" in found.headline
    assert not any(row.label.startswith("CD-3.8 ") for row in table(found, "compliance")), "only planned"
    page = text(fetch("clerk", "/figures/?show=compliance"))
    assert "从未适用" in page and never.label in page


def test_a_clause_without_duties_counts_by_its_acts(busy: Player) -> None:
    row = next(
        row for row in table(sheet(busy, "clerk"), "compliance") if row.cells[0].asks.get("of") == "acts"
    )
    assert row.cells[0].records > 0 and [cell.text for cell in row.cells[1:6]] == ["—"] * 5
    assert behind(busy, "clerk", row.cells[0].query)[0] == row.cells[0].records
    code = row.label.split(" ")[0]
    assert behind(busy, "stranger", f"of=acts&clause={code}") == (0, set())


def test_each_pair_of_organs_has_its_line(busy: Player) -> None:
    organs = busy.town.organs
    pair = f"{organs['supervision'].body.short_name}案件监督管理室 → {organs['executing'].body.short_name}"
    rows = [row for row in table(sheet(busy, "clerk"), "compliance_pairs") if pair in row.label]
    assert rows
    for row in rows:
        total, _matters = behind(busy, "clerk", row.cells[0].query)
        assert total == row.cells[0].records > 0
        assert row.cells[0].asks["holder"] == organs["supervision"].pk


def test_the_quarters_add_up_and_go_back_a_year(busy: Player) -> None:
    found = sheet(busy, "clerk", "period=2026-10")
    rows = table(found, "compliance_quarters")
    assert [row.label for row in rows] == [
        "2026年第一季度", "2026年第二季度", "2026年第三季度", "2026年第四季度",
    ]  # fmt: skip
    whole = table(sheet(busy, "clerk"), "compliance")[-1]
    assert sum(row.cells[0].records for row in rows) == whole.cells[0].records
    each = next(row for row in table(found, "compliance_trend") if row.label.startswith(f"{RECEIPT} "))
    of_year = clause(sheet(busy, "clerk"), RECEIPT).cells[0].records
    assert sum(cell.records for cell in each.cells[::2]) == of_year


def test_who_may_not_see_counts_nothing_and_learns_no_name(busy: Player) -> None:
    for who in ("stranger", "inspector", "county_clerk"):
        found = sheet(busy, who)
        assert not any(cell.records for one in found.tables for row in one.rows for cell in row.cells), who
        assert not table(found, "compliance_pairs")
        report = fetch(who, "/figures/compliance.docx?period=2026").content
        said = " ".join(words(report))
        assert "审计执行科" not in said and "第1件" not in said
    handler = sheet(busy, "handler")
    assert clause(handler, RECEIPT).cells[0].records < clause(sheet(busy, "clerk"), RECEIPT).cells[0].records


def test_measure_clause_organ_and_period_stay_in_the_address(busy: Player) -> None:
    organ = busy.town.organs["executing"].pk
    query = f"show=compliance&period=2026-Q3&measure=chenzhou&organ={organ}"
    page = text(fetch("clerk", f"/figures/?{query}"))
    assert "measure=chenzhou" in page and f"organ={organ}" in page and "period=2026-Q3" in page
    found = sheet(busy, "clerk", "period=2026&measure=chengdu")
    codes = {row.label.split("-")[0] for row in table(found, "compliance") if "-" in row.label}
    assert codes == {"CD"}
    one = sheet(busy, "clerk", f"period=2026&clause={RECEIPT}&organ={organ}")
    assert len(table(one, "compliance")) == 1
    assert clause(one, RECEIPT).cells[0].records < clause(sheet(busy, "clerk"), RECEIPT).cells[0].records


def words(content: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    return [*(one.text for one in document.paragraphs), *cells]


def test_the_report_says_in_word_pdf_and_excel_what_the_page_says(busy: Player) -> None:
    query = f"period=2026&clause={RECEIPT}"
    found = sheet(busy, "clerk", query)
    label, figures = clause(found, RECEIPT).label, [cell.text for cell in clause(found, RECEIPT).cells]
    said = words(fetch("clerk", f"/figures/compliance.docx?{query}").content)
    assert "条款落实情况报告（2026年度）" in "".join(said) and found.headline in " ".join(said)
    place = said.index(label)
    assert said[place : place + 8] == [
        label,
        *(one.replace("数量过少，不作比率", "数量少") for one in figures),
    ]
    answer = fetch("clerk", f"/figures/compliance.pdf?{query}")
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    drawn = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "条款落实情况报告" in drawn and "在用条款均已适用过" in drawn
    book = openpyxl.load_workbook(io.BytesIO(fetch("clerk", f"/figures/compliance.xlsx?{query}").content))
    cells = {str(cell) for row in book.active.iter_rows(values_only=True) for cell in row}
    assert {label, found.headline, "分条款落实情况"} <= cells
    assert ("export", f"compliance pdf show=compliance&{query}") in readings()


def test_the_report_names_the_clauses_never_applied(busy: Player) -> None:
    said = " ".join(words(fetch("clerk", "/figures/compliance.docx?period=2026&measure=chengdu").content))
    assert re.search(r"下列\d+条至今没有适用过", said) and "CD-2.2" in said


def test_it_asks_as_often_for_many_as_for_few(busy: Player) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as said:
            sheet(busy, "clerk")
        return len(said)

    asked()
    few = asked()
    for number in range(4, 8):
        busy.registered("2026-08-03", letter_number=f"{number}号")
    assert asked() == few

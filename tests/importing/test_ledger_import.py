# ruff: noqa: E501 - rows of a book are read as rows
"""Old books as offices keep them become clues, each row accounted for (CZ-3.2)."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.people.models import Subject
from guantong.kernel.sheets import read_workbook
from guantong.mechanisms.clues import import_lists, import_rows, importing, ledger_sql
from guantong.mechanisms.clues.filters import TAB, Filters
from guantong.mechanisms.clues.importing import Check, Status
from guantong.mechanisms.clues.ledger_export import workbook
from guantong.mechanisms.clues.models import BookRecord, Clue
from support.play import Player, at

pytestmark = pytest.mark.django_db
TODAY = "2026-10-12"
HEAD = ["序号", "来文单位", "来文字号", "收到日期", "被反映人", None, None, None, "问题性质", "主要问题",
        "涉案金额（万元）", "承办部门", "办理进展", "处理结果", "线索编号"]  # fmt: skip
SUB = [
    None,
    None,
    None,
    None,
    "姓名",
    "工作单位",
    "职务",
    "干部管理权限",
    None,
    None,
    None,
    None,
    None,
    None,
    None,
]
ROWS = [
    [1, "清川市审计局", "清审移〔2026〕8号", "2026.9.28", "张三", "清川水务集团有限公司", "经理", "企业", "违纪",
     "违规发放补贴。", 12.5, "第一监督检查室", "在办", None, "2026-17"],
    [2, "清川市巡察办", "清巡移〔2025〕3号", date(2025, 3, 5), "李四、王五", "清川公交集团有限公司", "科员", "", "八项规定",
     "公款吃喝。", None, "第二审查调查室", "已办结", "诫勉谈话", "2025-4"],
    [3, "清川市审计局", "", "2026年2月30日", "赵六", "清川市住建局", "", "市管", "其他", "围标串标。", "一百万", "", "", "",
     "2026-18"],
    [4, "群众来信", "", "2026-10-08", "秘密甲", "青澜省交通厅", "副厅长", "省管", "违纪", "绝密内容。", 1, "", "", "",
     "2026-19"],
    [5, "群众来信", "", "20261009", "孙七", "清川市教育局", "局长", "市管干部", "乱作为", "违规招生。", "3万元", "", "研究中",
     "", "2026-20"],
]  # fmt: skip


def book(rows: list[list[object]]) -> bytes:
    """A book with a title row, a note, two rows of headings with merged cells and a row of totals."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "2026年"
    sheet.append(["清川市纪委问题线索登记台账"])
    sheet.merge_cells("A1:O1")
    sheet.append(["填报单位：案件监督管理室"])
    sheet.append(HEAD)
    sheet.append(SUB)
    sheet.merge_cells("E3:H3")
    for at_column in [*range(1, 5), *range(9, 16)]:
        sheet.merge_cells(start_row=3, end_row=4, start_column=at_column, end_column=at_column)
    for row in rows:
        sheet.append(row)
    sheet.append(["合计", *[None] * 9, 16])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def check(play: Player, content: bytes, name: str = "book.xlsx") -> list[importing.Outcome]:
    tables, unread = import_rows.tables(read_workbook(content))
    assert not unread
    assert not [table.missing for table in tables if table.missing]
    entries = [entry for table in tables for entry in import_rows.entries(table, name)]
    outcomes = Check(play.town.actor("clerk")).of(entries)
    importing.place(outcomes, tables)
    return outcomes


def run(play: Player, content: bytes, name: str = "book.xlsx") -> list[importing.Outcome]:
    with clock.set_to(at(TODAY)), play.see("clerk"):
        outcomes = check(play, content, name)
        for one in outcomes:
            importing.enter(play.town.actor("clerk"), one)
    return outcomes


def exported(play: Player) -> bytes:
    actor = play.town.actor("clerk")
    with scope(actor):
        return workbook(actor, ledger_sql.page(actor, Filters(tab=TAB["all"]), limit=500).rows)


def test_a_book_as_offices_keep_it(play: Player) -> None:
    outcomes = run(play, book(ROWS))
    assert [one.status for one in outcomes] == [
        Status.ADDED, Status.ADDED, Status.REJECTED, Status.ABOVE, Status.ADDED,
    ]  # fmt: skip
    assert [one.row for one in outcomes] == [5, 6, 7, 8, 9]
    wrong = {(fault.cell, fault.column) for fault in outcomes[2].faults}
    assert wrong == {("D7", "收到日期"), ("K7", "涉案金额")}
    with play.see("clerk"):
        first, second, last = Clue.objects.order_by("matter__happened_on")[:3]
        second, first = first, second
        assert (first.amount, first.book_number) == (Decimal("125000.00"), "2026-17")
        assert first.received_on == date(2026, 9, 28)
        assert first.matter.state == "received"
        assert first.matter.is_open
        assert first.matter.book_record.handler == "第一监督检查室"
        assert second.matter.state == "closed"
        assert not second.matter.is_open
        assert second.matter.book_record.result == "诫勉谈话"
        assert second.matter.handling.result_text == "诫勉谈话"
        assert [one.name for one in Subject.objects.filter(matter=second.matter)] == ["李四", "王五"]
        duties = Duty.objects.filter(matter=first.matter)
        assert {one.starts_on for one in duties} == {date(2026, 9, 28)}
        assert duties.count() > 0
        assert not Duty.objects.filter(matter=second.matter).exists()
        assert last.category == "other"
        assert "乱作为" in last.matter.book_record.remark
        assert last.amount == Decimal("30000.00")
        assert Entry.objects.get(matter=second.matter).act == "clue.import_closed"
    assert outcomes[4].notices


def test_the_sender_is_found_and_sees_no_note_of_the_book(play: Player) -> None:
    run(play, book(ROWS))
    with play.see("auditor"):
        assert [one.book_number for one in Clue.objects.all()] == ["2026-17"]
        assert not BookRecord.objects.exists()
        assert not Entry.objects.filter(act="clue.import_open").exists()


def test_what_belongs_above_leaves_nothing_but_its_row(play: Player) -> None:
    outcomes = run(play, book(ROWS))
    above = outcomes[3]
    assert above.entry is None
    assert not above.faults
    assert not above.notices
    listed = read_workbook(import_lists.error_list(outcomes))[0]
    text = str(listed.rows)
    assert "秘密甲" not in text
    assert "绝密" not in text
    assert "交通厅" not in text
    assert [row[1] for row in listed.rows[1:]] == [7, 7, 8]


def test_importing_twice_adds_nothing(play: Player) -> None:
    run(play, book(ROWS))
    again = run(play, book(ROWS), "another name.xlsx")
    assert [one.status for one in again] == [
        Status.THERE, Status.THERE, Status.REJECTED, Status.ABOVE, Status.THERE,
    ]  # fmt: skip
    with play.see("clerk"):
        assert Clue.objects.count() == 3


def test_what_differs_is_told_and_not_overwritten(play: Player) -> None:
    run(play, book(ROWS[:1]))
    changed = [*ROWS[0][:9], "另有问题。", 99, *ROWS[0][11:]]
    outcome = run(play, book([changed]))[0]
    assert outcome.status is Status.DIFFERENT
    assert outcome.number
    assert {fault.cell for fault in outcome.faults} == {"J5", "K5"}
    with play.see("clerk"):
        assert Clue.objects.get().allegation == "违规发放补贴。"


def test_several_persons_in_merged_rows_are_one_clue(play: Player) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["来文单位", "收到日期", "被反映人", "工作单位", "主要问题"])
    sheet.append(["群众来信", "2026-10-08", "张三", "清川一中", "违规收费。"])
    sheet.append([None, None, "李四", "清川二中", None])
    sheet.append(["群众来信", "2026-10-08", "王五", "清川三中", "其他问题。"])
    for column in "ABE":
        sheet.merge_cells(f"{column}2:{column}3")
    out = io.BytesIO()
    made.save(out)
    outcomes = run(play, out.getvalue())
    assert [(one.row, one.further_rows, one.status) for one in outcomes] == [
        (2, [3], Status.ADDED), (4, [], Status.ADDED),
    ]  # fmt: skip
    with play.see("clerk"):
        persons = {(one.name, one.unit) for one in Subject.objects.all()}
    assert persons == {("张三", "清川一中"), ("李四", "清川二中"), ("王五", "清川三中")}


def test_a_csv_in_gb18030(play: Player) -> None:
    text = "来文单位,收到日期,被反映人,被反映人单位,主要问题\n群众来信,2026/10/8,张䶮,清川市一中,“违规”收费\n"
    outcome = run(play, text.encode("gb18030"), "book.csv")[0]
    assert outcome.status is Status.ADDED
    with play.see("clerk"):
        assert Subject.objects.get().name == "张䶮"


def test_an_export_imports_again_and_adds_nothing(play: Player) -> None:
    play.registered()
    play.registered(
        letter_number="清审移〔2026〕4号", letter_signer="方靖宇", amount="1234.56", unit="清川公交集团有限公司",
        concluded_on="2026-09-20", allegation="  第一行\n\n第二行，=1+1",
        subjects=[
            {"name": "苏见微", "unit": "清川公交集团有限公司", "post": "", "authority": "unknown"},
            {"name": "Anna Lee", "unit": "清川水务集团有限公司", "post": "经理、董事", "authority": "enterprise"},
            {"name": "苏见微", "unit": "清川一中", "post": "", "authority": "none"},
        ],
    )  # fmt: skip
    play.registered(letter_number="清审移〔2026〕5号", subjects=[], unit="清川公交集团有限公司")
    run(play, book(ROWS))
    outcomes = run(play, exported(play), "export.xlsx")
    assert [one.status for one in outcomes] == [Status.THERE] * 6, [one.faults for one in outcomes]


def test_the_dry_run_finds_what_belongs_above(play: Player) -> None:
    with clock.set_to(at(TODAY)), play.see("clerk"):
        outcomes = check(play, book(ROWS))
    assert [one.status for one in outcomes] == [
        Status.NEW, Status.NEW, Status.REJECTED, Status.ABOVE, Status.NEW,
    ]  # fmt: skip


def test_what_is_said_of_one_person_is_taken_whole(play: Player) -> None:
    text = (
        "来文单位,收到日期,被反映人,被反映人单位,被反映人职务,主要问题\n"
        "群众来信,2026-10-08,张三,甲公司|乙公司,经理、董事,问题一\n"
        "群众来信,2026-10-08,,丙公司,,问题二\n"
    )
    outcomes = run(play, text.encode(), "book.csv")
    assert [one.status for one in outcomes] == [Status.ADDED, Status.ADDED]
    with play.see("clerk"):
        person = Subject.objects.get()
        assert (person.unit, person.post) == ("甲公司|乙公司", "经理、董事")
        assert Clue.objects.filter(unit="丙公司").exists()


def test_other_brackets_in_a_letter_number_make_no_second_clue(play: Player) -> None:
    def of(number: str) -> bytes:
        return book([[*ROWS[0][:2], number, *ROWS[0][3:]]])

    run(play, of("清审移[2026]8号"))
    assert [one.status for one in run(play, of("清审移（2026）8号"))] == [Status.THERE]
    with play.see("clerk"):
        assert list(Clue.objects.values_list("letter_number", flat=True)) == ["清审移〔2026〕8号"]

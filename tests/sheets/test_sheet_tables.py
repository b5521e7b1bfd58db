"""Tables as offices keep them: title rows, two-row headers, merged cells, notes, totals; mapping."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import pytest

from guantong.kernel.sheets import (
    Field,
    Header,
    Reason,
    Sheet,
    SheetError,
    Skipped,
    find_header,
    propose_mapping,
    read_workbook,
)

Row = Sequence[object]
FIELDS = [
    Field("name", "被反映人姓名", ("姓名", "被反映人", "被审查人"), required=True),
    Field("unit", "被反映人单位", ("单位", "工作单位", "所在单位"), required=True),
    Field("post", "被反映人职务", ("职务",)),
    Field("problem", "反映的主要问题", ("反映问题", "问题摘要", "主要问题")),
    Field("amount", "涉及金额", ("涉案金额", "金额")),
    Field("received_on", "接收日期", ("收到时间", "受理日期"), required=True),
    Field("source", "线索来源", ("来源",)),
]


def workbook(rows: Sequence[Row], merges: Sequence[str] = (), name: str = "台账") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for area in merges:
        sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


NASTY: list[Row] = [
    ("某市审计局移送问题线索台账",),
    ("填报单位:某市审计局", None, None, None, None, "单位:万元", None, "填报日期:2026年3月31日"),
    ("序号", "被反映人", None, None, "反映的\n主要问题", "涉及金额", "收到\n时间", "线索\n来源"),
    (None, "姓 名", "单位", "职务", None, None, None, None),
    (1, 2, 3, 4, 5, 6, 7, 8),
    (1, "张三", "某局", "局长", "违规决策", 12.5, "2026.3.5", "审计"),
    (2, "李四、王五", "某集团", "总经理", "套取资金", "3亿元", "2026年3月6日", None),
    (None, "赵六", "某集团", None, None, None, None, None),
    ("二、县级", None, None, None, None, None, None, None),
    (3, "钱七", "某县某局", "科长", "虚列支出", 8, 46090, "巡察"),
    (None,) * 8,
    ("合 计", None, None, None, None, 30020.5, None, None),
    ("填表人:孙八", None, None, "审核人:周九", None, None, None, None),
    ("说明:本表按季报送。", None, None, None, None, None, None, None),
]
MERGES = ["A1:H1", "A2:E2", "A3:A4", "B3:D3", "E3:E4", "F3:F4", "G3:G4", "H3:H4", "A7:A8", "E7:E8", "G7:G8",
          "A9:H9", "H7:H8", "A14:H14"]  # fmt: skip


@pytest.fixture
def nasty() -> Header:
    (sheet,) = read_workbook(workbook(NASTY, MERGES))
    return find_header(sheet)


def test_the_two_row_header_is_found(nasty: Header) -> None:
    assert (nasty.first_row, nasty.last_row) == (2, 3)
    assert [column.path for column in nasty.columns] == [
        "序号", "被反映人姓名", "被反映人单位", "被反映人职务",
        "反映的主要问题", "涉及金额", "收到时间", "线索来源",
    ]  # fmt: skip
    assert {column.unit for column in nasty.columns} == {"万元"}
    assert nasty.serial == 0
    assert nasty.titles[0] == "某市审计局移送问题线索台账"


def test_every_row_is_a_record_or_skipped_with_its_reason(nasty: Header) -> None:
    assert nasty.skipped == {
        4: Skipped.COLUMN_NUMBERS,
        8: Skipped.SECTION,
        10: Skipped.BLANK,
        11: Skipped.TOTAL,
        12: Skipped.NOTE,
        13: Skipped.NOTE,
    }
    assert [record.row for record in nasty.records] == [5, 6, 7, 9]
    below = range(nasty.last_row + 1, len(NASTY))
    assert sorted([*nasty.skipped, *(record.row for record in nasty.records)]) == list(below)


def test_merged_data_cells_are_carried_down(nasty: Header) -> None:
    third = nasty.records[2]
    assert third.cells[1:8] == ("赵六", "某集团", None, "套取资金", None, "2026年3月6日", None)
    assert third.cells[0] == 2
    assert third.carried == {0, 4, 6}


def test_the_proposed_mapping(nasty: Header) -> None:
    mapping = propose_mapping(nasty, FIELDS)
    assert {match.key: match.column.index for match in mapping.matches} == {
        "name": 1, "unit": 2, "post": 3, "problem": 4, "amount": 5, "received_on": 6, "source": 7,
    }  # fmt: skip
    assert all(match.reason is Reason.EXACT for match in mapping.matches)
    assert mapping.unmatched_fields == mapping.unmatched_columns == mapping.missing == ()


def test_the_group_tells_two_equal_headings_apart() -> None:
    rows: list[Row] = [
        ("填报人", None, "被反映人", None, "收到时间"),
        ("姓名", "单位", "姓名", "单位", None),
        ("甲某", "甲局", "张三", "某局", "2026-03-05"),
    ]
    for merges in (["A1:B1", "C1:D1", "E1:E2"], []):
        (sheet,) = read_workbook(workbook(rows, merges))
        header = find_header(sheet, [field.label for field in FIELDS])
        mapping = propose_mapping(header, FIELDS)
        assert mapping.column("name").path == "被反映人姓名"
        assert mapping.column("unit").path == "被反映人单位"
        assert [column.path for column in mapping.unmatched_columns] == ["填报人姓名", "填报人单位"]


def test_two_header_rows_without_merged_areas_as_in_csv() -> None:
    text = (
        "台账,,,,\n序号,被反映人,,主要问题,收到时间\n,姓名,单位,,\n"
        "1,张三,某局,违规,2026-03-05\n,李四,某局,,\n2,王五,某县,违纪,2026-03-06\n"
    )
    (sheet,) = read_workbook(text.encode("gb18030"))
    header = find_header(sheet)
    assert [column.path for column in header.columns] == [
        "序号", "被反映人姓名", "被反映人单位", "主要问题", "收到时间",
    ]  # fmt: skip
    second = header.records[1]
    assert second.cells == ("1", "李四", "某局", "违规", "2026-03-05")
    assert second.carried == {0, 3, 4}


def test_data_without_a_heading_is_not_lost_from_sight() -> None:
    (sheet,) = read_workbook(
        workbook([("姓名", None, "单位"), ("张三", "副局长", "某局"), ("李四", None, "某县")])
    )
    mapping = propose_mapping(find_header(sheet), FIELDS)
    assert [(column.index, column.label) for column in mapping.unmatched_columns] == [(1, "")]


def test_a_unit_of_the_heading_goes_before_that_of_the_sheet() -> None:
    rows: list[Row] = [("单位:万元",), ("姓名", "涉及资金", "损失(元)"), ("张三", 1, 2)]
    (sheet,) = read_workbook(workbook(rows))
    assert [column.unit for column in find_header(sheet).columns[1:]] == ["万元", "元"]


def test_the_reporting_unit_is_no_unit_of_money() -> None:
    for title in ("填报单位:元江县纪委", "编制单位:元江县纪委", "填报单位:元"):
        rows: list[Row] = [(title,), ("姓名", "金额"), ("张三", 1)]
        (sheet,) = read_workbook(workbook(rows))
        assert find_header(sheet).columns[1].unit == ""


def test_reasons_have_words() -> None:
    for reasons in (Skipped, Reason):
        words = {reason.label for reason in reasons}
        assert len(words) == len(reasons)
        assert "" not in words


def test_a_simple_table_with_texts_only() -> None:
    (sheet,) = read_workbook(workbook([("姓名", "单位"), ("张三", "某局"), ("李四", "某县")]))
    header = find_header(sheet)
    assert (header.first_row, header.last_row) == (0, 0)
    assert [record.cells for record in header.records] == [("张三", "某局"), ("李四", "某县")]


def test_a_merged_heading_over_data_without_sub_headings() -> None:
    rows: list[Row] = [
        ("序号", "被反映人", None, "问题"),
        ("一", "张三", "某局", "违规"),
        ("二", "李", "局", "违"),
    ]
    (sheet,) = read_workbook(workbook(rows, ["B1:C1"]))
    header = find_header(sheet)
    assert header.last_row == 0
    assert len(header.records) == 2


def test_a_header_repeated_for_printing_is_skipped() -> None:
    rows: list[Row] = [
        ("姓名", "单位", "金额(万元)"),
        ("张三", "某局", 1),
        ("姓名", "单位", "金额(万元)"),
        ("李", "局", 2),
    ]
    (sheet,) = read_workbook(workbook(rows))
    header = find_header(sheet)
    assert header.skipped == {2: Skipped.REPEATED_HEADER}
    assert header.columns[2].unit == "万元"
    assert header.columns[2].label == "金额"


def test_similar_headings_are_proposed_with_less_confidence() -> None:
    rows: list[Row] = [
        ("姓名", "工作单位及职务", "问题线索反映主要问题", "备注"),
        ("张三", "某局局长", "违规", "x"),
    ]
    (sheet,) = read_workbook(workbook(rows))
    mapping = propose_mapping(find_header(sheet), FIELDS)
    reasons = {match.key: match.reason for match in mapping.matches}
    assert reasons == {"name": Reason.EXACT, "unit": Reason.CONTAINS, "problem": Reason.CONTAINS}
    assert all(match.confidence < 0.8 for match in mapping.matches if match.key != "name")
    assert [field.key for field in mapping.missing] == ["received_on"]
    assert [column.label for column in mapping.unmatched_columns] == ["备注"]


def test_two_equally_good_columns_are_named_as_rivals() -> None:
    rows: list[Row] = [("姓名", "来源", "线索来源", "来源"), ("张三", "a", "b", "c")]
    (sheet,) = read_workbook(workbook(rows))
    mapping = propose_mapping(find_header(sheet), [FIELDS[0], Field("source", "来源")])
    (source,) = (match for match in mapping.matches if match.key == "source")
    assert [column.index for column in (source.column, *source.rivals)] == [1, 3]


@pytest.mark.parametrize("rows", [[(1, 2, 3), (4, 5, 6)], [("只有标题",)], [("标题",), (1, 2.5)]])
def test_a_sheet_without_headings_is_refused(rows: list[Row]) -> None:
    (sheet,) = read_workbook(workbook(rows))
    with pytest.raises(SheetError) as caught:
        find_header(sheet)
    assert caught.value.kind == "no_header"
    assert caught.value.sheet == "台账"


def test_an_empty_sheet_object_is_refused() -> None:
    with pytest.raises(SheetError):
        find_header(Sheet("空", []))

"""Files: formats, encodings, limits, damaged ones; writing and reading back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guantong.kernel.sheets import (
    Field,
    Limits,
    OutColumn,
    Reason,
    SheetError,
    address,
    find_header,
    propose_mapping,
    read_workbook,
    to_amount,
    to_date,
    to_text,
    write_workbook,
)

COLUMNS = [
    OutColumn("number", "线索编号"),
    OutColumn("id_number", "身份证号"),
    OutColumn("problem", "反映问题"),
    OutColumn("received_on", "接收日期", "date"),
    OutColumn("amount", "涉及金额(元)", "amount"),
]
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
printable = texts.filter(lambda text: text == text.strip() and "\ufffe" not in text and "\uffff" not in text)
records = st.fixed_dictionaries(
    {
        "number": printable.filter(bool),
        "id_number": st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True),
        "problem": printable,
        "received_on": st.none() | st.dates(date(1930, 1, 1), date(2100, 12, 31)),
        "amount": st.none() | st.decimals(-(10**12), 10**12, places=2),
    }
)


def kind_of(content: bytes | Path, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as caught:
        read_workbook(content, limits) if limits else read_workbook(content)
    assert caught.value.reason
    assert caught.value.remedy
    return caught.value.kind


@pytest.mark.parametrize(
    ("row", "column", "name"), [(0, 0, "A1"), (4, 2, "C5"), (9, 26, "AA10"), (0, 701, "ZZ1")]
)
def test_addresses(row: int, column: int, name: str) -> None:
    assert address(row, column) == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_in_the_encodings_of_offices(encoding: str, separator: str) -> None:
    text = f'姓名{separator}证件号{separator}说明\r\n张喆{separator}="00123"{separator}"一,二\n三"\r\n\r\n'
    (sheet,) = read_workbook(text.encode(encoding))
    assert sheet.rows == [["姓名", "证件号", "说明"], ["张喆", "00123", "一,二\n三"]]


def test_a_path_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert read_workbook(tmp_path / "a.csv")[0].rows == [["a", "b"], ["1", "2"]]


def test_files_that_are_none() -> None:
    assert kind_of(b"") == "empty_file"
    assert kind_of(b"PK\x03\x04 not an archive") == "broken"
    assert kind_of(b"\xd0\xcf\x11\xe0 not a workbook") == "broken"
    assert kind_of(b"\x89PNG\r\n\x1a\n\x00\x00") == "broken"
    assert kind_of(b"<html><table><tr><td>1</td></tr></table></html>") == "disguised"
    assert kind_of(b'a,b\n"1,2\n') == "csv"
    assert kind_of(b"\n\n , \n") == "empty"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert kind_of(stream.getvalue()) == "broken"


def test_a_truncated_workbook_is_refused() -> None:
    whole = write_workbook(COLUMNS, [{"number": "1"}])
    for length in (10, len(whole) // 2, len(whole) - 10):
        assert kind_of(whole[:length]) == "broken"


def test_a_workbook_with_a_damaged_sheet_is_refused() -> None:
    source = zipfile.ZipFile(io.BytesIO(write_workbook(COLUMNS, [{"number": "1"}])))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for item in source.infolist():
            content = source.read(item)
            damaged = item.filename == "xl/worksheets/sheet1.xml"
            archive.writestr(item.filename, content[: len(content) // 2] if damaged else content)
    assert kind_of(stream.getvalue()) == "broken"


WHOLE = write_workbook(COLUMNS, [{"number": str(number), "problem": "违规"} for number in range(5)])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=10))
def test_a_file_damaged_anywhere_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for at, value in changes:
        content[at] = value
    try:
        outcome = "read" if read_workbook(bytes(content)) else "nothing"
    except SheetError as error:
        outcome = error.kind
    assert outcome in {"read", "broken", "empty", "unpacked_size", "rows", "columns"}


def test_limits() -> None:
    assert kind_of(b"a,b\n" * 10, Limits(file_bytes=8)) == "file_size"
    assert kind_of(b"a,b\n" * 10, Limits(rows=9)) == "rows"
    assert kind_of(b"a,b,c\n", Limits(columns=2)) == "columns"
    book = write_workbook(COLUMNS, [{"number": str(number)} for number in range(10)])
    assert kind_of(book, Limits(rows=10)) == "rows"
    assert kind_of(book, Limits(columns=4)) == "columns"
    assert kind_of(book, Limits(unpacked_bytes=100)) == "unpacked_size"
    assert read_workbook(book, Limits(rows=11, columns=5))


@pytest.mark.parametrize(("cell", "kind"), [("A1048576", "rows"), ("XFD2", "columns"), ("GS1", "columns")])
def test_one_cell_far_out_does_not_fill_the_memory(cell: str, kind: str) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    book.active[cell] = "x"
    stream = io.BytesIO()
    book.save(stream)
    assert kind_of(stream.getvalue()) == kind


def test_formatting_far_out_is_no_obstacle() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    book.active["A1048576"].font = openpyxl.styles.Font(bold=True)
    book.active["XFD1"].font = openpyxl.styles.Font(bold=True)
    stream = io.BytesIO()
    book.save(stream)
    assert read_workbook(stream.getvalue())[0].rows == [["姓名"]]


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="台账">
<table:table-row><table:table-cell office:value-type="string"><text:p>姓名</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>收到时间</text:p></table:table-cell></table:table-row>
<table:table-row ROWS><table:table-cell CELLS office:value-type="string"><text:p>张三</text:p>
</table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-03-05"><text:p>x</text:p>
</table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048574"><table:table-cell
 table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
</manifest:manifest>"""


def ods(rows: str = "", cells: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.replace("ROWS", rows).replace("CELLS", cells).replace("\n", ""))
    return stream.getvalue()


def test_open_document() -> None:
    (sheet,) = read_workbook(ods())
    assert sheet.rows[0] == ["姓名", "收到时间"]
    assert sheet.rows[1][0] == "张三"
    assert to_date(sheet.rows[1][1]) == date(2026, 3, 5)
    assert len(sheet.rows) == 2


def test_an_open_document_that_repeats_without_end_is_refused() -> None:
    assert kind_of(ods(rows='table:number-rows-repeated="1000000"')) == "rows"
    assert kind_of(ods(cells='table:number-columns-repeated="1000"')) == "columns"


def test_hidden_and_empty_sheets_are_left_out() -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = "x"
    book.create_sheet("空")
    book.create_sheet("隐藏").append(["y"])
    book["隐藏"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    (sheet,) = read_workbook(stream.getvalue())
    assert sheet.rows == [[None, None], [None, "x"]]


@settings(max_examples=60, deadline=None)
@given(st.lists(records, min_size=1, max_size=6))
@example(
    [{"number": "=1+1", "id_number": "11010519491231002X", "problem": "@SUM(A1)", "amount": Decimal("-0.01")}]
)
@example(
    [
        {
            "number": "合计",
            "id_number": "1" * 18,
            "problem": "说明:甲\n_x0041_ https://a.b +1",
            "received_on": None,
        }
    ]
)
@example([{"number": "线索编号", "id_number": "身份证号", "problem": "反映问题"}])
def test_an_export_imports_again_without_loss(rows: list[dict[str, object]]) -> None:
    (sheet,) = read_workbook(write_workbook(COLUMNS, rows, "问题线索/台账"))
    assert sheet.name == "问题线索_台账"
    header = find_header(sheet)
    mapping = propose_mapping(header, [Field(column.key, "不同的名称") for column in COLUMNS])
    assert [match.reason for match in mapping.matches] == [Reason.EXPORT] * len(header.columns)
    assert len(header.records) == len(rows)
    assert header.skipped == {}
    at = {match.key: match.column for match in mapping.matches}
    for row, record in zip(rows, header.records, strict=True):
        for key in ("number", "id_number", "problem"):
            assert to_text(record.cells[at[key].index]) == (row.get(key) or "")
        assert to_date(record.cells[at["received_on"].index]) == row.get("received_on")
        assert to_amount(record.cells[at["amount"].index], at["amount"].unit) == row.get("amount")


def test_nothing_written_is_a_formula_or_link() -> None:
    texts_ = ["=1+1", "+1", "-1", "@A1", "{=1}", "https://example.org", "=cmd|' /C calc'!A0"]
    book = write_workbook(COLUMNS, [{"number": text} for text in texts_])
    sheet = openpyxl.load_workbook(io.BytesIO(book))["台账"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == texts_
    assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"<hyperlink" not in archive.read("xl/worksheets/sheet1.xml")


def test_how_an_export_looks() -> None:
    row = {"number": "1", "received_on": date(2026, 3, 5), "amount": Decimal("1234.5")}
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(COLUMNS, [row])))
    sheet = book["台账"]
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == [column.label for column in COLUMNS]
    assert sheet["A2"].number_format == "@"
    assert sheet["D2"].is_date
    assert sheet["E2"].value == 1234.5
    assert sheet["E2"].number_format == "#,##0.00"
    assert book["_guantong"].sheet_state == "hidden"
    assert sheet.auto_filter.ref == "A1:E2"


def test_amounts_a_spreadsheet_cannot_hold_are_kept_as_text() -> None:
    amount = Decimal("1234567890123456.78")
    (sheet,) = read_workbook(write_workbook(COLUMNS, [{"number": "1", "amount": amount}]))
    assert sheet.rows[1][4] == "1234567890123456.78"


def test_a_text_no_cell_holds_is_refused_rather_than_cut() -> None:
    with pytest.raises(SheetError) as caught:
        write_workbook(COLUMNS, [{"number": "1"}, {"number": "2", "problem": "长" * 32_768}])
    assert (caught.value.kind, caught.value.cell) == ("text_length", "C3")


def test_control_characters_are_left_out() -> None:
    (sheet,) = read_workbook(write_workbook(COLUMNS, [{"number": "a\x00\x0bb\r\nc\ud800"}]))
    assert sheet.rows[1][0] == "ab\nc"


def test_columns_must_differ() -> None:
    for columns in (
        [OutColumn("a", "甲"), OutColumn("a", "乙")],
        [OutColumn("a", "金额(元)"), OutColumn("b", "金额")],
    ):
        with pytest.raises(ValueError, match="share"):
            write_workbook(columns, [])


def test_an_error_says_where_why_and_what_to_do() -> None:
    (sheet,) = read_workbook(write_workbook(COLUMNS, [{"number": "1", "problem": "2026年2月30日"}]))
    with pytest.raises(SheetError) as caught:
        to_date(sheet.rows[1][2])
    text = str(caught.value.at(sheet.name, sheet.address(1, 2)))
    assert re.search(r"台账.*C2.*2026年2月30日", text)

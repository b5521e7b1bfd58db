"""The superior's templates: what is filled, what stays as it was, what is refused (上级报表模板)."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from python_calamine import CalamineWorkbook

from guantong.insight.returns_filling import check_template, fill, named_cells
from guantong.kernel.sheets.errors import SheetError

SHEET = "月报 '表'"
QUOTED = "'月报 ''表'''"
NAMES = {
    "clues_received__all__month": "$B$3",
    "clues_closed__all__month": "$B$4",
    "clues_open__all__month": "$B$5",
    "report_body": "$B$2:$D$2",
    "clues_merged__audit__month": "$F$12",
    "clues_recieved__audit__month": "$C$7",
    "标题": "$A$1",
}


def template() -> bytes:
    """A form such as a superior sends: merged heads, fonts, borders, formulas, print settings, two sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B2:D2")
    sheet["A1"] = "问题线索情况统计表"
    sheet["A1"].font = Font(name="方正小标宋简体", size=18, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet["B3"] = 99
    sheet["B3"].font = Font(name="仿宋", bold=True, color="FFFF0000")
    sheet["B3"].border = Border(left=Side("thin"), bottom=Side("double"))
    sheet["B3"].fill = PatternFill("solid", fgColor="FFFFEE00")
    sheet["B3"].number_format = '0"件"'
    sheet["B4"] = "待填"
    sheet["B5"] = "=B3-B4"
    sheet["A9"] = "注：本表按月报送。"
    sheet.column_dimensions["A"].width = 33
    sheet.row_dimensions[1].height = 40
    sheet.print_title_rows = "1:2"
    sheet.print_area = "A1:D9"
    sheet.page_setup.orientation = "landscape"
    sheet.page_margins.left = 0.3
    sheet.freeze_panes = "B3"
    second = book.create_sheet("汇总")
    second["A1"] = f"={QUOTED}!B3*2"
    for name, reference in NAMES.items():
        book.defined_names[name] = DefinedName(name, attr_text=f"{QUOTED}!{reference}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


VALUES = {
    "clues_received__all__month": 12,
    "clues_closed__all__month": 7,
    "clues_open__all__month": 5,
    "clues_merged__audit__month": 3,
    "report_body": "中共清川市纪律检查委员会 <案管>",
}


def test_named_cells_are_filled_and_the_layout_stays() -> None:
    before = openpyxl.load_workbook(io.BytesIO(template()))
    after = openpyxl.load_workbook(io.BytesIO(fill(template(), VALUES)))
    old, new = before[SHEET], after[SHEET]
    assert (new["B3"].value, new["B4"].value, new["F12"].value) == (12, 7, 3)
    assert new["B2"].value == VALUES["report_body"]
    assert new["B5"].value == "=B3-B4", "what another computes is not overwritten"
    assert after["汇总"]["A1"].value == before["汇总"]["A1"].value
    assert new["C7"].value is None and new["A1"].value == "问题线索情况统计表"
    for cell in ("A1", "B2", "B3", "B4", "B5", "A9"):
        assert new[cell]._style == old[cell]._style, cell
    assert new.merged_cells.ranges == old.merged_cells.ranges
    assert new.column_dimensions["A"].width == 33 and new.row_dimensions[1].height == 40
    for name in ("print_title_rows", "print_area", "freeze_panes"):
        assert getattr(new, name) == getattr(old, name), name
    assert new.page_setup.orientation == "landscape" and new.page_margins.left == 0.3
    assert set(after.defined_names) == set(before.defined_names)
    untouched = {"xl/styles.xml", "xl/theme/theme1.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    with (
        zipfile.ZipFile(io.BytesIO(template())) as one,
        zipfile.ZipFile(io.BytesIO(fill(template(), VALUES))) as two,
    ):
        assert one.namelist() == two.namelist()
        assert all(one.read(part) == two.read(part) for part in untouched)


def test_another_program_reads_what_was_filled() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(fill(template(), VALUES)))
    rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    assert rows[2][1] == 12.0 and rows[3][1] == 7.0 and rows[11][5] == 3.0
    assert rows[1][1] == VALUES["report_body"]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_computes_the_formulas_of_others_anew(tmp_path: Path) -> None:
    (tmp_path / "filled.xlsx").write_bytes(fill(template(), VALUES))
    convert = ["soffice", "--headless", "--convert-to", "csv", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / "filled.xlsx")], check=True, timeout=120)
    assert ",5," in (tmp_path / "filled.csv").read_text(encoding="utf-8")


def test_results_of_formulas_kept_in_the_file_are_dropped() -> None:
    old = template()
    with zipfile.ZipFile(io.BytesIO(old)) as archive:
        text = archive.read("xl/worksheets/sheet1.xml").replace(b"<f>B3-B4</f><v/>", b"<f>B3-B4</f><v>99</v>")
        assert b"<v>99</v></c><" in text or b"<f>B3-B4</f><v>99</v>" in text
    filled = fill(changed(old, "xl/worksheets/sheet1.xml", text), VALUES)
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        assert b"<f>B3-B4</f></c>" in archive.read("xl/worksheets/sheet1.xml")
        assert b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")


def test_names_are_found_with_sheet_cell_and_whether_it_computes() -> None:
    found = {one.name: one for one in named_cells(template())}
    assert set(found) == set(NAMES) - {"标题"}, "names of others are not ours to fill"
    assert (found["report_body"].sheet, found["report_body"].cell) == (SHEET, "B2")
    assert [name for name, one in found.items() if one.has_formula] == ["clues_open__all__month"]


def changed(content: bytes, part: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            if item.filename != part:
                new.writestr(item, old.read(item))
        new.writestr(part, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "part",
    [
        "xl/vbaProject.bin",
        "xl/embeddings/oleObject1.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/activeX/a.xml",
    ],
)
def test_what_runs_or_leads_elsewhere_is_refused(part: str) -> None:
    with pytest.raises(SheetError) as refused:
        check_template(changed(template(), part, b"x"))
    assert refused.value.kind == "macros"


@pytest.mark.parametrize("content", [b"", b"PK", b"no spreadsheet", template()[:900]])
def test_what_is_no_spreadsheet_is_refused(content: bytes) -> None:
    with pytest.raises(SheetError):
        check_template(content)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (50 * 2**20))
    with pytest.raises(SheetError) as refused:
        check_template(out.getvalue())
    assert refused.value.kind == "unpacked_size"


def test_entities_are_not_followed() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><workbook>&a;</workbook>'
    with pytest.raises(SheetError):
        named_cells(changed(template(), "xl/workbook.xml", evil))

"""Workbooks of several tables open as written: texts stay texts, shares are per cent (多表工作簿)."""

from __future__ import annotations

import io

import openpyxl

from guantong.kernel.sheets import OutSheet, OutTable, Share, write_tables

TABLE = OutTable("按期率", ["条款", "件数", "按期率"], [["=1+1", 12, Share(91.7)], ["+86", None, "数量过少"]])


def test_tables_stand_under_one_another_with_lines_above_and_below() -> None:
    made = write_tables(
        [OutSheet("一/二", ["沈若川", "2026年"], [TABLE, TABLE], ["口径"]), OutSheet("空", [], [])]
    )
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["一_二", "空"]
    rows = [
        [cell for cell in row if cell not in (None, "")] for row in book["一_二"].iter_rows(values_only=True)
    ]
    assert rows[:2] == [["沈若川"], ["2026年"]] and rows[-1] == ["口径"]
    assert rows.count(["按期率"]) == 2 and rows.count(["条款", "件数", "按期率"]) == 2
    assert rows.count(["=1+1", 12, 0.917]) == 2 and rows.count(["+86", "数量过少"]) == 2


def test_what_begins_like_a_formula_is_text_and_a_share_shows_per_cent() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_tables([OutSheet("表", [], [TABLE])])))
    cells = {cell.value: cell for row in book["表"].iter_rows() for cell in row}
    assert cells["=1+1"].data_type == "s" and cells["+86"].data_type == "s"
    assert cells[0.917].number_format == "0.0%" and cells[12].data_type == "n"

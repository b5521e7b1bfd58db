"""Workbooks of several small tables (多表工作簿), to be read and printed rather than imported."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from .writing import SHEET_NAME, plain_text

WIDEST_FIRST = 40


@dataclass(frozen=True)
class Share:
    """A value in per cent, to be written as one (百分比)."""

    per_cent: float


Value = str | int | float | Share | None


@dataclass(frozen=True)
class OutTable:
    """A table of a sheet: title, headings, rows."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class OutSheet:
    """A sheet: its name, lines above, tables under one another, lines below."""

    name: str
    above: Sequence[str]
    tables: Sequence[OutTable]
    below: Sequence[str] = ()


def write_tables(sheets: Sequence[OutSheet]) -> bytes:
    """Return a workbook, each sheet a page wide in print. Texts stay texts, whatever they begin with."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 13}),
            "quiet": book.add_format({"font_color": "#566373"}),
            "head": book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True}),
            "text": book.add_format({"num_format": "@", "border": 1, "text_wrap": True, "valign": "top"}),
            "number": book.add_format({"border": 1, "valign": "top"}),
            "share": book.add_format({"border": 1, "valign": "top", "num_format": "0.0%"}),
        }
        for one in sheets:
            page = book.add_worksheet(SHEET_NAME.sub("_", one.name).strip("'")[:31] or None)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            _write_sheet(page, one, formats)
    return buffer.getvalue()


def _write_sheet(page: Any, sheet: OutSheet, formats: dict[str, Any]) -> None:
    row = 0
    for line in sheet.above:
        page.write_string(row, 0, plain_text(line), formats["quiet"])
        row += 1
    for table in sheet.tables:
        row = _write_table(page, table, row + 1, formats)
    for line in sheet.below:
        row += 1
        page.write_string(row, 0, plain_text(line), formats["quiet"])
    columns = max((len(table.head) for table in sheet.tables), default=1)
    page.set_column(0, 0, WIDEST_FIRST)
    if columns > 1:
        page.set_column(1, columns - 1, 14)


def _write_table(page: Any, table: OutTable, row: int, formats: dict[str, Any]) -> int:
    page.write_string(row, 0, plain_text(table.title), formats["title"])
    for column, label in enumerate(table.head):
        page.write_string(row + 1, column, plain_text(label), formats["head"])
    row += 2
    for values in table.rows:
        for column, value in enumerate(values):
            if isinstance(value, Share):
                page.write_number(row, column, value.per_cent / 100, formats["share"])
            elif isinstance(value, int | float):
                page.write_number(row, column, value, formats["number"])
            else:
                page.write_string(row, column, plain_text(value or ""), formats["text"])
        row += 1
    return row

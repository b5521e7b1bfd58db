"""Writing spreadsheets (导出电子表格) that open in Excel and WPS and import again without loss."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from .errors import SheetError, address
from .headers import heading
from .reading import KEYS_SHEET

MAX_TEXT = 32_767
MAX_ROWS = 1_048_575
EXACT_DIGITS = 15
EXCEL_FIRST_YEAR = 1901
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SHEET_NAME = re.compile(r"[\[\]:*?/\\]")

Kind = Literal["text", "date", "amount", "integer"]
Value = str | int | Decimal | date | datetime | bool | None


@dataclass(frozen=True)
class OutColumn:
    """A column to write (导出列): key by which it is known on import, heading, kind, width in characters."""

    key: str
    label: str
    kind: Kind = "text"
    width: int | None = None


def write_workbook(
    columns: Sequence[OutColumn],
    rows: Iterable[Mapping[str, Value]],
    sheet_name: str = "台账",
    above: str = "",
) -> bytes:
    """A workbook with `rows` by column key under frozen headings with a filter, and a hidden sheet of keys.

    `above`: a line over the headings, as a watermark; an import passes over it.

    Texts are always stored as texts: ID numbers and letter numbers keep every character, and what begins with
    = + - @ is no formula. Control characters, which the format cannot hold, are left out; every line break
    becomes a line feed. Nothing is written to disc. Raises `SheetError` for a text over 32,767 characters or
    too many rows (nothing is cut off), `ValueError` for columns that share a key or a heading.
    """
    for values in ([column.key for column in columns], [heading(column.label) for column in columns]):
        if len(set(values)) != len(values):
            raise ValueError("columns must not share a key or a label")
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        name = SHEET_NAME.sub("_", sheet_name).strip("'")[:31] or "Sheet1"
        sheet = book.add_worksheet(name)
        formats = _formats(book)
        top = 1 if above else 0
        if above:
            sheet.write_string(0, 0, plain_text(above), formats["above"])
        last = _write_rows(sheet, formats, columns, rows, name, top)
        sheet.freeze_panes(top + 1, 0)
        if columns:
            sheet.autofilter(top, 0, last, len(columns) - 1)
        _write_keys(book, name, columns)
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"valign": "top", "text_wrap": True}
    return {
        "head": book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True}),
        "above": book.add_format({"font_color": "#566373", "valign": "top"}),
        "text": book.add_format({**base, "num_format": "@"}),
        "date": book.add_format({**base, "num_format": "yyyy-mm-dd"}),
        "amount": book.add_format({**base, "num_format": "#,##0.00"}),
        "integer": book.add_format({**base, "num_format": "0"}),
    }


def _write_rows(
    sheet: Any,
    formats: dict[str, Any],
    columns: Sequence[OutColumn],
    rows: Iterable[Mapping[str, Value]],
    name: str,
    top: int,
) -> int:
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width or _width(column), formats[column.kind])
        sheet.write_string(top, at, column.label, formats["head"])
    number = top
    for number, row in enumerate(rows, top + 1):
        if number > MAX_ROWS:
            raise SheetError(
                "rows",
                _("An Excel sheet holds {limit} rows at most."),
                _("Narrow the filter and export in parts."),
                sheet=name,
                values={"limit": MAX_ROWS},
            )
        for at, column in enumerate(columns):
            try:
                _write(sheet, number, at, row.get(column.key), formats[column.kind], formats["text"])
            except SheetError as error:
                raise error.at(name, address(number, at)) from error
    return number


def _width(column: OutColumn) -> int:
    wide = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in column.label)
    return max(wide + 4, {"text": 18, "date": 12, "amount": 16, "integer": 8}[column.kind])


def _write(sheet: Any, row: int, at: int, value: Value, cell_format: Any, as_text: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime | date) and value.year >= EXCEL_FIRST_YEAR:
        day = value.date() if isinstance(value, datetime) else value
        sheet.write_datetime(row, at, day, cell_format)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool) and _exact(value):
        sheet.write_number(row, at, float(value) if isinstance(value, Decimal) else value, cell_format)
    else:
        sheet.write_string(row, at, plain_text(value), as_text)


def _exact(value: int | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit."""
    number = Decimal(value)
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= EXACT_DIGITS


def plain_text(value: Value) -> str:
    """Return a value as the text of a cell. Raises `SheetError` where no cell holds it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = ILLEGAL.sub("", re.sub(r"\r\n?", "\n", str(value)))
    if len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
        raise SheetError(
            "text_length",
            _("The text has more than {limit} characters, which no cell of a spreadsheet holds."),
            _("Export this record as a document instead."),
            values={"limit": MAX_TEXT},
        )
    return text


def _write_keys(book: Any, name: str, columns: Sequence[OutColumn]) -> None:
    keys = book.add_worksheet(KEYS_SHEET)
    for row, column in enumerate(columns):
        for at, text in enumerate((name, column.label, column.key)):
            keys.write_string(row, at, text)
    keys.hide()

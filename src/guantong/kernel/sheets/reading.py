"""Reading spreadsheets (读取电子表格): xlsx, xls, ods and csv into plain rows."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine as calamine
from django.utils.translation import gettext_lazy as _

from .errors import SAVE_AS_XLSX, SheetError, address
from .guards import Limits, broken, check_archive, check_size, too_many_columns, too_many_rows

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; counted from 0, all included."""

KEYS_SHEET = "_guantong"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LIMITS = Limits()
MAX_CSV_FIELD = 1 << 20


@dataclass(frozen=True)
class Sheet:
    """One sheet (工作表): rows of equal length, empty cells None.

    `merged` are the merged areas, None where the format does not tell (csv, old xls, ods). `keys` are the
    column keys by label where the sheet is an export of ours.
    """

    name: str
    rows: list[list[Cell]]
    merged: tuple[Area, ...] | None = None
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def address(self, row: int, column: int) -> str:
        """A1 address of a cell counted from 0."""
        return address(row, column)


def read_workbook(source: bytes | Path, limits: Limits = LIMITS) -> list[Sheet]:
    """The visible, non-empty sheets of a workbook or csv file.

    Csv may be UTF-8 (with mark or without), UTF-16 with mark, or GB18030. Raises `SheetError` for what is too
    large, damaged, protected by a password, empty, or no spreadsheet.
    """
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    check_size(size, limits)
    content = source.read_bytes() if isinstance(source, Path) else source
    if content.startswith(ZIP):
        check_archive(content, limits)
    binary = content.startswith((ZIP, OLE))
    sheets = _read_binary(content, limits) if binary else [_read_csv(content, limits)]
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise SheetError("empty", _("There is nothing in any sheet."), _("Choose another file."))
    return filled


def _read_binary(content: bytes, limits: Limits) -> list[Sheet]:
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            keys = _read_keys(book)
            return [
                _read_sheet(book, item.name, keys, limits)
                for item in book.sheets_metadata
                if item.visible == calamine.SheetVisibleEnum.Visible
                and item.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as error:
        raise SheetError(
            "password",
            _("The file is protected by a password."),
            _("Remove the password in WPS or Excel and take the file again."),
        ) from error
    except SheetError:
        raise
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise broken() from error


def _read_sheet(
    book: calamine.CalamineWorkbook, name: str, keys: dict[str, dict[str, str]], limits: Limits
) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    if sheet.end is None:
        return Sheet(name, [])
    last_row, last_column = sheet.end
    if last_row >= limits.rows:
        raise too_many_rows(limits, name)
    if last_column >= limits.columns:
        raise too_many_columns(limits, name)
    rows = [[_clean(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    merged = sheet.merged_cell_ranges
    areas = None if merged is None else tuple(_clip(area, last_row, last_column) for area in sorted(merged))
    return Sheet(name, _trim(rows), areas, keys.get(name, {}))


def _clip(area: tuple[tuple[int, int], tuple[int, int]], last_row: int, last_column: int) -> Area:
    (top, left), (bottom, right) = area
    return (top, left, min(bottom, last_row), min(right, last_column))


def _read_keys(book: calamine.CalamineWorkbook) -> dict[str, dict[str, str]]:
    """Sheet, label and key in each row of the hidden sheet that an export of ours has."""
    if KEYS_SHEET not in book.sheet_names:
        return {}
    keys: dict[str, dict[str, str]] = {}
    for sheet, label, key in (
        row[:3] for row in book.get_sheet_by_name(KEYS_SHEET).to_python() if len(row) >= 3
    ):
        keys.setdefault(str(sheet), {})[str(label)] = str(key)
    return keys


def _clean(value: Cell) -> Cell:
    return None if isinstance(value, str) and not value.strip() else value


def _trim(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Without empty rows at the end and empty columns at the right; all rows of one length."""
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    width = max((_filled_width(row) for row in rows), default=0)
    return [row[:width] + [None] * (width - len(row)) for row in rows]


def _filled_width(row: list[Cell]) -> int:
    return max((column + 1 for column, value in enumerate(row) if value is not None), default=0)


def _read_csv(content: bytes, limits: Limits) -> Sheet:
    text = _decode(content)
    head = text[:2000].lstrip().lower()
    if head.startswith(("<html", "<table", "<!doctype", "<?xml", "<meta")):
        raise SheetError(
            "disguised", _("The file is a web page or XML with the name of a spreadsheet."), SAVE_AS_XLSX
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[Cell]] = []
    csv.field_size_limit(MAX_CSV_FIELD)
    try:
        for row in reader:
            if len(rows) >= limits.rows:
                raise too_many_rows(limits)
            if len(row) > limits.columns:
                raise too_many_columns(limits)
            rows.append([_clean(_unquoted(value)) for value in row])
    except csv.Error as error:
        raise SheetError(
            "csv",
            _("Line {line} of the csv file is damaged: a quotation mark is not closed or out of place."),
            SAVE_AS_XLSX,
            values={"line": reader.line_num},
        ) from error
    return Sheet("CSV", _trim(rows))


def _unquoted(value: str) -> str:
    """The text of '="00123"', which some programs write to keep leading zeros."""
    return value[2:-1] if value.startswith('="') and value.endswith('"') and len(value) > 2 else value


def _decode(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(character < " " and character not in "\t\r\n\f" for character in text):
            return text
    raise broken()


def _delimiter(text: str) -> str:
    """The separator that divides the first lines most often; text within quotation marks is not counted."""
    sample = "".join(text[:20_000].split('"')[::2])
    return max(",\t;", key=sample.count)

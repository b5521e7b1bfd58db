"""Refusing spreadsheet files that would exhaust the machine (表格文件预检), before they are laid out."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext_lazy as _

from .errors import SAVE_AS_XLSX, SheetError

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What the standard library raises on damaged archives."""
CHUNK = 1 << 20
OVERLAP = 1 << 12
CONTENT = rb"[^>]*>\s*<(?:\w+:)?(?:v|is|f)[\s>]"
FAR_ROW = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="[A-Z]{1,3}(\d{6,})"' + CONTENT)
FAR_COLUMN = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{2,})\d+"' + CONTENT)
REPEATED = re.compile(rb"<table:table-cell\s[^>]*number-columns-repeated=\"(\d+)\"[^>]*office:value-type")
REPEATED_ROW = re.compile(
    rb"<table:table-row\s[^>]*number-rows-repeated=\"(\d+)\"[^>]*>\s*<table:table-cell\s[^>]*office:value-type"
)


@dataclass(frozen=True)
class Limits:
    """What a file may have at most (上限): bytes as stored and unpacked, rows, columns, characters a cell."""

    file_bytes: int = 50 * 2**20
    unpacked_bytes: int = 500 * 2**20
    rows: int = 200_000
    columns: int = 200


def too_many_rows(limits: Limits, sheet: str = "") -> SheetError:
    """The error for a sheet that is too long."""
    return SheetError(
        "rows",
        _("There are more than {limit} rows, or something stands in a cell far below the table."),
        _("Delete what stands below the table, or divide the file into several."),
        sheet=sheet,
        values={"limit": limits.rows},
    )


def too_many_columns(limits: Limits, sheet: str = "") -> SheetError:
    """The error for a sheet that is too wide."""
    return SheetError(
        "columns",
        _("There are more than {limit} columns, or something stands in a cell far to the right."),
        _("Delete what stands to the right of the table."),
        sheet=sheet,
        values={"limit": limits.columns},
    )


def check_size(size: int, limits: Limits) -> None:
    """Refuse an empty or over-large file. Raises `SheetError`."""
    if size == 0:
        raise SheetError("empty_file", _("The file is empty."), _("Choose another file."))
    if size > limits.file_bytes:
        raise SheetError(
            "file_size",
            _("The file has {size} MB, more than the {limit} MB that are taken."),
            _("Remove pictures from it or divide it into several files."),
            values={"size": -(-size // 2**20), "limit": limits.file_bytes // 2**20},
        )


def check_archive(content: bytes, limits: Limits) -> None:
    """Refuse a packed file (xlsx, ods) that unpacks to too much or has cells far out. Raises `SheetError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > limits.unpacked_bytes:
                raise SheetError(
                    "unpacked_size",
                    _("Unpacked, the file is larger than {limit} MB."),
                    _("Remove formatting, pictures and empty rows, or divide the file."),
                    values={"limit": limits.unpacked_bytes // 2**20},
                )
            for item in archive.infolist():
                if re.match(r"xl/worksheets/[^/]+\.xml$", item.filename) or item.filename == "content.xml":
                    with archive.open(item) as stream:
                        _check_extent(stream, limits)
    except SheetError:
        raise
    except DAMAGE as error:
        raise broken() from error


def broken() -> SheetError:
    """The error for a file that cannot be read at all."""
    return SheetError("broken", _("The file is damaged or no spreadsheet."), SAVE_AS_XLSX)


def _check_extent(stream: IO[bytes], limits: Limits) -> None:
    tail = b""
    while chunk := stream.read(CHUNK):
        window = tail + chunk
        if _beyond(FAR_ROW, window, limits.rows) or _beyond(REPEATED_ROW, window, limits.rows):
            raise too_many_rows(limits)
        if _beyond(REPEATED, window, limits.columns) or any(
            _column(match[1]) > limits.columns for match in FAR_COLUMN.finditer(window)
        ):
            raise too_many_columns(limits)
        tail = window[-OVERLAP:]


def _beyond(pattern: re.Pattern[bytes], window: bytes, limit: int) -> bool:
    return any(int(match[1]) > limit for match in pattern.finditer(window))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

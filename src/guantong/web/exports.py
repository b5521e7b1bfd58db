"""Tables as workbooks to be taken along (导出Excel), each with who took it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.http import HttpResponse

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.papers.watermark import Watermark
from guantong.kernel.sheets import OutSheet, write_tables
from guantong.kernel.sheets.writing import OutColumn, Value, write_workbook
from guantong.web.papers import given

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def spreadsheet(data: bytes, name: str) -> HttpResponse:
    """Return a workbook to be downloaded under a name, kept by nobody on the way (电子表格)."""
    return given(data, XLSX, name, inline=False)


def workbook_answer(
    actor: Actor, columns: Sequence[OutColumn], rows: Iterable[Mapping[str, Value]], name: str
) -> HttpResponse:
    """Return a table as the answer to download; the line over it says whose copy it is."""
    data = write_workbook(columns, rows, sheet_name=name, above=_mark(actor))
    return spreadsheet(data, _dated(name))


def tables_answer(actor: Actor, sheets: Sequence[OutSheet], name: str) -> HttpResponse:
    """Return several tables as one workbook to download; the line over each sheet says whose copy it is."""
    marked = [replace(one, above=(_mark(actor), *one.above)) for one in sheets]
    return spreadsheet(write_tables(marked), _dated(name))


def _mark(actor: Actor) -> str:
    return Watermark(actor.officer.name, actor.capacity, clock.now()).text


def _dated(name: str) -> str:
    return f"{name}-{clock.today()}.xlsx"

"""Tables as workbooks to be taken along (导出Excel), each with who took it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.papers.watermark import Watermark
from guantong.kernel.sheets import OutSheet, write_tables
from guantong.kernel.sheets.writing import OutColumn, Value, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_answer(
    actor: Actor, columns: Sequence[OutColumn], rows: Iterable[Mapping[str, Value]], name: str
) -> HttpResponse:
    """Return a table as the answer to download; the line over it says whose copy it is."""
    return _answer(write_workbook(columns, rows, sheet_name=name, above=_mark(actor)), name)


def tables_answer(actor: Actor, sheets: Sequence[OutSheet], name: str) -> HttpResponse:
    """Return several tables as one workbook to download; the line over each sheet says whose copy it is."""
    marked = [replace(one, above=(_mark(actor), *one.above)) for one in sheets]
    return _answer(write_tables(marked), name)


def _mark(actor: Actor) -> str:
    return Watermark(actor.officer.name, actor.capacity, clock.now()).text


def _answer(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=XLSX)
    file_name = f"{name}-{clock.today()}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer

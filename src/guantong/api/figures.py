"""Figures (统计接口): the tables of the pages as JSON, and the records behind each figure."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from guantong.api.body import unknown
from guantong.api.callers import actor_of
from guantong.api.paging import CURSOR_LENGTH, MOST, USUAL, bad_cursor, cursor, place
from guantong.insight.figures import Cell, Table
from guantong.insight.figures_asked import read
from guantong.insight.figures_pages import SUBJECTS
from guantong.insight.figures_records import LISTS, Record, records
from guantong.insight.figures_wanted import place_of, read_wanted
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Refused

if TYPE_CHECKING:
    Subjects: TypeAlias = str
    Lists: TypeAlias = str
else:
    Subjects = Literal[tuple(SUBJECTS)]
    Lists = Literal[tuple(LISTS)]
Code = Annotated[str, Field(max_length=120)]


class FiguresAsked(BaseModel):
    """Subject, period (2026, 2026-H1, 2026-Q3, 2026-09, or from and to) and conditions."""

    model_config = ConfigDict(populate_by_name=True)

    show: Subjects = next(iter(SUBJECTS))
    period: Code = ""
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    clause: Code = ""
    organ: int | None = None
    source: Code = ""
    measure: Code = ""


class RecordsAsked(BaseModel):
    """Which records: the filters a figure comes with, sent back as they are."""

    model_config = ConfigDict(populate_by_name=True)

    of: Lists = next(iter(LISTS))
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    clause: Code = ""
    rule: Code = ""
    outcome: Code = ""
    holder: int | None = None
    claimant: int | None = None
    organ: int | None = None
    source: Code = ""
    hop: Code = ""
    kind: Code = ""
    sender: Code = ""
    band: int | None = None
    state: Code = ""
    measure: Code = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=CURSOR_LENGTH)] | None = None


class CellOut(BaseModel):
    """A figure: its value where it is one, its words, and the filters of the records behind it."""

    text: str
    value: float | None
    records: int
    asks: dict[str, str | int]


class RowOut(BaseModel):
    """A line of a table."""

    label: str
    cells: list[CellOut]


class TableOut(BaseModel):
    """A table of figures."""

    key: str
    title: str
    head: list[str]
    rows: list[RowOut]


class FiguresOut(BaseModel):
    """All tables of a subject, what they are over and how they are counted."""

    first: date
    last: date
    before_first: date
    before_last: date
    over: str
    definitions: list[str]
    tables: list[TableOut]


class RecordOut(BaseModel):
    """A record behind a figure: its matter, and what the columns say."""

    matter: uuid.UUID
    number: str
    title: str
    said: dict[str, str]


class RecordPage(BaseModel):
    """A page of the records behind a figure, and how many there are in all."""

    total: int
    items: list[RecordOut]
    next: str | None


def make_router() -> Router:
    """Return the router of figures, worded in the present language."""
    router = Router(tags=[_("Figures")])
    for path, view, response, name, summary in (
        ("/figures", figures, FiguresOut, "figures", _("Figures of one subject for one period")),
        ("/figures/records", figure_records, RecordPage, "figure_records", _("Records behind the figure")),
    ):
        router.get(path, response=response, operation_id=name, summary=summary)(view)
    return router


def _caller(request: HttpRequest, asked: type[BaseModel]) -> Actor:
    """Return who asks. Raises Refused for parameters that there are not: slips of the pen."""
    actor = actor_of(request)
    known = {field.alias or name for name, field in asked.model_fields.items()}
    stray = [name for name in request.GET if name not in known]
    if stray:
        raise Refused(*(unknown(name) for name in stray))
    return actor


def figures(request: HttpRequest, asked: Query[FiguresAsked]) -> FiguresOut:
    """Return the tables of a subject, over what the caller sees."""
    actor = _caller(request, FiguresAsked)
    found = read(request.GET, SUBJECTS)
    if found.faults:
        raise Refused(*found.faults)
    sheet, _choices = SUBJECTS[found.show][1](actor, found)
    span, before = found.period.span, found.period.before
    return FiguresOut(
        first=span.first,
        last=span.last,
        before_first=before.first,
        before_last=before.last,
        over=sheet.over,
        definitions=list(sheet.definitions),
        tables=[_table(one) for one in sheet.tables],
    )


def _table(table: Table) -> TableOut:
    rows = [RowOut(label=row.label, cells=[_cell(cell) for cell in row.cells]) for row in table.rows]
    return TableOut(key=table.key, title=table.title, head=list(table.head), rows=rows)


def _cell(cell: Cell) -> CellOut:
    asks: dict[str, Any] = {
        name: value if isinstance(value, int) else str(value) for name, value in cell.asks.items()
    }
    return CellOut(text=cell.text, value=cell.value, records=cell.records, asks=asks)


def figure_records(request: HttpRequest, asked: Query[RecordsAsked]) -> RecordPage:
    """Return one page of the records behind a figure."""
    actor = _caller(request, RecordsAsked)
    query = request.GET.dict()
    query.pop("after", None)
    wanted = read_wanted(query, tuple(LISTS))
    after = None
    if asked.cursor is not None:
        of, text = place(asked.cursor, 2)
        after = place_of(text)
        if of != wanted.query() or after is None:
            raise bad_cursor()
    found = records(actor, wanted.after_row(after), asked.limit)
    return RecordPage(
        total=found.total,
        items=[_record(row, found.head) for row in found.rows],
        next=cursor(wanted.query(), found.next) if found.next else None,
    )


def _record(row: Record, head: tuple[str, ...]) -> RecordOut:
    said = {label: one.text for label, one in zip(head, row.said, strict=True)}
    return RecordOut(matter=row.matter, number=row.number, title=row.title, said=said)

"""Imports over HTTP (导入接口): the steps of the import pages, for exports that pass through no hands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Status, UploadedFile
from pydantic import BaseModel, ConfigDict, Field

from guantong.api.callers import actor_of
from guantong.api.paging import CURSOR_LENGTH, MOST, USUAL, bad_cursor, cursor, place
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, NotAllowed, Refused, refuse
from guantong.kernel.sheets import SheetError
from guantong.kernel.sheets.choosing import letter
from guantong.mechanisms.clues import import_decisions as decisions
from guantong.mechanisms.clues import import_rows, import_steps, import_store, import_work, importing
from guantong.mechanisms.clues.columns import BOOK_FIELDS
from guantong.mechanisms.clues.import_lists import counted
from guantong.mechanisms.clues.import_store import Draft
from guantong.mechanisms.clues.importing import Outcome
from guantong.mechanisms.clues.importing import Status as Result

if TYPE_CHECKING:
    Statuses: TypeAlias = str
else:
    Statuses = Literal[tuple(str(one) for one in Result)]
Name = Annotated[str, Field(max_length=200)]
MOST_NAMES = 100


class SheetOut(BaseModel):
    """A sheet with a table: its columns by letter and heading, and the letter taken for each field."""

    name: str
    records: int
    columns: dict[str, str]
    chosen: dict[str, str]
    missing: list[str]


class ImportOut(BaseModel):
    """An import: where it stands, how far it is, how many rows came to what.

    `stage`: columns, checking, checked, trying, running, done. `trouble`: why its work stopped. `would`: what
    a trial found that would follow. `gone`: what is in the ledger and no longer in the platform's export.
    """

    id: str
    file: str
    stage: str
    done: int
    of: int
    trouble: str
    platform: str
    fields: dict[str, str]
    sheets: list[SheetOut]
    unread: dict[str, str]
    counts: dict[str, int]
    given_up: bool
    taken_before: str
    would: dict[str, int]
    gone: list[list[str]]


class RowFaultOut(BaseModel):
    """What is wrong in a row: cell and heading, why, what to do."""

    cell: str
    column: str
    reason: str
    remedy: str


class DifferenceOut(BaseModel):
    """A field that differs: what stands here and there, where it was changed; is it asked, was it taken."""

    field: str
    label: str
    here: str
    there: str
    changed: str
    asks: bool
    taken: bool | None


class ImportRowOut(BaseModel):
    """A row of the file, by its place among all, and what comes of it."""

    place: int
    sheet: str
    row: int
    status: str
    key: str
    number: str
    matter: str
    faults: list[RowFaultOut]
    notices: list[str]
    differences: list[DifferenceOut]


class ImportRowPage(BaseModel):
    """A page of rows, and the cursor of the next."""

    items: list[ImportRowOut]
    next: str | None


class RowsAsked(BaseModel):
    """Which rows: of one status, from a place on."""

    status: Statuses | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=CURSOR_LENGTH)] | None = None


class Choice(BaseModel):
    """Columns by sheet (or `*`) and field, as heading or letter, empty for none; what sheets are left out."""

    model_config = ConfigDict(extra="forbid")

    columns: Annotated[dict[Name, dict[Name, Name]], Field(max_length=MOST_NAMES)] = {}
    left_out: Annotated[list[Name], Field(max_length=MOST_NAMES)] = []
    platform: Annotated[str, Field(max_length=80)] | None = None


class Taken(BaseModel):
    """The fields of one differing row whose values are taken from the file."""

    model_config = ConfigDict(extra="forbid")

    place: Annotated[int, Field(ge=0, le=10**6)]
    fields: Annotated[list[Name], Field(max_length=MOST_NAMES)]


class Running(BaseModel):
    """How the rows are gone through, and what is taken of those that differ."""

    model_config = ConfigDict(extra="forbid")

    how: Literal["each", "whole", "trial", "again"] = "each"
    take: Annotated[list[Taken], Field(max_length=decisions.SHOWN)] = []
    take_everywhere: Annotated[list[Name], Field(max_length=MOST_NAMES)] = []


def make_router() -> Router:
    """Return the router of imports, worded in the present language."""
    router = Router(tags=[_("Imports")])
    one = "/clues/imports/{import_id}"
    router.post(
        "/clues/imports",
        operation_id="begin_import",
        response={201: ImportOut},
        summary=_("Take an export or an old ledger; nothing is entered yet"),
    )(begin)
    router.get(one, operation_id="import", response=ImportOut, summary=_("Where an import stands"))(standing)
    router.get(
        f"{one}/rows", operation_id="import_rows", response=ImportRowPage, summary=_("The rows of an import")
    )(rows)
    router.post(
        f"{one}/check",
        operation_id="check_import",
        response=ImportOut,
        summary=_("Choose the columns and look every row up; nothing is entered yet"),
    )(check)
    router.post(
        f"{one}/run",
        operation_id="run_import",
        response=ImportOut,
        summary=_("Enter the rows that were looked up, and take what differs where said"),
    )(run)
    router.delete(
        one,
        operation_id="drop_import",
        response={204: None},
        summary=_("Drop an import; what was entered stays"),
    )(drop)
    return router


def begin(
    request: HttpRequest,
    file: File[UploadedFile],
    platform: Annotated[str, Form(max_length=80)] = "",
) -> Status[ImportOut]:
    """Find the tables of a file and propose their columns."""
    actor = _entitled(request)
    with _as_refusals("file"):
        draft = import_steps.take(actor, file.read(), file.name or "", platform)
    return Status(201, _out(draft))


def standing(request: HttpRequest, import_id: str) -> ImportOut:
    """Say where an import stands."""
    return _out(_draft(request, import_id)[1])


def rows(request: HttpRequest, import_id: str, asked: Query[RowsAsked]) -> ImportRowPage:
    """Return rows with what comes of them."""
    draft = _draft(request, import_id)[1]
    first = _first(draft, asked)
    found = [
        (at, one)
        for at, one in enumerate(draft.outcomes)
        if at >= first and (asked.status is None or one.status == asked.status)
    ]
    more = found[asked.limit][0] if len(found) > asked.limit else None
    following = None if more is None else cursor(draft.token, asked.status or "", more)
    return ImportRowPage(items=[_row(at, one) for at, one in found[: asked.limit]], next=following)


def check(request: HttpRequest, import_id: str, given: Choice) -> ImportOut:
    """Take the columns that were chosen and look every row up."""
    actor, draft = _draft(request, import_id)
    if draft.stage not in ("columns", "checked") or not draft.sheets:
        raise refuse(
            "", _("The columns of this import are no longer to be chosen."), _("Take the file again.")
        )
    _require_sheets(draft, given)
    with _as_refusals("columns"):
        import_steps.choose(draft, given.columns)
    draft.left_out = given.left_out
    if given.platform is not None:
        draft.platform = import_steps.said(given.platform)
    with _as_refusals("file"):
        faults = import_steps.check(actor, draft)
    if faults:
        raise Refused(*faults)
    return _out(draft)


def run(request: HttpRequest, import_id: str, given: Running) -> ImportOut:
    """Go through the rows that were looked up."""
    actor, draft = _draft(request, import_id)
    if draft.stage == "checked":
        decisions.tick(draft, _ticks(draft, given))
    with _as_refusals("file"):
        import_steps.run(actor, draft, given.how)
    return _out(draft)


def drop(request: HttpRequest, import_id: str) -> HttpResponse:
    """Drop an import and what was kept of it."""
    import_store.drop(_draft(request, import_id)[1])
    return HttpResponse(status=204)


def _entitled(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    try:
        importing.require_entitled(actor)
    except importing.NotEntitled as error:
        raise NotAllowed(Fault("", str(error), "")) from error
    return actor


def _draft(request: HttpRequest, import_id: str) -> tuple[Actor, Draft]:
    actor = _entitled(request)
    draft = import_store.load(import_id, actor.post.pk)
    if draft is None:
        raise Http404
    return actor, draft


@contextmanager
def _as_refusals(field: str) -> Iterator[None]:
    """Turn what cannot be read or kept into refusals of a field."""
    try:
        yield
    except SheetError as error:
        raise refuse(field, error.reason, error.remedy) from error
    except OSError as error:
        reason = _("The file could not be kept for the next step: %(error)s.") % {"error": error.strerror}
        raise refuse(field, reason, _("Nothing was recorded. Tell the system administrator.")) from error


def _require_sheets(draft: Draft, given: Choice) -> None:
    names = [table.name for table in import_work.tables_of(draft)]
    for field, wanted in (("columns", set(given.columns) - {"*"}), ("left_out", set(given.left_out))):
        if unknown := wanted - set(names):
            raise refuse(
                field,
                _("There is no sheet “%(name)s” with a table.") % {"name": min(unknown)},
                _("There are: %(names)s.") % {"names": ", ".join(names)},
            )


def _ticks(draft: Draft, given: Running) -> dict[str, str]:
    """Return what is taken, as the page ticks it. Raises Refused for what is not asked."""
    asked = {
        at: {line.name for line in one.lines if line.change.asks}
        for at, one in decisions.changed(draft)[: decisions.SHOWN]
    }
    for one in given.take:
        unknown = set(one.fields) - asked.get(one.place, set())
        if unknown or one.place not in asked:
            raise refuse(
                "take",
                _("Nothing is asked of row %(place)s: %(fields)s.")
                % {"place": one.place, "fields": ", ".join(sorted(unknown)) or "-"},
                _("Take what the rows of status “changed” ask, of the first %(most)s of them.")
                % {"most": decisions.SHOWN},
            )
    everywhere = set(given.take_everywhere) - set().union(*asked.values())
    if everywhere:
        raise refuse(
            "take_everywhere",
            _("No row differs in: %(fields)s.") % {"fields": ", ".join(sorted(everywhere))},
            _("Take fields of which the rows of status “changed” ask."),
        )
    ticked = [f"t-{one.place}-{name}" for one in given.take for name in one.fields]
    return dict.fromkeys([*ticked, *(f"all-{name}" for name in given.take_everywhere)], "on")


def _first(draft: Draft, asked: RowsAsked) -> int:
    if asked.cursor is None:
        return 0
    token, status, at = place(asked.cursor, 3)
    if (token, status) != (draft.token, asked.status or ""):
        raise bad_cursor()
    return int(at)


def _out(draft: Draft) -> ImportOut:
    choosing = draft.stage == "columns"
    tables = import_work.tables_of(draft) if choosing else []
    unread = import_rows.tables(draft.sheets)[1] if choosing else []
    done, of = (import_store.told(draft.token) if draft.at_work else None) or (0, 0)
    trial = draft.trial
    return ImportOut(
        id=draft.token,
        file=draft.name,
        stage=draft.stage,
        done=done,
        of=of,
        trouble=draft.trouble,
        platform=draft.platform,
        fields={field.key: str(field.label) for field in BOOK_FIELDS},
        sheets=[
            SheetOut(
                name=table.name,
                records=len(table.header.records),
                columns={letter(one): one.path for one in table.header.columns},
                chosen={key: letter(one) for key, one in table.columns.items()},
                missing=table.missing,
            )
            for table in tables
        ],
        unread={one.name: one.reason for one in unread},
        counts={str(status): number for status, number in counted(draft.outcomes).items() if number},
        given_up=draft.given_up,
        taken_before=draft.taken_before,
        would={}
        if trial is None
        else {
            "moved": trial.moved,
            "opened": trial.opened,
            "ended": trial.ended,
            "flagged": trial.flagged,
            "refused": len(trial.refused),
        },
        gone=draft.gone,
    )


def _row(at: int, one: Outcome) -> ImportRowOut:
    return ImportRowOut(
        place=at,
        sheet=one.sheet,
        row=one.row,
        status=str(one.status),
        key=one.key,
        number=one.number,
        matter=one.matter,
        faults=[
            RowFaultOut(cell=fault.cell, column=fault.column, reason=fault.reason, remedy=fault.remedy)
            for fault in one.faults
        ],
        notices=one.notices,
        differences=[
            DifferenceOut(
                field=line.name,
                label=line.label,
                here=line.here,
                there=line.there,
                changed=str(line.change),
                asks=line.change.asks,
                taken=one.decided.get(line.name),
            )
            for line in one.lines
        ],
    )

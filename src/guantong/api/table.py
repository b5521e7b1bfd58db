"""Lists of what lies between the bodies (列表接口): tasks, and the bodies at one table with their seats."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from guantong.api.lists import Asked, Day, caller
from guantong.api.paging import bad_cursor, cursor, place
from guantong.api.shapes import BodyOut, BodyPage, SeatOut, TaskOut, TaskPage
from guantong.kernel import clock
from guantong.kernel.organs.called import kind_name, seat_name
from guantong.kernel.organs.leave import standing
from guantong.kernel.organs.models import Body, Seat
from guantong.kernel.organs.seated import RELATED, in_order
from guantong.mechanisms.tasks.pages import SHOW, SIDES, Row, rows_of, wanted

if TYPE_CHECKING:
    Sides: TypeAlias = str
    Shows: TypeAlias = str
else:
    Sides = Literal[tuple(SIDES)]
    Shows = Literal[tuple(SHOW)]


class TasksAsked(Asked):
    """Which tasks: held or given by the caller's organ, or all it sees."""

    side: Sides = "held"
    show: Shows = "open"
    q: Annotated[str, Field(max_length=80)] = ""
    organ: Annotated[str, Field(max_length=80)] = ""


class BodiesAsked(Asked):
    """Which bodies: of a place, of a kind, as of a day."""

    place: Annotated[str, Field(max_length=32)] | None = None
    kind: Annotated[str, Field(max_length=64)] | None = None
    on: Day | None = None


def make_router() -> Router:
    """Return the router of these lists, worded in the present language."""
    router = Router(tags=[_("Lists")])
    for path, view, response, name, summary in (
        ("/tasks", tasks, TaskPage, "tasks", _("Tasks you hold, gave or see")),
        ("/bodies", bodies, BodyPage, "bodies", _("Bodies at one table, and who sits on them")),
    ):
        router.get(path, response=response, operation_id=name, summary=summary)(view)
    return router


def tasks(request: HttpRequest, asked: Query[TasksAsked]) -> TaskPage:
    """Return one page of tasks, the most urgent first."""
    actor = caller(request, asked)
    text, organ = (given.replace("\x00", "").strip() for given in (asked.q, asked.organ))
    found = wanted(actor, asked.side, asked.show, text, organ)
    if asked.cursor is not None:
        name, day, last = place(asked.cursor, 3)
        if name != f"tasks {asked.side} {asked.show}":
            raise bad_cursor()
        after = date.fromisoformat(day)
        found = found.filter(Q(due_on__gt=after) | Q(due_on=after, matter__gt=uuid.UUID(last)))
    rows = list(found[: asked.limit + 1])
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    return TaskPage(
        items=[_task(row) for row in rows_of(shown)],
        next=cursor(f"tasks {asked.side} {asked.show}", shown[-1].due_on, shown[-1].pk) if more else None,
    )


def _task(row: Row) -> TaskOut:
    task, matter = row.task, row.task.matter
    return TaskOut(
        id=matter.pk,
        number=matter.number,
        title=matter.title,
        state=matter.state,
        state_label=row.state,
        field=task.field,
        giver=row.giver,
        holder=row.holder,
        due_on=task.due_on,
        late=row.late,
        whole=task.whole_id,
        parts=row.parts,
        parts_closed=row.closed,
        parts_late=row.late_parts,
        completed_on=task.completed_on,
    )


def bodies(request: HttpRequest, asked: Query[BodiesAsked]) -> BodyPage:
    """Return one page of the bodies there are on a day, by id, each with its seats."""
    caller(request, asked)
    on = asked.on or clock.today()
    found = Body.objects.filter(standing(on))
    if asked.place:
        found = found.filter(jurisdiction__code=asked.place)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.cursor is not None:
        name, last = place(asked.cursor, 2)
        if name != "bodies":
            raise bad_cursor()
        found = found.filter(pk__gt=int(last))
    related = found.select_related("jurisdiction", "office__body")
    rows = list(related.order_by("pk")[: asked.limit + 1])
    shown = rows[: asked.limit]
    seats: dict[int, list[Seat]] = defaultdict(list)
    for seat in Seat.objects.filter(standing(on), body__in=shown).select_related(*RELATED):
        seats[seat.body_id].append(seat)
    return BodyPage(
        items=[_body(one, seats[one.pk]) for one in shown],
        next=cursor("bodies", shown[-1].pk) if len(rows) > asked.limit else None,
    )


def _body(body: Body, seats: list[Seat]) -> BodyOut:
    return BodyOut(
        id=body.pk,
        kind=body.kind,
        kind_label=kind_name(body.kind, body.name),
        name=body.name,
        place=body.jurisdiction.code,
        office=body.office_id,
        office_name=body.office.full_name,
        company=body.company_id,
        since=body.since,
        until=body.until,
        seats=[_seat(body, seat) for seat in in_order(seats)],
    )


def _seat(body: Body, seat: Seat) -> SeatOut:
    return SeatOut(
        organ=seat.organ_id,
        organ_name=seat.organ.full_name,
        seat=seat.rank,
        seat_label=seat_name(seat.rank, body.kind),
        holder=seat.post.officer.name if seat.post else None,
        post=seat.post.title if seat.post else None,
        since=seat.since,
    )

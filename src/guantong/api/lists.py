"""Lists (列表接口): clues, duties, organs, measures; each in a constant number of queries."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from guantong.api.body import unknown
from guantong.api.callers import actor_of
from guantong.api.facts import plain
from guantong.api.matters import WITH_ORGANS, duty_values
from guantong.api.paging import CURSOR_LENGTH, MOST, USUAL, bad_cursor, cursor, place
from guantong.api.problems import not_found
from guantong.api.schema import BIGGEST
from guantong.api.shapes import (
    ClauseOut,
    ClueOut,
    CluePage,
    DutyListed,
    DutyPage,
    MeasureOut,
    OrganOut,
    OrganPage,
    PersonOut,
    PostOut,
    RoundOut,
    RoundPage,
)
from guantong.api.states import state_code, state_label
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Refused, refuse
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.journal.reading import fingerprint, note
from guantong.kernel.measures import engine
from guantong.kernel.measures.measure import Measure
from guantong.kernel.organs.models import Organ, OrganKind, Post
from guantong.mechanisms.clues import ledger_sql
from guantong.mechanisms.clues.filters import DUE, LARGEST, TAB, Cursor, Filters
from guantong.mechanisms.clues.ledger_rows import Row, rows_of
from guantong.mechanisms.clues.models import Category, Source
from guantong.mechanisms.rounds.pages import page_of_rounds
from guantong.mechanisms.rounds.queries import Listed

if TYPE_CHECKING:
    Tabs: TypeAlias = str
    Sources: TypeAlias = str
    Categories: TypeAlias = str
    Dues: TypeAlias = str
    Kinds: TypeAlias = str
else:
    Tabs = Literal[tuple(TAB)]
    Sources = Literal[tuple(Source.values)]
    Categories = Literal[tuple(Category.values)]
    Dues = Literal[tuple(DUE)]
    Kinds = Literal[tuple(OrganKind.values)]
Limit = Annotated[int, Field(ge=1, le=MOST)]
Place = Annotated[str, Field(max_length=CURSOR_LENGTH)]
Id = Annotated[int, Field(ge=1, le=BIGGEST)]
Wan = Annotated[Decimal, Field(ge=0, lt=LARGEST, decimal_places=2)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2999, 12, 31))]


class Asked(BaseModel):
    """Parameters of a list."""

    limit: Limit = USUAL
    cursor: Place | None = None


class CluesAsked(Asked):
    """Filters of the ledger. Amounts in 10,000 yuan."""

    tab: Tabs = "open"
    source: Sources | None = None
    category: Categories | None = None
    handler: Id | None = None
    custodian: Id | None = None
    due: Dues | None = None
    key: bool = False
    received_from: Day | None = None
    received_to: Day | None = None
    closed_from: Day | None = None
    amount_from: Wan | None = None
    amount_to: Wan | None = None
    q: Annotated[str, Field(max_length=100)] = ""
    sort: Literal["first", "due", "listed"] | None = None


class DutiesAsked(Asked):
    """Which duties: owed by the caller's organ, or claimed by it; the open ones unless all are asked."""

    side: Literal["owed", "claimed"] = "owed"
    state: Literal["open", "all"] = "open"


class OrgansAsked(Asked):
    """Which organs."""

    kind: Kinds | None = None
    body: Id | None = None


def make_router() -> Router:
    """Return the router of lists, worded in the present language."""
    router = Router(tags=[_("Lists")])
    for path, view, response, name, summary in (
        ("/clues", clues, CluePage, "clues", _("Clues, as in the ledger")),
        ("/rounds", rounds, RoundPage, "rounds", _("Inspection rounds and how their clues stand")),
        ("/duties", duties, DutyPage, "duties", _("Duties you owe or wait for")),
        ("/organs", organs, OrganPage, "organs", _("Organs and their departments")),
        ("/organs/{int:organ_id}/posts", posts, list[PostOut], "posts", _("Who works in an organ today")),
        ("/measures", measures, list[MeasureOut], "measures", _("Measures in force, clause by clause")),
    ):
        router.get(path, response=response, operation_id=name, summary=summary)(view)
    return router


def caller(request: HttpRequest, asked: Asked) -> Actor:
    """Return who asks. Raises Refused for parameters that the list does not have: slips of the pen."""
    actor = actor_of(request)
    stray = [name for name in request.GET if name not in type(asked).model_fields]
    if stray:
        raise Refused(*(unknown(name) for name in stray))
    return actor


def clues(request: HttpRequest, asked: Query[CluesAsked]) -> CluePage:
    """Return one page of the clues the caller sees; searching by text is noted."""
    actor = caller(request, asked)
    filters = _filters(asked)
    if filters.text:
        note(actor, "search", detail=f"api {fingerprint(filters.text)}", user_id=request.user.pk)
    listed = ledger_sql.page(actor, filters, limit=asked.limit)
    rows = rows_of(listed.rows, english=(get_language() or "").startswith("en"))
    following = listed.next
    return CluePage(
        items=[_clue(row) for row in rows],
        next=cursor("clues", filters.sorted_by, following) if following else None,
    )


def _filters(asked: CluesAsked) -> Filters:
    if asked.received_from and asked.received_to and asked.received_from > asked.received_to:
        raise refuse("received_to", _("The first day lies after the last."), _("Exchange the two days."))
    filters = Filters(
        tab=TAB[asked.tab],
        source=asked.source or "",
        category=asked.category or "",
        handler=asked.handler,
        custodian=asked.custodian,
        due=asked.due or "",
        key=asked.key,
        received_from=asked.received_from,
        received_to=asked.received_to,
        closed_from=asked.closed_from,
        amount_from=asked.amount_from,
        amount_to=asked.amount_to,
        text=asked.q.replace("\x00", "").strip(),
        sort=asked.sort or "",
    )
    if asked.cursor is None:
        return filters
    name, sort, following = place(asked.cursor, 3)
    if name != "clues" or sort != filters.sorted_by:
        raise bad_cursor()
    return replace(filters, after=Cursor.read(following))


def _clue(row: Row) -> ClueOut:
    return ClueOut(
        id=row.matter,
        number=row.number,
        title=row.title,
        state=state_code("clue", row.depth, row.state),
        state_label=state_label("clue", row.depth, row.state),
        depth=row.depth,
        listed_on=row.listed_on,
        due_on=row.due_on,
        next_duty=row.duty,
        source=row.clue.get("source"),
        category=row.clue.get("category"),
        unit=row.clue.get("unit") or "",
        amount=plain(row.clue.get("amount")),
        received_on=row.clue.get("received_on"),
        persons=[PersonOut(name=one["name"], unit=one["unit"], post=one["post"]) for one in row.persons],
        handler=row.handler,
        custodian=row.custodian,
    )


def rounds(request: HttpRequest, asked: Query[Asked]) -> RoundPage:
    """Return one page of the inspection rounds the caller sees, the newest first."""
    actor = caller(request, asked)
    after = None
    if asked.cursor is not None:
        name, day, matter = place(asked.cursor, 3)
        if name != "rounds":
            raise bad_cursor()
        after = (date.fromisoformat(day), uuid.UUID(matter))
    rows, following = page_of_rounds(actor, asked.limit, after)
    return RoundPage(
        items=[_round(row) for row in rows],
        next=cursor("rounds", *following) if following else None,
    )


def _round(row: Listed) -> RoundOut:
    matter = row.round.matter
    return RoundOut(
        id=matter.pk,
        number=matter.number,
        title=matter.title,
        state=state_code("round", row.depth, matter.state),
        state_label=row.state,
        sender=row.round.sender_name,
        letter_number=row.round.letter_number,
        handed_over_on=row.round.handed_over_on,
        clues=row.total,
        ended=row.ended,
        states=dict(row.states),
    )


def duties(request: HttpRequest, asked: Query[DutiesAsked]) -> DutyPage:
    """Return one page of duties, by date."""
    actor = caller(request, asked)
    own = [actor.organ.pk, actor.body_id]
    party = {"holder__in": own} if asked.side == "owed" else {"claimant__in": own}
    found = Duty.objects.filter(**party).select_related("matter", *WITH_ORGANS)
    if asked.state == "open":
        found = found.filter(ended_on__isnull=True, state__in=[DutyState.OPEN, DutyState.PAUSED])
    if asked.cursor is not None:
        name, day, last = place(asked.cursor, 3)
        if name != asked.side:
            raise bad_cursor()
        found = found.filter(Q(due_on__gt=day) | Q(due_on=day, id__gt=last))
    rows = list(found.order_by("due_on", "id")[: asked.limit + 1])
    shown = rows[: asked.limit]
    last_shown = shown[-1] if len(rows) > asked.limit else None
    return DutyPage(
        items=[
            DutyListed(**duty_values(row), number=row.matter.number, title=row.matter.title) for row in shown
        ],
        next=cursor(asked.side, last_shown.due_on, last_shown.pk) if last_shown else None,
    )


def organs(request: HttpRequest, asked: Query[OrgansAsked]) -> OrganPage:
    """Return one page of the organs there are today, by id."""
    caller(request, asked)
    today = clock.today()
    found = Organ.objects.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.body:
        found = found.filter(Q(pk=asked.body) | Q(body=asked.body))
    if asked.cursor is not None:
        name, last = place(asked.cursor, 2)
        if name != "organs":
            raise bad_cursor()
        found = found.filter(pk__gt=int(last))
    rows = list(found.select_related("body", "jurisdiction").order_by("pk")[: asked.limit + 1])
    shown = rows[: asked.limit]
    return OrganPage(
        items=[
            OrganOut(
                id=row.pk,
                code=row.code,
                name=row.name,
                full_name=row.full_name,
                kind=row.kind,
                jurisdiction=row.jurisdiction.code,
                body=row.body_id,
                since=row.since,
                until=row.until,
            )
            for row in shown
        ],
        next=cursor("organs", shown[-1].pk) if len(rows) > asked.limit else None,
    )


def posts(request: HttpRequest, organ_id: int) -> list[PostOut]:
    """Return who holds which post in an organ today."""
    actor_of(request)
    today = clock.today()
    if organ_id > BIGGEST or not Organ.objects.filter(pk=organ_id).exists():
        return not_found()  # type: ignore[return-value]  # an answer passes as it is
    held = Post.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), organ=organ_id, since__lte=today
    ).select_related("officer")
    return [
        PostOut(id=one.pk, officer=one.officer_id, name=one.officer.name, title=one.title, rank=one.rank)
        for one in held.order_by("pk")
    ]


def measures(request: HttpRequest) -> list[MeasureOut]:
    """Return the measures the caller's jurisdiction applies today."""
    actor = actor_of(request)
    language = get_language()
    applied = engine.applied_on(actor.organ.jurisdiction_id, clock.today())
    return [_measure(one.measure, language) for one in applied]


def _measure(measure: Measure, language: str | None) -> MeasureOut:
    return MeasureOut(
        id=measure.id,
        version=measure.file.version,
        title=measure.title.in_language(language),
        status=measure.file.status,
        effective_on=measure.effective_on,
        clauses=[
            ClauseOut(
                id=clause.id,
                title=clause.title.in_language(language),
                text=clause.text.in_language(language),
                status=clause.status,
                acts=list(clause.acts),
                duties=[name.in_language(language) for name in clause.owed()],
            )
            for clause in measure.file.clauses
        ],
    )

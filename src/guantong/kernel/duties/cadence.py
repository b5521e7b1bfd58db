"""What comes round (周期责任): the calendar opens a matter with its duty for each period, once.

Everything is read from dates: which periods have begun since the measure was adopted and published here, and
for which of them no matter stands yet. A sweep that comes late opens what it missed; one that comes twice
opens nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.db import connection, models
from django.utils import timezone

from guantong.kernel import clock
from guantong.kernel.access.scope import scope_of
from guantong.kernel.calendar import (
    Deadline,
    Explanation,
    Reading,
    Step,
    UnknownYear,
    deadline,
    estimated,
    get_calendar,
)
from guantong.kernel.calendar.periods import add_calendar
from guantong.kernel.duties.calendar_acts import OCCASION
from guantong.kernel.duties.engine import period_of
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.duties.rows import write_duties
from guantong.kernel.journal.many import Note, append_notes
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Sides
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.measures import engine
from guantong.kernel.measures.cadences import BEGINS_ON, CALENDAR_YEAR, Cadence
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.rules import Term
from guantong.kernel.organs import holdings
from guantong.kernel.organs.models import Body, Organ

log = logging.getLogger(__name__)
FIRST_JANUARY = date(2000, 1, 1)
DAY = timedelta(days=1)
Key = tuple[int, str, str, date, int | None]


@dataclass(frozen=True)
class Span:
    """A period in which something comes round (期次): its first and its last day."""

    first: date
    last: date

    def name(self, *, english: bool = False) -> str:
        """The period as people call it: 2026年第三季度, 2026年上半年, else its two days."""
        year, month = self.first.year, self.first.month
        length = (self.last.year - year) * 12 + self.last.month - month + 1
        whole = self.first.day == 1 and (self.last + DAY).day == 1 and not (month - 1) % length
        if whole and length == 3:
            quarter = (month + 2) // 3
            return f"{year} Q{quarter}" if english else f"{year}年第{'一二三四'[quarter - 1]}季度"
        if whole and length == 6:
            half = "first" if month == 1 else "second"
            return f"{half} half of {year}" if english else f"{year}年{'上' if month == 1 else '下'}半年"
        if whole and length == 12:
            return str(year) if english else f"{year}年度"
        return f"{self.first} to {self.last}" if english else f"{self.first}至{self.last}"


def spans(months: int, anchor: date, since: date, until: date) -> Iterator[Span]:
    """Yield the periods of so many months from `anchor` that end on `since` or later and begin by `until`.

    Each beginning is counted from the anchor, never from the one before: those on a 31st do not creep.
    """
    number = ((since.year - anchor.year) * 12 + since.month - anchor.month) // months
    if add_calendar(anchor, number * months, "months") > since:
        number -= 1
    while (first := add_calendar(anchor, number * months, "months")) <= until:
        number += 1
        yield Span(first, add_calendar(anchor, number * months, "months") - DAY)


@dataclass(frozen=True)
class Wanted:
    """A period for which the calendar owes a matter: under which adoption and cadence.

    `each`: for whom, where one is opened for each. `owner`: who holds most of that company; `below`: it was
    found through him.
    """

    adoption: Adoption
    cadence: Cadence
    span: Span
    each: int | None = None
    owner: int | None = None
    below: bool = False

    @property
    def key(self) -> Key:
        """What makes it the same period."""
        rule = self.cadence.rule
        code = rule.code.partition("/")[2]
        return self.adoption.jurisdiction_id, rule.clause, code, self.span.first, self.each


def wanted(today: date) -> Iterator[Wanted]:
    """Yield the periods begun by today of every cadence in every jurisdiction that adopted its measure.

    From the period on in which the measure was adopted and published here, whichever is later: what was held
    before the platform knew the measure is not asked for.
    """
    adoptions = Adoption.objects.filter(since__lte=today).select_related("measure_version")
    for adoption in adoptions.order_by("since", "id"):
        for cadence in engine.applied(adoption).measure.cadences:
            for span in begun(adoption, cadence, today):
                yield from _of_each(adoption, cadence, span, min(today, span.last))


def begun(adoption: Adoption, cadence: Cadence, today: date) -> Iterator[Span]:
    """Yield the periods of a cadence begun under an adoption by today (已开始的期次)."""
    published = timezone.localtime(adoption.measure_version.published_at).date()
    anchor = FIRST_JANUARY if cadence.aligned == CALENDAR_YEAR else adoption.since
    since, until = max(adoption.since, published), min(today, adoption.until or today)
    yield from spans(cadence.months, anchor, since, until)


def _of_each(adoption: Adoption, cadence: Cadence, span: Span, on: date) -> Iterator[Wanted]:
    """Yield a period once, or once for each organ bound and for the companies they hold, tier by tier."""
    if not cadence.each:
        yield Wanted(adoption, cadence, span)
        return
    role = cadence.rule.holder.partition(":")[2]
    bound = engine.organs_bound(role, adoption.jurisdiction_id, on)
    owner_of: Mapping[int, int] = {}
    below: list[int] = []
    if cadence.least_share is not None and bound:
        owner_of = holdings.owners(holdings.on_day(on), cadence.least_share)
        below = holdings.held_below(owner_of, bound)
    for organ in (*sorted(bound), *below):
        yield Wanted(adoption, cadence, span, organ, owner_of.get(organ), organ in below)


def open_due(today: date) -> int:
    """Open a matter with its duty for each period that has none yet; how many (周期责任开启)."""
    missing = {one.key: one for one in reversed(list(wanted(today)))}
    if not missing:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT jurisdiction, clause, cadence, begins_on, organ FROM guantong_occasions()")
        for row in cursor.fetchall():
            missing.pop(row, None)
    ordered = sorted(missing.values(), key=lambda one: one.span.first)
    return sum(_open(one, today) for one in ordered)


@cache
def _note_unbound(rule: str, place: int, party: str) -> None:
    """Say that a period's matter cannot open for want of a binding: once a process, not every night."""
    log.info("%s of %s: no organ, or several, bound to %s", rule, place, party)


def _open(one: Wanted, today: date) -> int:
    """Open one period's matter in its own transaction; 0 where nobody is bound to owe it."""
    rule, place = one.cadence.rule, one.adoption.jurisdiction_id
    body = _body(one, today)
    holder_id = body.office_id if body else one.each
    holder_id = holder_id or engine.organ_bound(rule.holder.partition(":")[2], place, today)
    if holder_id is None:
        _note_unbound(rule.code, place, rule.holder)
        return 0
    holder = Organ.objects.get(pk=holder_id)
    role = rule.claimant.partition(":")[2]
    own = engine.organ_bound(role, place, today, holder.body_id_or_own)
    claimant = own or engine.organ_bound(role, place, today)
    by_calendar = kinds.get(one.cadence.opens).by_calendar
    if claimant is None and by_calendar is not None and by_calendar.addressed:
        _note_unbound(rule.code, place, rule.claimant)
        return 0
    sides = Sides(holder_id, claimant, body.pk if body else None, one.owner, one.cadence.form)
    readers = {
        **{
            organ: Depth.OUTLINE
            for role in one.cadence.shown_to
            for organ in engine.organs_bound(role, place, today)
        },
        **_readers(sides, claims_within=own is not None or holder.elsewhere, holds_below=one.below),
    }
    with scope_of(readers):
        _write(one, holder, body, sides, readers)
    return 1


def _body(one: Wanted, today: date) -> Body | None:
    """Return the body that is to sit, where the cadence names one and it stands in the place or company."""
    if not one.cadence.body:
        return None
    found = Body.objects.filter(
        models.Q(until__isnull=True) | models.Q(until__gte=today), kind=one.cadence.body, since__lte=today,
        company=one.each,
    )  # fmt: skip
    if one.each is None:
        found = found.filter(jurisdiction=one.adoption.jurisdiction_id)
    return found.select_related("company").first()


def _readers(sides: Sides, *, claims_within: bool, holds_below: bool) -> dict[int, Depth]:
    """Return who sees the matter and how deep (知悉范围).

    Who claims from outside sees its outline: that it is held, and when, not what is said; wholly where who
    owes it works elsewhere, so as to record it. So does a company what the company it holds owes.
    """
    readers = {sides.owner: Depth.FULL if holds_below else Depth.OUTLINE} if sides.owner else {}
    if sides.claimant:
        readers[sides.claimant] = Depth.FULL if claims_within else Depth.OUTLINE
    return {**readers, sides.holder: Depth.FULL}


def _title(one: Wanted, holder: Organ, body: Body | None) -> str:
    said = one.cadence.rule.name.zh
    if body is not None:
        said = body.name
    elif one.each is not None:
        said = f"{(holder.body or holder).name}{said}"
    return f"{said}（{one.span.name()}）"


def _write(one: Wanted, holder: Organ, body: Body | None, sides: Sides, readers: Mapping[int, Depth]) -> None:
    kind, rule, span = kinds.get(one.cadence.opens), one.cadence.rule, one.span
    assert kind.by_calendar is not None  # noqa: S101 - the vocabulary names such kinds only
    matter = Matter(
        kind=kind.code,
        title=_title(one, holder, body),
        jurisdiction_id=one.adoption.jurisdiction_id,
        organ=holder,
        state=kind.by_calendar.state,
        happened_on=span.first,
        recorded_at=clock.now(),
    )
    _grant(matter, readers, rule.clause)
    matter.save(force_insert=True)
    _place, clause, code, first, organ = one.key
    occasion = Occasion(
        matter=matter, jurisdiction_id=matter.jurisdiction_id, clause=clause, cadence=code,
        begins_on=first, ends_on=span.last, body=one.cadence.body, organ_id=organ,
    )  # fmt: skip
    made: dict[type[models.Model], list[models.Model]] = {}
    for row in [occasion, *kind.by_calendar.rows(occasion, sides)]:
        made.setdefault(type(row), []).append(row)
    for model, rows in made.items():
        model._default_manager.bulk_create(rows)
    duty = _duty(one, matter, sides.holder, sides.claimant)
    said = {
        "clause": clause, "rule": code, "name": duty.name, "name_en": duty.name_en,
        "due_on": duty.due_on.isoformat(),
    }  # fmt: skip
    [duty.opened_by] = append_notes(
        {matter.pk: matter}, [Note(matter.pk, OCCASION, first, Depth.FULL, (clause,), said)]
    )
    write_duties(opened=[duty])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_settle(%s, NULL, '[]'::jsonb, '[]'::jsonb, NULL, %s)", [matter.pk, clock.now()]
        )


def _grant(matter: Matter, readers: Mapping[int, Depth], clause: str) -> None:
    given = [{"principal": one, "depth": int(depth), "basis": clause} for one, depth in readers.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_grant(%s, %s, %s, %s, %s::jsonb, '[]'::jsonb, NULL, %s)",
            [matter.pk, matter.kind, matter.state, matter.happened_on, json.dumps(given), clock.now()],
        )


def _duty(one: Wanted, matter: Matter, holder: int, claimant: int | None) -> Duty:
    rule, owed = one.cadence.rule, _owed(one.cadence, one.span)
    return Duty(
        matter=matter,
        clause=rule.clause,
        rule=rule.code.partition("/")[2],
        measure_version_id=one.adoption.measure_version_id,
        adoption=one.adoption,
        name=rule.name.zh,
        name_en=rule.name.en,
        holder_id=holder,
        claimant_id=claimant,
        start_fact=BEGINS_ON,
        starts_on=owed.explanation.steps[0].start,
        due_on=owed.due_on,
        first_due_on=owed.due_on,
        provisional=owed.provisional,
        explanation=owed.explanation.model_dump(mode="json"),
    )


def last_day(cadence: Cadence, span: Span) -> date:
    """Return the day by which what comes round is owed: the period's last, or after it (期末、期后)."""
    return _owed(cadence, span).due_on


def _owed(cadence: Cadence, span: Span) -> Deadline:
    if cadence.within is not None:
        return _after(cadence.within, span.last, moves=cadence.moves)
    step = Step(
        kind="span",
        start=span.first,
        count=cadence.months,
        unit="months",
        nominal=span.last,
        due_on=_moved(span.last) if cadence.moves else span.last,
    )
    explanation = Explanation(
        calendar_version=get_calendar().version, roll_to_working_day=cadence.moves, steps=(step,)
    )
    return Deadline(step.due_on, False, explanation)


def _after(within: Term, last: date, *, moves: bool) -> Deadline:
    """Return the time after a period within which it is owed; an estimate where its year is not known yet."""
    reading = Reading(rest_day_moves=moves)
    try:
        return deadline(last, period_of(within), get_calendar(), reading=reading)
    except UnknownYear:
        return estimated(last, period_of(within), get_calendar(), reading=reading)


def _moved(day: date) -> date:
    """Return the day moved off days of rest, where its year is known."""
    try:
        return get_calendar().next_working_day(day)
    except UnknownYear:
        return day

"""What comes round (周期责任): the calendar opens a matter with its duty for each period, once.

Everything is read from dates: which periods have begun since the measure was adopted and published here, and
for which of them no matter stands yet. A sweep that comes late opens what it missed; one that comes twice
opens nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, models
from django.utils import timezone

from guantong.kernel import clock
from guantong.kernel.access.scope import scope_of
from guantong.kernel.calendar import Explanation, UnknownYear, get_calendar
from guantong.kernel.calendar.explanation import Step
from guantong.kernel.calendar.periods import add_calendar
from guantong.kernel.duties.calendar_acts import OCCASION
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.duties.rows import write_duties
from guantong.kernel.journal.many import Note, append_notes
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.measures import engine
from guantong.kernel.measures.cadences import BEGINS_ON, CALENDAR_YEAR, Cadence
from guantong.kernel.measures.models import Adoption
from guantong.kernel.organs.models import Organ

log = logging.getLogger(__name__)
FIRST_JANUARY = date(2000, 1, 1)
DAY = timedelta(days=1)
Key = tuple[int, str, str, date]


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
    """A period for which the calendar owes a matter: under which adoption and cadence."""

    adoption: Adoption
    cadence: Cadence
    span: Span

    @property
    def key(self) -> Key:
        """What makes it the same period."""
        rule = self.cadence.rule
        code = rule.code.partition("/")[2]
        return self.adoption.jurisdiction_id, rule.clause, code, self.span.first


def wanted(today: date) -> Iterator[Wanted]:
    """Yield the periods begun by today of every cadence in every jurisdiction that adopted its measure.

    From the period on in which the measure was adopted and published here, whichever is later: what was held
    before the platform knew the measure is not asked for.
    """
    adoptions = Adoption.objects.filter(since__lte=today).select_related("measure_version")
    for adoption in adoptions.order_by("since", "id"):
        published = timezone.localtime(adoption.measure_version.published_at).date()
        until = min(today, adoption.until or today)
        for cadence in engine.applied(adoption).measure.cadences:
            anchor = FIRST_JANUARY if cadence.aligned == CALENDAR_YEAR else adoption.since
            for span in spans(cadence.months, anchor, max(adoption.since, published), until):
                yield Wanted(adoption, cadence, span)


def open_due(today: date) -> int:
    """Open a matter with its duty for each period that has none yet; how many (周期责任开启)."""
    missing = {one.key: one for one in reversed(list(wanted(today)))}
    if not missing:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT jurisdiction, clause, cadence, begins_on FROM guantong_occasions()")
        for row in cursor.fetchall():
            missing.pop(row, None)
    ordered = sorted(missing.values(), key=lambda one: one.span.first)
    return sum(_open(one, today) for one in ordered)


def _open(one: Wanted, today: date) -> int:
    """Open one period's matter in its own transaction; 0 where nobody is bound to owe it."""
    rule, place = one.cadence.rule, one.adoption.jurisdiction_id
    holder_id = engine.organ_bound(rule.holder.partition(":")[2], place, today)
    if holder_id is None:
        log.warning("%s of %s: no organ, or several, bound to %s", rule.code, place, rule.holder)
        return 0
    holder = Organ.objects.get(pk=holder_id)
    claimant = engine.organ_bound(rule.claimant.partition(":")[2], place, today, holder.body_id_or_own)
    readers = [holder_id, *([claimant] if claimant else [])]
    with scope_of(readers):
        _write(one, holder, claimant, readers)
    return 1


def _write(one: Wanted, holder: Organ, claimant: int | None, readers: list[int]) -> None:
    kind, rule, span = kinds.get(one.cadence.opens), one.cadence.rule, one.span
    assert kind.by_calendar is not None  # noqa: S101 - the vocabulary names such kinds only
    matter = Matter(
        kind=kind.code,
        title=f"{rule.name.zh}（{span.name()}）",
        jurisdiction_id=one.adoption.jurisdiction_id,
        organ=holder,
        state=kind.by_calendar.state,
        happened_on=span.first,
        recorded_at=clock.now(),
    )
    _grant(matter, readers, rule.clause)
    matter.save(force_insert=True)
    _place, clause, code, first = one.key
    occasion = Occasion(
        matter=matter, jurisdiction_id=matter.jurisdiction_id, clause=clause, cadence=code,
        begins_on=first, ends_on=span.last,
    )  # fmt: skip
    made: dict[type[models.Model], list[models.Model]] = {}
    for row in [occasion, *kind.by_calendar.rows(occasion, holder.pk, claimant)]:
        made.setdefault(type(row), []).append(row)
    for model, rows in made.items():
        model._default_manager.bulk_create(rows)
    duty = _duty(one, matter, holder.pk, claimant)
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


def _grant(matter: Matter, readers: list[int], clause: str) -> None:
    given = [{"principal": one, "depth": int(Depth.FULL), "basis": clause} for one in readers]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_grant(%s, %s, %s, %s, %s::jsonb, '[]'::jsonb, NULL, %s)",
            [matter.pk, matter.kind, matter.state, matter.happened_on, json.dumps(given), clock.now()],
        )


def _duty(one: Wanted, matter: Matter, holder: int, claimant: int | None) -> Duty:
    rule, span = one.cadence.rule, one.span
    due_on = last_day(one.cadence, one.span)
    step = Step(
        kind="span",
        start=span.first,
        count=one.cadence.months,
        unit="months",
        nominal=span.last,
        due_on=due_on,
    )
    explanation = Explanation(
        calendar_version=get_calendar().version, roll_to_working_day=one.cadence.moves, steps=(step,)
    )
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
        starts_on=span.first,
        due_on=due_on,
        first_due_on=due_on,
        explanation=explanation.model_dump(mode="json"),
    )


def last_day(cadence: Cadence, span: Span) -> date:
    """Return a period's last day, moved off days of rest where the city says so and the year is known."""
    if not cadence.moves:
        return span.last
    try:
        return get_calendar().next_working_day(span.last)
    except UnknownYear:
        return span.last

"""What would come (责任预览): the dates of a year to come, before a measure is adopted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from guantong.kernel.acts.act import Refused
from guantong.kernel.calendar import CIVIL_CODE, Reading
from guantong.kernel.calendar.periods import add_calendar
from guantong.kernel.duties.cadence import DAY, FIRST_JANUARY, last_day, spans
from guantong.kernel.duties.engine import due, due_before
from guantong.kernel.measures.cadences import CALENDAR_YEAR
from guantong.kernel.measures.governing import FIRST_DAY_COUNTS, REST_DAY_MOVES, governing
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.rules import Rule


@dataclass(frozen=True)
class Ahead:
    """A duty that would come (将产生的责任): from when, and due when; None where no calendar knows it yet."""

    rule: Rule
    starts_on: date
    due_on: date | None


def of_the_year(measure: Measure, since: date) -> Iterator[Ahead]:
    """Yield what comes round by the calendar in the year from a day on (一年周期责任)."""
    for cadence in measure.cadences:
        anchor = FIRST_JANUARY if cadence.aligned == CALENDAR_YEAR else since
        for span in spans(cadence.months, anchor, since, add_calendar(since, 12, "months") - DAY):
            yield Ahead(cadence.rule, span.first, last_day(cadence, span))


def of_a_deed(measure: Measure, day: date, reading: Reading) -> Iterator[Ahead]:
    """Yield what each rule would make due for a deed done on a day (示例推算)."""
    round_ = {cadence.rule.code for cadence in measure.cadences}
    for rule in measure.rules:
        if rule.code not in round_:
            try:
                counted = (
                    due_before(day, rule.period, None, reading)
                    if rule.before
                    else due(day, rule.period, reading)
                )
                yield Ahead(rule, day, counted.due_on)
            except Refused:
                yield Ahead(rule, day, None)


def reading_of(measures: Iterable[Measure]) -> Reading:
    """Return how days are counted where these measures apply together (期日计算口径)."""
    found = governing(measures)
    moves, first = found.get(REST_DAY_MOVES.code), found.get(FIRST_DAY_COUNTS.code)
    return Reading(
        rest_day_moves=moves[0].value is True if moves else CIVIL_CODE.rest_day_moves,
        first_day_counts=first[0].value is True if first else CIVIL_CODE.first_day_counts,
    )

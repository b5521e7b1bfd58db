"""Due dates (到期日) with their explanation, and what pausing and extending do to them.

Months end on the corresponding day or the month's last (民法典 202). Whether the first day counts and a last
day of rest moves is a reading (期限读法) that the adopted measures choose: for Party and supervision
periods no text settles it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from .errors import PeriodError, UnknownYear
from .explanation import CIVIL_CODE, Closure, Explanation, Kind, Reading, Step
from .periods import Period, Unit, add_calendar, last_calendar_day
from .table import Holiday
from .working import WorkingCalendar

SATURDAY = 5


@dataclass(frozen=True)
class Deadline:
    """A due date (到期日); `provisional` (暂定) while a notice not yet in the table may still move it."""

    due_on: date
    provisional: bool
    explanation: Explanation


def deadline(
    start: date, period: Period, calendar: WorkingCalendar, *, reading: Reading = CIVIL_CODE
) -> Deadline:
    """The last day of `period` counted from `start`.

    Days, months and years that end in a year outside the calendar stay where they end, provisionally.
    Raises `UnknownYear` for working days that reach such a year.
    """
    step = _step("period", start, period.count, period.unit, calendar, reading)
    return _result(calendar.version, reading, (step,))


def before(
    planned: date,
    period: Period,
    calendar: WorkingCalendar,
    *,
    arose_on: date | None = None,
    reading: Reading = CIVIL_CODE,
) -> Deadline:
    """The last day that still lies `period` before a planned day (事前期限), which is not counted.

    A last day of rest moves to the working day before it, where the reading moves any; working days end on
    one. Nothing is due before the day it arose. Raises `UnknownYear` for working days outside the calendar.
    """
    working = period.unit == "working_days"
    if working:
        nominal = calendar.working_day_before(planned, period.count)
    else:
        nominal = add_calendar(planned, -period.count, period.unit)
    due_on, unknown = (
        _brought_forward(nominal, calendar) if working or reading.rest_day_moves else (nominal, ())
    )
    holiday = calendar.holiday(nominal) if due_on != nominal else None
    too_short = arose_on is not None and arose_on > due_on
    step = Step(
        kind="before",
        start=planned,
        count=period.count,
        unit=period.unit,
        closures=tuple(_closure(item, calendar) for item in calendar.holidays_between(nominal, planned))
        if working
        else (),
        worked=tuple(calendar.worked_weekends_between(nominal, planned)) if working else (),
        nominal=nominal,
        rolled_over=_closure(holiday, calendar) if holiday else None,
        due_on=arose_on if arose_on and too_short else due_on,
        pending_years=unknown or (_pending(nominal, planned, calendar) if working else ()),
        arose_on=arose_on,
        too_short=too_short,
    )
    return _result(calendar.version, reading, (step,))


def _brought_forward(day: date, calendar: WorkingCalendar) -> tuple[date, tuple[int, ...]]:
    """The working day before a day of rest; the day itself and the year lacking where the table ends."""
    try:
        return calendar.previous_working_day(day), ()
    except UnknownYear as error:
        return day, (error.year,)


def estimated(
    start: date, period: Period, calendar: WorkingCalendar, *, reading: Reading = CIVIL_CODE
) -> Deadline:
    """The end of working days that lie beyond the year table (暂定期限): counted from Monday to Friday.

    It is derived anew once the year is known.
    """
    day, left = start, period.count
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    step = Step(
        kind="period",
        start=start,
        count=period.count,
        unit=period.unit,
        nominal=day,
        due_on=day,
        pending_years=(day.year,),
    )
    return _result(calendar.version, reading, (step,))


def extend(original: Deadline, period: Period, calendar: WorkingCalendar) -> Deadline:
    """`original` extended (延长) by `period`, counted from its due date."""
    reading = original.explanation.reading
    step = _step("extension", original.due_on, period.count, period.unit, calendar, _going_on(reading))
    return _result(calendar.version, reading, (*original.explanation.steps, step))


def shift(original: Deadline, paused_from: date, resumed_on: date, calendar: WorkingCalendar) -> Deadline:
    """`original` moved by the time it was paused (中止).

    A period of working days moves by the working days after `paused_from` up to `resumed_on`; any other by
    the calendar days between the two, counted from where it ended before it was moved off a rest day.
    Raises `PeriodError` where the pause ends before it begins, begins before the period, or begins after the
    due date, when there was nothing left to pause.
    """
    steps = original.explanation.steps
    if resumed_on < paused_from:
        raise PeriodError(
            _("The pause cannot end on {end}, before it began on {begin}."), end=resumed_on, begin=paused_from
        )
    if not steps[0].start <= paused_from <= original.due_on:
        raise PeriodError(
            _("A pause can begin between {start} and {due}, while the period runs, not on {begin}."),
            start=steps[0].start,
            due=original.due_on,
            begin=paused_from,
        )
    working = next(step.unit for step in reversed(steps) if step.kind != "pause") == "working_days"
    unit: Unit = "working_days" if working else "days"
    count = (
        calendar.working_days_between(paused_from, resumed_on) if working else (resumed_on - paused_from).days
    )
    start = original.due_on if working else steps[-1].nominal
    reading = original.explanation.reading
    paused = (paused_from, resumed_on)
    step = _step("pause", start, count, unit, calendar, _going_on(reading), paused=paused)
    return _result(calendar.version, reading, (*steps, step))


def _going_on(reading: Reading) -> Reading:
    """A period has one first day; what lengthens it is counted from its last."""
    return replace(reading, first_day_counts=False)


def _result(version: str, reading: Reading, steps: tuple[Step, ...]) -> Deadline:
    explanation = Explanation(
        calendar_version=version,
        roll_to_working_day=reading.rest_day_moves,
        first_day_counts=reading.first_day_counts,
        steps=steps,
    )
    return Deadline(steps[-1].due_on, any(step.pending_years for step in steps), explanation)


def _step(
    kind: Kind,
    start: date,
    count: int,
    unit: Unit,
    calendar: WorkingCalendar,
    reading: Reading,
    *,
    paused: tuple[date, date] | None = None,
) -> Step:
    working = unit == "working_days"
    moves = working or reading.rest_day_moves
    last = calendar.last_working_day if working else partial(last_calendar_day, unit=unit)
    nominal = last(start, count, first_day_counts=reading.first_day_counts)
    due_on, unknown = _moved(nominal, calendar) if moves else (nominal, ())
    rests = not moves and calendar.surely_rests(nominal)
    holiday = calendar.holiday(nominal) if due_on != nominal or rests else None
    counted_from = start if working else nominal
    paused_from, resumed_on = paused or (None, None)
    return Step(
        kind=kind,
        start=start,
        count=count,
        unit=unit,
        closures=tuple(_closure(item, calendar) for item in calendar.holidays_between(start, nominal))
        if working
        else (),
        worked=tuple(calendar.worked_weekends_between(start, nominal)) if working else (),
        nominal=nominal,
        rolled_over=_closure(holiday, calendar) if holiday else None,
        due_on=due_on,
        rests=rests,
        paused_from=paused_from,
        resumed_on=resumed_on,
        pending_years=unknown or (_pending(counted_from, due_on, calendar) if moves else ()),
    )


def _moved(day: date, calendar: WorkingCalendar) -> tuple[date, tuple[int, ...]]:
    """The next working day; `day` itself and the year that is lacking where the table ends before it."""
    try:
        return calendar.next_working_day(day), ()
    except UnknownYear as error:
        return day, (error.year,)


def _closure(holiday: Holiday, calendar: WorkingCalendar) -> Closure:
    english = calendar.table.english(holiday.name)
    return Closure(name=holiday.name, english=english, first=holiday.first, last=holiday.last)


def _pending(first: date, last: date, calendar: WorkingCalendar) -> tuple[int, ...]:
    """The years whose notice may still change a day from `first` to `last`."""
    if last <= calendar.settled_until:
        return ()
    days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return tuple(sorted({year for day in days if (year := calendar.pending_year(day)) is not None}))

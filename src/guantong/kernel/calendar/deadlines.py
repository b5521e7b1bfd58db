"""Due dates (到期日) with their explanation, and what pausing and extending do to them.

Reading chosen (民法典 200-203), 待核 for Party and supervision periods: the first day is not counted;
months end on the corresponding day or the month's last; a last day on a rest day moves to the next working
day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from .errors import PeriodError
from .explanation import Closure, Explanation, Kind, Step
from .periods import Period, Unit, add_calendar
from .table import Holiday
from .working import WorkingCalendar


@dataclass(frozen=True)
class Deadline:
    """A due date (到期日); `provisional` (暂定) while a notice not yet in the table may still move it."""

    due_on: date
    provisional: bool
    explanation: Explanation


def deadline(
    start: date, period: Period, calendar: WorkingCalendar, *, roll_to_working_day: bool = True
) -> Deadline:
    """The last day of `period` counted from `start`, which itself is not counted.

    Raises `UnknownYear` where the answer depends on a year outside the calendar. Without
    `roll_to_working_day`, days, months and years are pure arithmetic and need no calendar.
    """
    step = _step("period", start, period.count, period.unit, calendar, roll=roll_to_working_day)
    return _result(calendar.version, roll_to_working_day, (step,))


def extend(original: Deadline, period: Period, calendar: WorkingCalendar) -> Deadline:
    """`original` extended (延长) by `period`, counted from its due date."""
    roll = original.explanation.roll_to_working_day
    step = _step("extension", original.due_on, period.count, period.unit, calendar, roll=roll)
    return _result(calendar.version, roll, (*original.explanation.steps, step))


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
    roll = original.explanation.roll_to_working_day
    step = _step("pause", start, count, unit, calendar, roll=roll, paused=(paused_from, resumed_on))
    return _result(calendar.version, roll, (*steps, step))


def _result(version: str, roll: bool, steps: tuple[Step, ...]) -> Deadline:
    explanation = Explanation(calendar_version=version, roll_to_working_day=roll, steps=steps)
    return Deadline(steps[-1].due_on, any(step.pending_years for step in steps), explanation)


def _step(
    kind: Kind,
    start: date,
    count: int,
    unit: Unit,
    calendar: WorkingCalendar,
    *,
    roll: bool,
    paused: tuple[date, date] | None = None,
) -> Step:
    working = unit == "working_days"
    nominal = calendar.add_working_days(start, count) if working else add_calendar(start, count, unit)
    due_on = calendar.next_working_day(nominal) if roll else nominal
    holiday = calendar.holiday(nominal) if due_on != nominal else None
    counted_from = start if working else nominal
    settled = not working and not roll
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
        paused_from=paused_from,
        resumed_on=resumed_on,
        pending_years=() if settled else _pending(counted_from, due_on, calendar),
    )


def _closure(holiday: Holiday, calendar: WorkingCalendar) -> Closure:
    english = calendar.table.english(holiday.name)
    return Closure(name=holiday.name, english=english, first=holiday.first, last=holiday.last)


def _pending(first: date, last: date, calendar: WorkingCalendar) -> tuple[int, ...]:
    """The years whose notice may still change a day from `first` to `last`."""
    if last <= calendar.settled_until:
        return ()
    days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return tuple(sorted({year for day in days if (year := calendar.pending_year(day)) is not None}))

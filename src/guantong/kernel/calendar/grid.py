"""The days of a week or a month as a calendar sheet shows them (日历格)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .working import WorkingCalendar

WEEK = 7


@dataclass(frozen=True)
class SheetDay:
    """One day of a sheet (一天). `known`: the table has its year; otherwise nothing is said of work and rest.

    `rests`: offices rest. `worked_weekend`: a weekend day that is worked (调休上班). `holiday`: its name.
    `provisional`: a notice still to come may change it.
    """

    day: date
    within: bool = True
    known: bool = True
    rests: bool = False
    worked_weekend: bool = False
    holiday: str = ""
    provisional: bool = False


def weeks_of(first: date, last: date, calendar: WorkingCalendar) -> Iterator[list[SheetDay]]:
    """Return the whole weeks, Monday first, that hold the days from `first` to `last`."""
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        days = (monday + timedelta(days=number) for number in range(WEEK))
        yield [_sheet_day(day, first <= day <= last, calendar) for day in days]
        monday += timedelta(days=WEEK)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def week_of(day: date) -> tuple[date, date]:
    """Return Monday and Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=WEEK - 1)


def _sheet_day(day: date, within: bool, calendar: WorkingCalendar) -> SheetDay:
    if day.year not in calendar.years:
        return SheetDay(day, within, known=False)
    worked, holiday = calendar.is_working_day(day), calendar.holiday(day)
    return SheetDay(
        day,
        within,
        rests=not worked,
        worked_weekend=worked and day.weekday() >= 5,
        holiday=holiday.name if holiday and not worked else "",
        provisional=calendar.provisional(day),
    )

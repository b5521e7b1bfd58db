"""The working-day calendar (工作日历)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from .errors import UnknownYear
from .table import SATURDAY, Holiday, Year, YearTable, read_table

LATE_DECEMBER = 25
"""From this day of December on, the notice for the next year may still change a day. The earliest day it did
change between 2004 and 2026 is 29 December (2007)."""


class WorkingCalendar:
    """Which days are worked (工作日). Immutable; answers only for the years of its table.

    Every method raises `UnknownYear` for a date outside the table and never guesses.
    """

    def __init__(self, table: YearTable) -> None:
        self.table = table
        self.version = table.version
        self._first_year, self._last_year = min(table.years), max(table.years)
        self._holidays = sorted(
            (holiday for year in table.years.values() for holiday in year.holidays),
            key=lambda holiday: holiday.first,
        )
        self._holiday_of = {day: holiday for holiday in self._holidays for day in holiday.days()}
        self._worked = sorted(day for year in table.years.values() for day in year.worked)
        first, last = date(self._first_year, 1, 1).toordinal(), date(self._last_year, 12, 31).toordinal()
        worked = frozenset(self._worked)
        self._days = tuple(
            day.toordinal()
            for day in map(date.fromordinal, range(first, last + 1))
            if day in worked or (day.weekday() < SATURDAY and day not in self._holiday_of)
        )

    def _known(self, day: date) -> int:
        if not self._first_year <= day.year <= self._last_year:
            raise UnknownYear(day.year, self._first_year, self._last_year)
        return day.toordinal()

    @property
    def years(self) -> range:
        """The years it knows."""
        return range(self._first_year, self._last_year + 1)

    def year(self, number: int) -> Year:
        """The arrangement and notice of one year."""
        self._known(date(number, 1, 1))
        return self.table.years[number]

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`."""
        number = self._known(day)
        position = bisect_right(self._days, number)
        return position > 0 and self._days[position - 1] == number

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, itself not counted (民法典 201). 0 gives `day` back."""
        if count < 0:
            raise ValueError("count must not be negative")
        number = self._known(day)
        if count == 0:
            return day
        position = bisect_right(self._days, number) + count - 1
        if position >= len(self._days):
            raise UnknownYear(self._last_year + 1, self._first_year, self._last_year)
        return date.fromordinal(self._days[position])

    def working_day_before(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`, itself not counted; 0 gives `day` back."""
        if count < 0:
            raise ValueError("count must not be negative")
        number = self._known(day)
        if count == 0:
            return day
        position = bisect_left(self._days, number) - count
        if position < 0:
            raise UnknownYear(self._first_year - 1, self._first_year, self._last_year)
        return date.fromordinal(self._days[position])

    def previous_working_day(self, day: date) -> date:
        """`day` itself if worked, else the last working day before it."""
        return day if self.is_working_day(day) else self.working_day_before(day, 1)

    def last_working_day(self, day: date, count: int, *, first_day_counts: bool) -> date:
        """The last of `count` working days from `day` (末日); a day of rest never counts as the first."""
        counted = first_day_counts and count > 0 and self.is_working_day(day)
        return self.add_working_days(day, count - counted)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        return bisect_right(self._days, self._known(end)) - bisect_right(self._days, self._known(start))

    def next_working_day(self, day: date) -> date:
        """`day` itself if worked, else the first working day after it (民法典 203)."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    def holiday(self, day: date) -> Holiday | None:
        """The holiday range `day` lies in, if any; an ordinary Saturday or Sunday has none."""
        self._known(day)
        return self._holiday_of.get(day)

    def holidays_between(self, start: date, end: date) -> list[Holiday]:
        """Holiday ranges of which a day lies after `start` and not after `end`, in order."""
        begin = bisect_right(self._holidays, start, key=lambda holiday: holiday.last)
        return self._holidays[begin : bisect_right(self._holidays, end, key=lambda holiday: holiday.first)]

    def worked_weekends_between(self, start: date, end: date) -> list[date]:
        """Adjusted weekend days (调休上班) after `start` and not after `end`, in order."""
        return self._worked[bisect_right(self._worked, start) : bisect_right(self._worked, end)]

    def pending_year(self, day: date) -> int | None:
        """The year whose notice may still change `day`, or None when the day is settled."""
        self._known(day)
        if self.table.years[day.year].provisional:
            return day.year
        if (day.month, day.day) >= (12, LATE_DECEMBER):
            following = self.table.years.get(day.year + 1)
            if following is None or following.provisional:
                return day.year + 1
        return None

    def provisional(self, day: date) -> bool:
        """Whether a notice not yet in the table may still change `day` (暂定)."""
        return self.pending_year(day) is not None

    def surely_rests(self, day: date) -> bool:
        """Whether `day` is settled as one of rest; False, not an error, where the table cannot tell."""
        return day.year in self.years and not self.provisional(day) and not self.is_working_day(day)

    @cached_property
    def settled_until(self) -> date:
        """The last day from which back every day is settled."""
        last = date(self._last_year, 12, 31)
        while self.provisional(last):
            last -= timedelta(days=1)
        return last


def load(extra: Path | None = None) -> WorkingCalendar:
    """The calendar of the built-in table and, if given, of a city's own folder of year files.

    Raises `YearTableError`.
    """
    return WorkingCalendar(read_table(extra))


@lru_cache(maxsize=4)
def _cached(folder: str) -> WorkingCalendar:
    return load(Path(folder) if folder else None)


def get_calendar() -> WorkingCalendar:
    """The calendar of this installation, read once; folder from the setting GUANTONG_CALENDAR_DIR."""
    from django.conf import settings

    folder = getattr(settings, "GUANTONG_CALENDAR_DIR", None)
    return _cached(str(folder or ""))

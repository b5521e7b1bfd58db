"""The days of a sheet: whole weeks, nothing missing, work and rest as the calendar says."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.calendar import get_calendar
from guantong.kernel.calendar.grid import month_of, week_of, weeks_of

DAYS = st.dates(date(2003, 6, 1), date(2028, 6, 1))


@given(DAYS)
def test_a_month_is_whole_weeks_that_hold_each_of_its_days_once(day: date) -> None:
    first, last = month_of(day)
    weeks = list(weeks_of(first, last, get_calendar()))
    days = [one.day for week in weeks for one in week]
    assert first <= day <= last
    assert (first - timedelta(days=1)).month != first.month != (last + timedelta(days=1)).month
    assert days == [days[0] + timedelta(days=number) for number in range(7 * len(weeks))]
    assert [week[0].day.weekday() for week in weeks] == [0] * len(weeks)
    assert [one.day for week in weeks for one in week if one.within] == [
        first + timedelta(days=number) for number in range((last - first).days + 1)
    ]
    assert 28 <= len(days) <= 42


@given(DAYS)
def test_a_day_rests_where_the_calendar_says_so_and_only_where_it_knows(day: date) -> None:
    calendar = get_calendar()
    sheet = next(one for week in weeks_of(*week_of(day), calendar) for one in week if one.day == day)
    assert sheet.known == (day.year in calendar.years)
    assert sheet.rests == (sheet.known and not calendar.is_working_day(day))
    assert sheet.provisional == (sheet.known and calendar.provisional(day))
    assert not (sheet.worked_weekend and (sheet.rests or day.weekday() < 5))
    assert not sheet.holiday or sheet.rests


def test_national_day_and_its_worked_saturday() -> None:
    sheet = {one.day: one for week in weeks_of(*month_of(date(2026, 10, 1)), get_calendar()) for one in week}
    assert sheet[date(2026, 10, 1)].holiday
    assert sheet[date(2026, 10, 10)].worked_weekend
    assert not sheet[date(2026, 10, 10)].rests

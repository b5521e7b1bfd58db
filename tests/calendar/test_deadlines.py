"""Deadlines: the design's example, months, rest days, pauses, extensions, properties."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.calendar import (
    Explanation,
    Period,
    PeriodError,
    Reading,
    UnknownYear,
    deadline,
    extend,
    load,
    parse_period,
    shift,
)

CALENDAR = load()
dates = st.dates(date(2004, 1, 1), date(2026, 6, 30))
counts = st.integers(0, 200)
periods = st.one_of(
    st.builds(lambda n: Period(working_days=n), st.integers(1, 200)),
    st.builds(lambda n: Period(days=n), st.integers(0, 300)),
    st.builds(lambda n: Period(months=n), st.integers(0, 12)),
)


def due(start: date, **period: int) -> date:
    return deadline(start, Period(**period), CALENDAR).due_on


def test_the_example_of_the_design() -> None:
    result = deadline(date(2026, 9, 28), Period(working_days=10), CALENDAR)
    assert result.due_on == date(2026, 10, 16)
    assert not result.provisional
    assert result.explanation.text("zh-hans") == (
        "2026-09-28 + 10个工作日，10月1日至7日国庆节放假，10月10日（星期六）调休上班 = 2026-10-16"
    )
    assert result.explanation.text("en") == (
        "2026-09-28 + 10 working days, 1-7 October off (National Day), "
        "Saturday 10 October worked = 2026-10-16"
    )


@pytest.mark.parametrize(
    ("start", "period", "expected"),
    [
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),  # month end; that Saturday is worked
        (date(2024, 1, 31), {"months": 1}, date(2024, 2, 29)),
        (date(2024, 2, 29), {"years": 1}, date(2025, 2, 28)),
        (date(2020, 2, 29), {"years": 4}, date(2024, 2, 29)),
        (date(2026, 7, 1), {"months": 3}, date(2026, 10, 8)),  # 1 October is a holiday
        (date(2026, 3, 16), {"months": 3}, date(2026, 6, 16)),
        (date(2025, 12, 31), {"working_days": 1}, date(2026, 1, 4)),  # a worked Sunday
        (date(2005, 12, 30), {"working_days": 1}, date(2005, 12, 31)),  # by notice, against one library
        (date(2026, 10, 3), {"working_days": 1}, date(2026, 10, 8)),  # begins on a day off
        (date(2026, 10, 10), {"days": 0}, date(2026, 10, 10)),
        (date(2026, 11, 20), {"days": 1}, date(2026, 11, 23)),
    ],
)
def test_due_dates(start: date, period: dict[str, int], expected: date) -> None:
    assert due(start, **period) == expected


def test_a_rest_day_is_explained() -> None:
    holiday = deadline(date(2026, 7, 1), Period(months=3), CALENDAR).explanation
    assert holiday.text("zh") == "2026-07-01 + 3个月 = 2026-10-01，该日为国庆节放假，顺延至2026-10-08"
    weekend = deadline(date(2026, 11, 20), Period(days=1), CALENDAR).explanation
    assert weekend.text("zh") == "2026-11-20 + 1日 = 2026-11-21，该日为星期六，顺延至2026-11-23"
    assert weekend.text("en") == (
        "2026-11-20 + 1 day = 2026-11-21, which is a Saturday, so moved to 2026-11-23"
    )


def test_rolling_is_a_parameter_and_then_needs_no_year_table() -> None:
    start, period = date(2026, 10, 3), Period(years=5)
    result = deadline(start, period, CALENDAR, reading=Reading(rest_day_moves=False))
    assert (result.due_on, result.provisional) == (date(2031, 10, 3), False)


def test_what_ends_beyond_the_year_table_stays_where_it_ends_as_provisional() -> None:
    result = deadline(date(2026, 10, 3), Period(years=5), CALENDAR)
    assert (result.due_on, result.provisional) == (date(2031, 10, 3), True)
    assert result.explanation.text("zh").endswith("= 2031-10-03（暂定：2031年放假安排尚未收录）")
    later = extend(result, Period(months=1), CALENDAR)
    assert (later.due_on, later.provisional) == (date(2031, 11, 3), True)
    with pytest.raises(UnknownYear):
        deadline(date(2026, 10, 3), Period(working_days=2000), CALENDAR)


@pytest.mark.parametrize(
    ("start", "period", "provisional"),
    [
        (date(2026, 12, 1), {"working_days": 10}, False),
        (date(2026, 12, 18), {"working_days": 10}, True),  # crosses the end of December
        (date(2026, 10, 9), {"months": 3}, True),
        (date(2026, 9, 24), {"months": 3}, False),
        (date(2026, 9, 28), {"months": 3}, True),  # 28 December may still change
    ],
)
def test_provisional_dates_say_so(start: date, period: dict[str, int], provisional: bool) -> None:
    result = deadline(start, Period(**period), CALENDAR)
    assert result.provisional is provisional
    assert ("暂定：2027年" in result.explanation.text("zh")) is provisional
    assert ("provisional" in result.explanation.text("en")) is provisional


def test_a_pause_of_working_days_moves_by_working_days() -> None:
    first = deadline(date(2026, 9, 7), Period(working_days=10), CALENDAR)
    assert first.due_on == date(2026, 9, 20)  # a worked Sunday
    later = shift(first, date(2026, 9, 10), date(2026, 9, 17), CALENDAR)
    assert later.due_on == CALENDAR.add_working_days(first.due_on, 5) == date(2026, 9, 28)
    assert later.explanation.text("zh").endswith(
        "；2026-09-10至2026-09-17中止：2026-09-20 + 5个工作日，9月25日至27日中秋节放假 = 2026-09-28"
    )


def test_a_pause_of_months_moves_by_days_from_the_unmoved_date() -> None:
    first = deadline(date(2026, 7, 1), Period(months=3), CALENDAR)
    later = shift(first, date(2026, 8, 1), date(2026, 8, 21), CALENDAR)
    assert later.due_on == date(2026, 10, 21)
    again = shift(later, date(2026, 9, 1), date(2026, 9, 2), CALENDAR)
    assert again.due_on == date(2026, 10, 22)
    assert len(again.explanation.steps) == 3


def test_pauses_that_cannot_be() -> None:
    first = deadline(date(2026, 7, 1), Period(months=3), CALENDAR)
    for begin, end in (
        (date(2026, 8, 2), date(2026, 8, 1)),
        (date(2026, 6, 30), date(2026, 8, 1)),
        (date(2026, 10, 9), date(2026, 10, 20)),
    ):
        with pytest.raises(PeriodError):
            shift(first, begin, end, CALENDAR)


def test_an_extension_counts_from_the_due_date() -> None:
    first = deadline(date(2026, 5, 8), Period(months=3), CALENDAR)
    assert first.due_on == date(2026, 8, 10)
    later = extend(first, Period(months=1), CALENDAR)
    assert later.due_on == date(2026, 9, 10)
    assert later.explanation.text("zh").endswith("；延长：2026-08-10 + 1个月 = 2026-09-10")
    assert shift(later, date(2026, 9, 1), date(2026, 9, 3), CALENDAR).due_on == date(2026, 9, 14)


def test_an_explanation_survives_json() -> None:
    result = deadline(date(2026, 7, 1), Period(months=3), CALENDAR)
    result = shift(result, date(2026, 8, 1), date(2026, 8, 21), CALENDAR)
    stored = json.dumps(result.explanation.model_dump(mode="json"))
    assert Explanation.model_validate(json.loads(stored)) == result.explanation
    assert result.explanation.calendar_version == CALENDAR.version


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"months": 3, "days": 1},
        {"weeks": 2},
        {"months": -1},
        {"months": "3"},
        {"months": 1.5},
        {"days": True},
    ],
)
def test_what_is_no_period_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(PeriodError):
        parse_period(value)


def test_a_period_is_parsed_and_worded() -> None:
    assert parse_period({"working_days": 10}) == Period(working_days=10)
    assert Period(months=3).text("zh") == "3个月"
    assert Period(months=1).text("en") == "1 month"


@given(dates, counts)
def test_adding_and_counting_are_inverse(start: date, count: int) -> None:
    assert CALENDAR.working_days_between(start, CALENDAR.add_working_days(start, count)) == count


@given(dates, counts)
def test_adding_is_the_same_as_walking(start: date, count: int) -> None:
    day, left = start, count
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_working_day(day)
    assert CALENDAR.add_working_days(start, count) == day


@given(dates, dates)
def test_counting_backwards_is_negative(first: date, second: date) -> None:
    there = CALENDAR.working_days_between(first, second)
    assert there == -CALENDAR.working_days_between(second, first)


@given(dates, st.integers(0, 30), periods)
def test_a_later_start_is_never_due_earlier(start: date, later: int, period: Period) -> None:
    first = deadline(start, period, CALENDAR)
    second = deadline(start + timedelta(days=later), period, CALENDAR)
    assert first.due_on <= second.due_on


@given(dates, periods)
def test_a_due_date_is_a_working_day_and_not_before_the_start(start: date, period: Period) -> None:
    result = deadline(start, period, CALENDAR)
    assert CALENDAR.is_working_day(result.due_on)
    assert result.due_on >= start
    assert str(result.due_on) in result.explanation.text("zh")


@given(dates, st.integers(1, 12))
def test_months_keep_the_day_or_end_the_month(start: date, months: int) -> None:
    end = deadline(start, Period(months=months), CALENDAR, reading=Reading(rest_day_moves=False)).due_on
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(dates, periods, st.data())
def test_a_pause_never_makes_it_earlier(start: date, period: Period, data: st.DataObject) -> None:
    first = deadline(start, period, CALENDAR)
    begin = data.draw(st.dates(start, first.due_on))
    end = data.draw(st.dates(begin, begin + timedelta(days=60)))
    later = shift(first, begin, end, CALENDAR)
    assert later.due_on >= first.due_on
    if period.unit == "working_days":
        moved = CALENDAR.working_days_between(first.due_on, later.due_on)
        assert moved == CALENDAR.working_days_between(begin, end)

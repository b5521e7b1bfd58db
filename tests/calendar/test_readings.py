"""The readings a measure may choose (期限读法): whether the first day counts, whether a rest day moves."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.calendar import (
    CIVIL_CODE,
    Deadline,
    Period,
    Reading,
    deadline,
    extend,
    get_calendar,
    shift,
)
from guantong.kernel.duties.engine import due, rederived
from guantong.kernel.measures.rules import Term

CALENDAR = get_calendar()
STAYS = Reading(rest_day_moves=False)
COUNTS = Reading(first_day_counts=True)
dates = st.dates(date(2004, 1, 2), date(2025, 6, 30))
readings = st.builds(Reading, st.booleans(), st.booleans())
calendar_periods = st.one_of(
    st.builds(lambda n: Period(days=n), st.integers(0, 300)),
    st.builds(lambda n: Period(months=n), st.integers(0, 12)),
    st.builds(lambda n: Period(years=n), st.integers(0, 1)),
)
periods = st.one_of(st.builds(lambda n: Period(working_days=n), st.integers(0, 200)), calendar_periods)


def made(start: date, reading: Reading, **period: int) -> Deadline:
    return deadline(start, Period(**period), CALENDAR, reading=reading)


@pytest.mark.parametrize(
    ("start", "period", "last"),
    [
        (date(2026, 1, 15), {"months": 1}, date(2026, 2, 14)),  # the eve of the corresponding day
        (date(2026, 1, 1), {"months": 1}, date(2026, 1, 31)),  # a whole month
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),  # no corresponding day: the month's last
        (date(2026, 1, 29), {"months": 1}, date(2026, 2, 28)),
        (date(2026, 1, 28), {"months": 1}, date(2026, 2, 27)),
        (date(2024, 2, 29), {"years": 1}, date(2025, 2, 28)),
        (date(2026, 3, 16), {"days": 1}, date(2026, 3, 16)),
        (date(2026, 3, 16), {"days": 0}, date(2026, 3, 16)),
        (date(2026, 3, 16), {"working_days": 1}, date(2026, 3, 16)),
        (date(2026, 10, 3), {"working_days": 1}, date(2026, 10, 8)),  # a day of rest is no first working day
    ],
)
def test_where_the_first_day_counts(start: date, period: dict[str, int], last: date) -> None:
    assert made(start, Reading(rest_day_moves=False, first_day_counts=True), **period).due_on == last


def test_the_reading_is_said_in_words() -> None:
    assert made(date(2026, 11, 20), STAYS, days=1).explanation.text("zh") == (
        "2026-11-20 + 1日 = 2026-11-21，该日为星期六，末日为休息日，不顺延"
    )
    assert made(date(2026, 7, 1), STAYS, months=3).explanation.text("en") == (
        "2026-07-01 + 3 months = 2026-10-01, which is National Day; a last day of rest does not move"
    )
    assert made(date(2026, 11, 19), STAYS, days=1).explanation.text("zh") == (
        "2026-11-19 + 1日 = 2026-11-20（末日遇休息日不顺延）"
    )
    assert made(date(2026, 11, 19), COUNTS, days=2).explanation.text("zh") == (
        "2026-11-19（起算日计入） + 2日 = 2026-11-20"
    )
    assert made(date(2026, 11, 19), COUNTS, working_days=2).explanation.text("en") == (
        "2026-11-19 (the first day counts) + 2 working days = 2026-11-20"
    )


def test_a_day_of_rest_the_table_cannot_know_is_not_called_one() -> None:
    beyond = made(date(2026, 10, 2), STAYS, years=5)  # a Thursday in a year without a notice
    assert beyond.explanation.text("zh") == "2026-10-02 + 5年 = 2031-10-02（末日遇休息日不顺延）"
    assert not beyond.provisional, "nothing that may be announced can move it"


def test_hours_run_at_once_whatever_the_first_day() -> None:
    assert due(date(2026, 3, 16), Term("hours", 24), COUNTS).due_on == date(2026, 3, 17)
    assert due(date(2026, 3, 16), Term("days", 1), COUNTS).due_on == date(2026, 3, 16)


@given(dates, st.integers(0, 200), st.booleans())
def test_working_days_are_the_same_whether_rest_days_move_or_not(
    start: date, count: int, first: bool
) -> None:
    moves, stays = Reading(True, first), Reading(False, first)
    assert made(start, moves, working_days=count).due_on == made(start, stays, working_days=count).due_on


@given(dates, calendar_periods, st.booleans())
def test_what_moves_is_the_next_working_day_of_what_stays(start: date, period: Period, first: bool) -> None:
    stays = deadline(start, period, CALENDAR, reading=Reading(False, first))
    moves = deadline(start, period, CALENDAR, reading=Reading(True, first))
    assert moves.due_on == CALENDAR.next_working_day(stays.due_on)
    rests = not CALENDAR.is_working_day(stays.due_on)
    assert ("末日为休息日，不顺延" in stays.explanation.text("zh")) is rests
    assert ("顺延至" in moves.explanation.text("zh")) is rests


@given(dates, periods, st.booleans())
def test_the_first_day_counted_never_makes_it_later(start: date, period: Period, moves: bool) -> None:
    without = deadline(start, period, CALENDAR, reading=Reading(moves, False))
    with_it = deadline(start, period, CALENDAR, reading=Reading(moves, True))
    assert start <= with_it.due_on <= without.due_on
    assert "起算日计入" in with_it.explanation.text("zh")
    assert "起算日计入" not in without.explanation.text("zh")


@given(dates, st.integers(1, 200), st.booleans())
def test_days_counted_with_the_first_are_those_counted_from_the_eve(
    start: date, count: int, working: bool
) -> None:
    period = {"working_days" if working else "days": count}
    eve = start - timedelta(days=1)
    assert made(start, COUNTS, **period).due_on == made(eve, CIVIL_CODE, **period).due_on


@given(dates, st.integers(1, 12))
def test_months_counted_with_the_first_day_are_whole(start: date, months: int) -> None:
    """The day after the last begins the corresponding day, or the month after one that has no such day."""
    last = made(start, Reading(False, True), months=months).due_on
    assert (last + timedelta(days=1)).day in (start.day, 1)


@given(dates, st.integers(0, 30), periods, readings)
def test_a_later_start_is_never_due_earlier(
    start: date, later: int, period: Period, reading: Reading
) -> None:
    first = deadline(start, period, CALENDAR, reading=reading)
    second = deadline(start + timedelta(days=later), period, CALENDAR, reading=reading)
    assert first.due_on <= second.due_on


@given(dates, periods, readings, st.data())
def test_a_stored_explanation_alone_gives_the_same_date_again(
    start: date, period: Period, reading: Reading, data: st.DataObject
) -> None:
    found = deadline(start, period, CALENDAR, reading=reading)
    first_due_on = found.due_on
    for _turn in range(data.draw(st.integers(0, 3))):
        if data.draw(st.booleans()):
            found = extend(found, Period(days=data.draw(st.integers(1, 60))), CALENDAR)
        else:
            begin = data.draw(st.dates(start, found.due_on))
            found = shift(found, begin, begin + timedelta(days=data.draw(st.integers(0, 60))), CALENDAR)
    stored = json.loads(json.dumps(found.explanation.model_dump(mode="json")))
    assert rederived(start, stored) == (first_due_on, found)

"""Counting back from a planned day (事前期限): never after it, on a working day, never before it arose."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.acts.act import Refused
from guantong.kernel.calendar import Period, Reading, UnknownYear, before, deadline, estimated, get_calendar
from guantong.kernel.duties.engine import rederived

CALENDAR = get_calendar()
DAY = timedelta(days=1)
STAYS = Reading(rest_day_moves=False)
dates = st.dates(date(2010, 1, 1), date(2025, 12, 20))
working = st.builds(lambda n: Period(working_days=n), st.integers(1, 60))
calendar_periods = st.one_of(
    st.builds(lambda n: Period(days=n), st.integers(0, 200)),
    st.builds(lambda n: Period(months=n), st.integers(1, 12)),
)
periods = st.one_of(working, calendar_periods)


@pytest.mark.parametrize(
    ("planned", "period", "due"),
    [
        (date(2026, 9, 28), {"working_days": 3}, date(2026, 9, 22)),  # the 25th is a holiday
        (date(2026, 10, 8), {"working_days": 1}, date(2026, 9, 30)),  # over the National Day
        (date(2026, 3, 18), {"days": 3}, date(2026, 3, 13)),  # a Sunday is brought forward to Friday
        (date(2026, 3, 31), {"months": 1}, date(2026, 2, 28)),  # a Saturday, worked
        (date(2026, 3, 16), {"days": 0}, date(2026, 3, 16)),
    ],
)
def test_days_before_a_planned_one(planned: date, period: dict[str, int], due: date) -> None:
    assert before(planned, Period(**period), CALENDAR).due_on == due


@given(planned=dates, period=working)
def test_so_many_working_days_lie_from_it_to_the_planned_day(planned: date, period: Period) -> None:
    due = before(planned, period, CALENDAR).due_on
    assert CALENDAR.is_working_day(due)
    assert CALENDAR.working_days_between(due - DAY, planned - DAY) == period.count


@given(planned=dates, period=calendar_periods)
def test_a_day_of_rest_is_brought_forward_never_put_off(planned: date, period: Period) -> None:
    stays = before(planned, period, CALENDAR, reading=STAYS).due_on
    due = before(planned, period, CALENDAR).due_on
    assert due <= stays <= planned
    assert CALENDAR.is_working_day(due)
    assert CALENDAR.working_days_between(due, stays) == 0, "no working day was passed over"


@given(planned=dates, later=st.integers(0, 100), period=periods)
def test_a_later_plan_leaves_no_less_time(planned: date, later: int, period: Period) -> None:
    moved = planned + timedelta(days=later)
    assert before(planned, period, CALENDAR).due_on <= before(moved, period, CALENDAR).due_on


@given(planned=dates, period=periods, ahead=st.integers(0, 400))
def test_nothing_is_due_before_the_day_it_arose(planned: date, period: Period, ahead: int) -> None:
    arose = planned - timedelta(days=ahead)
    plain, made = before(planned, period, CALENDAR), before(planned, period, CALENDAR, arose_on=arose)
    assert made.due_on == max(plain.due_on, arose)
    assert made.explanation.steps[0].too_short == (arose > plain.due_on)


@given(planned=dates, period=periods, ahead=st.integers(0, 400), moved=dates)
def test_it_is_derived_anew_from_its_explanation_alone(
    planned: date, period: Period, ahead: int, moved: date
) -> None:
    arose = planned - timedelta(days=ahead)
    made = before(planned, period, CALENDAR, arose_on=arose)
    kept = made.explanation.model_dump(mode="json")
    assert rederived(planned, kept) == (made.due_on, made)
    assert rederived(moved, kept)[0] == before(moved, period, CALENDAR, arose_on=arose).due_on


def test_the_explanation_says_what_was_counted_back() -> None:
    text = before(date(2026, 10, 8), Period(working_days=1), CALENDAR).explanation.text()
    assert "计划日2026-10-08前1个工作日" in text
    assert "国庆节" in text
    assert text.endswith("= 2026-09-30")
    forward = before(date(2026, 3, 18), Period(days=3), CALENDAR).explanation
    assert "提前至2026-03-13" in forward.text()
    assert "brought forward to 2026-03-13" in forward.text("en")
    short = before(date(2026, 3, 18), Period(days=3), CALENDAR, arose_on=date(2026, 3, 17)).explanation
    assert "以产生之日2026-03-17为限" in short.text()


def test_working_days_before_the_calendar_begins_are_not_guessed() -> None:
    first = date(CALENDAR.years[0], 1, 2)
    with pytest.raises(UnknownYear):
        before(first, Period(working_days=30), CALENDAR)


def test_beyond_the_year_table_working_days_are_estimated_and_said_to_be() -> None:
    last, ten = date(2027, 12, 31), Period(working_days=10)
    with pytest.raises(UnknownYear):
        deadline(last, ten, CALENDAR)
    found = estimated(last, ten, CALENDAR, reading=STAYS)
    assert (found.due_on, found.provisional) == (date(2028, 1, 14), True)
    assert found.explanation.steps[0].unit == "working_days", "so that it can be derived anew"
    with pytest.raises(Refused):
        rederived(last, found.explanation.model_dump(mode="json"))


@given(dates, st.integers(1, 30))
def test_an_estimate_counts_from_monday_to_friday(start: date, count: int) -> None:
    due = estimated(start, Period(working_days=count), CALENDAR).due_on
    between = [start + DAY * one for one in range(1, (due - start).days + 1)]
    assert sum(one.weekday() < 5 for one in between) == count and due.weekday() < 5

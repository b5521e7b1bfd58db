"""What figures count, over any course of acts (统计口径的恒等关系)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.insight import returns
from guantong.insight.returns import Cell, Crossing, Facts, Term, count, first_day, parse
from guantong.insight.returns_forms import FORMS, CheckRule, built_in_checks, failing
from guantong.kernel import counting

SOURCES = ("audit", "inspection", "other")
NEW_YEAR = date(2026, 1, 1)
ENDS = [counting.month_end(date(2026, month, 1)) for month in range(1, 13)]
OUT = ("closed", "forwarded", "merged", "returned")


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Clues that come in, leave, and come back, in any order that acts can have."""
    opening, crossings, terms = {}, [], []
    for number in range(draw(st.integers(0, 8))):
        matter, source = UUID(int=number), draw(st.sampled_from(SOURCES))
        inside = draw(st.booleans())
        if inside:
            opening[matter] = (source, 1)
        day, left = NEW_YEAR, ""
        for gap in draw(st.lists(st.integers(0, 90), max_size=6)):
            day += timedelta(days=gap)
            left = draw(st.sampled_from(OUT)) if inside else left
            how = left if inside else "taken_back" if left == "forwarded" else "received"
            crossings.append(Crossing(matter, source, how, -1 if inside else 1, day))
            inside = not inside
        for due in draw(st.lists(st.integers(0, 360), max_size=4)):
            ended = draw(st.none() | st.integers(0, 400))
            day_due = NEW_YEAR + timedelta(days=due)
            day_done = None if ended is None else NEW_YEAR + timedelta(days=ended)
            terms.append(Term(matter, source, day_due, day_done))
    return Facts(opening, tuple(sorted(crossings, key=lambda one: one.on)), tuple(terms))


@given(facts(), st.sampled_from(ENDS))
def test_every_cross_check_holds_of_every_course(given_facts: Facts, end: date) -> None:
    values = counting.values(count(given_facts, end, returns.catalogue()))
    assert failing(values) == []


@given(facts())
def test_what_is_open_at_the_end_is_carried_over_into_the_next_month(given_facts: Facts) -> None:
    cells = [Cell("carried_over"), Cell("open")]
    counted = [count(given_facts, end, cells) for end in ENDS]
    for this, following in pairwise(counted):
        assert this["clues_open__all__month"] == following["clues_carried_over__all__month"]


@given(facts())
def test_months_add_up_to_quarters_and_the_year(given_facts: Facts) -> None:
    for measure in ("received", "closed", "transferred", "returned", "merged", "due"):
        months: Counter[UUID] = Counter()
        for end in ENDS:
            cells = [Cell(measure, "all", period) for period in ("month", "quarter", "year")]
            found = count(given_facts, end, cells)
            months += found[cells[0].name]
            assert found[cells[2].name] == months
            assert found[cells[1].name].total() <= months.total()


def test_a_check_fails_when_a_figure_is_changed_by_one() -> None:
    matter = UUID(int=1)
    given_facts = Facts({}, (Crossing(matter, "audit", "received", 1, date(2026, 3, 2)),))
    values = counting.values(count(given_facts, ENDS[2], FORMS["monthly"].cells()))
    assert failing(values) == []
    for name in ("clues_received__audit__month", "clues_open__all__month"):
        said = failing({**values, name: values[name] + 1})
        assert said and all("≠" in one for one in said), name


def test_a_check_that_names_what_was_not_counted_says_nothing() -> None:
    rule = CheckRule("收", ("clues_received__all__month",), ("clues_closed__all__month",))
    assert rule.fails({"clues_received__all__month": 3}) == ""
    assert rule.fails({"clues_received__all__month": 3, "clues_closed__all__month": 2}) == "收: 3 ≠ 2"


def test_every_name_reads_back_and_no_other() -> None:
    cells = returns.catalogue()
    assert len({cell.name for cell in cells}) == len(cells)
    assert all(parse(cell.name) == cell for cell in cells)
    for name in ("clues_due__all__month", "duties_open__all__month", "clues_open__all__week", "open", ""):
        assert parse(name) is None, name
    named = {name for rule in built_in_checks() for name in (*rule.left, *rule.right)}
    assert named <= {cell.name for cell in cells}


@pytest.mark.parametrize(
    ("period", "first"), [("month", "2026-05-01"), ("quarter", "2026-04-01"), ("year", "2026-01-01")]
)
def test_periods_begin_where_they_should(period: str, first: str) -> None:
    assert first_day(date(2026, 5, 31), period) == date.fromisoformat(first)

"""Wording of deadlines: what is late says so, nothing else is red."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from guantong.web.due import DueBadge, due_badge

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def english() -> object:
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("days", "words", "level"),
    [
        (-6, "6 days late", "late"),
        (-1, "1 day late", "late"),
        (0, "Due today", "today"),
        (1, "1 day left", "soon"),
        (5, "5 days left", "soon"),
        (6, "6 days left", "open"),
    ],
)
def test_days_are_counted_from_today(days: int, words: str, level: str) -> None:
    assert due_badge(TODAY + timedelta(days=days), TODAY) == DueBadge(words, level)


def test_a_paused_duty_is_never_late() -> None:
    assert due_badge(TODAY - timedelta(days=9), TODAY, paused=True) == DueBadge("Paused", "paused")


def test_what_is_done_is_quiet_and_says_by_how_much_it_was_late() -> None:
    assert due_badge(TODAY, TODAY, done_on=TODAY) == DueBadge("Done", "done")
    assert due_badge(TODAY, TODAY, done_on=TODAY + timedelta(days=2)) == DueBadge("Done 2 days late", "done")


def test_no_date_is_said_not_guessed() -> None:
    assert due_badge(None, TODAY) == DueBadge("No deadline", "none")


def test_a_provisional_date_is_marked_while_it_lies_ahead() -> None:
    assert due_badge(date(2027, 2, 1), TODAY, provisional=True).provisional
    assert not due_badge(date(2026, 2, 1), TODAY, provisional=True).provisional

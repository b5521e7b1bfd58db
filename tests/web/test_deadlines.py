"""The calendar of deadlines: what is due on which day, for whom, in how many queries."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.duties.models import Duty, DutyState
from support.browse import signed_in, text
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 12)


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at(TODAY.isoformat())):
        yield


def look(who: str, query: str = "") -> Any:
    answer = signed_in(who).get(f"/calendar/?{query}")
    assert answer.status_code == 200, text(answer)[:500]
    return answer


def days(page: Any) -> Counter[date]:
    """Return how many duties the sheet says are due on each of its days."""
    cells = [cell for week in page.context["weeks"] for cell in week if cell.number]
    return Counter({cell.sheet.day: cell.number for cell in cells})


def test_each_open_duty_stands_on_its_day(play: Player) -> None:
    play.registered("2026-09-21")
    play.registered("2026-10-09")
    sheets = [days(look("clerk", f"on=2026-{month:02}-15")) for month in (9, 10, 11, 12)]
    with play.see("clerk"):
        open_ = Duty.objects.filter(ended_on__isnull=True, holder=play.town.organs["supervision"])
        due = Counter(open_.exclude(state=DutyState.CANCELLED).values_list("due_on", flat=True))
    shown: Counter[date] = Counter()
    for sheet in sheets:
        shown |= sheet
    assert due
    assert {day: number for day, number in shown.items() if day.year == 2026} == {
        day: number for day, number in due.items() if day <= date(2026, 12, 31)
    }


def test_a_day_lists_its_duties_with_links(play: Player) -> None:
    clue = play.registered("2026-09-21")
    with play.see("clerk"):
        duty = Duty.objects.filter(matter=clue, ended_on__isnull=True).order_by("due_on").first()
    assert duty is not None
    page = look("clerk", f"on={duty.due_on}&day={duty.due_on}")
    assert (duty.name, f"/matters/{clue}/") in [(row.name, url) for row, url in page.context["rows"]]
    assert f'href="/matters/{clue}/"' in text(page)


def test_who_is_owed_sees_it_among_what_others_owe_and_nobody_else_at_all(play: Player) -> None:
    clue = play.drafted()
    play.sent(clue)
    with play.see("clerk"):
        duty = Duty.objects.filter(matter=clue, claimant=play.town.organs["executing"]).first()
    assert duty is not None
    query = f"on={duty.due_on}&day={duty.due_on}"
    assert str(clue) in text(look("auditor", f"{query}&whose=awaited"))
    assert str(clue) not in text(look("auditor", query))
    for whose in ("owed", "mine", "awaited"):
        page = look("stranger", f"{query}&whose={whose}")
        assert not days(page)
        assert str(clue) not in text(page)


def test_what_the_address_cannot_mean_is_left_out(play: Player) -> None:
    play.registered("2026-10-09")
    plain = days(look("clerk"))
    assert plain
    assert plain == days(look("clerk", "view=year&on=2026-02-30&whose=all&day=never"))
    assert not days(look("clerk", "clause=XX-1"))
    assert days(look("clerk", "view=week")) <= plain
    assert look("clerk", "on=2100-12-31").context["after"] == ""
    assert look("clerk", "on=2004-01-01").context["before"] == ""
    assert look("clerk", "on=2040-05-01").context["unknown"]


def test_the_number_of_queries_does_not_grow(play: Player) -> None:
    def queries() -> int:
        client = signed_in("clerk")
        client.get("/calendar/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/calendar/?day={due}")
        return len(captured.captured_queries)

    play.registered("2026-10-09")
    due = max(days(look("clerk")))
    before = queries()
    for _ in range(4):
        play.registered("2026-10-09")
    assert sum(days(look("clerk")).values()) > 4
    assert queries() == before

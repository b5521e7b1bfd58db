"""CZ-3.4: the ledger is sorted every quarter and steered every half year (一季一梳理、半年一调度)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.measures.models import MeasureVersion
from guantong.mechanisms.sessions.models import Item
from support.consistency import problems_now
from support.play import Player, at

pytestmark = pytest.mark.django_db
SORTING, STEERING = "CZ-3.4/sorting", "CZ-3.4/steering"


@pytest.fixture
def city(play: Player) -> Player:
    """The town, which knows the measure since the third quarter of 2026."""
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    return play


def swept(day: str) -> int:
    """Let the calendar open what has begun by a day."""
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


def session(play: Player, code: str = SORTING, begins: str = "2026-07-01") -> UUID:
    """Return the session of a period, as case supervision sees it."""
    clause, _slash, cadence = code.partition("/")
    with play.see("clerk"):
        return Occasion.objects.get(clause=clause, cadence=cadence, begins_on=begins).matter_id


def items(play: Player, matter: UUID, who: str = "clerk") -> dict[UUID, Item]:
    """Return the items of a session by the clue they are about."""
    with play.see(who):
        return {one.about_id: one for one in Item.objects.filter(matter=matter)}


def begun(play: Player, day: str = "2026-09-29") -> UUID:
    """Let the third quarter's sorting begin."""
    swept(day)
    return play.act(day, "clerk", "session.begin", session(play), chair="陆知行", attendees="各室负责人")


def decide(
    play: Player, matter: UUID, clue: UUID, day: str = "2026-09-29", who: str = "clerk", **data: Any
) -> None:
    """Let somebody decide on a clue in a session."""
    given = {"decision": "continue", **data}
    play.act(day, who, "session.decide", matter, item=str(items(play, matter, who)[clue].pk), **given)


def test_each_period_has_its_session_from_its_first_day_on(city: Player) -> None:
    assert swept("2026-09-28") == 4, "a sorting and a steering in the city and in the county"
    assert swept("2026-09-28") == 0
    assert city.dates("clerk", session(city), SORTING) == ("open", "2026-09-30", "")
    assert city.dates("clerk", session(city, STEERING), STEERING) == ("open", "2026-12-31", "")
    duty = city.duty("clerk", session(city), SORTING)
    organs = city.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["supervision"].pk, organs["leaders"].pk)
    assert swept("2027-07-02") == 12, "late by nine months, it opens each period that was missed"
    assert city.dates("clerk", session(city, SORTING, "2026-10-01"), SORTING)[1] == "2026-12-31"
    assert problems_now() == []


def test_a_session_goes_through_all_that_lies_open_and_leaves_nothing_untouched(city: Player) -> None:
    handled = city.in_handling(city.assigned(city.registered("2026-07-06"), "2026-07-07"), "2026-07-08")
    fresh = city.registered("2026-09-28")
    ended = city.registered("2026-09-25")
    city.act("2026-09-26", "clerk", "clue.return", ended, reason="不全")
    matter = begun(city)
    found = items(city, matter)
    assert set(found) == {handled, fresh}
    old = found[handled]
    assert (old.since, old.handler_id) == (date(2026, 7, 6), city.town.organs["first"].pk)
    assert (old.owed, old.owed_by_id, old.next_due is not None) != ("", None, False)
    assert found[fresh].handler_id is None
    decide(city, matter, handled, decision="speed_up", due_on="2026-10-20", text="抓紧核实")
    with pytest.raises(Refused) as refused:
        city.act("2026-09-29", "clerk", "session.close", matter)
    assert city.matter("clerk", fresh).number in str(refused.value)
    decide(city, matter, fresh)
    city.act("2026-09-29", "clerk", "session.close", matter, conclusion="按期报告")
    assert city.dates("clerk", matter, SORTING) == ("discharged", "2026-09-30", "2026-09-29")
    assert problems_now() == []


def test_a_decision_stands_with_the_clue_and_what_is_dated_is_owed(city: Player) -> None:
    clue = city.in_handling(city.assigned(city.registered("2026-09-01"), "2026-09-02"), "2026-09-03")
    matter = begun(city)
    decide(city, matter, clue, decision="speed_up", due_on="2026-10-20", text="抓紧核实")
    with city.see("handler"):
        entry = Entry.objects.get(matter=clue, act="session.note")
        assert entry.content.body["data"]["text"] == "抓紧核实"
        assert not Matter.objects.filter(pk=matter).exists(), "the session itself is not the handler's"
    duty = city.duty("handler", clue, "CZ-3.4/speed_up")
    assert (duty.due_on, duty.holder_id) == (date(2026, 10, 20), city.town.organs["first"].pk)
    city.act("2026-10-12", "handler", "clue.report_progress", clue, progress="已核实")
    assert city.dates("handler", clue, "CZ-3.4/speed_up") == ("discharged", "2026-10-20", "2026-10-12")

"""CD-2.1: liaison points write to one another, with receipt, answer and time taken (日常联络)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.matters.models import Link, LinkKind, Matter
from guantong.kernel.papers.models import Incoming, Paper
from guantong.mechanisms.correspondence import directory
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from guantong.mechanisms.correspondence.queries import Wanted, page, taken
from guantong.mechanisms.reminders.models import Reminder
from support.consistency import problems_now
from support.play import Player, at, scan, uploads
from support.shareholders import join
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
RECEIPT, ANSWER = "CD-2.1/receipt", "CD-2.1/answer"


@pytest.fixture
def sides(play: Player) -> Player:
    """The town with its shareholder's side."""
    join(play.town)
    return play


def drafted(play: Player, day: str = "2026-09-28", who: str = "liaison_clerk", **data: Any) -> UUID:
    given = {
        "form": "liaison_request",
        "recipient": play.town.organs["accountability"].pk,
        "title": "商请介绍水务集团招标情况",
        "text": "请介绍水务集团近三年工程招标的监管情况。",
    }
    return play.act(day, who, "correspondence.draft", **{**given, **data})


def sent(play: Player, day: str = "2026-09-28", **data: Any) -> UUID:
    matter = drafted(play, day, **data)
    return play.act(day, "liaison_clerk", "correspondence.send", matter)


def row(play: Player, matter: UUID, who: str = "liaison_clerk") -> Correspondence:
    with play.see(who):
        return Correspondence.objects.get(matter=matter)


def test_a_request_is_received_answered_and_its_time_counted(sides: Player) -> None:
    matter = sent(sides)
    assert sides.dates("regulator_clerk", matter, RECEIPT) == ("open", "2026-09-30", "")
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter, note="已收悉")
    assert sides.dates("liaison_clerk", matter, RECEIPT) == ("discharged", "2026-09-30", "2026-09-29")
    assert sides.dates("regulator_clerk", matter, ANSWER) == ("open", "2026-10-12", "")
    duty = sides.duty("regulator_clerk", matter, ANSWER)
    organs = sides.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["accountability"].pk, organs["liaison"].pk)
    sides.act("2026-10-12", "regulator_clerk", "correspondence.answer", matter, text="近三年共招标四十二项。")
    assert sides.dates("liaison_clerk", matter, ANSWER) == ("discharged", "2026-10-12", "2026-10-12")
    with sides.see("liaison_clerk"):
        assert Turn.objects.filter(matter=matter).latest("id").text == "近三年共招标四十二项。"
    found = row(sides, matter)
    assert (taken(found), found.outcome, sides.matter("liaison_clerk", matter).state) == (14, "answered", "closed")
    assert problems_now() == []


def test_nobody_sees_what_is_not_sent_yet(sides: Player) -> None:
    matter = drafted(sides)
    with sides.see("regulator_clerk"):
        assert not Matter.objects.filter(pk=matter).exists()
    sides.act("2026-09-28", "liaison_clerk", "correspondence.send", matter)
    with sides.see("regulator_clerk"):
        assert Matter.objects.filter(pk=matter).exists()
    with sides.see("water_clerk"):
        assert not Matter.objects.filter(pk=matter).exists()

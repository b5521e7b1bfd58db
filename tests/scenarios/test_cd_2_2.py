"""CD-2.2: every half year the liaison office convenes the joint meeting (半年联席会议)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from guantong.kernel import clock
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.measures.models import MeasureVersion
from guantong.mechanisms.meetings.models import FollowUp
from support.consistency import problems_now
from support.meetings import (
    DAY,
    MEETS,
    answered,
    attended,
    called,
    decision,
    invitee,
    item,
    minuted,
    notified,
    table,
)
from support.play import Player, at

pytestmark = pytest.mark.django_db
QUOTA = "CD-2.2/joint_meeting"


@pytest.fixture
def city(play: Player) -> Player:
    """The town with its shareholder's side, which knows the measure since July 2026."""
    table(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    return play


def swept(day: str) -> int:
    """Let the calendar open what has begun by a day."""
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


def due(play: Player, begins: str = "2026-07-01", day: str = DAY) -> UUID:
    """Return the joint meeting of a half year, which the calendar has opened."""
    swept(day)
    with play.see("liaison_clerk"):
        return Occasion.objects.get(clause="CD-2.2", begins_on=begins).matter_id


def sitting(play: Player) -> UUID:
    """Bring the meeting of the second half year to its beginning, with one item of the regulator's."""
    matter = answered(play, notified(play, called(play, due(play))))
    play.act(
        "2026-09-23", "regulator_chief", "meeting.propose", matter, title="重大投资风险", text="情况说明"
    )
    play.act(
        "2026-09-24", "liaison_clerk", "meeting.accept", matter,
        item=item(play, "liaison_clerk", matter, "重大投资风险"),
    )  # fmt: skip
    return play.act(MEETS, "liaison_clerk", "meeting.begin", matter, chair="陆知行")


def decide(play: Player, matter: UUID, **data: str) -> UUID:
    """Let a decision be typed that the regulator is to carry out by the end of October."""
    given = {
        "item": item(play, "liaison_clerk", matter, "重大投资风险"), "text": "开展专项排查",
        "follows": "task",
        "owner": str(play.town.organs["regulator"].pk), "due_on": "2026-10-30",
    }  # fmt: skip
    return play.act(MEETS, "liaison_clerk", "meeting.decide", matter, **{**given, **data})


def held(play: Player) -> UUID:
    """Bring the meeting to its end."""
    matter = sitting(play)
    decide(play, matter)
    attended(play, matter, "regulator")
    attended(play, matter, "committee", "deputy", came="谢令仪（综合处）")
    return play.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)


def test_every_half_year_the_liaison_office_owes_a_joint_meeting(city: Player) -> None:
    matter = due(city)
    assert swept(DAY) == 0
    assert city.dates("liaison_clerk", matter, QUOTA) == ("open", "2026-12-31", "")
    duty = city.duty("liaison_clerk", matter, QUOTA)
    organs = city.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["liaison"].pk, organs["leaders"].pk)
    swept("2027-01-04")
    assert city.dates("liaison_clerk", due(city, "2027-01-01", "2027-01-04"), QUOTA)[1] == "2027-06-30"
    assert problems_now() == []


def test_one_meeting_from_its_call_to_the_next_one_s_agenda(city: Player) -> None:
    matter = held(city)
    assert city.dates("liaison_clerk", matter, QUOTA) == ("discharged", "2026-12-31", MEETS)
    carry = city.duty("regulator_chief", matter, "CD-2.2/carry_out")
    assert (carry.holder_id, carry.due_on) == (city.town.organs["regulator"].pk, date(2026, 10, 30))
    assert city.dates("liaison_clerk", matter, "CD-2.2/minutes")[:2] == ("open", "2026-10-10")
    minuted(city, matter)
    assert city.dates("liaison_clerk", matter, "CD-2.2/minutes")[2] == MEETS
    row = invitee(city, "regulator_chief", matter, "regulator")
    city.act(
        "2026-09-29", "regulator_clerk", "meeting.sign_for_minutes", matter, invitee=row, received_by="宋一诺"
    )
    city.act(
        "2026-10-20", "regulator_chief", "meeting.report", matter, report="排查完毕",
        decision=decision(city, "regulator_chief", matter),
    )  # fmt: skip
    assert city.dates("regulator_chief", matter, "CD-2.2/carry_out")[2] == "2026-10-20"
    following = due(city, "2027-01-01", "2027-03-01")
    called(city, following, "2027-03-01", held_on="2027-03-15", reply_by="2027-03-10")
    with city.see("liaison_clerk"):
        [head] = FollowUp.objects.filter(matter=following)
    assert (head.text, head.state, head.report) == ("开展专项排查", "reported", "排查完毕")
    assert problems_now() == []

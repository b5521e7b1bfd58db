"""CZ-2.1: audit leads the joint meeting on economic-responsibility audit (定期会商)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from guantong.kernel import clock
from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.matters.models import Matter
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import MeasureVersion
from guantong.mechanisms.meetings.models import Meeting
from support.consistency import problems_now
from support.meetings import invitee, seat
from support.play import Player, at
from support.town import bind

pytestmark = pytest.mark.django_db
QUOTA = "CZ-2.1/economic_audit_joint_meeting"
CALL = {"held_on": "2026-09-28", "starts_at": "9:00", "place": "审计局会议室", "reply_by": "2026-09-24"}


@pytest.fixture
def city(play: Player) -> Player:
    """The town, whose audit bureau leads the joint meeting, with the commission as a member."""
    town = play.town
    bind(town.organs["audit"], "audit_bureau")
    seat(
        town, "economic_audit_joint_meeting", "清川市经济责任审计工作联席会议", "executing",
        ["supervision", "rounds"],
    )  # fmt: skip
    seat(town, "anti_corruption_coordination_group", "清川市反腐败协调小组", "supervision", ["audit_leaders"])
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    engine.forget()
    return play


def due(play: Player) -> UUID:
    """Return the joint meeting of the second half year."""
    with clock.set_to(at("2026-09-21")):
        open_due(date(2026, 9, 21))
    with play.see("auditor"):
        return Occasion.objects.get(clause="CZ-2.1").matter_id


def notified(play: Player, matter: UUID, hands: list[str]) -> UUID:
    """Let the notice be sent."""
    play.letter(["2026-09-21"] * 4, matter, "meeting_notice", hands)
    return matter


AUDIT = ["auditor", "audit_head", "audit_leader", "auditor"]


def test_audit_convenes_and_the_commission_is_invited_as_a_member(city: Player) -> None:
    matter = due(city)
    duty = city.duty("auditor", matter, QUOTA)
    organs = city.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["executing"].pk, organs["audit_leaders"].pk)
    members = [organs[one].pk for one in ("supervision", "rounds")]
    city.act("2026-09-21", "auditor", "meeting.call", matter, members=members, **CALL)
    notified(city, matter, AUDIT)
    assert city.dates("clerk", matter, "CZ-2.1/reply")[:2] == ("open", "2026-09-24")
    row = invitee(city, "clerk", matter, "supervision")
    city.act(
        "2026-09-22", "clerk", "meeting.reply", matter, invitee=row, reply="coming", attends="顾明远（主任）"
    )
    with pytest.raises(NotAllowed):
        city.act("2026-09-22", "clerk", "meeting.begin", matter, chair="顾明远")
    city.act("2026-09-28", "auditor", "meeting.begin", matter, chair="何嘉禾")
    for organ, attendance in (("supervision", "present"), ("rounds", "absent")):
        row = invitee(city, "auditor", matter, organ)
        given = {"invitee": row, "attendance": attendance, "why_absent": "另有公务", "came": "顾明远"}
        city.act("2026-09-28", "auditor", "meeting.attendance", matter, **given)
    owner = organs["supervision"].pk
    given = {
        "text": "移交线索集中会商",
        "follows": "task",
        "owner": owner,
        "due_on": "2026-10-30",
    }
    city.act("2026-09-28", "auditor", "meeting.decide", matter, **given)
    city.act("2026-09-28", "auditor", "meeting.adjourn", matter)
    assert city.dates("auditor", matter, QUOTA) == ("discharged", "2026-12-31", "2026-09-28")
    with city.see("clerk"):
        assert Matter.objects.get(kind="task").title == "移交线索集中会商"
    assert problems_now() == []


def test_the_coordination_group_meets_when_it_is_called_and_audit_answers(city: Player) -> None:
    with city.see("clerk"):
        body = city.town.organs["supervision"].offices_of.get().pk
    given = {**CALL, "body": body, "subject": "案件协作", "reason": "季度协调"}
    matter = city.act("2026-09-21", "clerk", "meeting.add", **given)
    notified(city, matter, ["clerk", "clerk_head", "deputy", "clerk"])
    assert city.duty("audit_leader", matter, "CZ-2.1/reply").holder_id == city.town.organs["audit_leaders"].pk
    with city.see("audit_leader"):
        assert Meeting.objects.get(pk=matter).kind == "anti_corruption_coordination_group"
    with city.see("auditor"):
        assert not Meeting.objects.filter(pk=matter).exists(), "the seat is the audit leaders'"

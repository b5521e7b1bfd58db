"""CD-2.3: the enterprises hold the same meeting, tier by tier along equity (企业逐级建立联席会议)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel import clock
from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.organs.holdings import held_below
from guantong.kernel.organs.models import RoleBinding, Stake
from guantong.mechanisms.meetings.models import Decision, FollowUp, Invitee, Meeting
from support.consistency import problems_now, sight_of_everybody
from support.meetings import decision, invitee, seat, table
from support.play import Player, at, scan, uploads

pytestmark = pytest.mark.django_db
QUOTA = "CD-2.3/company_joint_meeting"


@pytest.fixture
def city(play: Player) -> Player:
    """The town, whose water company holds the pipes company; it knows the measure since July 2026."""
    table(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    return play


def swept(day: str) -> int:
    """Let the calendar open what has begun by a day."""
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


def meeting_of(play: Player, who: str, company: str, begins: str = "2026-07-01") -> UUID:
    """Return the meeting of a company for a half year."""
    with play.see(who):
        organ = play.town.organs[company]
        return Occasion.objects.get(clause="CD-2.3", organ=organ, begins_on=begins).matter_id


def recorded(play: Player, who: str, matter: UUID, day: str, **data: Any) -> UUID:
    """Let a meeting held be recorded from its minutes."""
    texts = {"chair": "万鹏举", "attended": "审计与责任追究部\n纪检监察组", "place": "公司会议室"}
    return play.act(
        day, who, "meeting.record", matter, files=uploads(scan=scan("纪要.pdf")), **{**texts, **data}
    )


def test_every_enterprise_and_what_it_holds_owes_a_meeting_tier_by_tier(city: Player) -> None:
    swept("2026-09-21")
    assert swept("2026-09-21") == 0
    organs = city.town.organs
    with sight_of_everybody():
        owed = {one.holder_id: one for one in Duty.objects.filter(clause="CD-2.3")}
    assert set(owed) == {organs["water"].pk, organs["pipes"].pk}
    assert {one.claimant_id for one in owed.values()} == {organs["committee"].pk}
    assert {str(one.due_on) for one in owed.values()} == {"2026-12-31"}
    assert problems_now() == []


def test_who_looks_on_sees_that_it_is_held_and_not_what_is_said(city: Player) -> None:
    swept("2026-09-21")
    matter = recorded(
        city, "water_clerk", meeting_of(city, "water_clerk", "water"), "2026-09-22",
        decisions=[{"text": "整改招标问题"}],
    )  # fmt: skip
    assert city.dates("committee_clerk", matter, QUOTA) == ("discharged", "2026-12-31", "2026-09-22")
    for who in ("committee_clerk", "regulator_clerk"):
        with city.see(who):
            found = Meeting.objects.get(pk=matter)
            assert str(found.begun_on) == "2026-09-22"
            assert not found.matter.decisions.exists() and not Invitee.objects.filter(matter=matter).exists()


def test_the_company_above_records_what_the_one_below_held_on_paper(city: Player) -> None:
    swept("2026-09-21")
    matter = meeting_of(city, "water_clerk", "pipes")
    with pytest.raises(NotAllowed):
        recorded(city, "committee_clerk", matter, "2026-09-23")
    recorded(city, "water_clerk", matter, "2026-09-23")
    assert city.dates("committee_clerk", matter, QUOTA)[2] == "2026-09-23"


def test_the_office_of_the_company_s_own_body_convenes(city: Player) -> None:
    seat(city.town, "joint_meeting", "清川水务联席会议", "water_accountability", ["water_leaders"], "water")
    swept("2026-09-21")
    matter = meeting_of(city, "water_clerk", "water")
    with city.see("water_clerk"):
        assert Meeting.objects.get(pk=matter).matter.title == "清川水务联席会议（2026年下半年）"
        assert Duty.objects.get(matter=matter).holder_id == city.town.organs["water_accountability"].pk
    given = {
        "held_on": "2026-09-30", "starts_at": "9:00", "place": "公司会议室", "reply_by": "2026-09-28",
        "members": [city.town.organs["water_leaders"].pk],
    }  # fmt: skip
    city.act("2026-09-22", "water_clerk", "meeting.call", matter, **given)


def test_what_a_company_decides_is_owed_reported_and_struck_off_at_its_next_meeting(city: Player) -> None:
    leaders = city.town.organs["water_leaders"].pk
    seat(city.town, "joint_meeting", "清川水务联席会议", "water_accountability", ["water_leaders"], "water")
    swept("2026-09-21")
    matter = meeting_of(city, "water_clerk", "water")
    call = {"starts_at": "9:00", "place": "公司会议室", "members": [leaders]}
    days = {"held_on": "2026-09-28", "reply_by": "2026-09-24"}
    city.act("2026-09-22", "water_clerk", "meeting.call", matter, **call, **days)
    city.act("2026-09-28", "water_clerk", "meeting.begin", matter, chair="万鹏举")
    row = invitee(city, "water_clerk", matter, "water_leaders")
    city.act("2026-09-28", "water_clerk", "meeting.attendance", matter, invitee=row, attendance="present")
    given = {"text": "整改招标问题", "follows": "task", "owner": leaders, "due_on": "2026-10-30"}
    city.act("2026-09-28", "water_clerk", "meeting.decide", matter, **given)
    city.act("2026-09-28", "water_clerk", "meeting.adjourn", matter)
    assert city.dates("water_leader", matter, "CD-2.3/carry_out") == ("open", "2026-10-30", "")
    told = {"decision": decision(city, "water_leader", matter), "report": "整改完毕"}
    city.act("2026-10-20", "water_leader", "meeting.report", matter, **told)
    assert city.dates("water_leader", matter, "CD-2.3/carry_out")[2] == "2026-10-20"
    swept("2027-01-04")
    following = meeting_of(city, "water_clerk", "water", "2027-01-01")
    days = {"held_on": "2027-01-20", "reply_by": "2027-01-15"}
    city.act("2027-01-05", "water_clerk", "meeting.call", following, **call, **days)
    city.act("2027-01-20", "water_clerk", "meeting.begin", following, chair="万鹏举")
    with city.see("water_clerk"):
        [head] = FollowUp.objects.filter(matter=following)
    assert (head.state, head.report) == ("reported", "整改完毕")
    done = {"follow_up": str(head.pk), "outcome": "settled"}
    city.act("2027-01-20", "water_clerk", "meeting.review", following, **done)
    with city.see("water_clerk"):
        assert Decision.objects.get(matter=matter).state == "settled"
    assert problems_now() == []


def test_a_decision_no_longer_pursued_is_owed_no_longer(city: Player) -> None:
    swept("2026-09-21")
    matter = recorded(
        city, "water_clerk", meeting_of(city, "water_clerk", "water"), "2026-09-22",
        decisions=[
            {"text": "整改", "owner": "清川水务集团有限公司公司领导", "due_on": "2026-10-30"},
        ],
    )  # fmt: skip
    assert city.dates("water_leader", matter, "CD-2.3/carry_out")[0] == "open"
    row = decision(city, "water_clerk", matter)
    city.act("2026-09-30", "water_clerk", "meeting.release", matter, decision=row, reason="项目已停")
    assert city.dates("water_leader", matter, "CD-2.3/carry_out")[0] == "cancelled"


def test_a_share_below_the_least_ends_the_chain_and_the_city_may_set_another(city: Player) -> None:
    pipes = Stake.objects.filter(company=city.town.organs["pipes"])
    pipes.update(percent=40)
    swept("2026-09-21")
    with sight_of_everybody():
        assert Occasion.objects.filter(clause="CD-2.3").count() == 1
    Adoption.objects.filter(measure_version__measure="chengdu", jurisdiction=city.town.place).update(
        settings={"CD-2.3/least_share": 34}
    )
    engine.forget()
    swept("2026-09-22")
    with sight_of_everybody():
        assert Occasion.objects.filter(clause="CD-2.3").count() == 2


def test_an_enterprise_bound_later_owes_from_then_on(city: Player) -> None:
    RoleBinding.objects.filter(role="enterprise").update(since=date(2027, 1, 1))
    engine.forget()
    swept("2026-12-31")
    with sight_of_everybody():
        assert not Occasion.objects.filter(clause="CD-2.3").exists()
    swept("2027-01-02")
    with sight_of_everybody():
        assert {str(one.begins_on) for one in Occasion.objects.filter(clause="CD-2.3")} == {"2027-01-01"}


@given(
    owner_of=st.dictionaries(st.integers(1, 12), st.integers(1, 12), max_size=12),
    top=st.sets(st.integers(1, 12), max_size=4),
)
def test_the_chain_goes_down_to_its_end_and_no_company_stands_in_it_twice(
    owner_of: dict[int, int], top: set[int]
) -> None:
    below = held_below(owner_of, top)
    assert len(below) == len(set(below)) and not set(below) & top
    reached = top | set(below)
    assert all(owner_of[one] in reached for one in below), "each hangs on one found before"
    assert all(one in reached for one, owner in owner_of.items() if owner in reached), "none is forgotten"

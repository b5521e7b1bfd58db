"""CZ-2.1: who sits on the coordination group and in the joint meeting (定期会商的成员)."""

from __future__ import annotations

from datetime import date

import pytest

from guantong.kernel.organs.lacks import BREACH
from support.bodies import Table, sit_down
from support.play import Player
from support.ways import BY_ACTS

pytestmark = [pytest.mark.django_db, BY_ACTS]
TODAY = date(2026, 11, 2)


@pytest.fixture
def table(play: Player) -> Table:
    """The town with its bodies, nothing lacking."""
    return sit_down(play.town)


def test_cz_2_1_the_head_of_audit_sits_on_the_coordination_group(table: Table) -> None:
    assert table.lacks(TODAY) == []
    seat = table.seat("group", "audit_leader")
    seat.post = table.town.posts["audit_head"]
    seat.save()
    (lack,) = table.lacks(TODAY)
    assert (lack.kind, lack.clause, lack.seat) == (BREACH, "CZ-2.1", seat.pk)
    assert "方靖宇" in lack.reason


def test_cz_2_1_audit_leads_the_joint_meeting_and_the_commission_is_a_member(table: Table) -> None:
    for post, rank in (("audit_leader", "member"), ("deputy", "member")):
        seat = table.seat("joint", post)
        if post == "audit_leader":
            seat.rank = rank
        else:
            seat.until = date(2026, 10, 1)
        seat.save()
    lacks = table.lacks(TODAY)
    assert {(one.kind, one.clause, one.body_kind) for one in lacks} == {
        (BREACH, "CZ-2.1", "economic_audit_joint_meeting")
    }
    assert len(lacks) == 2
    assert any("召集人" in one.reason for one in lacks)

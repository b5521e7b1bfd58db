"""CZ-1.1: one leadership: audit commission and inspection leading group, at both levels (一体领导)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.problems import MeasureError
from guantong.kernel.measures.publish import adopt
from guantong.kernel.organs.lacks import BREACH, UNKNOWN, VACANT, states
from guantong.kernel.organs.models import Jurisdiction
from guantong.kernel.organs.seated import body_on
from support.bodies import Table, sit_down, take, unbind
from support.play import Player
from support.ways import BY_ACTS

pytestmark = [pytest.mark.django_db, BY_ACTS]
TODAY = date(2026, 11, 2)
CLAUSE = "CZ-1.1"


@pytest.fixture
def table(play: Player) -> Table:
    """The town with its bodies, nothing lacking."""
    return sit_down(play.town)


def of_clause(table: Table, on: date = TODAY, place: str = "") -> list[tuple[str, str, str]]:
    """Return kind, body's kind and place of what the clause finds lacking."""
    return [
        (one.kind, one.body_kind, one.place.name) for one in table.lacks(on, place) if one.clause == CLAUSE
    ]


def test_cz_1_1_nothing_is_lacking_where_all_sit_as_required(table: Table) -> None:
    assert table.lacks(TODAY) == []
    kinds = {rule.kind for state in states(TODAY, [table.town.county]) for clause, rule in state.required
             if clause.id == CLAUSE}  # fmt: skip
    assert kinds == {"audit_commission", "inspection_leading_group"}


def test_cz_1_1_a_county_without_the_body_is_named(table: Table) -> None:
    body = table.bodies["county_audit_commission"]
    body.until = date(2026, 6, 30)
    body.save()
    assert of_clause(table, date(2026, 6, 30)) == []
    found = of_clause(table)
    assert (BREACH, "audit_commission", "云麓县") in found
    assert {place for _kind, _body, place in found} == {"云麓县"}


@pytest.mark.parametrize("post", ["secretary", "director", "audit_leader"])
def test_cz_1_1_commission_inspection_and_audit_each_need_their_seat(table: Table, post: str) -> None:
    seat = table.seat("audit_commission", post)
    seat.until = date(2026, 9, 30)
    seat.save()
    assert of_clause(table, date(2026, 9, 30)) == []
    lacks = [one for one in table.lacks(date(2026, 10, 1)) if one.clause == CLAUSE]
    organ = seat.organ.name
    assert any(one.kind == BREACH and organ in one.reason for one in lacks)
    assert all(one.settled_by for one in lacks)


def test_cz_1_1_the_secretary_is_deputy_director_not_a_mere_member(table: Table) -> None:
    seat = table.seat("audit_commission", "secretary")
    seat.rank = "member"
    seat.save()
    (lack,) = [one for one in table.lacks(TODAY) if one.clause == CLAUSE]
    assert lack.kind == BREACH
    assert "秦望山" in lack.reason
    assert "副主任" in lack.reason
    assert lack.officer == table.town.posts["secretary"].officer_id


def test_cz_1_1_the_leading_group_is_led_by_the_secretary_himself(table: Table) -> None:
    seat = table.seat("tours", "secretary")
    seat.post = table.town.posts["deputy"]
    seat.save()
    (lack,) = [one for one in table.lacks(TODAY) if one.clause == CLAUSE]
    assert (lack.kind, lack.body_kind) == (BREACH, "inspection_leading_group")
    assert "陆知行" in lack.reason


def test_cz_1_1_a_seat_without_holder_is_vacant_and_one_whose_holder_left_is_a_breach(table: Table) -> None:
    seat = table.seat("county_audit_commission", "county_director")
    seat.post = None
    seat.save()
    assert of_clause(table) == [(VACANT, "audit_commission", "云麓县")]
    post = table.town.posts["audit_leader"]
    post.until = date(2026, 10, 15)
    post.save()
    lacks = [one for one in table.lacks(TODAY, "city") if one.clause == CLAUSE]
    assert {(one.kind, one.seat) for one in lacks} == {
        (BREACH, table.seat("audit_commission", "audit_leader").pk)
    }
    assert "2026-10-15" in lacks[0].reason


def test_cz_1_1_without_a_measure_or_a_binding_it_is_said_to_be_unknown(table: Table) -> None:
    unbind(table.town, "990121", "audit_bureau")
    assert (UNKNOWN, "audit_commission", "云麓县") in of_clause(table, place="county")
    place = Jurisdiction.objects.create(code="990199", name="临川区", tier="county", parent=table.town.place)
    (lack,) = states(TODAY, [place])[0].lacks
    assert lack.kind == UNKNOWN
    assert lack.settled_by
    assert table.lacks(date(2019, 1, 1))[0].kind == UNKNOWN, "before the measures were applied"


def test_cz_1_1_the_past_is_read_as_it_was(table: Table) -> None:
    before = table.seat("audit_commission", "audit_leader")
    before.until = date(2026, 8, 31)
    before.save()
    take(table.bodies["audit_commission"], table.town.posts["audit_head"], "member", date(2026, 9, 1))
    body = table.bodies["audit_commission"]

    def names(on: date) -> set[str]:
        return {seat.post.officer.name for seat in body_on(body, on).seats if seat.post}

    assert names(date(2026, 8, 31)) == {"程怀远", "秦望山", "段怀瑾", "何嘉禾"}
    assert names(date(2026, 9, 1)) == {"程怀远", "秦望山", "段怀瑾", "方靖宇"}


def test_cz_1_1_what_was_entered_by_mistake_counts_nowhere(table: Table) -> None:
    seat = table.seat("audit_commission", "director")
    seat.mistake = "姓名录错"
    seat.save()
    assert (BREACH, "audit_commission", "清川市") in of_clause(table)


def test_cz_1_1_may_not_be_decided_otherwise_locally(table: Table) -> None:
    adoption = Adoption.objects.get(jurisdiction=table.town.county, measure_version__measure="chenzhou")
    with pytest.raises(MeasureError):
        adopt(table.town.county, adoption.measure_version, TODAY, {f"{CLAUSE}/audit_commission": False})
    clause = engine.applied(adoption).measure.clauses[CLAUSE]
    assert clause.override_fields == ["receipt_period", "answer_period"], "days alone, no seat"


def test_cz_1_1_reading_all_places_takes_the_same_statements_as_one(table: Table) -> None:
    engine.applied_on(table.town.place.pk, TODAY)
    taken = []
    for places in ([table.town.place], [table.town.place, table.town.county]):
        with CaptureQueriesContext(connection) as caught:
            states(TODAY, places)
        taken.append(len(caught))
    assert taken[0] == taken[1] <= 4

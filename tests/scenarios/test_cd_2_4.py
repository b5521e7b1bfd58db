"""CD-2.4: regulator and enterprises report their work each quarter, with copies (出资人书面抄送)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from guantong.kernel import clock
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.matters.models import Matter
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.organs.models import Organ, RoleBinding, Stationing
from guantong.kernel.papers.models import Incoming, Paper
from guantong.mechanisms.correspondence.models import Copy, Correspondence, Turn
from support.consistency import problems_now, sight_of_everybody
from support.play import Player, at, scan, uploads
from support.shareholders import join
from support.town import SINCE

pytestmark = pytest.mark.django_db
REPORT, RECEIPT, COPY = "CD-2.4/work_report", "CD-2.4/receipt", "CD-2.4/copy_receipt"
FIGURES = {
    "inspections": 12, "problems": 7, "rectified": 5, "cases": 2, "people": 3, "handed_over": 1,
    "plans": "围绕招标采购开展专项检查。",
}  # fmt: skip
HANDS = {
    "water": ["water_clerk", "water_chief", "water_leader", "water_clerk"],
    "regulator": ["regulator_clerk", "regulator_chief", "regulator_head", "regulator_clerk"],
}


@pytest.fixture
def city(play: Player) -> Player:
    """The town with its shareholder's side, which knows the measure since July 2026; its third quarter."""
    join(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    swept("2026-09-21")
    return play


def swept(day: str) -> int:
    """Let the calendar open what has begun by a day."""
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


def owed(play: Player, body: str, begins: str = "2026-07-01") -> UUID:
    """Return what a body's accountability department owes for a quarter."""
    department = "accountability" if body == "regulator" else f"{body}_accountability"
    with sight_of_everybody():
        organ = play.town.organs[department]
        return Occasion.objects.get(clause="CD-2.4", organ=organ, begins_on=begins).matter_id


def written(play: Player, body: str, day: str = "2026-10-08", **data: Any) -> UUID:
    """Let a report be written."""
    given = {**FIGURES, "text": "三季度围绕工程招标开展监督。", **data}
    return play.act(day, HANDS[body][0], "correspondence.write", owed(play, body), **given)


def reported(play: Player, body: str, day: str = "2026-10-09", **data: Any) -> UUID:
    """Let a report be written and go out by letter."""
    matter = written(play, body, **data)
    play.letter([day] * 4, matter, "correspondence_letter", HANDS[body])
    return matter


def copy_of(play: Player, matter: UUID) -> Copy:
    with sight_of_everybody():
        return Copy.objects.select_related("organ").get(matter=matter)


def test_each_bound_body_owes_its_report_after_the_quarter(city: Player) -> None:
    assert swept("2026-09-21") == 0
    organs = city.town.organs
    with sight_of_everybody():
        found = {one.holder_id: one for one in Duty.objects.filter(clause="CD-2.4")}
    assert set(found) == {organs["accountability"].pk, organs["water_accountability"].pk}
    assert {one.claimant_id for one in found.values()} == {organs["committee"].pk}
    # ten working days after 30 September, 1 to 7 October being the holiday and 10 October worked
    assert {str(one.due_on) for one in found.values()} == {"2026-10-20"}
    title = city.matter("water_clerk", owed(city, "water")).title
    assert title == "清川水务集团有限公司监督工作情况报送（2026年第三季度）"
    assert problems_now() == []


def test_a_report_goes_to_the_committee_and_a_copy_to_the_stationed_group(city: Player) -> None:
    matter = reported(city, "regulator")
    assert city.dates("regulator_clerk", matter, REPORT) == ("discharged", "2026-10-20", "2026-10-09")
    copy = copy_of(city, matter)
    assert (copy.organ, str(copy.sent_on)) == (city.town.organs["stationed"], "2026-10-09")
    assert city.dates("committee_clerk", matter, RECEIPT) == ("open", "2026-10-12", "")
    assert city.dates("stationed_clerk", matter, COPY) == ("open", "2026-10-12", "")
    city.act("2026-10-10", "committee_clerk", "correspondence.receive", matter)
    assert city.matter("regulator_clerk", matter).state == "closed"
    assert city.dates("stationed_clerk", matter, COPY) == ("open", "2026-10-12", "")
    city.act(
        "2026-10-12", "stationed_clerk", "correspondence.sign_for_copy", matter, of_copy=str(copy.pk),
        received_by="谢令仪",
    )  # fmt: skip
    assert city.dates("regulator_clerk", matter, COPY) == ("discharged", "2026-10-12", "2026-10-12")
    with city.see("stationed_clerk"):
        assert Turn.objects.get(matter=matter).said["inspections"] == "12"
        assert Incoming.objects.filter(matter=matter).count() == 1, (
            "both sit in one body: one letter, one number"
        )
        letter = Paper.objects.get(matter=matter).letter["final"]
    assert letter["copies"] == [copy.name]
    assert problems_now() == []


def test_a_company_without_a_group_copies_the_group_of_its_owner(city: Player) -> None:
    assert copy_of(city, written(city, "water")).organ == city.town.organs["stationed"]


def test_a_company_s_own_group_goes_before_that_of_its_owner(city: Player) -> None:
    group = city.town.organs["first"]
    Stationing.objects.create(group=group, host=city.town.organs["water"], since=SINCE)
    matter = written(city, "water")
    assert copy_of(city, matter).organ == group
    assert copy_of(city, matter).why == "派驻清川水务集团有限公司"


def test_the_copy_follows_who_is_stationed_when_the_draft_is_changed(city: Player) -> None:
    matter = written(city, "water")
    group = city.town.organs["first"]
    Stationing.objects.create(group=group, host=city.town.organs["water"], since=SINCE)
    committee = city.town.organs["committee"].pk
    city.act(
        "2026-10-08", "water_clerk", "correspondence.amend", matter, recipient=committee,
        text="三季度情况。", **{**FIGURES, "inspections": 13},
    )  # fmt: skip
    assert copy_of(city, matter).organ == group
    with city.see("water_clerk"):
        assert Turn.objects.get(matter=matter).said["inspections"] == "13"


def test_figures_are_whole_numbers(city: Player) -> None:
    with pytest.raises(Refused, match="problems"):
        written(city, "water", problems="-1")


def test_nobody_reads_it_before_it_goes_out_and_nobody_else_afterwards(city: Player) -> None:
    matter = written(city, "water")
    for who in ("committee_clerk", "stationed_clerk", "regulator_clerk"):
        with city.see(who):
            assert not Turn.objects.filter(matter=matter).exists(), who
    with city.see("committee_clerk"):
        assert Correspondence.objects.filter(matter=matter).exists(), "that it is owed is known"
    hands = HANDS["water"]
    city.letter(["2026-10-09"] * 4, matter, "correspondence_letter", hands)
    for who in ("regulator_clerk", "clerk", "handler"):
        with city.see(who):
            assert not Matter.objects.filter(pk=matter).exists(), who


def test_nobody_signs_for_another_s_copy_nor_twice_nor_before_it_went(city: Player) -> None:
    matter = reported(city, "regulator")
    copy = {"of_copy": str(copy_of(city, matter).pk), "received_by": "谢令仪"}
    with pytest.raises(NotAllowed):
        city.act("2026-10-10", "committee_clerk", "correspondence.sign_for_copy", matter, **copy)
    with pytest.raises(Refused, match="happened_on"):
        city.act("2026-10-08", "stationed_clerk", "correspondence.sign_for_copy", matter, **copy)
    city.act("2026-10-10", "stationed_clerk", "correspondence.sign_for_copy", matter, **copy)
    with pytest.raises(Refused):
        city.act("2026-10-11", "stationed_clerk", "correspondence.sign_for_copy", matter, **copy)


def test_what_is_owed_for_a_period_is_neither_begun_by_hand_nor_withdrawn(city: Player) -> None:
    committee = city.town.organs["committee"].pk
    with pytest.raises(NotAllowed):
        city.act(
            "2026-10-09", "water_clerk", "correspondence.draft", form="work_report", recipient=committee,
            text="情况", **FIGURES,
        )  # fmt: skip
    matter = written(city, "water")
    with pytest.raises(Refused):
        city.act("2026-10-09", "water_clerk", "correspondence.withdraw", matter, reason="误写")


def test_what_came_on_paper_from_who_works_elsewhere_is_recorded(play: Player) -> None:
    city = play
    join(city.town)
    Organ.objects.filter(pk=city.town.organs["water_accountability"].pk).update(elsewhere=True)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    swept("2026-09-21")
    matter = owed(city, "water")
    given = {
        "letter_number": "清水〔2026〕31号", "letter_date": "2026-10-09", "text": "三季度情况。", **FIGURES,
        "files": uploads(scan=scan("报送.pdf")),
    }  # fmt: skip
    city.done("2026-10-12", "committee_clerk", "correspondence.take_in", matter, **given)
    assert city.dates("committee_clerk", matter, REPORT) == ("discharged", "2026-10-20", "2026-10-12")
    with city.see("committee_clerk"):
        assert Turn.objects.get(matter=matter).said["problems"] == "7"
        assert Incoming.objects.get(matter=matter).letter_number == "清水〔2026〕31号"
    assert problems_now() == []


def test_a_place_without_a_committee_opens_nothing(city: Player) -> None:
    RoleBinding.objects.filter(role="soe_work_committee").delete()
    before = Occasion.objects.filter(clause="CD-2.4").count()
    swept("2026-10-08")
    assert Occasion.objects.filter(clause="CD-2.4").count() == before

"""CZ-1.1: important matters are put before the Party committee; what it answers is on record (请示报告)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Body, Organ
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from guantong.mechanisms.correspondence.upward_forms import ASKING, SECOND
from support.consistency import problems_now
from support.play import Player, scan, uploads
from support.town import SINCE, bind

pytestmark = pytest.mark.django_db
RECEIPT, ANSWER, ANSWER_BY = "CZ-1.1/receipt", "CZ-1.1/answer", "CZ-1.1/answer_by"
HANDS = ["auditor", "audit_head", "audit_leader", "auditor"]
ASKED = "同意将清川水务集团列入年度审计重点"


@pytest.fixture
def place(play: Player) -> Player:
    """The town with its Party committee, which works outside the platform."""
    town = play.town
    for code, jurisdiction, name in (
        ("party", town.place, "中共清川市委员会"),
        ("county_party", town.county, "中共云麓县委员会"),
    ):
        town.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=name, kind="other", jurisdiction=jurisdiction, since=SINCE,
            elsewhere=True,
        )  # fmt: skip
        bind(town.organs[code], "party_committee")
    Body.objects.create(
        jurisdiction=town.place, kind="audit_commission", name="中共清川市委审计委员会",
        office=town.organs["audit"], since=SINCE,
    )  # fmt: skip
    return play


def drafted(play: Player, form: str = "party_request", day: str = "2026-09-28", **data: Any) -> UUID:
    given = {
        "form": form, "recipient": play.town.organs["party"].pk, "title": "调整年度审计项目计划",
        "text": "年初以来国有企业投资风险上升。",
    }  # fmt: skip
    if form == "party_request":
        given["matter_asked"] = ASKED
    return play.act(day, "auditor", "correspondence.draft", **{**given, **data})


def sent(play: Player, form: str = "party_request", day: str = "2026-09-28", **data: Any) -> UUID:
    matter = drafted(play, form, day, **data)
    play.letter([day] * 4, matter, "correspondence_letter", HANDS)
    return matter


def told(play: Player, day: str, code: str, matter: UUID, **data: Any) -> None:
    files = uploads(scan=scan("回执.pdf"))
    play.done(day, "auditor", code, matter, files=files, **data)


def test_a_request_owes_an_answer_which_is_typed_in_from_paper(place: Player) -> None:
    matter = sent(place, in_name_of="中共清川市委审计委员会")
    assert place.dates("auditor", matter, RECEIPT) == ("open", "2026-10-08", "")
    told(place, "2026-09-29", "correspondence.take_receipt", matter, received_on="2026-09-29")
    assert place.dates("auditor", matter, ANSWER) == ("open", "2026-10-29", "")
    duty = place.duty("auditor", matter, ANSWER)
    organs = place.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["party"].pk, organs["executing"].pk)
    told(
        place, "2026-10-14", "correspondence.take_answer", matter, text="同意调整，按程序实施。",
        decision="agreed",
    )  # fmt: skip
    assert place.dates("auditor", matter, ANSWER) == ("discharged", "2026-10-29", "2026-10-14")
    assert place.matter("auditor", matter).state == "closed"
    with place.see("auditor"):
        answer = Turn.objects.get(matter=matter, kind="answer")
        asked = Turn.objects.get(matter=matter, kind="ask")
    assert (answer.text, answer.said) == ("同意调整，按程序实施。", {"decision": "agreed"})
    assert asked.said == {"in_name_of": "中共清川市委审计委员会", "matter_asked": ASKED}
    assert problems_now() == []


def test_its_paper_is_a_request_with_its_number_and_who_signed_it(place: Player) -> None:
    matter = sent(place)
    with place.see("auditor"):
        paper = Paper.objects.get(matter=matter)
    final = paper.letter["final"]
    assert paper.number == "清审请〔2026〕1号"
    assert (final["format"], final["signer"], final["mark_suffix"]) == ("file", "何嘉禾", "文件")


def test_a_report_owes_no_answer(place: Player) -> None:
    matter = sent(place, "party_report", text="三季度审计工作进展顺利。")
    told(place, "2026-09-29", "correspondence.take_receipt", matter, received_on="2026-09-29")
    assert place.dates("auditor", matter, RECEIPT) == ("discharged", "2026-10-08", "2026-09-29")
    assert place.matter("auditor", matter).state == "closed"
    with place.see("auditor"):
        assert Correspondence.objects.get(matter=matter).outcome == "told"
        assert Paper.objects.get(matter=matter).number == "清审报〔2026〕1号"
        assert not Duty.objects.filter(matter=matter, rule__startswith="answer").exists()


def test_a_day_asked_for_counts(place: Player) -> None:
    matter = sent(place, answer_by="2026-10-12")
    told(place, "2026-09-29", "correspondence.take_receipt", matter, received_on="2026-09-29")
    assert place.dates("auditor", matter, ANSWER_BY) == ("open", "2026-10-12", "")


def test_a_request_asks_for_one_thing(place: Player) -> None:
    for many in ("一、同意调整计划；二、同意增加编制", "1. 调整计划 2. 增加编制"):
        with pytest.raises(Refused, match="matter_asked"):
            drafted(place, matter_asked=many)


def test_a_report_carries_no_request(place: Player) -> None:
    with pytest.raises(Refused, match="text"):
        drafted(place, "party_report", text="工作进展顺利。增加编制一事，妥否，请批示。")


def test_it_goes_to_one_s_own_committee_and_not_over_its_head(place: Player) -> None:
    with pytest.raises(Refused, match="recipient"):
        drafted(place, recipient=place.town.organs["county_party"].pk)


def test_who_keeps_no_office_writes_in_no_body_s_name(place: Player) -> None:
    with pytest.raises(Refused, match="in_name_of"):
        drafted(place, in_name_of="中共清川市委巡察工作领导小组")


def test_departments_without_the_capacity_do_not_write_to_the_committee(place: Player) -> None:
    party = place.town.organs["party"].pk
    given = {"form": "party_request", "recipient": party, "title": "请示", "text": "情况。",
             "matter_asked": ASKED}  # fmt: skip
    with pytest.raises(NotAllowed):
        place.act("2026-09-28", "team_member", "correspondence.draft", **given)


def test_nobody_else_reads_it(place: Player) -> None:
    matter = sent(place)
    for who in ("clerk", "inspector", "county_clerk", "team_member"):
        with place.see(who):
            assert not Matter.objects.filter(pk=matter).exists(), who


@given(one=st.text(alphabet="同意将集团列入年度审计重点，开展专项检查", min_size=4, max_size=40))
def test_one_sentence_is_one_matter_and_a_second_number_makes_two(one: str) -> None:
    assert not SECOND.search(one)
    assert SECOND.search(f"一、{one}。二、{one}")
    assert not ASKING.search(one)
    assert ASKING.search(f"{one}，妥否，请批示。")

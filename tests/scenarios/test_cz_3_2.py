"""CZ-3.2: case supervision alone receives, enters in the ledger, and routes fast (归口接收与快速分办)."""

from __future__ import annotations

from uuid import UUID

import pytest

from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Link, Matter, Party, PartyRole
from support.play import Player

pytestmark = pytest.mark.django_db


def assign(play: Player, clue: UUID, day: str, department: str = "first") -> None:
    handler = play.town.organs[department].pk
    play.act(day, "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")


def test_what_audit_sends_by_wire_is_taken_in_within_two_working_days(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-29"))
    # 29 September + 2 working days: 30 September, then 8 October after National Day
    assert play.dates("clerk", clue, "CZ-3.2/receive") == ("open", "2026-10-08", "")
    assert (
        play.duty("auditor", clue, "CZ-3.2/receive").due_on
        == play.duty("clerk", clue, "CZ-3.2/receive").due_on
    )
    play.act("2026-10-08", "clerk", "clue.receive", clue)
    assert play.dates("clerk", clue, "CZ-3.2/receive") == ("discharged", "2026-10-08", "2026-10-08")


def test_taken_in_a_day_late_is_on_record_as_late(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-29"))
    play.act("2026-10-09", "clerk", "clue.receive", clue)
    duty = play.duty("auditor", clue, "CZ-3.2/receive")
    assert duty.ended_on is not None and duty.ended_on > duty.due_on


def test_only_case_supervision_receives(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-29"))
    for who in ("deputy", "secretary", "handler", "handler_head", "stranger", "county_clerk", "auditor"):
        with pytest.raises(NotAllowed):
            play.act("2026-09-30", who, "clue.receive", clue)
    assert play.matter("clerk", clue).state == "sent"


def test_the_ledger_numbers_run_on_wire_and_paper_alike(play: Player) -> None:
    first = play.registered("2026-09-28")
    second = play.sent(play.drafted("2026-09-29"))
    play.act("2026-09-30", "clerk", "clue.receive", second)
    numbers = [play.matter("clerk", one).number for one in (first, second)]
    assert numbers == ["清纪线索〔2026〕1号", "清纪线索〔2026〕2号"]


def test_each_hop_has_its_clock(play: Player) -> None:
    clue = play.registered("2026-09-28")
    # 28 September + 3 working days: 29, 30, 8 October
    assert play.dates("clerk", clue, "CZ-3.2/receipt") == ("open", "2026-10-08", "")
    assert play.dates("clerk", clue, "CZ-3.2/assignment") == ("open", "2026-10-08", "")
    assign(play, clue, "2026-09-29")
    assert play.dates("clerk", clue, "CZ-3.2/assignment")[0] == "discharged"
    approval = play.duty("deputy", clue, "CZ-3.2/approval")
    assert (approval.due_on.isoformat(), approval.holder_id) == ("2026-10-08", play.town.organs["leaders"].pk)
    play.act("2026-09-30", "deputy", "clue.approve_assignment", clue)
    # 30 September + 2 working days: 8 and 9 October
    acceptance = play.duty("handler", clue, "CZ-3.2/acceptance")
    assert (acceptance.due_on.isoformat(), acceptance.holder_id) == (
        "2026-10-09", play.town.organs["first"].pk,
    )  # fmt: skip
    custodian = play.town.posts["handler"].officer_id
    play.act("2026-10-09", "handler_head", "clue.accept", clue, custodian=custodian)
    assert play.dates("handler", clue, "CZ-3.2/acceptance") == ("discharged", "2026-10-09", "2026-10-09")


def test_the_receipt_ends_its_duty_and_reaches_the_sender(play: Player) -> None:
    clue = play.registered("2026-09-28")
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    paper = play.letter(["2026-09-29"] * 4, clue, "receipt", hands)
    assert play.dates("auditor", clue, "CZ-3.2/receipt") == ("discharged", "2026-10-08", "2026-09-29")
    assert play.paper("auditor", clue, "receipt") == paper


def test_returned_with_a_reason_and_sent_again(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-29"))
    play.act("2026-09-30", "clerk", "clue.return", clue, reason="缺少采购合同原件")
    assert play.matter("auditor", clue).state == "returned"
    with play.see("auditor"):
        said = Entry.objects.get(matter=clue, act="clue.return").content.body["data"]["reason"]
    assert said == "缺少采购合同原件"
    assert play.dates("clerk", clue, "CZ-3.2/receive")[0] == "discharged"
    play.act(
        "2026-10-08", "auditor", "clue.amend", clue, category="discipline", allegation="补充后的事实。",
        subjects=[{"name": "王喆", "unit": "清川水务集团有限公司", "authority": "city"}],
    )  # fmt: skip
    play.sent(clue, "2026-10-09", "2026-10-09")
    # 9 October + 2 working days: Saturday 10 October is worked, then Monday the 12th
    assert play.dates("clerk", clue, "CZ-3.2/receive") == ("open", "2026-10-12", "")
    play.act("2026-10-10", "clerk", "clue.receive", clue)
    assert play.dates("clerk", clue, "CZ-3.3/feedback")[0] == "open"


def test_refused_by_the_department_and_assigned_to_another(play: Player) -> None:
    clue = play.registered("2026-09-28")
    assign(play, clue, "2026-09-29")
    play.act("2026-09-29", "deputy", "clue.approve_assignment", clue)
    play.act("2026-09-29", "handler_head", "clue.refuse_assignment", clue, reason="不属联系单位")
    # 29 September + 3 working days: 30 September, 8 and 9 October
    assert play.dates("clerk", clue, "CZ-3.2/reassignment") == ("open", "2026-10-09", "")
    with play.see("handler"):
        assert not Matter.objects.filter(pk=clue).exists()
    assign(play, clue, "2026-09-30", "second")
    play.act("2026-09-30", "deputy", "clue.approve_assignment", clue)
    assert play.matter("stranger", clue).state == "assigned"
    with play.see("clerk"):
        reasons = [
            one.content.body["data"]["reason"]
            for one in Entry.objects.filter(matter=clue, act="clue.refuse_assignment")
        ]
        handlers = list(Party.objects.filter(matter=clue, role=PartyRole.HANDLER).order_by("since"))
    assert reasons == ["不属联系单位"]
    assert [party.organ_id for party in handlers] == [
        play.town.organs["first"].pk, play.town.organs["second"].pk,
    ]  # fmt: skip
    assert handlers[0].until is not None and handlers[1].until is None


def test_declined_by_the_leader_it_is_proposed_anew(play: Player) -> None:
    clue = play.registered("2026-09-28")
    assign(play, clue, "2026-09-29")
    play.act("2026-09-29", "deputy", "clue.decline_assignment", clue, reason="另行研究")
    assert play.matter("clerk", clue).state == "received"
    assert play.dates("clerk", clue, "CZ-3.2/reassignment") == ("open", "2026-10-09", "")


def test_recalled_from_a_department(play: Player) -> None:
    clue = play.assigned(play.registered("2026-09-28"))
    play.act("2026-09-30", "clerk", "clue.recall", clue, reason="改派")
    with play.see("handler"):
        assert not Matter.objects.filter(pk=clue).exists()
    assert play.dates("clerk", clue, "CZ-3.2/reassignment")[0] == "open"


def test_duplicates_are_linked_or_merged_by_number(play: Player) -> None:
    first = play.registered("2026-09-28")
    second = play.registered("2026-09-28", letter_number="清审移〔2026〕4号")
    third = play.registered("2026-09-28", letter_number="清审移〔2026〕5号")
    number = play.matter("clerk", first).number
    play.act("2026-09-29", "clerk", "clue.link_duplicate", second, other=number, reason="同一人")
    play.act("2026-09-29", "clerk", "clue.merge", third, other=number, reason="同一事")
    with play.see("clerk"):
        kinds = set(Link.objects.filter(target=first).values_list("kind", flat=True))
    assert kinds == {"duplicate", "merged"}
    with play.see("auditor"):
        assert not Link.objects.exists(), "that two clues are about the same is not for their sender"
    assert [play.matter("clerk", one).state for one in (second, third)] == ["received", "merged"]
    with pytest.raises(Refused) as refused:
        play.act("2026-09-29", "clerk", "clue.merge", second, other="清纪线索〔2026〕99号", reason="误")
    assert refused.value.faults[0].field == "other"


def test_every_act_of_the_intake_names_the_clause(play: Player) -> None:
    clue = play.assigned(play.registered("2026-09-28"))
    with play.see("clerk"):
        named = dict(Entry.objects.filter(matter=clue).values_list("act", "clauses"))
    for act in ("clue.register", "clue.propose_assignment", "clue.approve_assignment", "clue.accept"):
        assert "CZ-3.2" in named[act], act

"""A clue goes to a commission in another platform and its receipt and feedback come back, on discs."""

from __future__ import annotations

from uuid import UUID

import pytest

from guantong.kernel.duties.models import Duty
from guantong.kernel.exchange.models import Line, Message
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues.models import Clue, Feedback
from support.instances import Instance
from support.play import Player, scan, uploads

HANDS = ["auditor", "audit_head", "audit_leader", "auditor"]
BACK = ["clerk", "clerk_head", "deputy", "clerk"]


def by_disc(play: Player, days: list[str], clue: UUID, kind: str, hands: list[str], **data: object) -> None:
    """Let a letter be drafted, checked, signed, and dispatched on a disc."""
    texts = {"title": "函", "addressee": "有关单位", "body": "内容。"}
    play.act(days[0], hands[0], "paper.draft", clue, kind=kind, **{**texts, **data})
    paper = play.paper(hands[0], clue, kind)
    play.act(days[0], hands[1], "paper.check", clue, paper=paper)
    play.act(days[0], hands[2], "paper.sign", clue, paper=paper)
    play.act(days[-1], hands[3], "paper.dispatch", clue, paper=paper, way="disc")


def transferred(audit: Instance) -> tuple[UUID, bytes]:
    """Transfer a clue by disc; return it and its sealed file."""
    with audit.use() as play:
        clue = play.done(
            "2026-09-28", "auditor", "clue.draft", category="discipline", allegation="拆分采购规避公开招标。",
            subjects=[
                {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}
            ],
            evidence=[{"title": "采购合同", "pages": "18"}], amount="120000.50",
            files=uploads(attachments=scan("采购合同.pdf", b"%PDF-1.4 contract")),
        ).matter_id  # fmt: skip
        by_disc(play, ["2026-09-29"], clue, "transfer_letter", HANDS)
    return clue, audit.sealed(clue, "auditor", "transfer")


def state(instance: Instance, who: str, clue: UUID) -> str:
    with instance.use() as play:
        return play.matter(who, clue).state


def owed(instance: Instance, who: str, clue: UUID) -> dict[str, str]:
    with instance.use() as play, play.see(who):
        return {f"{one.clause}/{one.rule}": one.state for one in Duty.objects.filter(matter=clue)}


def test_a_transfer_its_receipt_and_its_feedback_travel_on_discs(
    acquainted: tuple[Instance, Instance],
) -> None:
    audit, commission = acquainted
    clue, file = transferred(audit)
    assert state(audit, "auditor", clue) == "sent"
    assert owed(audit, "auditor", clue)["CZ-3.2/receive"] == "open"

    looked = commission.look(file, "clerk")
    assert looked.error is None
    assert looked.warnings == []
    there = commission.take(file, "clerk").matter_id
    with commission.use() as play, play.see("clerk"):
        arrived = Clue.objects.select_related("matter").get(pk=there)
        assert (arrived.matter.state, arrived.matter.number) == ("received", "清纪线索〔2026〕1号")
        assert (arrived.letter_number, str(arrived.amount)) == ("清审移〔2026〕1号", "120000.50")
        assert (arrived.sender_name, arrived.on_paper) == ("清川市审计局审计执行科", False)
        assert Subject.objects.get(matter=there).name == "王喆"
        names = set(Attachment.objects.filter(matter=there).values_list("purpose", "name"))
        assert {("attachments", "采购合同.pdf"), ("scan", "清审移-2026-1号.pdf")} <= names
        assert Line.objects.get().received == 1
    assert owed(commission, "clerk", there)["CZ-3.3/feedback"] == "open"

    with commission.use() as play:
        play.act("2026-10-08", "clerk", "clue.acknowledge", there)
    assert owed(commission, "clerk", there)["CZ-3.2/receipt"] == "discharged"
    audit.take(commission.sealed(there, "clerk", "receipt"), "auditor", "2026-10-09")
    with audit.use() as play, play.see("auditor"):
        known = Clue.objects.select_related("matter").get(pk=clue)
        assert (known.matter.state, known.matter.number) == ("received", "清纪线索〔2026〕1号")
        assert str(known.received_on) == "2026-09-30"
        assert str(Message.objects.get(matter=clue, incoming=False).acknowledged_on) == "2026-10-09"
    due = owed(audit, "auditor", clue)
    assert (due["CZ-3.2/receive"], due["CZ-3.3/feedback"]) == ("discharged", "open")
    assert "CZ-3.2/assignment" not in due

    with commission.use() as play:
        told = {"progress": "正在初步核实。"}
        by_disc(play, ["2026-10-20"], there, "feedback_letter", BACK, **told)
    audit.take(commission.sealed(there, "clerk", "feedback"), "auditor", "2026-10-21")
    assert state(audit, "auditor", clue) == "handling"
    assert owed(audit, "auditor", clue)["CZ-3.3/feedback"] == "discharged"
    with commission.use() as play:
        play.in_handling(play.assigned(there, "2026-10-22"), "2026-10-23")
        play.act("2026-11-02", "handler", "clue.conclude", there, result="closed", text="不属实")
        by_disc(play, ["2026-11-03"], there, "feedback_letter", BACK, progress="经查不属实，予以了结。")
    audit.take(commission.sealed(there, "clerk", "feedback"), "auditor", "2026-11-04")
    with audit.use() as play, play.see("auditor"):
        assert Matter.objects.get(pk=clue).state == "closed"
        said = list(Feedback.objects.filter(matter=clue).values_list("progress", "final"))
        assert said == [("正在初步核实。", False), ("经查不属实，予以了结。", True)]
    assert owed(audit, "auditor", clue)["CZ-4.1/close"] == "discharged"
    assert state(commission, "clerk", there) == "closed"


def test_a_returned_clue_is_returned_at_the_sender_with_the_reason(
    acquainted: tuple[Instance, Instance],
) -> None:
    audit, commission = acquainted
    clue, file = transferred(audit)
    there = commission.take(file, "clerk").matter_id
    with commission.use() as play:
        play.act("2026-10-08", "clerk", "clue.return", there, reason="内部理由")
        with pytest.raises(Exception, match="note"):
            play.act("2026-10-08", "clerk", "clue.acknowledge", there)
        play.act("2026-10-08", "clerk", "clue.acknowledge", there, note="证据材料不全，请补充。")
    back = commission.sealed(there, "clerk", "receipt")
    audit.take(back, "auditor", "2026-10-09")
    assert state(audit, "auditor", clue) == "returned"
    assert "内部理由".encode() not in back

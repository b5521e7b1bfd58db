"""CZ-3.3: written feedback within three months (三个月内书面反馈)."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db.models import Q

from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.clues.models import Feedback, Handling
from support.play import Player, scan, uploads

pytestmark = pytest.mark.django_db


def test_three_months_from_receipt_on_paper(play: Player) -> None:
    clue = play.registered("2026-09-28")
    # 28 December 2026 is a Monday and no holiday
    assert play.dates("auditor", clue, "CZ-3.3/feedback") == ("open", "2026-12-28", "")


def test_three_months_that_end_in_national_day_move_to_the_day_after(play: Player) -> None:
    clue = play.registered("2026-07-01", letter_date="2026-06-30")
    # 1 October 2026 is off until the 7th, so the 8th
    assert play.dates("clerk", clue, "CZ-3.3/feedback") == ("open", "2026-10-08", "")


def test_it_counts_from_the_day_of_receipt_not_of_typing_nor_of_the_letter(play: Player) -> None:
    clue = play.registered("2026-09-28", letter_date="2026-09-24", recorded="2026-10-09")
    assert play.dates("clerk", clue, "CZ-3.3/feedback")[1] == "2026-12-28"
    entry_of = Entry.objects.filter(matter=clue)
    with play.see("clerk"):
        entry = entry_of.get()
    assert (entry.happened_on.isoformat(), entry.recorded_at.date().isoformat()) == (
        "2026-09-28", "2026-10-09",
    )  # fmt: skip


def test_by_wire_it_counts_from_receipt_too(play: Player) -> None:
    clue = play.sent(play.drafted("2026-06-29"), "2026-06-29", "2026-06-29")
    play.act("2026-07-01", "clerk", "clue.receive", clue)
    assert play.dates("auditor", clue, "CZ-3.3/feedback") == ("open", "2026-10-08", "")


def test_an_interim_letter_discharges_it_on_the_last_day(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    play.answered(clue, "2026-12-28")
    assert play.dates("auditor", clue, "CZ-3.3/feedback") == ("discharged", "2026-12-28", "2026-12-28")
    assert play.dates("auditor", clue, "CZ-4.1/close")[0] == "open"
    assert play.matter("clerk", clue).is_open


def test_a_day_later_both_sides_see_it_was_late(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    play.answered(clue, "2026-12-29")
    for who in ("clerk", "auditor", "handler"):
        duty = play.duty(who, clue, "CZ-3.3/feedback")
        assert duty.ended_on is not None and duty.ended_on > duty.due_on, who


def test_the_sender_reads_the_letter_once_sent_and_nothing_of_its_making(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    texts = {"title": "反馈函", "addressee": "清川市审计局", "body": "草稿。", "progress": "草稿进展"}
    play.act("2026-10-09", "clerk", "paper.draft", clue, kind="feedback_letter", **texts)
    paper = play.paper("clerk", clue, "feedback_letter")

    def seen() -> tuple[int, int]:
        with play.see("auditor"):
            papers = Paper.objects.filter(matter=clue).count()
            return papers, Feedback.objects.filter(matter=clue).count()

    assert seen() == (0, 0)
    play.act("2026-10-09", "clerk_head", "paper.check", clue, paper=paper)
    assert seen() == (0, 0)
    play.act("2026-10-09", "deputy", "paper.sign", clue, paper=paper)
    assert seen() == (0, 0)
    play.act("2026-10-09", "clerk", "paper.dispatch", clue, paper=paper, way="paper")
    assert seen() == (1, 1)


def revised(play: Player, **changes: str) -> tuple[UUID, str]:
    """Let a feedback letter be drafted, then revised, then sent."""
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    texts = {"title": "反馈函", "addressee": "清川市审计局", "body": "初稿。", "progress": "初稿进展"}
    play.act("2026-10-09", "clerk", "paper.draft", clue, kind="feedback_letter", **texts)
    paper = play.paper("clerk", clue, "feedback_letter")
    given = {**texts, "body": "正在核实。", "progress": "正在核实", **changes}
    play.act("2026-10-10", "clerk_head", "paper.revise", clue, paper=paper, **given)
    play.act("2026-10-10", "clerk_head", "paper.check", clue, paper=paper)
    play.act("2026-10-10", "deputy", "paper.sign", clue, paper=paper)
    play.act("2026-10-10", "clerk", "paper.dispatch", clue, paper=paper, way="paper")
    return clue, paper


def test_what_the_sender_is_told_in_short_follows_the_revision(play: Player) -> None:
    clue, _paper = revised(play)
    with play.see("auditor"):
        assert Feedback.objects.get(matter=clue).progress == "正在核实"
    with play.see("clerk"):
        said = Entry.objects.get(matter=clue, act="paper.revise").content.body["data"]
    assert said["progress"] == "正在核实"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"progress": ""}, "progress"), ({"body": "（请填写可以告知移送单位的内容）"}, "body")],
)
def test_a_revision_is_checked_like_the_draft(play: Player, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        revised(play, **changes)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_the_sender_sees_state_and_feedback_never_the_handling(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    play.act("2026-10-09", "handler", "clue.report_progress", clue, progress="已谈话三人")
    with play.see("auditor"):
        assert Matter.objects.filter(pk=clue).exists()
        assert not Handling.objects.exists()
        assert set(Entry.objects.filter(matter=clue).values_list("act", flat=True)) == {"clue.register"}


def test_merged_it_still_owes_its_sender_an_answer(play: Player) -> None:
    kept = play.registered("2026-09-28")
    merged = play.registered("2026-09-28", letter_number="4号")
    number = play.matter("clerk", kept).number
    play.act("2026-09-29", "clerk", "clue.merge", merged, other=number, reason="同一事")
    assert play.dates("auditor", merged, "CZ-3.3/feedback") == ("open", "2026-12-28", "")
    play.answered(merged, "2026-10-09")
    assert play.dates("auditor", merged, "CZ-3.3/feedback") == ("discharged", "2026-12-28", "2026-10-09")


def test_a_corrected_day_of_receipt_derives_it_anew_and_keeps_the_old(play: Player) -> None:
    clue = play.registered("2026-07-02", letter_date="2026-06-30")
    assert play.dates("auditor", clue, "CZ-3.3/feedback")[1] == "2026-10-08"  # 2 October, moved
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    receipt = play.letter(["2026-07-03"] * 4, clue, "receipt", hands)
    play.act(
        "2026-09-30", "clerk", "matter.correct", clue, fact="received_on", value="2026-06-30",
        reason="签收单为6月30日",
    )  # fmt: skip
    duty = play.duty("auditor", clue, "CZ-3.3/feedback")
    assert (duty.due_on.isoformat(), duty.first_due_on.isoformat()) == ("2026-09-30", "2026-09-30")
    with play.see("auditor"):
        change = duty.changes.get()
        assert (change.what, change.old_due_on.isoformat()) == ("correct", "2026-10-08")
        said = Entry.objects.get(matter=clue, act="matter.correct").content.body
        assert (said["old"], said["new"]) == ("2026-07-02", "2026-06-30")
        assert Paper.objects.get(pk=receipt).flagged != ""


def outside(play: Player) -> None:
    """Let the commission work outside this platform."""
    commission = play.town.organs["commission"]
    Organ.objects.filter(Q(pk=commission.pk) | Q(body=commission)).update(elsewhere=True)


def test_a_sender_records_receipt_and_feedback_that_came_on_paper_from_outside(play: Player) -> None:
    outside(play)
    clue = play.sent(play.drafted())
    told = {"received_on": "2026-09-30", "ledger_number": "纪收7"}
    with pytest.raises(Refused, match="scan"):
        play.act("2026-10-08", "auditor", "clue.take_receipt", clue, **told)
    play.done("2026-10-08", "auditor", "clue.take_receipt", clue, files=uploads(scan=scan()), **told)
    assert play.dates("auditor", clue, "CZ-3.3/feedback") == ("open", "2026-12-30", "")
    play.done(
        "2026-11-02", "auditor", "clue.take_feedback", clue, progress="正在核实。", files=uploads(scan=scan())
    )
    assert play.dates("auditor", clue, "CZ-3.3/feedback") == ("discharged", "2026-12-30", "2026-11-02")
    assert play.matter("auditor", clue).state == "handling"
    assert play.dates("auditor", clue, "CZ-4.1/close")[0] == "open"
    play.done(
        "2026-11-20", "auditor", "clue.take_feedback", clue, progress="不属实。", final=True,
        files=uploads(scan=scan()),
    )  # fmt: skip
    assert play.matter("auditor", clue).state == "closed"
    with play.see("auditor"):
        said = list(Feedback.objects.filter(matter=clue).values_list("progress", "final"))
    assert said == [("正在核实。", False), ("不属实。", True)]


def test_what_came_back_from_outside_owes_no_feedback(play: Player) -> None:
    outside(play)
    clue = play.sent(play.drafted())
    files = uploads(scan=scan())
    play.done("2026-10-08", "auditor", "clue.take_receipt", clue, received_on="2026-09-30", files=files)
    files = uploads(scan=scan())
    play.done("2026-10-09", "auditor", "clue.take_return", clue, reason="材料不全", files=files)
    assert play.matter("auditor", clue).state == "returned"
    assert play.dates("auditor", clue, "CZ-3.3/feedback")[0] == "cancelled"


def test_who_answers_in_the_platform_is_not_recorded_for(play: Player) -> None:
    clue = play.sent(play.drafted())
    with pytest.raises(NotAllowed):
        play.act("2026-10-08", "auditor", "clue.take_receipt", clue, received_on="2026-09-30")

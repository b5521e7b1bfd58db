"""CZ-4.1: what is not closed in time gets a work reminder letter (未办结的发工作提示函)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from guantong.kernel import clock
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import ESCALATE, escalate
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.reminders.models import Reminder
from support.play import Player, at, scan, uploads

pytestmark = pytest.mark.django_db
ACCESS = Path(__file__).parent.parent / "access"


def swept(day: str) -> int:
    """Let the sweep come by on a day; how many reminders it drafted."""
    with clock.set_to(at(day)):
        note_lapses(clock.today())
        return escalate(clock.today()).noted


@pytest.fixture
def late(play: Player) -> Player:
    """A clue received on 1 July, in handling, to be closed by 8 October; told of once, in time."""
    clue = play.registered("2026-07-01", letter_date="2026-06-30")
    play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    play.letter(["2026-07-03"] * 4, clue, "receipt", hands)
    play.answered(clue, "2026-09-01")
    play.clue = clue  # type: ignore[attr-defined]
    return play


def reminders(play: Player, who: str = "clerk", **wanted: object) -> list[Reminder]:
    with play.see(who):
        found = Reminder.objects.filter(matter=play.clue, **wanted)  # type: ignore[attr-defined]
        return list(
            found.select_related("paper", "matter", "issuer", "addressee").order_by("drafted_for", "clause")
        )


def sent(
    play: Player, day: str, one: Reminder, hands: tuple[str, str, str] = ("clerk_head", "clerk_head", "clerk")
) -> None:
    """Let a drafted reminder be checked, signed and dispatched."""
    checker, signer, sender = hands
    for who, code in ((checker, "paper.check"), (signer, "paper.sign"), (sender, "paper.dispatch")):
        way = {"way": "system"} if code == "paper.dispatch" else {}
        play.act(day, who, code, one.matter_id, paper=str(one.paper_id), **way)


def item(play: Player, day: str, who: str, act: str, one: Reminder, **data: str) -> None:
    """Let somebody answer or withdraw a reminder."""
    play.act(day, who, f"reminder.{act}", one.matter_id, reminder=str(one.pk), **data)


def text_of(play: Player, who: str, one: Reminder) -> str:
    with play.see(who):
        paper = Paper.objects.select_related("organ").get(pk=one.paper_id)
        return str(paper_kinds.get(paper.kind).compose(paper, one.matter).model_dump(mode="json"))


def test_the_letter_is_drafted_on_the_day_after_and_names_what_is_owed(late: Player) -> None:
    assert swept("2026-10-08") == 0
    assert swept("2026-10-09") == 1
    (one,) = reminders(late)
    assert (one.clause, one.number, one.lapsed_on.isoformat(), one.drafted_for.isoformat()) == (
        "CZ-4.1", 1, "2026-10-08", "2026-10-09",
    )  # fmt: skip
    town = late.town.organs
    assert (one.issuer, one.addressee) == (town["supervision"], town["first"])
    assert (one.paper.state, one.paper.addressee_id, one.paper.drafted_by) == (
        "draft",
        town["first"].pk,
        None,
    )
    with clock.set_to(at("2026-10-12")):
        text = text_of(late, "clerk", one)
    for said in (
        "CZ-4.1",
        "闭环管理与三个月办结",
        "办结线索",
        "2026年10月8日",
        "4天",
        "第1次",
        "2026年10月19日",
    ):
        assert said in text, said
    entry = Entry.objects.none()
    with late.see("clerk"):
        entry = Entry.objects.get(matter=late.clue, act=ESCALATE)  # type: ignore[attr-defined]
    assert (entry.happened_on.isoformat(), entry.clauses, entry.post_id) == ("2026-10-09", ["CZ-4.1"], None)


def test_checked_signed_numbered_dispatched_answered(late: Player) -> None:
    swept("2026-10-09")
    (one,) = reminders(late)
    sent(late, "2026-10-09", one)
    (one,) = reminders(late)
    assert (one.paper.number, one.state, one.answer_by.isoformat()) == (
        "清纪提示〔2026〕1号", "sent", "2026-10-15",
    )  # fmt: skip
    duty = late.duty("handler", one.matter_id, "CZ-4.1/answer")
    town = late.town.organs
    assert (duty.holder_id, duty.claimant_id, duty.item) == (town["first"].pk, town["supervision"].pk, one.pk)
    assert duty.due_on == one.answer_by
    item(late, "2026-10-12", "handler", "answer", one, answer="十月底办结。")
    (one,) = reminders(late)
    assert (one.state, one.answer, one.answered_on.isoformat()) == ("answered", "十月底办结。", "2026-10-12")
    assert late.dates("clerk", one.matter_id, "CZ-4.1/answer") == ("discharged", "2026-10-15", "2026-10-12")
    assert late.dates("clerk", one.matter_id, "CZ-4.1/handle")[0] == "open"


def test_the_answer_on_paper_is_recorded_with_its_scan(late: Player) -> None:
    swept("2026-10-09")
    (one,) = reminders(late)
    sent(late, "2026-10-09", one)
    given = {"reminder": str(one.pk), "answer": "已到收尾阶段。"}
    with pytest.raises(Refused) as refused:
        late.act("2026-10-12", "clerk", "reminder.answer", one.matter_id, **given)
    assert {fault.field for fault in refused.value.faults} == {"signer", "scan"}
    late.done(
        "2026-10-12", "clerk", "reminder.answer", one.matter_id, **given, signer="江其琛",
        files=uploads(scan=scan()),
    )  # fmt: skip
    assert reminders(late)[0].state == "answered"


def test_once_more_and_then_to_the_leader_with_the_record(late: Player) -> None:
    swept("2026-10-09")
    (first,) = reminders(late)
    sent(late, "2026-10-09", first)
    item(late, "2026-10-12", "handler", "answer", first, answer="正在补证。")
    assert swept("2026-10-20") == 0
    assert swept("2026-10-21") == 2, "the second to the handler, the first for the closing"
    second = reminders(late, number=2)[0]
    assert second.addressee == late.town.organs["first"]
    sent(late, "2026-10-21", second)
    assert swept("2026-11-04") == 2
    third = next(one for one in reminders(late, number=3) if one.issuer == late.town.organs["supervision"])
    assert third.addressee == late.town.organs["leaders"]
    text = text_of(late, "clerk", third)
    for said in (
        "清纪提示〔2026〕1号",
        "正在补证。",
        "清纪提示〔2026〕2号",
        "未答复",
        "第3次",
        "第一监督检查室",
    ):
        assert said in text, said
    sent(late, "2026-11-04", third)
    duties = Duty.objects.none()
    with late.see("deputy"):
        duties = Duty.objects.filter(matter=third.matter_id, rule="answer", state="open")
        assert late.town.organs["leaders"].pk in {duty.holder_id for duty in duties}
    item(late, "2026-11-06", "deputy", "answer", third, answer="限期一周。")
    with late.see("clerk"):
        left = Duty.objects.filter(matter=third.matter_id, rule="answer", state="open")
        assert [duty.item for duty in left] == [second.pk], "an answer ends the duty of its own reminder only"


def test_the_sender_reminds_of_the_feedback_and_learns_nothing_of_the_handling(play: Player) -> None:
    clue = play.sent(play.drafted("2026-07-01"), "2026-07-01", "2026-07-01")
    play.act("2026-07-02", "clerk", "clue.receive", clue)
    play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")
    play.clue = clue  # type: ignore[attr-defined]
    swept("2026-10-09")
    (own,) = reminders(play, "auditor")
    town = play.town.organs
    assert (own.clause, own.issuer, own.addressee) == ("CZ-3.3", town["executing"], town["supervision"])
    text = text_of(play, "auditor", own)
    assert "第一监督检查室" not in text and "初核" not in text
    sent(play, "2026-10-09", own, ("audit_head", "audit_leader", "auditor"))
    assert reminders(play, "auditor")[0].paper.number == "清审提示〔2026〕1号"
    play.act("2026-10-12", "clerk", "reminder.answer", clue, reminder=str(own.pk), answer="本周内书面反馈。")
    assert [one.answer for one in reminders(play, "auditor")] == ["本周内书面反馈。"]
    with play.see("auditor"):
        assert not Entry.objects.filter(matter=clue, clauses__contains=["CZ-4.1"], act=ESCALATE).exists()
    within = [one for one in reminders(play) if one.issuer == town["supervision"]]
    with pytest.raises(Refused):
        play.act("2026-10-12", "auditor", "reminder.withdraw", clue, reminder=str(within[0].pk), reason="试")


def test_a_draft_whose_duty_was_done_is_not_sent_and_dropped_in_one_step(late: Player) -> None:
    swept("2026-10-09")
    (one,) = reminders(late)
    late.act("2026-10-09", "handler", "clue.conclude", one.matter_id, result="closed", text="不实")
    with pytest.raises(Refused) as refused:
        late.act("2026-10-09", "clerk_head", "paper.check", one.matter_id, paper=str(one.paper_id))
    assert "2026-10-09" in refused.value.faults[0].reason
    item(late, "2026-10-09", "clerk", "withdraw", one, reason="已办结。")
    (one,) = reminders(late)
    assert (one.state, one.reason, one.paper.state, one.paper.void_reason) == (
        "withdrawn", "已办结。", "voided", "已办结。",
    )  # fmt: skip


def test_one_sent_in_error_is_withdrawn_and_its_answer_no_longer_owed(late: Player) -> None:
    swept("2026-10-09")
    (one,) = reminders(late)
    sent(late, "2026-10-09", one)
    with pytest.raises(Refused):
        item(late, "2026-10-12", "clerk", "withdraw", one, reason="")
    item(late, "2026-10-12", "clerk", "withdraw", one, reason="发错单位")
    assert late.dates("clerk", one.matter_id, "CZ-4.1/answer")[0] == "cancelled"
    (one,) = reminders(late)
    assert (one.state, one.paper.state) == ("withdrawn", "dispatched")
    with pytest.raises(Refused):
        item(late, "2026-10-12", "handler", "answer", one, answer="迟了")


def test_who_may_do_what_with_a_reminder_is_as_written(late: Player) -> None:
    """The letter of case supervision to the handling department, against tests/access/reminders.csv."""
    swept("2026-10-09")
    (one,) = reminders(late)
    wrong = []
    with (ACCESS / "reminders.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            act: Any = registry.get(row["act"])
            detail = (
                one
                if row["act"].startswith("reminder.")
                else Subject(paper_kinds.get(one.paper.kind), one.paper)
            )
            for who in late.town.posts:
                found = entitling(act.entitled(one.matter, detail), late.town.actor(who), {})
                said = "no" if found is None else "records" if found.recorded else "yes"
                if said != row[who]:
                    wrong.append(f"{row['act']} by {who}: matrix {row[who]}, platform {said}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["stranger", "auditor", "county_clerk"])
def test_others_can_neither_see_nor_touch_it(late: Player, who: str) -> None:
    swept("2026-10-09")
    (one,) = reminders(late)
    assert reminders(late, who) == []
    for code in ("paper.check", "paper.void", "reminder.withdraw", "reminder.answer"):
        with pytest.raises(Refused):
            given = {"paper": str(one.paper_id), "reminder": str(one.pk), "reason": "试", "answer": "试"}
            late.act("2026-10-09", who, code, one.matter_id, **given)

"""CZ-4.3: key clues are followed and supervised; each has a result, each is answered (重点督办)."""

from __future__ import annotations

from uuid import UUID

import pytest

from guantong.kernel.acts.act import Refused
from guantong.kernel.duties.models import Duty
from guantong.mechanisms.clues.models import Instruction, Supervision
from support.play import Player, scan, uploads

pytestmark = pytest.mark.django_db
PROGRESS, INSTRUCTION = "CZ-4.3/progress", "CZ-4.3/instruction"


@pytest.fixture
def key(play: Player) -> UUID:
    """A clue from audit in handling since 3 July: supervised by default."""
    clue = play.registered("2026-07-01", letter_date="2026-06-30")
    return play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")


def supervised(play: Player, clue: UUID) -> bool:
    with play.see("clerk"):
        return Supervision.objects.filter(matter=clue, lifted_on__isnull=True).exists()


def instructions(play: Player, clue: UUID) -> list[Instruction]:
    with play.see("clerk"):
        return list(Instruction.objects.filter(matter=clue))


def alive(play: Player, clue: UUID, rule: str) -> int:
    with play.see("clerk"):
        return Duty.objects.filter(matter=clue, clause="CZ-4.3", rule=rule, ended_on__isnull=True).count()


@pytest.mark.parametrize(("source", "by_default"), [("audit", True), ("inspection", True), ("other", False)])
def test_inspection_and_audit_clues_are_supervised_by_default(
    play: Player, source: str, by_default: bool
) -> None:
    assert supervised(play, play.registered("2026-07-01", source=source)) is by_default
    sent = play.sent(play.drafted())
    play.act("2026-09-30", "clerk", "clue.receive", sent)
    assert supervised(play, sent)


def test_progress_is_owed_at_the_interval_and_anew_with_each_report(play: Player, key: UUID) -> None:
    assert play.dates("handler", key, PROGRESS) == ("open", "2026-08-03", "")
    duty = play.duty("handler", key, PROGRESS)
    town = play.town.organs
    assert (duty.holder_id, duty.claimant_id) == (town["first"].pk, town["supervision"].pk)
    play.act("2026-07-20", "handler", "clue.report_progress", key, progress="已调取账册")
    assert play.dates("handler", key, PROGRESS) == ("open", "2026-08-20", "")
    assert alive(play, key, "progress") == 1
    play.act("2026-08-10", "handler", "clue.conclude", key, result="closed", text="不实")
    assert alive(play, key, "progress") == 0


def test_a_leader_s_mark_adds_instruction_and_interval(play: Player, key: UUID) -> None:
    play.act(
        "2026-07-06", "deputy", "clue.supervise", key, instruction="限期查清。", interval=14,
        interval_unit="days",
    )  # fmt: skip
    assert play.dates("handler", key, PROGRESS) == ("open", "2026-07-20", "")
    assert alive(play, key, "progress") == 1, "the usual interval no longer counts"
    assert play.dates("handler", key, INSTRUCTION) == ("open", "2026-07-20", "")
    duty = play.duty("handler", key, INSTRUCTION)
    assert (duty.holder_id, duty.claimant_id) == (
        play.town.organs["first"].pk,
        play.town.organs["leaders"].pk,
    )
    play.act("2026-07-15", "handler", "clue.report_progress", key, progress="正在核查")
    assert play.dates("handler", key, PROGRESS) == ("open", "2026-07-29", "")
    assert play.dates("handler", key, INSTRUCTION)[0] == "open", "a report that does not name it is no answer"


def test_a_clue_of_any_source_can_be_marked_before_it_is_assigned(play: Player) -> None:
    clue = play.registered("2026-07-01", source="other")
    play.done(
        "2026-07-01", "clerk", "clue.supervise", clue, instruction="重点督办。", signer="陆知行",
        files=uploads(scan=scan()),
    )  # fmt: skip
    assert supervised(play, clue)
    assert play.duty("deputy", clue, INSTRUCTION).holder_id is None
    play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")
    assert play.duty("handler", clue, INSTRUCTION).holder_id == play.town.organs["first"].pk
    assert play.dates("handler", clue, PROGRESS)[0] == "open"


def test_each_instruction_is_answered_by_the_report_that_names_it(play: Player, key: UUID) -> None:
    for day, text in (("2026-07-06", "查清资金去向。"), ("2026-07-07", "核对合同。")):
        play.act(day, "deputy", "clue.supervise", key, instruction=text)
    first, second = instructions(play, key)
    play.act(
        "2026-07-13", "handler", "clue.report_progress", key, progress="资金已查清。", instructions=[first.pk]
    )
    first, second = instructions(play, key)
    assert (first.answered_on.isoformat(), first.answer) == ("2026-07-13", "资金已查清。")
    assert second.answered_on is None
    assert alive(play, key, "instruction") == 1
    with pytest.raises(Refused):
        play.act(
            "2026-07-14", "handler", "clue.report_progress", key, progress="又报", instructions=[first.pk]
        )


def test_what_a_leader_wrote_on_paper_is_recorded_for_him_with_the_scan(play: Player, key: UUID) -> None:
    with pytest.raises(Refused) as refused:
        play.act("2026-07-06", "clerk", "clue.supervise", key, instruction="从速。")
    assert {fault.field for fault in refused.value.faults} == {"signer", "scan"}
    play.done(
        "2026-07-06", "clerk", "clue.supervise", key, instruction="从速。", signer="秦望山",
        files=uploads(scan=scan()),
    )  # fmt: skip
    (one,) = instructions(play, key)
    assert (one.leader, one.given_on.isoformat()) == ("秦望山", "2026-07-06")


def test_none_closes_without_result_and_answer(play: Player, key: UUID) -> None:
    play.act("2026-07-06", "deputy", "clue.supervise", key, instruction="查清。")
    play.answered(key, "2026-07-10")
    assert play.matter("clerk", key).state == "handling", "an answer without a result closes nothing"
    play.act("2026-07-20", "handler", "clue.conclude", key, result="closed", text="经查不实。")
    (one,) = instructions(play, key)
    assert one.answer == "经查不实。", "the result is what came of the instruction"
    assert play.matter("clerk", key).state == "concluded", "a result without an answer closes nothing"
    play.answered(key, "2026-07-21")
    assert play.matter("clerk", key).state == "closed"
    assert alive(play, key, "instruction") == alive(play, key, "progress") == 0


def test_an_instruction_that_is_not_answered_keeps_the_clue_open(play: Player, key: UUID) -> None:
    play.act("2026-07-06", "deputy", "clue.supervise", key, instruction="查清。")
    play.act("2026-07-20", "handler", "clue.conclude", key, result="closed", text="不实。")
    with play.see("clerk"):
        Duty.objects.filter(matter=key, rule="instruction").update(state="open", ended_on=None)
    with pytest.raises(Refused) as refused:
        play.answered(key, "2026-07-21")
    assert "落实领导批示" in refused.value.faults[0].reason


def test_a_leader_lifts_it_with_a_reason(play: Player, key: UUID) -> None:
    with pytest.raises(Refused):
        play.act("2026-07-06", "deputy", "clue.lift_supervision", key)
    play.act("2026-07-06", "deputy", "clue.lift_supervision", key, reason="情况已明。")
    assert not supervised(play, key)
    assert play.dates("handler", key, PROGRESS) == ("cancelled", "2026-08-03", "2026-07-06")
    play.act("2026-07-07", "handler", "clue.report_progress", key, progress="仍在办")
    assert alive(play, key, "progress") == 0
    with pytest.raises(Refused):
        play.act("2026-07-08", "deputy", "clue.lift_supervision", key, reason="再解除")


def test_the_sender_learns_nothing_of_it(play: Player) -> None:
    clue = play.sent(play.drafted("2026-07-01"), "2026-07-01", "2026-07-01")
    play.act("2026-07-02", "clerk", "clue.receive", clue)
    play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")
    play.act("2026-07-06", "deputy", "clue.supervise", clue, instruction="查清。")
    with play.see("auditor"):
        assert not Supervision.objects.filter(matter=clue).exists()
        assert not Instruction.objects.filter(matter=clue).exists()
        assert not Duty.objects.filter(matter=clue, clause="CZ-4.3").exists()

"""CZ-4.1: a closed loop, in principle closed within three months (闭环管理与三个月办结)."""

from __future__ import annotations

import pytest
from django.db.models import F

from guantong.kernel import clock
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.act import Refused
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Link, Matter
from support.play import Player, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def handled(play: Player) -> Player:
    """A clue received on 1 July, in handling since the 3rd; `play.clue` is its id."""
    clue = play.registered("2026-07-01", letter_date="2026-06-30")
    play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")
    play.clue = clue  # type: ignore[attr-defined]
    return play


def both(play: Player, who: str = "clerk") -> dict[str, tuple[str, str, str]]:
    clue = play.clue  # type: ignore[attr-defined]
    return {rule: play.dates(who, clue, f"CZ-4.1/{rule}") for rule in ("handle", "close")}


def test_three_months_that_end_in_national_day(handled: Player) -> None:
    # 1 October is off until the 7th
    assert both(handled) == {"handle": ("open", "2026-10-08", ""), "close": ("open", "2026-10-08", "")}
    duty = handled.duty("auditor", handled.clue, "CZ-4.1/close")  # type: ignore[attr-defined]
    assert (duty.holder_id, duty.claimant_id) == (
        handled.town.organs["supervision"].pk, handled.town.organs["executing"].pk,
    )  # fmt: skip


def test_the_result_is_one_duty_the_answer_another(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    handled.act("2026-09-30", "handler", "clue.conclude", clue, result="closed", text="不实")
    assert both(handled)["handle"] == ("discharged", "2026-10-08", "2026-09-30")
    assert both(handled)["close"][0] == "open"
    handled.answered(clue, "2026-10-08")
    assert both(handled, "clerk")["close"] == ("discharged", "2026-10-08", "2026-10-08")
    assert handled.matter("auditor", clue).state == "closed"


def test_a_letter_before_the_result_does_not_close(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    handled.answered(clue, "2026-08-03")
    assert both(handled)["close"][0] == "open"
    assert handled.matter("clerk", clue).state == "handling"


def test_a_pause_moves_both_by_the_days_it_lasted(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    handled.act("2026-07-10", "handler", "clue.pause", clue, awaited_from="某银行", reason="调取流水")
    assert {state for state, _due, _end in both(handled).values()} == {"paused"}
    handled.act("2026-07-20", "handler", "clue.resume", clue, progress="已答复")
    # 1 October + 10 days = Sunday 11 October, moved to Monday the 12th
    assert both(handled) == {"handle": ("open", "2026-10-12", ""), "close": ("open", "2026-10-12", "")}


def test_the_sender_sees_that_the_date_moved_and_not_why(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    handled.act("2026-07-10", "handler", "clue.pause", clue, awaited_from="某银行", reason="调取流水")
    handled.act("2026-07-20", "handler", "clue.resume", clue, progress="已答复")
    with handled.see("auditor"):
        duty = Duty.objects.get(matter=clue, clause="CZ-4.1", rule="close")
        assert duty.due_on.isoformat() == "2026-10-12"
        assert [(one.what, one.reason) for one in duty.changes.all()] == [("pause", ""), ("resume", "")]
        assert "流水" not in str(duty.explanation) and "银行" not in str(duty.explanation)


def test_an_extension_is_asked_for_approved_and_dated(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    asked = {"until": "2026-11-16", "reason": "案情复杂"}
    handled.act("2026-09-28", "handler", "clue.request_extension", clue, **asked)
    assert both(handled)["handle"][1] == "2026-10-08"
    handled.act("2026-09-29", "deputy", "clue.approve_extension", clue)
    assert both(handled) == {"handle": ("open", "2026-11-16", ""), "close": ("open", "2026-11-16", "")}
    duty = handled.duty("auditor", clue, "CZ-4.1/close")
    assert duty.first_due_on.isoformat() == "2026-10-08"


def test_a_declined_extension_leaves_the_dates(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    asked = {"until": "2026-11-16", "reason": "案情复杂"}
    handled.act("2026-09-28", "handler", "clue.request_extension", clue, **asked)
    handled.act("2026-09-29", "deputy", "clue.decline_extension", clue, reason="抓紧")
    assert both(handled)["close"][1] == "2026-10-08"
    with pytest.raises(Refused):
        handled.act("2026-09-30", "deputy", "clue.approve_extension", clue)


def test_overdue_is_seen_by_who_owes_and_who_is_owed(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    handled.letter(["2026-07-03"] * 4, clue, "receipt", hands)
    for who in ("clerk", "auditor"):
        with clock.set_to(at("2026-10-09")), handled.see(who):
            organ = handled.town.actor(who).organ.pk
            late = Visibility.objects.get(matter=clue, principal=organ)
            assert (late.is_open, late.due_on < clock.today()) == (True, True), who
            assert Duty.objects.filter(matter=clue, rule="close", due_on__lt=clock.today()).exists(), who
    with clock.set_to(at("2026-10-08")), handled.see("auditor"):
        organ = handled.town.actor("auditor").organ.pk
        assert Visibility.objects.get(matter=clue, principal=organ).due_on == clock.today()


def test_a_case_is_opened_from_the_result(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    handled.act(
        "2026-09-30", "handler", "clue.conclude", clue, result="case", text="属实", case_basis="涉嫌违纪",
        approved_by="秦望山",
    )  # fmt: skip
    with handled.see("handler"):
        case = Matter.objects.get(kind="case")
        assert (case.number, case.case.approved_by) == ("清纪立〔2026〕1号", "秦望山")
        assert Link.objects.get(source=case).target_id == clue
    for who in ("auditor", "stranger", "county_clerk"):
        with handled.see(who):
            assert not Matter.objects.filter(kind="case").exists(), who


def test_taken_up_again_it_is_owed_again(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    handled.act("2026-09-21", "handler", "clue.conclude", clue, result="closed", text="不实")
    handled.act("2026-09-22", "clerk", "clue.resume_handling", clue, reason="证据不足")
    assert both(handled)["handle"] == ("open", "2026-10-08", "")


def test_the_answer_on_record_ends_every_closing_duty(handled: Player) -> None:
    clue = handled.clue  # type: ignore[attr-defined]
    handled.act("2026-09-30", "handler", "clue.conclude", clue, result="admonished", text="谈话提醒")
    handled.answered(clue, "2026-10-08")
    with handled.see("clerk"):
        left = Duty.objects.filter(matter=clue, closing=True).exclude(state="discharged")
        late = Duty.objects.filter(matter=clue, closing=True, ended_on__gt=F("due_on"))
        assert (left.count(), late.count()) == (0, 0)

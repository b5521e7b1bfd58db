"""CZ-3.5: audit's executing department transfers within ten working days (十个工作日内移送)."""

from __future__ import annotations

import pytest

from guantong.kernel.acts.act import Refused
from guantong.kernel.calendar import Explanation
from guantong.kernel.matters.models import Matter
from support.play import Player

pytestmark = pytest.mark.django_db


def test_ten_working_days_over_national_day(play: Player) -> None:
    report = play.concluded("2026-09-28")
    duty = play.duty("auditor", report, "CZ-3.5/transfer")
    # 29, 30 September; 8, 9, 10 (a worked Saturday), 12, 13, 14, 15, 16 October
    assert duty.due_on.isoformat() == "2026-10-16"
    assert (duty.holder_id, duty.claimant_id) == (
        play.town.organs["executing"].pk, play.town.organs["supervision"].pk,
    )  # fmt: skip
    said = Explanation.model_validate(duty.explanation).text("zh")
    assert "国庆节" in said and "10月10日" in said, said


def test_it_counts_from_the_date_the_opinion_bears(play: Player) -> None:
    report = play.concluded("2026-09-28", opinion="2026-09-24")
    # 25-27 September is Mid-Autumn; 28, 29, 30 September; 8, 9, 10, 12, 13, 14, 15 October
    assert play.dates("auditor", report, "CZ-3.5/transfer")[1] == "2026-10-15"


@pytest.mark.parametrize(("sent", "late"), [("2026-10-16", False), ("2026-10-19", True)])
def test_the_letter_discharges_it_on_either_side_of_the_date(play: Player, sent: str, late: bool) -> None:
    report = play.concluded("2026-09-28")
    clue = play.drafted("2026-10-08", origin=str(report), concluded_on="2026-09-28")
    assert play.dates("auditor", report, "CZ-3.5/transfer")[0] == "open"
    play.sent(clue, "2026-10-14", sent)
    duty = play.duty("team_member", report, "CZ-3.5/transfer")
    assert (duty.state, duty.ended_on.isoformat()) == ("discharged", sent)  # type: ignore[union-attr]
    assert (duty.ended_on > duty.due_on) is late  # type: ignore[operator]


def test_the_clue_goes_to_the_commission_of_the_same_level_alone(play: Player) -> None:
    clue = play.sent(play.drafted("2026-10-08"), "2026-10-09", "2026-10-09")
    assert play.matter("clerk", clue).state == "sent"
    for who in ("county_clerk", "handler", "deputy", "stranger", "inspector", "team_member"):
        with play.see(who):
            assert not Matter.objects.filter(pk=clue).exists(), who


def test_a_transfer_before_the_opinion_is_refused(play: Player) -> None:
    report = play.concluded("2026-09-28")
    with pytest.raises(Refused) as refused:
        play.drafted("2026-09-25", origin=str(report), concluded_on="2026-09-28")
    assert refused.value.faults[0].field in ("concluded_on", "happened_on")


def test_an_opinion_of_the_future_is_refused(play: Player) -> None:
    with pytest.raises(Refused) as refused:
        play.concluded("2026-09-28", opinion="2026-09-29")
    assert {fault.field for fault in refused.value.faults} == {"concluded_on"}


def test_a_report_that_is_not_seen_is_no_origin(play: Player) -> None:
    other = play.registered("2026-09-28")
    for origin in (str(other), "01890000-0000-7000-8000-000000000000"):
        with pytest.raises(Refused) as refused:
            play.drafted("2026-09-29", origin=origin)
        assert refused.value.faults[0].field == "origin"


def test_a_corrected_opinion_derives_the_date_anew(play: Player) -> None:
    report = play.concluded("2026-09-28")
    play.act(
        "2026-09-30", "team_member", "matter.correct", report, fact="concluded_on", value="2026-09-24",
        reason="以签发日期为准",
    )  # fmt: skip
    duty = play.duty("auditor", report, "CZ-3.5/transfer")
    assert duty.due_on.isoformat() == "2026-10-15"
    with play.see("auditor"):
        assert duty.changes.get().old_due_on.isoformat() == "2026-10-16"


def test_the_sender_follows_the_result_in_the_words_it_may_know(play: Player) -> None:
    from guantong.mechanisms.clues.lifecycle import state_for

    clue = play.sent(play.drafted("2026-09-29"))
    play.act("2026-09-30", "clerk", "clue.receive", clue)
    play.in_handling(play.assigned(clue, "2026-10-08"), "2026-10-09")
    assert state_for(2, play.matter("auditor", clue).state) == "handling"

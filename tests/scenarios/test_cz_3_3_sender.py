"""CZ-3.3: a clue under the wrong sender, source or category is put right (移送单位、来源、类别更正)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel.access.models import Grant
from guantong.kernel.acts.act import NotAllowed, NotVisible, Refused
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.clues.models import Clue
from support.play import Player
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db


def correct(
    play: Player, clue: UUID, fact: str, value: str, day: str = "2026-10-10", who: str = "clerk"
) -> None:
    play.act(day, who, "matter.correct", clue, fact=fact, value=value, reason="登记有误，见来函。")


def right_sender(play: Player) -> str:
    return str(play.town.organs["rounds"].full_name)


def sees(play: Player, who: str, clue: UUID) -> bool:
    with play.see(who):
        return Matter.objects.filter(pk=clue).exists()


def owed(play: Player, clue: UUID) -> set[str]:
    with play.see("clerk"):
        found = Duty.objects.filter(matter=clue, state__in=["open", "paused"])
        return {f"{duty.clause}/{duty.rule}" for duty in found}


def test_the_wrong_senders_sight_ends_and_the_right_ones_begins(play: Player) -> None:
    clue = play.registered("2026-09-28")
    number = play.matter("clerk", clue).number
    assert sees(play, "auditor", clue)
    assert not sees(play, "inspector", clue)
    before = {code: play.dates("clerk", clue, code) for code in ("CZ-3.2/receipt", "CZ-3.3/feedback")}
    correct(play, clue, "sender", right_sender(play))
    assert not sees(play, "auditor", clue)
    assert sees(play, "inspector", clue)
    assert play.matter("clerk", clue).number == number
    for code, date in before.items():
        duty = play.duty("clerk", clue, code)
        assert (duty.claimant_id, play.dates("clerk", clue, code)) == (play.town.organs["rounds"].pk, date)
    assert play.duty("inspector", clue, "CZ-3.3/feedback").claimant_party == "sender"


def test_the_wrong_sender_does_not_learn_who_the_right_one_is(play: Player) -> None:
    clue = play.registered("2026-09-28")
    correct(play, clue, "sender", right_sender(play))
    with play.see("auditor"):
        for model in (Entry, Party, Paper, Duty, Clue):
            assert not model._default_manager.filter(matter=clue).exists()
    with pytest.raises(NotVisible):
        play.act("2026-10-10", "auditor", "paper.sign_for", clue, paper="0" * 32, signed_by="叶怀安")
    with play.see("inspector"):
        assert not Entry.objects.filter(matter=clue, act="matter.correct").exists()
    with play.see("clerk"):
        said = Entry.objects.get(matter=clue, act="matter.correct").content.body
    assert (said["old"], said["new"]) == (play.town.organs["executing"].full_name, right_sender(play))


def test_what_a_letter_to_the_wrong_sender_answered_is_owed_to_the_right_one(play: Player) -> None:
    clue = play.registered("2026-09-28")
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    paper = play.letter(["2026-09-29"] * 4, clue, "receipt", hands)
    assert play.dates("clerk", clue, "CZ-3.2/receipt") == ("discharged", "2026-10-08", "2026-09-29")
    correct(play, clue, "sender", right_sender(play))
    assert play.dates("clerk", clue, "CZ-3.2/receipt") == ("open", "2026-10-08", "")
    with play.see("clerk"):
        assert (
            "移送单位" in Paper.objects.get(pk=paper).flagged
            or "ender" in Paper.objects.get(pk=paper).flagged
        )
    with play.see("inspector"):
        assert not Paper.objects.filter(pk=paper).exists()
    with pytest.raises((NotAllowed, Refused)):
        play.act("2026-10-11", "inspector", "paper.sign_for", clue, paper=paper, signed_by="白望舒")
    play.letter(["2026-10-12"] * 4, clue, "receipt", hands)
    assert play.dates("inspector", clue, "CZ-3.2/receipt")[2] == "2026-10-12"


def test_a_draft_to_the_wrong_sender_is_not_signed_before_it_is_revised(play: Player) -> None:
    clue = play.registered("2026-09-28")
    wording = {"title": "回执", "addressee": "清川市审计局", "body": "已收悉。"}
    play.act("2026-09-29", "clerk", "paper.draft", clue, kind="receipt", **wording)
    paper = play.paper("clerk", clue, "receipt")
    play.act("2026-09-29", "clerk_head", "paper.check", clue, paper=paper)
    correct(play, clue, "sender", right_sender(play))
    with pytest.raises(Refused):
        play.act("2026-10-10", "clerk_head", "paper.sign", clue, paper=paper)
    wording["addressee"] = "市委巡察办"
    play.act("2026-10-10", "clerk", "paper.revise", clue, paper=paper, **wording)
    play.act("2026-10-10", "clerk_head", "paper.check", clue, paper=paper)
    play.act("2026-10-10", "clerk_head", "paper.sign", clue, paper=paper)
    with play.see("clerk"):
        assert Paper.objects.get(pk=paper).addressee_id == play.town.organs["inspection"].pk


def test_a_sender_that_is_not_listed_leaves_nobody_outside_with_sight(play: Player) -> None:
    clue = play.registered("2026-09-28")
    correct(play, clue, "sender", "云麓县审计局")
    assert not sees(play, "auditor", clue)
    with play.see("clerk"):
        assert Clue.objects.get(pk=clue).sender_name == "云麓县审计局"
        assert not Party.objects.filter(matter=clue, role="sender", until__isnull=True).exists()
        outside = {play.town.organs[name].pk for name in ("executing", "rounds")}
        assert not Grant.objects.filter(matter=clue, principal__in=outside, revoked_at__isnull=True).exists()
    assert play.duty("clerk", clue, "CZ-3.3/feedback").claimant_id is None


def test_nobody_but_the_keeper_puts_the_sender_right_and_not_of_what_was_sent_by_wire(play: Player) -> None:
    clue = play.registered("2026-09-28")
    with pytest.raises(NotAllowed):
        correct(play, clue, "sender", right_sender(play), who="auditor")
    sent = play.sent(play.drafted())
    play.act("2026-09-30", "clerk", "clue.receive", sent)
    with pytest.raises(Refused):
        correct(play, sent, "sender", right_sender(play))
    for value in (play.town.organs["executing"].full_name, play.town.organs["supervision"].full_name):
        with pytest.raises(Refused):
            correct(play, clue, "sender", str(value))


def test_a_corrected_source_follows_the_rules_of_the_right_one_from_the_day_of_receipt(play: Player) -> None:
    clue = play.registered("2026-09-28", source="other")
    assert "GR-0.3/receipt" in owed(play, clue)
    assert not {"CZ-3.2/receipt", "CZ-3.3/feedback"} & owed(play, clue)
    correct(play, clue, "source", "audit", day="2026-09-30")
    right = play.registered("2026-09-28", letter_number="清审移〔2026〕4号")
    assert owed(play, clue) == owed(play, right)
    for code in ("CZ-3.2/receipt", "CZ-3.3/feedback", "CZ-4.1/close"):
        assert play.dates("clerk", clue, code) == play.dates("clerk", right, code)
    assert play.dates("clerk", clue, "GR-0.3/receipt")[0] == "cancelled"
    correct(play, clue, "source", "other", day="2026-10-01")
    assert "GR-0.3/receipt" in owed(play, clue)
    assert not {"CZ-3.2/receipt", "CZ-3.3/feedback", "CZ-4.1/close"} & owed(play, clue)


def test_what_was_done_under_the_wrong_source_is_not_owed_again(play: Player) -> None:
    clue = play.registered("2026-09-28", source="other")
    play.assigned(clue)
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    play.letter(["2026-09-29"] * 4, clue, "receipt", hands)
    correct(play, clue, "source", "inspection")
    found = owed(play, clue)
    assert not {"CZ-3.2/receipt", "CZ-3.2/assignment", "CZ-3.2/acceptance"} & found
    assert {"CZ-3.3/feedback", "CZ-4.1/close"} <= found


def test_a_pause_moves_what_the_right_source_makes_owed(play: Player) -> None:
    made = {}
    for source, letter in (("other", "甲〔2026〕1号"), ("audit", "甲〔2026〕2号")):
        clue = play.registered("2026-09-01", source=source, letter_number=letter)
        play.in_handling(play.assigned(clue, "2026-09-02"), "2026-09-03")
        play.act("2026-09-10", "handler", "clue.pause", clue, awaited_from="银行", reason="调取流水")
        play.act("2026-09-20", "handler", "clue.resume", clue, progress="流水已调回")
        made[source] = clue
    correct(play, made["other"], "source", "audit")
    dates = [play.dates("clerk", clue, "CZ-4.1/close") for clue in made.values()]
    assert dates[0] == dates[1]


def test_a_corrected_category_moves_the_title_made_from_it(play: Player) -> None:
    clue = play.registered("2026-09-28")
    old = play.matter("clerk", clue).title
    correct(play, clue, "category", "duty_crime")
    with play.see("clerk"):
        assert Clue.objects.get(pk=clue).category == "duty_crime"
    assert play.matter("clerk", clue).title != old
    own = play.registered("2026-09-28", letter_number="乙〔2026〕1号", title="公交补贴")
    correct(play, own, "category", "duty_crime")
    assert play.matter("clerk", own).title == "公交补贴"


@BY_ACTS
@pytest.mark.parametrize("fact", ["sender", "source", "category"])
def test_a_correction_takes_at_most_twelve_statements(play: Player, fact: str) -> None:
    clue = play.registered("2026-09-28", source="other")
    play.letter(["2026-09-29"] * 4, clue, "receipt", ["clerk", "clerk_head", "clerk_head", "clerk"])
    values: dict[str, Any] = {"sender": right_sender(play), "source": "audit", "category": "duty_crime"}
    with CaptureQueriesContext(connection) as caught:
        correct(play, clue, fact, values[fact])
    said = [one["sql"] for one in caught.captured_queries]
    said = [sql for sql in said if not re.search("SAVEPOINT|set_config|FROM .organs_post", sql)]
    assert len(said) <= 12, "\n".join(sql[:160] for sql in said)

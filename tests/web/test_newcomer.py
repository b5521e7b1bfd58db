"""Where a newcomer stumbled: senders without a body, signing unseen, findings without words."""

from __future__ import annotations

import pytest

from guantong.kernel.papers.models import Paper
from support.browse import signed_in
from support.play import Player

pytestmark = pytest.mark.django_db


def test_senders_are_named_with_their_body(play: Player) -> None:
    page = signed_in("clerk").get("/intake/").content.decode()
    department = play.town.organs["executing"]
    assert department.body is not None
    assert f'<option value="{department.body.name}{department.name}" data-sets="audit"></option>' in page


def test_who_checks_or_signs_a_letter_sees_it_beside_the_button(play: Player) -> None:
    clue = play.registered()
    play.act(
        "2026-10-13",
        "clerk",
        "paper.draft",
        clue,
        kind="receipt",
        title="回执",
        addressee="市审计局",
        body="收悉。",
    )
    with play.see("clerk"):
        paper = Paper.objects.get(matter=clue).pk
    page = signed_in("clerk_head").get(f"/matters/{clue}/acts/paper.check/?paper={paper}").content.decode()
    assert f'src="/papers/{paper}/pdf/#' in page


def test_the_opinion_names_the_findings_it_is_about(play: Player) -> None:
    report = play.concluded("2026-09-28")
    page = signed_in("team_member").get(f"/matters/{report}/").content.decode()
    assert "1. 拆分采购" in page
    assert "Finding object" not in page


def test_a_signed_letter_waits_on_the_desk_of_who_dispatches_it(play: Player) -> None:
    clue = play.registered()
    sent = {"kind": "receipt", "title": "接收回执", "addressee": "市审计局", "body": "收悉。"}
    play.act("2026-10-13", "clerk", "paper.draft", clue, **sent)
    with play.see("clerk"):
        paper = Paper.objects.get(matter=clue).pk
    play.act("2026-10-13", "clerk_head", "paper.check", clue, paper=paper)
    play.act("2026-10-13", "clerk_head", "paper.sign", clue, paper=paper)
    step = f"/matters/{clue}/acts/paper.dispatch/?paper={paper}"
    assert step in signed_in("clerk").get("/").content.decode()
    play.act("2026-10-13", "clerk", "paper.dispatch", clue, paper=paper, way="paper")
    assert step not in signed_in("clerk").get("/").content.decode()

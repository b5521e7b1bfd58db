"""A paper's draft is in Chinese, whoever drafts it on a page in English (文书用语)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override

from guantong.kernel.matters.models import Matter
from guantong.kernel.papers import kinds
from support.browse import signed_in, text
from support.play import Player

pytestmark = pytest.mark.django_db


def no_cadre(play: Player) -> UUID:
    person = {"name": "王喆", "unit": "清川水务集团有限公司", "post": "班长", "authority": "none"}
    return play.drafted(subjects=[person])


def awaiting(play: Player) -> UUID:
    clue = play.assigned(play.registered())
    play.act("2026-09-30", "handler", "clue.propose_handling", clue, way="shelve", plan="暂存待查")
    return clue


@pytest.mark.parametrize(
    ("who", "kind", "made", "said"),
    [
        ("auditor", "transfer_letter", no_cadre, "干部管理权限：一般人员"),
        ("handler", "approval_sheet", awaiting, "拟采取“暂存待查”方式处置"),
    ],
)
def test_a_draft_says_the_same_to_every_reader(
    play: Player, who: str, kind: str, made: Any, said: str
) -> None:
    matter = made(play)
    with play.see(who):
        found = Matter.objects.get(pk=matter)
        drafts = []
        for language in ("zh-hans", "en"):
            with override(language):
                drafts.append(kinds.get(kind).proposal(found, play.town.actor(who)))
    assert drafts[0] == drafts[1]
    assert said in drafts[0].body
    english = signed_in(who)
    english.cookies["guantong_language"] = "en"
    assert said in text(english.get(f"/matters/{matter}/acts/paper.draft/?kind={kind}"))

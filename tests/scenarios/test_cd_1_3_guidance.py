"""CD-1.3: guidance as work, each in its own capacity: letter, answer, follow-up (指导函、答复、跟踪)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.correspondence.models import Turn
from support.consistency import problems_now
from support.play import Player
from support.shareholders import join

pytestmark = pytest.mark.django_db
ANSWER, CHECK = "CD-1.3/answer", "CD-1.3/check"
COMMITTEE = ["committee_clerk", "committee_head", "committee_head", "committee_clerk"]
STATIONED = ["stationed_clerk", "stationed_head", "stationed_head", "stationed_clerk"]
WATER = ["water_clerk", "water_chief", "water_chief", "water_clerk"]
REGULATOR = ["regulator_clerk", "regulator_chief", "regulator_chief", "regulator_clerk"]


@pytest.fixture
def sides(play: Player) -> Player:
    """The town with its shareholder's side."""
    join(play.town)
    return play


def drafted(play: Player, who: str, form: str, recipient: str, **data: Any) -> UUID:
    given = {
        "form": form,
        "recipient": play.town.organs[recipient].pk,
        "title": "规范招标采购监督",
        "text": "请围绕招标采购开展专项监督。",
    }
    return play.act("2026-09-28", who, "correspondence.draft", **{**given, **data})


def guided(play: Player) -> UUID:
    """Let the committee's guidance reach the enterprise."""
    matter = drafted(play, "committee_clerk", "guidance_committee", "water_accountability")
    play.letter(["2026-09-28"] * 4, matter, "correspondence_letter", COMMITTEE)
    play.act("2026-09-29", "water_clerk", "correspondence.receive", matter)
    return matter


def test_guidance_in_the_wrong_capacity_is_refused_and_the_right_one_named(sides: Player) -> None:
    with pytest.raises(NotAllowed) as refused:
        drafted(sides, "committee_clerk", "guidance_stationed", "accountability")
    right = sides.town.posts["stationed_clerk"]
    assert any(str(right) in fault.remedy for fault in refused.value.faults)
    with pytest.raises(NotAllowed) as refused:
        drafted(sides, "stationed_clerk", "guidance_committee", "water_accountability")
    right = sides.town.posts["committee_clerk"]
    assert any(str(right) in fault.remedy for fault in refused.value.faults)
    matter = drafted(sides, "stationed_clerk", "guidance_stationed", "accountability")
    with sides.see("stationed_clerk"):
        entry = Entry.objects.get(matter=matter)
    assert entry.post_id == sides.town.posts["stationed_clerk"].pk
    assert "CD-1.3" in entry.clauses


def test_what_is_drafted_in_one_capacity_is_not_gone_on_with_in_the_other(sides: Player) -> None:
    matter = drafted(sides, "committee_clerk", "guidance_committee", "water_accountability")
    with sides.see("stationed_clerk"):
        assert not Matter.objects.filter(pk=matter).exists()
    with pytest.raises(NotAllowed):
        sides.act("2026-09-28", "stationed_clerk", "correspondence.withdraw", matter, reason="误拟")


def test_the_committee_guides_enterprises_and_the_group_the_regulators_departments(sides: Player) -> None:
    for who, form, recipient in (
        ("committee_clerk", "guidance_committee", "accountability"),
        ("stationed_clerk", "guidance_stationed", "water_accountability"),
    ):
        with pytest.raises(Refused) as refused:
            drafted(sides, who, form, recipient)
        assert [fault.field for fault in refused.value.faults] == ["recipient"]


def test_guidance_is_answered_checked_and_followed_up(sides: Player) -> None:
    matter = guided(sides)
    assert sides.dates("water_clerk", matter, ANSWER) == ("open", "2026-10-29", "")
    sides.letter(["2026-10-20"] * 4, matter, "correspondence_answer", WATER, body="已开展专项监督。")
    assert sides.dates("committee_clerk", matter, ANSWER)[::2] == ("discharged", "2026-10-20")
    assert sides.matter("committee_clerk", matter).state == "answered"
    assert sides.dates("committee_clerk", matter, CHECK) == ("open", "2026-11-03", "")
    sides.act(
        "2026-10-26", "committee_clerk", "correspondence.follow_up", matter, text="请说明整改到位情况。",
        answer_by="2026-11-10",
    )  # fmt: skip
    assert sides.dates("committee_clerk", matter, CHECK)[::2] == ("discharged", "2026-10-26")
    assert sides.dates("water_clerk", matter, "CD-1.3/answer_by") == ("open", "2026-11-10", "")
    sides.letter(["2026-11-09"] * 4, matter, "correspondence_answer", WATER, body="已全部整改到位。")
    sides.act("2026-11-10", "committee_clerk", "correspondence.close", matter, note="已核对")
    assert sides.matter("water_clerk", matter).state == "closed"
    with sides.see("committee_clerk"):
        kinds = list(Turn.objects.filter(matter=matter).values_list("kind", flat=True))
    assert kinds == ["ask", "answer", "follow_up", "answer"]
    assert problems_now() == []


def test_the_groups_guidance_goes_to_a_department_of_the_body_where_it_is_stationed(sides: Player) -> None:
    matter = drafted(sides, "stationed_clerk", "guidance_stationed", "accountability")
    sides.letter(["2026-09-28"] * 4, matter, "correspondence_letter", STATIONED)
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    assert sides.dates("regulator_clerk", matter, ANSWER)[0] == "open"
    sides.letter(["2026-09-30"] * 4, matter, "correspondence_answer", REGULATOR, body="已部署条线指导。")
    assert sides.dates("stationed_clerk", matter, CHECK)[0] == "open"


def test_guidance_goes_by_letter_and_is_never_refused(sides: Player) -> None:
    matter = drafted(sides, "committee_clerk", "guidance_committee", "water_accountability")
    with pytest.raises(Refused):
        sides.act("2026-09-28", "committee_clerk", "correspondence.send", matter)
    matter = guided(sides)
    with pytest.raises(Refused):
        sides.act("2026-09-30", "water_clerk", "correspondence.refuse", matter, reason="不便")
    with pytest.raises(Refused) as refused:
        sides.act(
            "2026-09-30", "water_clerk", "paper.draft", matter, kind="correspondence_answer", title="复函",
            addressee="工委", body="不便。", refused="1",
        )  # fmt: skip
    assert [fault.field for fault in refused.value.faults] == ["refused"]

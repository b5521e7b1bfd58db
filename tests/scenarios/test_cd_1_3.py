"""CD-1.3: several posts, one capacity at a time, on the record (合署办公、职责分开)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from guantong.kernel import clock
from guantong.kernel.access.actors import actor_for
from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Post
from support.play import Player, at
from support.town import SINCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(play: Player) -> Post:
    """The clerk also holds a post in the handling department; in it he acts as "second"."""
    officer = play.town.posts["clerk"].officer
    post = Post.objects.create(
        officer=officer, organ=play.town.organs["first"], title="兼职", rank="staff", since=SINCE
    )
    play.town.posts["second"] = post
    return post


def assigned(play: Player) -> UUID:
    """Let a clue be assigned to the handling department, which has not signed for it."""
    clue = play.registered("2026-09-28")
    handler = play.town.organs["first"].pk
    play.act("2026-09-29", "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
    play.act("2026-09-29", "deputy", "clue.approve_assignment", clue)
    return clue


def test_every_act_is_done_in_one_capacity_which_is_recorded(play: Player, second: Post) -> None:
    clue = play.registered("2026-09-28")
    with play.see("clerk"):
        entry = Entry.objects.get(matter=clue)
    assert entry.post_id == play.town.posts["clerk"].pk
    assert entry.capacity == "中共清川市纪律检查委员会案件监督管理室 工作人员"
    assert "CD-1.3" in entry.clauses


def test_the_wrong_capacity_is_refused_and_the_right_one_named(play: Player, second: Post) -> None:
    clue = assigned(play)
    with pytest.raises(NotAllowed) as refused:
        play.act("2026-09-30", "clerk", "clue.accept", clue, custodian=second.officer_id)
    assert any(str(second) in fault.remedy for fault in refused.value.faults)
    play.act("2026-09-30", "second", "clue.accept", clue, custodian=second.officer_id)
    with play.see("second"):
        entry = Entry.objects.get(matter=clue, act="clue.accept")
    assert (entry.post_id, entry.organ_id) == (second.pk, second.organ_id)
    assert "CD-1.3" in entry.clauses


def test_sight_goes_with_the_capacity(play: Player, second: Post) -> None:
    clue = play.registered("2026-09-28")
    with play.see("second"):
        assert not Matter.objects.filter(pk=clue).exists()
    with play.see("clerk"):
        assert Matter.objects.filter(pk=clue).exists()


def test_a_custodian_acts_as_such_only_in_the_post_in_which_he_keeps_the_clue(
    play: Player, second: Post
) -> None:
    clue = assigned(play)
    play.act("2026-09-29", "handler_head", "clue.accept", clue, custodian=second.officer_id)
    with pytest.raises(NotAllowed):
        play.act("2026-09-30", "clerk", "clue.propose_handling", clue, way="verify", plan="方案")
    play.act("2026-09-30", "second", "clue.propose_handling", clue, way="verify", plan="方案")
    assert play.matter("clerk", clue).state == "handling_proposed"


def test_a_post_that_has_ended_opens_nothing(play: Player, second: Post) -> None:
    clue = assigned(play)
    play.act("2026-09-30", "second", "clue.accept", clue, custodian=second.officer_id)
    second.until = date(2026, 9, 30)
    second.save()
    with clock.set_to(at("2026-10-08")):
        actor = actor_for(second.officer_id, second.pk)
        assert actor is not None and actor.post != second
        assert actor_for(second.officer_id, second.pk, exactly=True) is None
    with pytest.raises(NotAllowed):
        play.act("2026-10-08", "second", "clue.propose_handling", clue, way="verify", plan="方案")

"""Batches of inspection rounds by several at once: nothing twice, numbers without doubles or gaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from guantong.accounts.models import User
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from support.consistency import problems_committed
from support.databases import TestDatabases
from support.play import Player
from support.rounds import batch, on_paper, staff
from support.together import DAY, at_once, committed_town

BACKEND = "guantong.accounts.recognised.Backend"


@pytest.fixture
def together(committed: TestDatabases) -> Player:
    """A town that is committed, so that threads see it."""
    return staff(committed_town())


def submitting(who: str, found: UUID, key: str, **more: str) -> Callable[[], int]:
    client = Client()
    client.force_login(User.objects.get(username=who), backend=BACKEND)
    taken = {f"decision-{number}": "receive" for number in range(1, 7)}
    data = {"key": key, "happened_on": DAY, **taken, **more}
    return lambda: client.post(f"/rounds/{found}/intake/", data).status_code


def test_two_clerks_take_one_batch_in_at_once(together: Player) -> None:
    found, clues = batch(together, 6)
    results = at_once(
        submitting("clerk", found, "a" * 32),
        submitting("clerk_head", found, "b" * 32, **{"decision-2": "return", "reason-2": "不全"}),
        submitting("clerk", found, "a" * 32),
    )
    assert results == [200] * 3
    with together.see("clerk"):
        decided = Entry.objects.filter(act__in=["clue.receive", "clue.return"])
        assert sorted(decided.values_list("matter", flat=True)) == sorted(clues)
        assert Entry.objects.filter(act="round.receive").count() == 1
        numbers = [one.number for one in Matter.objects.filter(pk__in=clues).order_by("pk") if one.number]
    assert numbers == [f"清纪线索〔2026〕{number}号" for number in range(1, len(numbers) + 1)]
    assert problems_committed() == []


def test_batches_on_paper_registered_at_once_number_without_doubles_or_gaps(together: Player) -> None:
    def registering(number: int) -> Callable[[], Any]:
        data = on_paper(together, 5, DAY, letter_number=f"清巡移〔2026〕{number}号", happened_on=DAY)

        def do() -> Any:
            actor = together.town.actor("clerk")
            with scope(actor):
                return perform("round.register", actor, None, data)

        return do

    results = at_once(*[registering(number) for number in range(4)])
    assert not [one for one in results if isinstance(one, Refused)]
    with together.see("clerk"):
        clues = Matter.objects.filter(kind="clue").values_list("number", flat=True)
        rounds = Matter.objects.filter(kind="round").values_list("number", flat=True)
        assert set(clues) == {f"清纪线索〔2026〕{number}号" for number in range(1, 21)}
        assert set(rounds) == {f"清纪轮〔2026〕{number}号" for number in range(1, 5)}
    assert problems_committed() == []


def test_a_list_dispatched_by_two_at_once_goes_out_once(together: Player) -> None:
    from support.rounds import gathered, opened

    found = opened(together)
    clues = gathered(together, found, 4)
    texts = {"kind": "handover_list", "title": "清单", "addressee": "委", "body": "移交。"}
    together.act("2026-09-28", "inspector", "paper.draft", found, **texts)
    paper = together.paper("inspector", found, "handover_list")
    together.act("2026-09-28", "inspection_head", "paper.check", found, paper=paper)
    together.act("2026-09-28", "inspection_leader", "paper.sign", found, paper=paper)

    def dispatching(who: str) -> Callable[[], Any]:
        def do() -> Any:
            actor = together.town.actor(who)
            with scope(actor):
                return perform("paper.dispatch", actor, found, {"paper": paper, "way": "system"})

        return do

    results = at_once(dispatching("inspector"), dispatching("inspection_head"))
    assert sum(isinstance(one, Refused) for one in results) == 1
    with together.see("clerk"):
        sent = Entry.objects.filter(act="clue.hand_over").values_list("matter", flat=True)
        assert sorted(sent) == sorted(clues)
    assert problems_committed() == []

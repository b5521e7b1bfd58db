"""Tasks by several at once: a part that opens while its whole closes (统分结合; CZ-1.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.tasks.queries import parts_of
from support.consistency import problems_committed
from support.databases import TestDatabases
from support.play import Player, at
from support.town import build

DAY = "2026-09-29"


@pytest.fixture
def together(committed: TestDatabases) -> Player:
    """A town that is committed, so that threads see it."""
    with transaction.atomic():
        return Player(build())


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run works in threads that start together, each on its own connection."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            with clock.set_to(at(DAY)):
                results[place] = work()
        except Refused as refused:
            results[place] = refused  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def doing(play: Player, who: str, code: str, task: UUID, **data: Any) -> Callable[[], Any]:
    """Return the act, to be done on a connection of its own."""

    def do() -> Any:
        actor = play.town.actor(who)
        with scope(actor):
            return perform(code, actor, task, {"happened_on": DAY, **data})

    return do


@pytest.mark.parametrize("turn", range(4))
def test_a_part_that_opens_while_the_whole_closes_is_never_left_open_below(
    together: Player, turn: int
) -> None:
    data = {"title": "整改", "text": "核实整改。", "due_on": "2026-11-30"}
    whole = together.act(
        "2026-09-28", "clerk", "task.give", None, holder=together.town.organs["supervision"].pk, **data
    )
    row = {"holder": together.town.organs["executing"].pk, "title": "核实", "due_on": "2026-10-30"}
    works = [
        doing(together, "clerk", "task.divide", whole, parts=[row]),
        doing(together, "clerk_head", "task.complete", whole, text="完成。"),
        doing(together, "clerk", "task.withdraw", whole, reason="不办了。"),
        doing(together, "clerk_head", "task.divide", whole, parts=[row]),
    ]
    results = at_once(*works[turn:], *works[:turn])
    assert any(isinstance(one, Refused) for one in results)
    with together.see("clerk"):
        state = Matter.objects.get(pk=whole).state
        left = [part for part in parts_of([whole]) if part.is_open]
    assert state in ("handling", "reported", "withdrawn")
    assert state == "handling" or not left, f"{state} above, open below: {left}"
    assert problems_committed() == []

"""Several people at once (同时办理): works in threads that start together, each on its own connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from support.play import Player, at
from support.town import build

DAY = "2026-09-29"


def committed_town() -> Player:
    """Return a player in a town that is committed, so that threads see it."""
    with transaction.atomic():
        town = build()
    return Player(town)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run works in threads that start together; return results or refusals, in order."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            with clock.set_to(at(DAY)):
                results[place] = work()
        except Refused as refused:
            results[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def work(
    play: Player, who: str, code: str, matter: UUID | None, *, version: int | None = None, **data: Any
) -> Callable[[], Any]:
    """Return an act to be done in a thread, in its own transaction."""

    def do() -> Any:
        actor = play.town.actor(who)
        with scope(actor):
            return perform(code, actor, matter, {"happened_on": DAY, **data}, version=version)

    return do

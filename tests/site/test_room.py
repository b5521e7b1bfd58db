"""Calls from wherever they come find room: nothing is taken from the system for each of them."""

from __future__ import annotations

import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from guantong.site.room import with_room

TIMES = 500


def calls_from(depth: int) -> int:
    """Go so many calls down, call something small often from there; return the page faults it took."""
    if depth:
        return calls_from(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for number in range(TIMES):
        small(number)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def small(number: int) -> int:
    return number


small.__code__ = small.__code__.replace(co_stacksize=300)  # so that some depth leaves too little for it


def worst(call: Callable[[int], int]) -> int:
    """Return the most page faults from any depth, in a thread of its own: tests have room already."""
    with ThreadPoolExecutor(1) as thread:
        return max(thread.map(call, range(200)))


def test_calls_take_nothing_from_the_system_however_deep_they_lie() -> None:
    assert worst(lambda depth: with_room(calls_from, depth)) < TIMES / 10


def test_without_it_some_depth_does() -> None:
    """When this fails, the interpreter has mended it, and `site/room.py` may go."""
    assert worst(calls_from) >= TIMES

"""Two at once: one act, or one act and a conflict; never two."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Counter, Matter
from support.play import Player
from support.program import Program
from support.town import build

HANDS = 2


@pytest.fixture
def program(committed: Any) -> Program:
    """Give a town whose acts are really committed."""
    return Program(build(), day="2026-09-28")


def together(call: Callable[[Client, int], Any]) -> list[Any]:
    """Make a call several times at the same moment, each on a connection of its own."""
    gate = Barrier(HANDS)

    def run(number: int) -> Any:
        try:
            gate.wait(timeout=10)
            return call(Client(raise_request_exception=False), number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(run, range(HANDS)))


def test_two_clerks_assign_at_once_and_one_of_them_does(program: Program) -> None:
    clue = program.registered()
    seen = program.get("clerk", f"/matters/{clue}")["ETag"]
    organs = [program.town.organs[name].pk for name in ("first", "second")]
    who = ["clerk", "clerk_head"]
    headers = [program.headers(name, **{"If-Match": seen, "Idempotency-Key": name}) for name in who]

    def assign(client: Client, number: int) -> Any:
        return client.post(
            f"/api/v1/matters/{clue}/acts/clue.propose_assignment",
            data={"handler": organs[number], "reason": "按分工"},
            content_type="application/json",
            headers=headers[number],
        )

    answers = together(assign)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    with Player(program.town).see("clerk"):
        assert Entry.objects.filter(act="clue.propose_assignment").count() == 1
        matter = Matter.objects.get(pk=clue)
        assert (matter.state, matter.version, matter.chain_seq) == ("assignment_proposed", 2, 2)


def test_the_same_key_at_once_is_one_act(program: Program) -> None:
    headers = program.headers("clerk", **{"Idempotency-Key": "once"})
    body = program.letter()

    def register(client: Client, number: int) -> Any:
        return client.post(
            "/api/v1/acts/clue.register", data=body, content_type="application/json", headers=headers
        )

    answers = together(register)
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len({answer.json()["matter"] for answer in answers}) == 1
    with Player(program.town).see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 1
        assert Counter.objects.get(series="clue").last == 1


def test_two_letters_at_once_take_two_numbers(program: Program) -> None:
    headers = [program.headers("clerk", **{"Idempotency-Key": str(number)}) for number in range(HANDS)]
    body = program.letter()

    def register(client: Client, number: int) -> Any:
        return client.post(
            "/api/v1/acts/clue.register", data=body, content_type="application/json", headers=headers[number]
        )

    numbers = {answer.json()["number"] for answer in together(register)}
    assert numbers == {"清纪线索〔2026〕1号", "清纪线索〔2026〕2号"}

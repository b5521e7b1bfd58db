"""Inspection rounds over HTTP: opened, handed over, listed with their counts (CZ-3.2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from support.play import Player
from support.rounds import batch, on_paper, staff

pytestmark = pytest.mark.django_db


def test_a_batch_on_paper_is_registered_by_a_program(program: Any) -> None:
    play = staff(Player(program.town))
    data = on_paper(play, 3)
    data["items"] = [{**row, "pages": int(row["pages"])} for row in data["items"]]
    made = program.act("2026-09-29", "clerk", "round.register", **data)
    shown = program.get("clerk", f"/matters/{made['matter']}", day="2026-09-29").json()
    assert [one["position"] for one in shown["facts"]["clues"]] == [1, 2, 3]
    assert shown["facts"]["clues"][0]["number"] == "清纪线索〔2026〕1号"


def test_rounds_are_listed_with_what_the_reader_may_know(program: Any) -> None:
    play = staff(Player(program.town))
    found, (first, second, _third) = batch(play, 3)
    play.act("2026-09-29", "clerk", "clue.receive", first)
    play.act("2026-09-29", "clerk", "clue.return", second, reason="不全")
    for who in ("clerk", "inspector"):
        [listed] = program.get(who, "/rounds", day="2026-09-30").json()["items"]
        assert (listed["id"], listed["clues"], listed["ended"]) == (str(found), 3, 1)
        assert sorted(listed["states"].values()) == [1, 1, 1]
    assert program.get("stranger", "/rounds", day="2026-09-30").json()["items"] == []
    assert program.get("handler", f"/matters/{found}", day="2026-09-30").status_code == 404


def test_rounds_come_in_pages_and_cost_the_same_for_many(program: Any) -> None:
    play = staff(Player(program.town))
    for count in (1, 2, 3):
        batch(play, count)
    first = program.get("clerk", "/rounds?limit=2", day="2026-09-30").json()
    rest = program.get("clerk", f"/rounds?limit=2&cursor={first['next']}", day="2026-09-30").json()
    assert sorted(one["clues"] for one in first["items"] + rest["items"]) == [1, 2, 3]
    assert rest["next"] is None
    spent = []
    for limit in (1, 3):
        with CaptureQueriesContext(connection) as captured:
            program.get("clerk", f"/rounds?limit={limit}", day="2026-09-30")
        spent.append(len(captured))
    assert spent[0] == spent[1]


def test_no_program_hands_a_clue_over_by_itself(program: Any) -> None:
    play = staff(Player(program.town))
    _found, (clue,) = batch(play, 1)
    body = {"receiver": 1, "letter_number": "x", "letter_date": "2026-09-28"}
    assert program.post("inspector", f"/matters/{clue}/acts/clue.hand_over", body).status_code == 404

"""Figures over HTTP: the tables of the pages, and the records behind each figure (统计接口)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from support.play import Player

pytestmark = pytest.mark.django_db
DAY = "2026-10-20"
SUBJECTS = ("clauses", "pairs", "compliance", "telling", "hops", "ageing", "returns", "reminders")


def tables(program: Any, who: str, show: str, **asked: str) -> list[dict[str, Any]]:
    query = urlencode({"show": show, "period": "2026", **asked})
    found: list[dict[str, Any]] = program.get(who, f"/figures?{query}", day=DAY).json()["tables"]
    return found


@pytest.fixture
def play(program: Any) -> Player:
    made = Player(program.town)
    returned = made.sent(made.drafted("2026-09-01"), "2026-09-02", "2026-09-03")
    made.act("2026-09-08", "clerk", "clue.return", returned, reason="材料不全")
    for number in range(3):
        made.in_handling(made.assigned(made.registered(letter_number=f"{number}号")))
    return made


def test_a_program_gets_each_figure_and_its_records(program: Any, play: Player) -> None:
    opened = 0
    for who in ("clerk", "auditor", "stranger"):
        for show in SUBJECTS:
            for table in tables(program, who, show):
                for cell in (cell for row in table["rows"] for cell in row["cells"] if cell["asks"]):
                    query = urlencode(cell["asks"])
                    found = program.get(who, f"/figures/records?{query}&limit=200", day=DAY).json()
                    assert found["total"] == cell["records"] == len(found["items"]), (show, table["key"])
                    opened += 1
    assert opened > 60


def test_records_come_in_pages_that_belong_to_their_list(program: Any, play: Player) -> None:
    first = program.get("clerk", "/figures/records?of=duties&limit=2", day=DAY).json()
    shown, following = len(first["items"]), first["next"]
    while following:
        page = program.get("clerk", f"/figures/records?of=duties&limit=2&cursor={following}", day=DAY).json()
        shown, following = shown + len(page["items"]), page["next"]
    assert shown == first["total"] > 4
    other = program.get("clerk", f"/figures/records?of=open&limit=2&cursor={first['next']}", day=DAY)
    assert other.status_code == 422


def test_what_there_is_not_is_refused_by_name(program: Any, play: Player, refusal: Any) -> None:
    for path, field in {
        "/figures?perod=2026": "perod",
        "/figures/records?of=duties&who=me": "who",
    }.items():
        assert refusal(program.get("clerk", path, day=DAY), 422)["faults"][0]["field"] == field
    for path in ("/figures?period=2026-13", "/figures?from=2026-03-02&to=2026-03-01", "/figures?show=no"):
        assert refusal(program.get("clerk", path, day=DAY), 422)["faults"]


def test_nobody_learns_more_over_the_api_than_on_the_pages(program: Any, play: Player) -> None:
    for show in SUBJECTS:
        for table in tables(program, "stranger", show):
            assert not any(cell["records"] for row in table["rows"] for cell in row["cells"]), show
    assert program.get("stranger", "/figures/records?of=returns", day=DAY).json()["total"] == 0


def test_figures_cost_the_same_for_little_and_for_much(program: Any, play: Player) -> None:
    def spent() -> list[int]:
        found = []
        for show in SUBJECTS:
            with CaptureQueriesContext(connection) as captured:
                tables(program, "clerk", show)
            found.append(len(captured))
        return found

    spent()
    few = spent()
    for number in range(3):
        play.registered(letter_number=f"再{number}号")
    assert spent() == few

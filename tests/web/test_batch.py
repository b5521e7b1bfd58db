"""Printing papers in one go (成批打印): a list, then each paper in its copies, and nothing unseen."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.web import batch
from support.browse import readings, signed_in
from support.play import Player, at
from support.town import build

pytestmark = pytest.mark.django_db
HANDS = ["clerk", "clerk_head", "clerk_head", "clerk"]


@pytest.fixture
def play() -> Player:
    return Player(build())


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at("2026-11-20")):
        yield


def receipt(play: Player, clue: uuid.UUID, **data: Any) -> str:
    given = {"title": "接收回执", "body": "收悉。", **data}
    return play.letter(["2026-10-09"] * 4, clue, "receipt", HANDS, **given)


def printed(who: str, papers: list[str], **more: str) -> Any:
    return signed_in(who).get("/papers/batch/", {"paper": papers, **more})


def pages(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        return ["".join(c["text"] for c in page.chars if c["upright"]) for page in pdf.pages]


def test_list_then_each_copy_in_the_order_chosen_and_one_reading_a_matter(play: Player) -> None:
    clue = play.registered()
    plain = receipt(play, clue, title="甲回执", copies=2)
    secret = receipt(play, clue, title="乙回执", secrecy="secret", secrecy_years=1, copies=2)
    before = len(readings())
    found = pages(printed("clerk", [secret, plain]))
    assert len(found) == 5
    assert found[0].index("乙回执") < found[0].index("甲回执")
    assert ["000001" in found[1], "000002" in found[2]] == [True, True]
    assert all("甲回执" in one for one in found[3:])
    assert readings()[before:] == [("view", "papers in one go pdf")]


def test_for_both_sides_a_blank_page_follows_an_odd_one(play: Player) -> None:
    paper = receipt(play, play.registered(), copies=2)
    found = pages(printed("clerk", [paper], duplex="1"))
    assert [bool(one) for one in found] == [True, False] * 3


def test_another_bodys_paper_is_not_found(play: Player) -> None:
    paper = receipt(play, play.registered())
    before = len(readings())
    assert printed("clerk", [paper, str(uuid.uuid4()), "x"]).status_code == 200
    assert len(readings()) == before + 1
    for answer in (
        printed("county_clerk", [paper]),
        printed("stranger", [paper]),
        printed("clerk", [str(uuid.uuid4())]),
        printed("clerk", []),
    ):
        assert answer.status_code == 422
        assert len(readings()) == before + 1


def test_over_the_limits_it_says_so(play: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = receipt(play, play.registered(), copies=2)
    answer = printed("clerk", [str(uuid.uuid4()) for _ in range(51)])
    assert (answer.status_code, "50" in answer.content.decode()) == (422, True)
    monkeypatch.setattr(batch, "MOST_COPIES", 1)
    assert printed("clerk", [paper]).status_code == 422


def test_more_papers_cost_no_more_queries(play: Player) -> None:
    clue = play.registered()
    papers = [receipt(play, clue) for _ in range(3)]
    costs = []
    for chosen in (papers[:1], papers):
        client = signed_in("clerk")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get("/papers/batch/", {"paper": chosen})
        costs.append(len(caught))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("register", ["", "registers/dispatched/", "registers/seals/"])
def test_papers_are_ticked_in_each_register_and_printed_from_there(play: Player, register: str) -> None:
    paper = receipt(play, play.registered())
    assert ticked("clerk", register) == [paper]


def test_who_received_a_paper_prints_it_once_and_a_letter_from_outside_cannot_be_ticked(play: Player) -> None:
    clue = play.registered()
    paper = receipt(play, clue, copies=3)
    play.act("2026-10-12", "auditor", "paper.sign_for", clue, paper=paper, signed_by="叶怀安")
    assert ticked("auditor", "registers/received/") == [paper]
    assert len(pages(printed("auditor", [paper]))) == 2
    assert ticked("clerk", "registers/received/") == []
    assert printed("handler", [paper]).status_code == 422


def ticked(who: str, register: str) -> list[str]:
    """Return what stands beside the rows of a register to be ticked, in a form that prints."""
    page = signed_in(who).get(f"/papers/{register}").content.decode()
    assert 'action="/papers/batch/"' in page
    return re.findall(r'data-bulk-item name="paper" value="([0-9a-f-]+)"', page)

"""No canary of an inspection round reaches whom it must not (轮次金丝雀)."""

from __future__ import annotations

from typing import Any

import pytest

from guantong.accounts.models import User
from guantong.kernel import clock
from support.canaries import Crawler, Planted
from support.play import Player, at
from support.round_canaries import INSIDE, OF_THE_ROUND, plant_round
from support.rounds import staff
from support.town import build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planted(play_once: Any) -> Planted:
    made: Planted = play_once(lambda: plant_round(staff(Player(build()))))
    return made


def crawled(planted: Planted, who: str) -> Crawler:
    with clock.set_to(at("2026-10-13")):
        crawler = Crawler(User.objects.get(username=who), planted)
        crawler.crawl()
    assert not [one for one, status in crawler.statuses.items() if status >= 500], "an address breaks"
    return crawler


def test_case_supervision_finds_all_of_a_round(planted: Planted) -> None:
    found = {one.partition(" at ")[0] for one in crawled(planted, "clerk").where({**OF_THE_ROUND, **INSIDE})}
    assert found == {*OF_THE_ROUND, *INSIDE}


def test_the_inspection_office_learns_nothing_of_the_handling(planted: Planted) -> None:
    office = crawled(planted, "inspector")
    assert office.where(INSIDE) == []
    own = {one.partition(" at ")[0] for one in office.where(OF_THE_ROUND)}
    assert own == set(OF_THE_ROUND)


@pytest.mark.parametrize("who", ["stranger", "auditor"])
def test_strangers_learn_nothing_of_a_round(planted: Planted, who: str) -> None:
    crawler = crawled(planted, who)
    assert crawler.where({**OF_THE_ROUND, **INSIDE}) == []
    assert crawler.statuses[f"/matters/{planted.clue}/"] == 404


def test_who_handles_one_clue_learns_nothing_of_the_rest_of_the_round(planted: Planted) -> None:
    handler = crawled(planted, "handler")
    rest = {name: OF_THE_ROUND[name] for name in ("title", "units", "leader", "other person", "scan's name")}
    assert handler.where(rest) == []
    assert handler.where({"plan": INSIDE["plan"]})

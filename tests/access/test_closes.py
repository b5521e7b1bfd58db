"""Who may do and learn what of a monthly close, against a matrix written by hand (月结权限)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from guantong.accounts.models import User
from guantong.kernel import clock
from support.canaries import Crawler, plant
from support.play import Player, at
from support.standing import unlike

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("closes.csv")
DAY = "2026-11-02"
WITHIN = {"explanation": "山舞银蛇", "reason of sending back": "原驰蜡象", "reason of reopening": "欲与天公"}


def made(play: Player) -> dict[str, UUID]:
    """Return a close in each of its states."""
    months = {"drafted": "2026-08", "submitted": "2026-09", "closed": "2026-10"}
    closes = {state: play.act(DAY, "clerk", "close.draft", month=month) for state, month in months.items()}
    for state in ("submitted", "closed"):
        play.act(DAY, "clerk", "close.submit", closes[state])
    play.act(DAY, "deputy", "close.approve", closes["closed"])
    return closes


def test_acts_on_closes_are_as_written(play: Player) -> None:
    closes = made(play)
    assert unlike(play, TABLE, "close", closes) == []


@pytest.fixture
def crawled(play: Player) -> Any:
    """A close full of canaries over a clue full of canaries, and what an account can get of both."""
    planted = plant(play)
    close = play.act(DAY, "clerk", "close.draft", month="2026-09")
    for act, reason in (
        ("close.send_back", "reason of sending back"),
        ("close.reopen", "reason of reopening"),
    ):
        play.act(DAY, "clerk", "close.submit", close, note=WITHIN["explanation"])
        if act == "close.reopen":
            play.act(DAY, "deputy", "close.approve", close)
        play.act(DAY, "deputy", act, close, reason=WITHIN[reason])
    play.act(DAY, "clerk", "close.submit", close, note=WITHIN["explanation"])

    def crawl(who: str) -> Crawler:
        crawler = Crawler(User.objects.get(username=who), planted)
        names = ("received", "open", "closed", "carried_over")
        with clock.set_to(at(DAY)):
            for address in (
                f"/matters/{close}/", f"/api/v1/matters/{close}", "/statistics/?month=2026-09",
                "/statistics/?month=2026-09&live=1", "/statistics/adjustments/", "/statistics/templates/",
                "/statistics/catalogue/", "/statistics/balance/", "/statistics/export/?month=2026-09",
                *(f"/statistics/records/?month=2026-09&name=clues_{one}__all__month" for one in names),
            ):  # fmt: skip
                crawler.fetch(address)
        assert not [one for one, status in crawler.statuses.items() if status >= 500]
        return crawler

    return crawl


def test_canaries_of_a_close_reach_its_readers_and_nobody_else(crawled: Any) -> None:
    for who in ("clerk", "deputy"):
        assert {one.partition(" at ")[0] for one in crawled(who).where(WITHIN)} == set(WITHIN), who
    for who in ("handler_head", "auditor", "audit_leader", "stranger", "county_clerk", "inspector"):
        assert crawled(who).where(WITHIN) == [], who

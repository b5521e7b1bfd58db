"""No canary reaches whom it must not: pages, API, exports, counts, search, papers, errors."""

from __future__ import annotations

import datetime as dt
import re
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import pytest

from guantong.accounts import tokens
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.organs.models import Officer, Post
from support.canaries import (
    CUSTODIAN,
    DIRECTORIES,
    INTERNAL,
    OF_SUPERVISION,
    OF_THE_SENDER,
    Crawler,
    Planted,
    crawled,
    plant,
)
from support.play import Player, at
from support.town import SINCE, build

pytestmark = pytest.mark.django_db
EVERYTHING = {**INTERNAL, **OF_THE_SENDER}
ALL = {**EVERYTHING, **OF_SUPERVISION}
RAW_STATES = ("handling_proposed", "assignment_proposed", "concluded")


@pytest.fixture(scope="module")
def played(play_once: Any) -> tuple[Player, Planted]:
    def played() -> tuple[Player, Planted]:
        play = Player(build())
        return play, plant(play)

    return play_once(played)  # type: ignore[no-any-return]


@pytest.fixture
def both(played: tuple[Player, Planted]) -> tuple[Player, Planted]:
    return deepcopy(played)


@pytest.fixture
def play(both: tuple[Player, Planted]) -> Player:
    return both[0]


@pytest.fixture
def planted(both: tuple[Player, Planted]) -> Planted:
    return both[1]


def test_the_crawler_finds_what_may_be_found(play: Player, planted: Planted) -> None:
    """Whoever sees everything finds every canary: else the silence of the others would prove nothing."""
    handler = crawled(play, planted, "handler_head")
    found = {one.partition(" at ")[0] for one in handler.where(EVERYTHING)}
    assert set(EVERYTHING) - found <= {"assignment rule", "identity number"}
    assert len(handler.bodies) > 80
    assert handler.where(OF_SUPERVISION) == []
    for address in ("/leave/", "/handovers/", "/notices/", "/stack/"):
        assert handler.statuses[address] == 200, address
    feeds_read = [one for one in handler.bodies if "BEGIN:VCALENDAR" in handler.bodies[one]]
    assert len(feeds_read) == len(planted.ids["secret"])


def test_the_leaders_find_what_awaits_them_and_what_supervision_writes(
    play: Player, planted: Planted
) -> None:
    deputy = crawled(play, planted, "deputy", api=False)
    laid = {name: word for name, word in INTERNAL.items() if "laid before a leader" in name}
    assert {one.partition(" at ")[0] for one in deputy.where(OF_SUPERVISION | laid)} == {
        *OF_SUPERVISION,
        *laid,
    }
    assert all(word in deputy.bodies["/stack/"] for word in laid.values())


def test_the_sender_learns_nothing_of_the_handling(play: Player, planted: Planted) -> None:
    sender = crawled(play, planted, "auditor")
    assert sender.where(INTERNAL | OF_SUPERVISION) == []
    assert sender.where({"custodian": CUSTODIAN}, but=DIRECTORIES) == []
    own = {one.partition(" at ")[0] for one in sender.where(OF_THE_SENDER)}
    assert {"title", "allegation", "person", "text of the feedback", "content of the attachment"} <= own
    of_matter = [
        f"{state} at {address}"
        for address, body in sender.bodies.items()
        for state in RAW_STATES
        if str(planted.clue) in address and not address.startswith("POST") and f'"{state}"' in body
    ]
    assert of_matter == []


@pytest.mark.parametrize("who", ["stranger", "county_clerk", "team_member", "inspector"])
def test_strangers_learn_nothing_at_all(play: Player, planted: Planted, who: str) -> None:
    crawler = crawled(play, planted, who)
    assert crawler.where(ALL) == []
    # the ledger's filter offers the officers of one's own body, as its directory does
    assert crawler.where({"custodian": CUSTODIAN}, but=(*DIRECTORIES, "/clues/")) == []
    unseen = [f"/matters/{planted.clue}/", f"/papers/{planted.ids['paper_id'][0]}/"]
    assert {crawler.statuses[one] for one in unseen} == {404}


@pytest.mark.parametrize("administers", ["system", "security", "audit"])
def test_administrators_read_no_matter(play: Player, planted: Planted, administers: str) -> None:
    for who in ("clerk", "handler_head"):  # so that there are openings and searches on record
        with clock.set_to(at("2026-10-13")):
            reader = Crawler(User.objects.get(username=who), planted)
            for address in (
                f"/matters/{planted.clue}/",
                f"/search/?q={OF_THE_SENDER['person']}",
                "/clues/export/",
            ):
                reader.fetch(address)
    User.objects.create_user(username=administers, password="correct horse", administers=administers)
    crawler = crawled(play, planted, administers, api=False)
    assert crawler.where(ALL) == []


def test_nobody_learns_anything_without_signing_in(play: Player, planted: Planted) -> None:
    crawler = Crawler(None, planted)
    with clock.set_to(at("2026-10-13")):
        crawler.crawl()
    assert crawler.where({**ALL, "custodian": CUSTODIAN}) == []
    assert not [one for one, status in crawler.statuses.items() if status >= 500]


def test_an_officer_in_his_other_post_sees_nothing_of_the_first(play: Player, planted: Planted) -> None:
    officer = Officer.objects.create(name="兼职人员", staff_number="two")
    kept, other = (
        Post.objects.create(
            officer=officer, organ=play.town.organs[organ], title="职员", rank="staff", since=SINCE
        )
        for organ in ("first", "second")
    )
    user = User.objects.create_user(username="two", password="correct horse", officer=officer)
    with clock.set_to(at("2026-10-13")):
        token = tokens.create(user, other, "other", dt.date(2026, 11, 1))
        crawler = Crawler(None, planted, token)
        body = crawler.fetch(f"/api/v1/matters/{planted.clue}")
        assert crawler.statuses[f"/api/v1/matters/{planted.clue}"] == 404, body[:300]
        token = tokens.create(user, kept, "kept", dt.date(2026, 11, 1))
        crawler = Crawler(None, planted, token)
        crawler.fetch(f"/api/v1/matters/{planted.clue}")
        assert crawler.statuses[f"/api/v1/matters/{planted.clue}"] == 200


def plain(page: str, asked: str) -> str:
    """Return a page without what differs between any two requests."""
    page = re.sub(r'CSRFToken": "\w+', "", page.replace(asked, "?"))
    page = re.sub(r'(nonce|value|content|hx-headers)="?[^"\s>]{20,}', "", page)
    page = re.sub(
        r"(?im)^(content-length|set-cookie|content-security-policy|x-request-id|date):.*$", "", page
    )
    return re.sub(r"[0-9.]+ ?(ms|毫秒)", "", page)


@pytest.mark.parametrize("who", ["stranger", "auditor"])
def test_a_search_for_what_is_hidden_is_like_one_for_what_is_nowhere(
    play: Player, planted: Planted, who: str
) -> None:
    crawler = Crawler(User.objects.get(username=who), planted)
    hidden = INTERNAL if who == "auditor" else EVERYTHING
    with clock.set_to(at("2026-10-13")):
        for what, word in hidden.items():
            if not word.isascii():
                nowhere = "龘" * len(word)
                here = plain(crawler.fetch(f"/search/?q={quote(word)}"), word)
                assert here == plain(crawler.fetch(f"/search/?q={quote(nowhere)}"), nowhere), what

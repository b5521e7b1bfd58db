"""The ledger: what is listed, in which order, with how many queries; what a sender cannot learn from it."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlparse

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from support.play import Player, at
from support.town import Town, build

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.clues.lifecycle import STATES, TOLD_STATES, state_for

pytestmark = pytest.mark.django_db
TODAY = "2026-10-12"


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at(TODAY)):
        yield


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def titles(page: str) -> list[str]:
    return re.findall(r'class="gt-title"[^>]*><span>([^<]*)</span>', page)


def several(play: Player, number: int, **data: Any) -> list[Any]:
    return [
        play.registered(
            "2026-09-28", title=f"第{place:02d}件", letter_number=f"清审移〔2026〕{place}号", **data
        )
        for place in range(number)
    ]


def test_lists_what_the_reader_sees(play: Player) -> None:
    play.registered(title="关于公交集团的线索", amount="1234567.80")
    page = text(signed_in("clerk").get("/clues/"))
    assert titles(page) == ["关于公交集团的线索"]
    assert "苏见微" in page
    assert "123.46" in page
    assert titles(text(signed_in("stranger").get("/clues/"))) == []


def test_queries_do_not_grow_with_the_rows(play: Player) -> None:
    play.assigned(play.registered(title="唯一"))
    client = signed_in("clerk")
    client.get("/clues/?tab=open")
    with CaptureQueriesContext(connection, ) as one:
        text(client.get("/clues/?tab=open"))
    for clue in several(play, 6):
        play.assigned(clue)
    with CaptureQueriesContext(connection) as seven:
        page = text(client.get("/clues/?tab=open"))
    assert len(titles(page)) == 7
    assert len(seven) == len(one)
    assert len(one) <= 20, [query["sql"][:90] for query in one.captured_queries]


def test_pages_follow_each_other_without_gap_or_repetition(play: Player, monkeypatch: Any) -> None:
    monkeypatch.setattr("guantong.mechanisms.clues.filters.SIZES", (3, 100))
    several(play, 7)
    client = signed_in("clerk")
    for sort in ("due", "listed"):
        forward, query = [], f"sort={sort}"
        while query is not None:
            page = text(client.get(f"/clues/?{query}"))
            forward.append(titles(page))
            found = re.search(r'rel="next" href="\?([^"]+)"', page)
            last, query = query, found and found.group(1).replace("&amp;", "&")
        assert [len(run) for run in forward] == [3, 3, 1]
        assert len({title for run in forward for title in run}) == 7
        backward = []
        query = last
        while query is not None:
            page = text(client.get(f"/clues/?{query}"))
            backward.append(titles(page))
            found = re.search(r'rel="prev" href="\?([^"]+)"', page)
            query = found and found.group(1).replace("&amp;", "&")
        assert backward[::-1] == forward

"""The search page: names before words, within one's sight, marked, noted once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.journal.reading import fingerprint
from guantong.kernel.search.query import search
from guantong.web.search import _marker, excerpt, marked
from support.browse import signed_in
from support.play import Player, at
from support.town import Town, build


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at("2026-10-12")):
        yield


def look(name: str, query: str, **more: str) -> Any:
    return signed_in(name).get("/search/", {"q": query, **more})


def found(name: str, query: str, **more: str) -> list[str]:
    answer = look(name, query, **more)
    assert answer.status_code == 200
    return [str(hit.title) for hit in answer.context["hits"]]


def person(name: str) -> list[dict[str, str]]:
    return [{"name": name, "unit": "清川水务集团有限公司", "post": "科长", "authority": "city"}]


@pytest.mark.django_db
def test_names_come_before_words(play: Player) -> None:
    play.registered(
        "2026-09-29", title="提到王喆的线索", allegation="与王喆有关。", subjects=person("李四光")
    )
    play.registered("2026-09-28", title="关于本人的线索", subjects=person("王喆"))
    assert found("clerk", "王喆") == ["关于本人的线索", "提到<mark>王喆</mark>的线索"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["王喆", "清纪线索〔2026〕1号", "清审移(2026)77", "77号", "拆分合同", "清川水务"]
)
def test_found_by_name_number_and_words(play: Player, query: str) -> None:
    clue = play.registered(
        title="一件线索",
        subjects=person("王喆"),
        letter_number="清审移〔2026〕77号",
        allegation="拆分合同规避招标。",
    )
    answer = look("clerk", query)
    assert [hit.url for hit in answer.context["hits"]] == [f"/matters/{clue}/"]
    assert look("clerk", query, kind="case").context["hits"] == []


@pytest.mark.django_db
def test_only_within_sight(play: Player) -> None:
    play.registered(title="别人的线索", subjects=person("王喆"))
    assert found("stranger", "王喆") == []
    assert "没有找到" in look("stranger", "王喆").content.decode()
    assert found("auditor", "王喆") == ["别人的线索"]
    assert look("auditor", "王喆").context["hits"][0].state == "已接收"


@pytest.mark.django_db
def test_each_search_is_noted_once(play: Player) -> None:
    play.registered(subjects=person("王喆"))
    look("clerk", "王喆")
    look("clerk", "")
    enter((), "audit")
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, detail, post_id FROM journal_reading WHERE what = 'search'")
        assert cursor.fetchall() == [("search", fingerprint("王喆"), play.town.posts["clerk"].pk)]


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_results(play: Player) -> None:
    play.registered(subjects=person("王喆"))
    look("clerk", "王喆")
    with CaptureQueriesContext(connection) as one:
        look("clerk", "王喆")
    for _place in range(5):
        play.registered(subjects=person("王喆"))
    with CaptureQueriesContext(connection) as six:
        assert len(look("clerk", "王喆").context["hits"]) == 6
    assert len(one) == len(six)


@pytest.mark.django_db
def test_odd_queries_are_answered(play: Player) -> None:
    play.registered(subjects=person("王喆"))
    for query in (
        "",
        " ",
        "'",
        "a' | 'b",
        "&",
        "〔",
        "\x00",
        "王",
        "%",
        "<script>",
        "\\",
        "x" * 500,
        "王喆 副",
    ):
        assert look("clerk", query).status_code == 200
    actor = play.town.actor("clerk")
    with play.see("clerk"):
        assert search(actor, "王喆", ["clue"], 0) == []
        assert len(search(actor, "王喆", ["clue", "report"], 5)) == 1


def test_marks_what_was_asked_and_nothing_else() -> None:
    assert marked("<王喆>", _marker("王喆")) == "&lt;<mark>王喆</mark>&gt;"
    assert marked("关于王喆的AbC", _marker("abc 王喆")) == "关于<mark>王喆</mark>的<mark>AbC</mark>"
    line = excerpt("甲" * 100 + "王喆" + "乙" * 100, _marker("王喆"))
    assert line == "…" + "甲" * 24 + "<mark>王喆</mark>" + "乙" * 60 + "…"

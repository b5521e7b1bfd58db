"""The measures' pages: text, rule, figures within sight (CZ-3.3, CD-1.2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption
from guantong.web.measures import figures
from support.browse import signed_in as client_of


def page(name: str, path: str = "/measures/chenzhou/") -> str:
    answer = client_of(name).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_names_each_measure_with_its_open_readings(play: Any) -> None:
    said = page("clerk", "/measures/")
    assert "郴州市纪检监察监督、巡察监督与审计监督贯通协同办法" in said
    assert "采用的版本" in said


def test_each_clause_has_its_anchor_text_rule_and_readings(play: Any) -> None:
    said = page("clerk")
    for clause in ("CZ-1.1", "CZ-3.2", "CZ-3.3", "CZ-5.3"):
        assert f'id="{clause}"' in said
    assert "自案件监督管理部门收到之日起算。" in said, "the reading chosen"
    assert "自移送单位发出之日起算。" in said, "the other reading"
    assert "管理权限没有查明，不能建议承办部门。" in said, "an undecided row of a table"


def test_duties_are_counted_within_the_readers_sight_only(play: Any) -> None:
    play.registered("2026-09-28")
    play.registered("2026-09-28", letter_number="清审移〔2026〕4号")
    for who, applied in (("clerk", 2), ("stranger", 0)):
        actor = play.town.actor(who)
        with play.see(who):
            found = figures(["CZ-3.3"], actor)
        assert found.get(("CZ-3.3", "feedback"), {}).get("applied", 0) == applied


def test_done_on_time_late_open_and_overdue_are_told_apart(play: Any) -> None:
    late, open_ = play.registered("2026-09-01"), play.registered("2026-09-02", letter_number="二")
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    play.letter(["2026-09-20"] * 4, late, "receipt", hands)
    with play.see("clerk"):
        found = figures(["CZ-3.2"], play.town.actor("clerk"))[("CZ-3.2", "receipt")]
    assert (found["applied"], found["on_time"], found["late"], found["open"]) == (2, 0, 1, 1)
    assert found["overdue"] == 1
    assert open_ != late


def test_a_setting_decided_locally_is_shown_as_decided(play: Any) -> None:
    adoption = Adoption.objects.get(jurisdiction=play.town.place, measure_version__measure="chenzhou")
    adoption.settings = {"CZ-3.3/feedback_start": "sent_on"}
    adoption.save()
    engine.forget()
    said = page("clerk")
    assert "本地已定" in said
    engine.forget()


@pytest.mark.parametrize("count", [1, 4])
def test_the_number_of_queries_does_not_grow_with_matters(play: Any, count: int) -> None:
    for number in range(count):
        play.registered("2026-09-28", letter_number=f"第{number}号")
    client = client_of("clerk")
    client.get("/measures/chenzhou/")
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get("/measures/chenzhou/").status_code == 200
    assert len(caught) <= 16, [query["sql"][:80] for query in caught]


def test_an_unknown_measure_is_not_there(play: Any) -> None:
    assert client_of("clerk").get("/measures/nowhere/").status_code == 404

"""Choosing the post one acts in (CD-1.3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import RequestFactory

from guantong.kernel.access.middleware import POST_KEY
from guantong.web import capacity

from .conftest import account, actor, dressed


def switch(
    data: dict[str, str], who: Any = None, acts_as: Any = None
) -> tuple[Any, dict[str, int], list[str]]:
    request = dressed(RequestFactory().post("/capacity/", data), who or account(), acts_as)
    request.session = {}  # type: ignore[assignment]
    answer = capacity.switch(request)
    said = [f"{message.level_tag}: {message}" for message in get_messages(request)]
    return answer, dict(request.session), said


def test_a_post_one_holds_is_taken_and_one_stays_where_one_was() -> None:
    answer, session, said = switch({"post": "2", "next": "/ledger/?q=x"}, acts_as=actor())
    assert (answer.status_code, answer["Location"]) == (302, "/ledger/?q=x")
    assert session == {POST_KEY: 2}
    assert "驻市国资委纪检监察组 组员" in said[0]


@pytest.mark.parametrize("wanted", ["3", "", "2 OR 1=1"])
def test_a_post_one_does_not_hold_changes_nothing(wanted: str) -> None:
    _, session, said = switch({"post": wanted}, acts_as=actor())
    assert session == {}
    assert said[0].startswith("error: ")


def test_an_administrator_has_no_post_to_take() -> None:
    assert switch({"post": "1"}, account(administers="system"))[1] == {}


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(back: str) -> None:
    assert switch({"post": "2", "next": back}, acts_as=actor())[0]["Location"] == "/"


def test_it_takes_a_form_and_an_account() -> None:
    assert capacity.switch(dressed(RequestFactory().get("/capacity/"), account(), actor())).status_code == 405
    answer, session, _ = switch({"post": "2"}, account(is_authenticated=False))
    assert "/accounts/login/" in answer["Location"]
    assert session == {}

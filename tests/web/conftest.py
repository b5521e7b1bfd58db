"""The style page rendered without a database, for tests of components and of their behaviour in a browser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory

from guantong.web import style


def post(key: int, organ: str, title: str) -> SimpleNamespace:
    named = SimpleNamespace(full_name=organ, name=organ)
    return SimpleNamespace(pk=key, organ=named, title=title, officer_id=3)


POSTS = (post(1, "云汀市纪委监委案件监督管理室", "副主任"), post(2, "驻市国资委纪检监察组", "组员"))


def account(**changes: Any) -> SimpleNamespace:
    names = {"get_username": lambda: "tongyue", "get_full_name": lambda: "佟玥"}
    return SimpleNamespace(**{"is_authenticated": True, "pk": 7, "administers": "", **names, **changes})


def actor(**changes: Any) -> SimpleNamespace:
    values = {
        "officer": SimpleNamespace(name="佟玥", pk=3),
        "post": POSTS[0],
        "organ": POSTS[0].organ,
        "posts": POSTS,
        "roles": frozenset({"case_supervision"}),
        "capacity": "云汀市纪委监委案件监督管理室 副主任",
    }
    return SimpleNamespace(**{**values, **changes})


def dressed(request: HttpRequest, who: Any, acts_as: Any) -> HttpRequest:
    """Give a bare request what the middlewares would."""
    request.user = who
    request.actor = acts_as  # type: ignore[attr-defined]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every place of the navigation have an address, whatever pages there are."""
    monkeypatch.setattr("guantong.web.context._address", lambda name: "/" if name == "desk" else f"/{name}/")


@pytest.fixture
def styled(places: None) -> Any:
    """Return a function that renders the style page: query -> HTML."""

    def render(
        query: str = "", data: dict[str, str] | None = None, who: Any = None, acts_as: Any = None
    ) -> str:
        factory = RequestFactory()
        address = f"/style/?{query}"
        request = factory.post(address, data) if data is not None else factory.get(address)
        answer = style.page(dressed(request, who or account(), acts_as or actor()))
        return answer.content.decode()

    return render

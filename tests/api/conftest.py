"""What the tests of the API share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from support.program import Program
from support.town import build


@pytest.fixture(autouse=True)
def no_failures() -> Iterator[None]:
    """Begin without remembered failures of tokens."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def program(db: None) -> Program:
    """Give a small town and programs that act in it."""
    return Program(build())


@pytest.fixture
def refusal() -> Callable[[Any, int], dict[str, Any]]:
    """Give a function that checks an answer to be a problem and returns it."""

    def check(answer: Any, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.content.decode()[:2000]
        assert answer["Content-Type"] == "application/problem+json"
        body: dict[str, Any] = answer.json()
        assert set(body) >= {"type", "title", "status", "detail"}
        assert body["status"] == status
        return body

    return check

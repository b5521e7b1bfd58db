"""Clients signed in as each kind of user."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from guantong.accounts.models import User

ADMINISTRATORS = ("system", "security", "audit")


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """Forget failed attempts of other tests."""
    cache.clear()


@pytest.fixture
def town(db: None) -> Any:
    """A town with its officers and the three administrators."""
    from support.town import build

    made = build()
    for kind in ADMINISTRATORS:
        User.objects.create_user(username=kind, password="correct horse", administers=kind)
    return made


@pytest.fixture
def signed_in(town: Any) -> Any:
    """Return a function that signs somebody in: username -> client."""

    def enter(username: str) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(
            User.objects.get(username=username),
            backend="guantong.accounts.recognised.Backend",
        )
        return client

    return enter

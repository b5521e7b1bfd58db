"""A browser for the import pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guantong.accounts.models import User
from guantong.kernel import clock
from support.browse import BACKEND
from support.play import Player, at


@pytest.fixture
def signed_in(play: Player, django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Give a browser of one officer whose requests commit at their end."""
    clients: dict[str, Client] = {}

    def ask(who: str, address: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        if who not in clients:
            clients[who] = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
            clients[who].force_login(User.objects.get(username=who), backend=BACKEND)
        with clock.set_to(at("2026-10-12")), django_capture_on_commit_callbacks(execute=True):
            if data is None:
                return clients[who].get(address, **more)
            return clients[who].post(address, data, **more)

    return ask

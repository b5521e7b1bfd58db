"""Browsing without a browser (页面测试): somebody of the town opens and posts pages."""

from __future__ import annotations

import re
import uuid
from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from guantong.accounts.models import User

BACKEND = "guantong.accounts.recognised.Backend"


def client(*, csrf: bool = False, raises: bool = True) -> Client:
    """Return a client; all have one chain of middleware, for making it anew takes as long as a small page."""
    made = Client(enforce_csrf_checks=csrf, raise_request_exception=raises)
    made.handler = _handler(csrf)
    return made


@cache
def _handler(csrf: bool) -> ClientHandler:
    return ClientHandler(enforce_csrf_checks=csrf)


def signed_in(name: str) -> Client:
    """Return a client in which an account of the town is signed in."""
    made = client()
    made.force_login(User.objects.get(username=name), backend=BACKEND)
    return made


def act_url(matter: uuid.UUID, code: str) -> str:
    """Return the address of an act's page."""
    return f"/matters/{matter}/acts/{code}/"


def hidden(page: HttpResponse, name: str) -> str:
    """Return what a hidden field of the page holds."""
    found = re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', text(page))
    assert found, f"no hidden field {name}"
    return found[1]


def text(page: Any) -> str:
    """Return a page as text."""
    return page.content.decode()


def readings() -> list[tuple[str, str]]:
    """Return what was noted as read, as the audit administrator sees it: (what, detail)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('guantong.administers', 'audit', true)")
        cursor.execute("SELECT what, detail FROM journal_reading ORDER BY id")
        found = cursor.fetchall()
        cursor.execute("SELECT set_config('guantong.administers', '', true)")
    return found

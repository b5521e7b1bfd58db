"""Every address of the site times every kind of user, against a table written by hand (三员分立).

The table is what docs/security.md and the descriptions of the roles ask for, not what a run gave; each row
says why.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from guantong.accounts.models import User
from guantong.kernel.organs.models import Officer, Post

TABLE = Path(__file__).with_name("pages_matrix.csv")
USERS = ("anonymous", "officer", "no_post", "system", "security", "audit")
NOT_OURS = ("account_", "mfa_", "socialaccount_")


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names(patterns: Any = None) -> Iterator[str]:
    """Give the name of every address of ours, the API apart: it takes tokens and has tests of its own."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern).startswith("api/"):
                yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and not (pattern.name or "").startswith(NOT_OURS):
            yield pattern.name or f"unnamed {pattern.pattern}"


def test_every_address_stands_in_the_table_once() -> None:
    listed = [row["name"] for row in rows()]
    assert len(listed) == len(set(listed))
    assert set(names()) - {"style"} == set(listed)


@pytest.fixture
def clients(town: Any, signed_in: Any) -> dict[str, Client]:
    nobody = Officer.objects.create(name="尹知秋", staff_number="T900")
    Post.objects.create(
        officer=nobody,
        organ=town.organs["first"],
        title="干部",
        rank="staff",
        since="2020-01-01",
        until="2021-01-01",
    )
    User.objects.create_user(username="nobody", password="correct horse", officer=nobody)
    return {
        "anonymous": Client(),
        "officer": signed_in("clerk"),
        "no_post": signed_in("nobody"),
        **{kind: signed_in(kind) for kind in ("system", "security", "audit")},
    }


def outcome(client: Client, url: str, method: str) -> str:
    answer = client.post(url) if method == "POST" else client.get(url)
    if answer.status_code in (301, 302):
        return f"302 {answer['Location'].partition('?')[0]}"
    return str(answer.status_code)


def test_each_kind_of_user_meets_what_the_table_says(clients: dict[str, Client]) -> None:
    wrong = []
    for row in rows():
        url = reverse(row["name"], args=row["arguments"].split()) + row["query"]
        for user in USERS:
            found = outcome(clients[user], url, row["method"])
            if found != row[user]:
                wrong.append(f"{row['name']} as {user}: {found}, not {row[user]}")
    assert not wrong, "\n".join(wrong)


def test_a_closed_page_says_what_to_do(clients: dict[str, Client]) -> None:
    for user in ("system", "security", "audit"):
        answer = clients[user].get(reverse("ledger"), headers={"Accept-Language": "en"})
        said = answer.content.decode()
        assert answer.status_code == 403
        assert "账号" in said or "account" in said
        assert str(User.objects.get(username=user).get_administers_display()) in said

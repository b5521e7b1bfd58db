"""Tokens: bound to one post, of limited life, stored as a digest only (CD-1.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.accounts import tokens
from guantong.accounts.attempts import MOST_FAILURES
from guantong.accounts.models import Attempts, Token, User
from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.organs.models import Post
from support.play import at

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 28)


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.set_to(at("2026-09-28")):
        yield


def owner(program: Any, who: str = "clerk") -> tuple[User, Post]:
    post = program.town.posts[who]
    return User.objects.get(officer=post.officer_id), post


def test_only_a_digest_is_stored(program: Any) -> None:
    user, post = owner(program)
    raw = tokens.create(user, post, "台账同步", TODAY + timedelta(days=30))
    token = Token.objects.get()
    assert raw not in (token.digest, token.name)
    assert len(raw) >= 43
    assert token.digest == tokens.digest(raw)
    found = tokens.find(raw)
    assert found is not None
    assert (found.pk, tokens.trouble(found)) == (token.pk, "")
    assert tokens.find(raw + "x") is None


@pytest.mark.parametrize(
    ("name", "days", "field"),
    [("", 30, "name"), ("x" * 61, 30, "name"), ("x", -1, "expires_on"), ("x", 367, "expires_on")],
)
def test_what_cannot_be_a_token_is_refused(program: Any, name: str, days: int, field: str) -> None:
    user, post = owner(program)
    with pytest.raises(Refused) as refused:
        tokens.create(user, post, name, TODAY + timedelta(days=days))
    assert refused.value.faults[0].field == field
    assert not Token.objects.exists()


def test_a_token_is_for_ones_own_present_post(program: Any) -> None:
    user, _post = owner(program)
    ended = Post.objects.create(
        officer=user.officer, organ=program.town.organs["first"], title="旧职", rank="staff",
        since=date(2020, 1, 1), until=TODAY - timedelta(days=1),
    )  # fmt: skip
    for post in (program.town.posts["handler"], ended):
        with pytest.raises(Refused):
            tokens.create(user, post, "x", TODAY)


def test_a_token_of_an_ended_post_is_refused_though_another_post_is_held(program: Any, refusal: Any) -> None:
    user, post = owner(program)
    program.token("clerk")
    Post.objects.create(
        officer=user.officer, organ=program.town.organs["first"], title="新职", rank="staff", since=TODAY
    )
    post.until = TODAY - timedelta(days=1)
    post.save()
    body = refusal(program.get("clerk", "/clues"), 403)
    assert body["faults"][0]["field"] == "Authorization"
    refusal(program.post("clerk", "/acts/clue.register", program.letter()), 403)


@pytest.mark.parametrize("how", ["revoked", "expired", "closed", "unknown", "none", "basic", "long", "odd"])
def test_a_token_that_opens_nothing(program: Any, refusal: Any, how: str) -> None:
    raw = program.token("clerk")
    header, day = f"Bearer {raw}", "2026-09-28"
    if how == "revoked":
        tokens.revoke(Token.objects.get())
    elif how == "expired":
        day = "2027-09-30"
    elif how == "closed":
        User.objects.filter(username="clerk").update(is_active=False)
    else:
        header = {
            "unknown": f"Bearer {raw}x", "none": "", "basic": f"Basic {raw}", "long": "Bearer " + "x" * 5000,
            "odd": "Bearer \u00e9\u00ff",
        }[how]  # fmt: skip
    with clock.set_to(at(day)):
        answer = program.client.get("/api/v1/clues", headers={"Authorization": header})
    body = refusal(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert body["faults"][0]["reason"]
    assert raw not in answer.content.decode()


def test_administrators_have_no_post_and_so_no_token(program: Any) -> None:
    admin = User.objects.create_user(username="audit_admin", password="x", administers="audit")
    with pytest.raises(Refused):
        tokens.create(admin, program.town.posts["clerk"], "x", TODAY)


def test_many_unknown_tokens_are_stopped_but_good_ones_go_on(program: Any, refusal: Any) -> None:
    assert program.get("clerk", "/measures").status_code == 200
    fresh = program.token("handler")
    for number in range(MOST_FAILURES):
        answer = program.client.get("/api/v1/clues", headers={"Authorization": f"Bearer guess{number}"})
        assert answer.status_code == 401
    stopped = program.client.get("/api/v1/clues", headers={"Authorization": "Bearer guess"})
    refusal(stopped, 429)
    assert int(stopped["Retry-After"]) > 0
    assert program.get("clerk", "/measures").status_code == 200
    other = program.client.get("/api/v1/clues", headers={"Authorization": f"Bearer {fresh}"})
    assert other.status_code == 429
    elsewhere = program.client.get(
        "/api/v1/measures", headers={"Authorization": f"Bearer {fresh}"}, REMOTE_ADDR="10.0.0.9"
    )
    assert elsewhere.status_code == 200


def another_process() -> None:
    """Forget what this process remembers by itself."""
    cache.clear()


def guess(program: Any, number: int) -> int:
    """Show an unknown token; the status of the answer."""
    answer = program.client.get("/api/v1/clues", headers={"Authorization": f"Bearer guess{number}"})
    return int(answer.status_code)


def test_the_limit_holds_for_all_processes_together(program: Any) -> None:
    for number in range(MOST_FAILURES):
        if number % 7 == 0:
            another_process()
        assert guess(program, number) == 401
    another_process()
    assert guess(program, 99) == 429
    later = at("2026-09-28") + timedelta(seconds=61)
    another_process()
    with clock.set_to(later):
        assert guess(program, 100) == 401, "the minute is over"
        assert Attempts.objects.get().count == 1
    with clock.set_to(later + timedelta(hours=2)):
        program.client.get("/api/v1/clues", headers={"Authorization": "Bearer x"}, REMOTE_ADDR="10.0.0.9")
        assert [one.address for one in Attempts.objects.all()] == ["10.0.0.9"], "old ones are forgotten"


def test_neither_good_tokens_nor_those_of_a_barred_address_ask_more_of_the_database(program: Any) -> None:
    def asked(who: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            header = {"Authorization": f"Bearer {who}"} if who == "guess" else None
            if header:
                assert program.client.get("/api/v1/clues", headers=header).status_code == 429
            else:
                assert program.get(who, "/measures").status_code == 200
        return [one["sql"] for one in queries if '"accounts_' in one["sql"] or " accounts_" in one["sql"]]

    program.token("clerk")
    assert [sql for sql in asked("clerk") if "attempts" in sql] == []
    for number in range(MOST_FAILURES + 1):
        guess(program, number)
    assert asked("guess") == []
    assert [sql for sql in asked("clerk") if "attempts" in sql] == []


def test_the_description_takes_no_token_and_loads_nothing(program: Any) -> None:
    answer = program.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "cdn" not in answer.content.decode()
    for path in ("/api/v1/docs", "/api/v1/", "/api/"):
        assert program.client.get(path).status_code == 401

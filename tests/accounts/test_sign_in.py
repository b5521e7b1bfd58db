"""Signing in: second factor, first passwords, lock-out, capacities remembered (CD-1.3)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from guantong.accounts.models import User
from guantong.kernel.organs.models import Post


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_in(client: Client, username: str, password: str = "correct horse") -> Any:  # noqa: S107
    return client.post("/accounts/login/", {"login": username, "password": password})


def test_without_a_second_factor_nobody_works_where_it_is_required(town: Any, settings: Any) -> None:
    settings.GUANTONG_REQUIRE_MFA = True
    client = Client()
    assert sign_in(client, "clerk").status_code == 302
    for path in ("/", "/clues/", "/measures/", "/my/tokens/"):
        assert client.get(path)["Location"] == "/accounts/2fa/totp/activate/"
    confirm = client.get("/accounts/2fa/totp/activate/")["Location"]
    assert confirm.startswith("/accounts/reauthenticate/")
    client.post(confirm, {"password": "correct horse"})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "<svg" in page
    assert "<?xml" not in page
    assert not re.search(r"\sstyle=", page)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]  # type: ignore[index]
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    codes = re.findall(r"<li><code>(\w+)</code>", client.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    assert client.get("/measures/").status_code == 200
    assert "deactivate" in client.get("/accounts/2fa/totp/deactivate/").request["PATH_INFO"]
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").count() == 1, "a required factor cannot be given up"
    client.post("/accounts/logout/")
    again = sign_in(client, "clerk")
    assert again["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/measures/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert client.get("/measures/").status_code == 200


def test_where_it_is_not_required_one_works_at_once(town: Any) -> None:
    client = Client()
    assert sign_in(client, "clerk")["Location"] == "/"
    assert client.get("/measures/").status_code == 200


def test_administrators_land_on_their_own_page(town: Any) -> None:
    client = Client()
    sign_in(client, "audit")
    assert client.get("/")["Location"] == "/administration/"


def test_a_first_password_is_changed_before_anything_else(town: Any) -> None:
    User.objects.filter(username="clerk").update(must_change_password=True)
    client = Client()
    sign_in(client, "clerk")
    assert client.get("/measures/")["Location"] == "/accounts/password/change/"
    new = "orchard-lantern-42"
    given = {"oldpassword": "correct horse", "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", given).status_code == 302
    assert not User.objects.get(username="clerk").must_change_password
    assert client.get("/measures/").status_code == 200


def test_after_eight_failures_the_page_says_what_to_do(town: Any) -> None:
    client = Client()
    for _attempt in range(8):
        answer = sign_in(client, "clerk", "wrong")
    assert answer.status_code == 429
    said = answer.content.decode()
    assert "安全保密管理员" in said
    assert sign_in(client, "clerk").status_code == 429


def test_an_account_is_of_an_officer_or_an_administrator_never_both(town: Any) -> None:
    account = User.objects.get(username="clerk")
    account.administers = "system"
    with pytest.raises(IntegrityError, match="no_officer_administers"), transaction.atomic():
        account.save()


def test_the_post_chosen_last_is_taken_again_at_the_next_sign_in(town: Any) -> None:
    officer = town.posts["clerk"].officer
    second = Post.objects.create(
        officer=officer, organ=town.organs["second"], title="兼职干部", rank="staff", since="2021-01-01"
    )
    client = Client()
    sign_in(client, "clerk")
    assert "案件监督管理室" in client.get("/capacities/").content.decode()
    client.post("/capacity/", {"post": second.pk, "next": "/capacities/"})
    assert User.objects.get(username="clerk").last_post_id == second.pk
    client.post("/accounts/logout/")
    sign_in(client, "clerk")
    assert client.get("/capacities/").wsgi_request.actor.post == second  # type: ignore[attr-defined]


def test_signing_up_and_resetting_by_mail_do_not_exist(town: Any, signed_in: Any) -> None:
    for client in (Client(), signed_in("clerk")):
        for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
            assert client.get(path).status_code == 404


def test_the_first_three_administrators_are_made_once_and_are_three(db: None, capsys: Any) -> None:
    with pytest.raises(CommandError, match="three different"):
        call_command("administrators", "one", "one", "two")
    call_command("administrators", "one", "two", "three")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["system", "security", "audit"]
    client = Client()
    assert sign_in(client, "two", lines[1].split("\t")[2]).status_code == 302
    assert client.get("/administration/")["Location"] == "/accounts/password/change/"
    with pytest.raises(CommandError, match="already"):
        call_command("administrators", "four", "five", "six")

"""What the three administrators can do, and that each leaves a record."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client

from guantong.accounts.models import AdminRecord, User
from guantong.kernel.access.scope import enter
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.organs.models import Officer, Organ, Post, RoleBinding

from .test_measures import client_of


@pytest.fixture
def town(play: Any) -> Any:
    cache.clear()
    for kind in ("system", "security", "audit"):
        User.objects.create_user(username=kind, password="correct horse", administers=kind)
    return play.town


def records() -> list[str]:
    enter((), "audit")
    return list(AdminRecord.objects.order_by("id").values_list("what", flat=True))


def test_the_system_administrator_enters_an_organ_an_officer_a_post_and_a_role(town: Any) -> None:
    client, base = client_of("system"), "/administration/register/"
    body = town.organs["commission"]
    organ = {
        "code": "sixth", "name": "第六监督检查室", "short_name": "六室", "kind": "discipline",
        "jurisdiction": town.place.pk, "parent": body.pk, "since": "2026-01-01",
    }  # fmt: skip
    assert client.post(f"{base}organs/new/", organ).status_code == 302
    made = Organ.objects.get(code="sixth")
    assert made.body == body
    assert client.post(f"{base}officers/new/", {"name": "温如言", "staff_number": "T777"}).status_code == 302
    officer = Officer.objects.get(staff_number="T777")
    post = {"officer": officer.pk, "organ": made.pk, "title": "主任", "rank": "head", "since": "2026-01-01"}
    assert client.post(f"{base}posts/new/", post).status_code == 302
    role = {
        "jurisdiction": town.place.pk,
        "role": "supervision_department",
        "organ": made.pk,
        "since": "2026-01-01",
    }
    assert client.post(f"{base}roles/new/", role).status_code == 302
    assert RoleBinding.objects.filter(organ=made).exists()
    assert records() == ["organs.enter", "officers.enter", "posts.enter", "roles.enter"]


def test_a_post_ends_by_its_date_and_the_change_is_kept_with_before_and_after(town: Any) -> None:
    post = town.posts["handler"]
    given = {"title": "工作人员", "rank": "staff", "until": "2026-10-31"}
    path = f"/administration/register/posts/{post.pk}/"
    assert (
        client_of("system").post(path, {**given, "officer": town.posts["clerk"].officer_id}).status_code
        == 302
    )
    changed = Post.objects.get(pk=post.pk)
    assert changed.until == date(2026, 10, 31)
    assert changed.officer == post.officer, "what identifies the row is not changed, whatever is sent"
    enter((), "system")
    row = AdminRecord.objects.get()
    assert row.before == {"until": None}
    assert row.after == {"until": "2026-10-31"}


@pytest.mark.parametrize(
    ("register", "given", "field"),
    [
        ("posts", {"title": "x", "rank": "staff", "since": "2026-02-01", "until": "2026-01-01"}, "until"),
        ("organs", {"code": "x", "name": "x", "uscc": "91510100MA0000000X"}, "uscc"),
        ("roles", {"role": "king"}, "role"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_recorded(
    town: Any, register: str, given: dict[str, str], field: str
) -> None:
    answer = client_of("system").post(f"/administration/register/{register}/new/", given)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert records() == []


def test_a_measure_is_published_once_however_often_it_is_asked(town: Any) -> None:
    before = MeasureVersion.objects.count()
    given = {"step": "publish", "measure": "chenzhou"}
    assert client_of("system").post("/administration/measures/", given).status_code == 302
    assert MeasureVersion.objects.count() == before


def made_account(client: Client) -> tuple[User, str]:
    Officer.objects.create(name="温如言", staff_number="T777")
    answer = client.post("/administration/accounts/new/", {"staff_number": "T777", "username": "wenruyan"})
    assert answer.status_code == 200
    password = re.search(r'gt-secret">([^<]+)<', answer.content.decode())[1]  # type: ignore[index]
    return User.objects.get(username="wenruyan"), password


def test_an_account_is_made_for_an_officer_with_a_password_shown_once(town: Any) -> None:
    client = client_of("security")
    account, password = made_account(client)
    assert account.must_change_password
    assert account.check_password(password)
    assert password not in client.get(f"/administration/accounts/{account.pk}/").content.decode()
    for given in ({"staff_number": "T777", "username": "other"}, {"staff_number": "T000", "username": "new"}):
        assert client.post("/administration/accounts/new/", given).status_code == 422


def test_a_closed_account_is_out_at_once_and_open_again_when_told(town: Any) -> None:
    working, security = client_of("clerk"), client_of("security")
    assert working.get("/measures/").status_code == 200
    pk = User.objects.get(username="clerk").pk
    security.post(f"/administration/accounts/{pk}/deactivate/")
    assert working.get("/measures/").status_code == 302
    security.post(f"/administration/accounts/{pk}/activate/")
    assert User.objects.get(pk=pk).is_active
    assert records() == ["account.deactivate", "account.activate"]


def test_a_locked_account_is_unlocked_and_a_password_set_anew(town: Any) -> None:
    client = Client()
    for _attempt in range(8):
        client.post("/accounts/login/", {"login": "clerk", "password": "wrong"})
    security, pk = client_of("security"), User.objects.get(username="clerk").pk
    security.post(f"/administration/accounts/{pk}/unlock/")
    assert not AccessAttempt.objects.filter(username="clerk").exists()
    security.post(f"/administration/accounts/{pk}/password/")
    account = User.objects.get(pk=pk)
    assert account.must_change_password
    assert not account.check_password("correct horse")
    said = client_of("audit").get("/journal/sign-ins/").content.decode()
    assert said.count("clerk") >= 8, "the attempts stay on record"


def test_nobody_changes_his_own_account(town: Any) -> None:
    pk = User.objects.get(username="security").pk
    client_of("security").post(f"/administration/accounts/{pk}/deactivate/")
    assert User.objects.get(pk=pk).is_active
    assert records() == []


def test_grants_are_numbers_and_no_administrator_page_names_a_matter(town: Any, play: Any) -> None:
    clue = play.registered(allegation="金丝雀一号")
    with play.see("clerk"):
        from guantong.kernel.matters.models import Matter

        matter = Matter.objects.get(pk=clue)
    client_of("clerk").get(f"/matters/{clue}/")
    said = client_of("security").get("/administration/grants/").content.decode()
    assert "案件监督管理室" in said
    pages = {
        "security": [
            "/administration/",
            "/administration/grants/",
            "/administration/duties/",
            "/journal/expungings/",
        ],
        "audit": [
            "/administration/",
            "/journal/",
            "/journal/readings/",
            "/journal/headers/",
            "/journal/expungings/",
        ],
        "system": ["/administration/", "/administration/jobs/", "/measures/chenzhou/", "/organs/"],
    }
    for who, paths in pages.items():
        client = client_of(who)
        for path in paths:
            body = client.get(path).content
            for canary in ("金丝雀一号", "苏见微", matter.number, matter.title):
                assert canary.encode() not in body, f"{who} {path}: {canary}"
    readings = client_of("audit").get("/journal/readings/").content.decode()
    assert str(clue) in readings, "by its id"


def test_the_audit_administrator_verifies_and_the_others_are_refused(town: Any, play: Any) -> None:
    play.registered()
    said = client_of("audit").post("/journal/verify/").content.decode()
    assert "日志完整" in said
    assert client_of("security").post("/journal/verify/").status_code == 403
    assert records() == ["journal.verify"]


def test_the_chain_of_a_matter_is_for_those_who_see_it_whole(town: Any, play: Any) -> None:
    clue = play.registered()
    said = client_of("clerk").get(f"/matters/{clue}/chain/").content.decode()
    assert "本事项的日志链完整" in said
    assert "提出清除" in said
    assert client_of("auditor").get(f"/matters/{clue}/chain/").status_code in (403, 404)
    assert client_of("stranger").get(f"/matters/{clue}/chain/").status_code == 404

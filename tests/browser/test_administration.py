"""The pages of the three administrators in a browser (三员): accessible, fitting, named, explained."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from guantong.accounts.models import User
from support.axe import too_wide, violations
from support.town import build

pytestmark = pytest.mark.browser
REGISTERS = (
    "places", "organs", "officers", "posts", "roles", "bodies", "seats", "stakes", "stationing", "postings"
)  # fmt: skip
PAGES = {
    "system": [
        "/administration/",
        *(f"/administration/register/{name}/" for name in REGISTERS),
        *(f"/administration/register/{name}/new/" for name in REGISTERS),
        "/administration/register/organs/?q=没有的机构",
        "/administration/measures/",
        "/administration/calendar/",
        "/administration/jobs/",
        "/administration/duties/",
        "/measures/",
        "/organs/",
        "/organs/?q=没有的人",
        "/administration/register/seats/import/",
        "/bodies/",
        "/holdings/",
        "/postings/",
        "/responsibilities/",
        "/accounts/password/change/",
        "/accounts/2fa/",
    ],
    "security": [
        "/administration/",
        "/administration/accounts/",
        "/administration/accounts/?q=没有的人",
        "/administration/accounts/new/",
        "/administration/grants/",
        "/journal/expungings/",
        "/administration/duties/",
    ],
    "audit": [
        "/administration/",
        "/journal/",
        "/journal/readings/",
        "/journal/readings/?since=2020-01-01&who=没有的人",
        "/journal/sign-ins/",
        "/journal/expungings/",
        "/administration/duties/",
    ],
}


@pytest.fixture
def office(committed: Any, page: Any) -> Any:
    with transaction.atomic():
        build()
        for kind in PAGES:
            User.objects.create_user(username=kind, password="correct horse", administers=kind)
    page.set_default_timeout(30_000)
    return page


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-top")


def labels(page: Any) -> list[str]:
    """Return the labels of the form's fields, as they are read."""
    return [str(one) for one in page.locator("main form .gt-field > label").all_inner_texts()]


def faults(page: Any, addresses: list[str]) -> list[str]:
    """Return what is wrong with these pages, by address."""
    found = []
    for address in addresses:
        page.goto(address)
        found += [f"{address}: {one}" for one in violations(page)]
        found += [f"{address}: wider than {width}" for width in too_wide(page)]
        if page.locator("h1").count() != 1:
            found.append(f"{address}: not one heading")
        if len(labels(page)) != len(set(labels(page))):
            found.append(f"{address}: labels twice: {labels(page)}")
    return found


def enters_an_officer(page: Any, number: str) -> None:
    page.goto("/administration/register/officers/new/")
    page.get_by_role("button", name="保存").click()
    page.wait_for_selector(".gt-note-error")
    assert "姓名" in page.inner_text(".gt-note-error")
    assert violations(page) == []
    page.get_by_label("姓名").fill("尹知秋")
    page.get_by_label("工号").fill(number)
    page.get_by_role("button", name="保存").click()
    page.wait_for_selector(".gt-note-success")
    assert violations(page) == []


def makes_an_account(page: Any, number: str, name: str) -> None:
    page.goto("/administration/accounts/new/")
    page.get_by_label("工号").fill("没有此号")
    page.get_by_label("账号名").fill(name)
    page.get_by_role("button", name="新建账号").click()
    page.wait_for_selector(".gt-note-error")
    assert page.get_by_label("账号名").input_value() == name, "nothing typed is lost"
    assert violations(page) == []
    page.get_by_label("工号").fill(number)
    page.get_by_role("button", name="新建账号").click()
    page.wait_for_selector(".gt-secret")
    assert violations(page) == []


def closing_asks_first(page: Any, name: str) -> None:
    page.goto(f"/administration/accounts/?q={name}")
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name="停用账号").click()
    assert page.locator("#gt-confirm").is_visible()
    page.locator("#gt-confirm [value=yes]").click()
    page.wait_for_selector(".gt-note-success")
    assert violations(page) == []


@pytest.mark.parametrize("kind", list(PAGES))
def test_pages_of_an_administrator(office: Any, kind: str) -> None:
    sign_in(office, kind)
    assert faults(office, PAGES[kind]) == []


def test_an_officer_and_his_account(office: Any) -> None:
    sign_in(office, "system")
    enters_an_officer(office, "T900")
    sign_in(office, "security")
    makes_an_account(office, "T900", "yinzhiqiu")
    closing_asks_first(office, "yinzhiqiu")


def test_the_journal_is_verified_on_the_page(office: Any) -> None:
    sign_in(office, "audit")
    office.goto("/journal/")
    office.get_by_role("button", name="立即校验").click()
    office.wait_for_selector("text=各条目与哈希相符")
    assert violations(office) == []

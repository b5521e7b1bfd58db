"""A month is closed and opened again in a browser: by who may, with a reason, accessible."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from guantong.kernel.access.scope import scope
from guantong.kernel.journal.models import Entry
from guantong.mechanisms.returns.models import Close
from support.axe import too_wide, violations
from support.play import Player
from support.town import Town, build

pytestmark = pytest.mark.browser
MONTH = f"{timezone.localdate().replace(day=1) - timedelta(days=1):%Y-%m}"
OPEN = "clues_open__all__month"
REASON = "漏登一件退回线索的办结日期，更正后重新固化"


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        made = build()
    Player(made).registered("2026-09-28")
    return made


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")


def look(page: Any) -> None:
    assert violations(page) == []
    assert too_wide(page) == []


def press(page: Any, name: str, *, grave: bool = False) -> None:
    """Press the button of a form and confirm where it asks."""
    page.locator("main form").get_by_role("button", name=name).click()
    if grave:
        page.wait_for_selector("#gt-confirm[open]")
        look(page)
        page.locator("#gt-confirm [value=yes]").click()
    page.wait_for_url(re.compile(r"/matters/[0-9a-f-]+/$"))


def do(page: Any, act: str, name: str, *, grave: bool = False, **typed: str) -> None:
    """Do an act on the close from its page."""
    page.locator(f"main a[href*='/acts/{act}/']").first.click()
    page.wait_for_selector("main form")
    look(page)
    for field, value in typed.items():
        page.fill(f"[name={field}]", value)
    press(page, name, grave=grave)
    look(page)


def test_a_month_is_closed_and_opened_again_by_the_leader(page: Any, town: Town) -> None:
    page.set_default_timeout(20_000)
    sign_in(page, "clerk")
    page.goto(f"/statistics/?month={MONTH}")
    look(page)
    page.get_by_role("link", name="办理月结").click()
    page.fill("[name=month]", MONTH)
    look(page)
    press(page, "发起月结")
    address = page.url
    do(page, "close.submit", "固化并报批")
    sign_in(page, "deputy")
    page.goto(address)
    do(page, "close.approve", "批准月结", grave=True)
    assert page.locator("main a[href*='/acts/close.approve/']").count() == 0
    page.goto(f"/statistics/?month={MONTH}")
    assert "固化的数" in page.inner_text("main")
    for place in (
        "adjustments/",
        "templates/",
        "catalogue/",
        "balance/",
        f"records/?month={MONTH}&name={OPEN}",
    ):
        page.goto(f"/statistics/{place}")
        look(page)
    page.goto(address)
    page.locator("main a[href*='/acts/close.reopen/']").first.click()
    page.locator("main form").get_by_role("button", name="重开月结").click()
    assert page.url.endswith("/acts/close.reopen/"), "without a reason nothing is opened"
    look(page)
    page.goto(address)
    do(page, "close.reopen", "重开月结", grave=True, reason=REASON)
    assert REASON in page.inner_text("main")
    with scope(town.actor("clerk")):
        close = Close.objects.select_related("matter").get()
        assert close.matter.state == "drafted"
        assert list(Entry.objects.filter(matter=close.pk).order_by("id").values_list("act", flat=True)) == [
            "close.draft", "close.submit", "close.approve", "close.reopen",
        ]  # fmt: skip

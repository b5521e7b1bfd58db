"""Correspondence in a browser: from the directory to the answer, accessible (函询往来)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from support.axe import too_wide, violations
from support.play import Player
from support.shareholders import join
from support.town import Town, build

pytestmark = pytest.mark.browser
LONG = "清川水务集团有限公司下属第三自来水工程建设投资管理有限责任公司"
PERSON = {"name": "阿依古丽·买买提江", "unit": LONG, "post": "财务部部长", "authority": "city"}
PAGES = [
    "/correspondence/", "/correspondence/?side=outgoing", "/correspondence/?show=late&other=无",
    "/correspondence/asked/", "/correspondence/reports/", "/liaison/", "/new/correspondence.draft/",
    "/new/correspondence.register/",
]  # fmt: skip


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        made = join(build())
    play = Player(made)
    for number in range(3):
        matter = play.act(
            "2026-09-28", "auditor", "correspondence.draft", form="information_request", wanted="integrity",
            recipient=made.organs["supervision"].pk, subjects=[PERSON] * (number + 1), text="请提供。",
            basis="审计法第三十六条", purpose="经济责任审计", readers="审计执行科",
            readable_until="2099-12-31",
        )  # fmt: skip
        play.act("2026-09-28", "auditor", "correspondence.send", matter)
    return made


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")


def test_pages_are_accessible_and_fit_the_screen(page: Any, town: Town) -> None:
    for name in ("clerk", "liaison_clerk", "stranger"):
        sign_in(page, name)
        for address in PAGES:
            page.goto(address)
            assert violations(page) == [], (name, address)
            assert too_wide(page) == [], (name, address)


def test_a_request_is_written_from_the_directory_received_and_answered(page: Any, town: Town) -> None:
    sign_in(page, "liaison_clerk")
    page.goto("/liaison/")
    page.get_by_role("row", name="监督与责任追究科").get_by_role("link", name="去函").click()
    page.get_by_label("事由").fill("商请介绍招标情况")
    page.locator("[name=text]").fill("请介绍近三年招标监管情况。")
    assert violations(page) == []
    page.get_by_role("button", name="拟写函件").click()
    page.get_by_role("link", name="发出", exact=True).first.click()
    page.get_by_role("button", name="发出").click()
    assert "已发出" in page.inner_text("main")
    sign_in(page, "regulator_clerk")
    page.goto("/correspondence/")
    page.locator("a.gt-row-link").first.click()
    page.get_by_role("link", name="签收并回执").first.click()
    page.get_by_role("button", name="签收并回执").click()
    assert violations(page) == []
    page.get_by_role("link", name="答复", exact=True).first.click()
    page.locator("[name=text]").fill("共四十二项。")
    page.get_by_role("button", name="答复").click()
    assert "共四十二项。" in page.inner_text("main")
    assert violations(page) == []
    assert too_wide(page) == []

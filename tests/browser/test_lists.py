"""Desk, ledger, search and lists in a browser: accessible, even, usable by keyboard, nothing cut off."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from support.axe import violations
from support.play import Player
from support.town import Town, build

pytestmark = pytest.mark.browser
LONG = "清川水务集团有限公司下属第三自来水工程建设投资管理有限责任公司"
PAGES = [
    "/", "/clues/?tab=open", "/clues/?tab=all&amount_from=x", "/clues/?tab=closed", "/search/?q=王喆",
    "/search/", "/search/?q=没有的人", "/reports/", "/cases/",
]  # fmt: skip
OF_EVERYBODY = [
    "/calendar/?day=2026-12-28", "/calendar/?view=week&whose=awaited", "/notices/", "/calendar/feeds/",
]  # fmt: skip
"""Pages that are alike for all: looked at full and empty."""


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        made = build()
    play = Player(made)
    for place in range(14):
        name = "阿依古丽·买买提江" if place % 2 else "王喆"
        people = [{"name": name, "unit": LONG, "post": "财务部部长", "authority": "city"}]
        clue = play.registered(
            f"2026-0{6 + place % 4}-15",
            subjects=people * (1 + place % 3),
            title=f"反映{LONG}财务部部长{name}拆分采购规避公开招标并收受供应商礼金的问题"
            if place % 3
            else "短",
            amount="98765432.10",
        )
        if place % 4 == 3:
            play.assigned(clue, "2026-10-09")
    return made


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")


def heights(page: Any) -> set[int]:
    rows = "[...document.querySelectorAll('.gt-even tbody tr:not(.gt-group)')]"
    return set(page.evaluate(f"() => {rows}.map(row => Math.round(row.getBoundingClientRect().height))"))


def test_pages_are_accessible_and_even(page: Any, town: Town) -> None:
    for name in ("clerk", "deputy", "auditor", "stranger"):
        sign_in(page, name)
        for address in [*PAGES, *(OF_EVERYBODY if name in ("clerk", "stranger") else [])]:
            page.goto(address)
            assert violations(page) == [], (name, address)
            rows = heights(page)
            assert not rows or max(rows) - min(rows) <= 1, (name, address, rows)
            for width, height in ((1366, 768), (1920, 1080)):
                page.set_viewport_size({"width": width, "height": height})
                wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, (name, address, width)


def test_menus_are_accessible(page: Any, town: Town) -> None:
    sign_in(page, "clerk")
    page.goto("/clues/?tab=all&q=王喆")
    for place in range(page.locator(".gt-filters details > summary").count()):
        page.locator(".gt-filters details > summary").nth(place).click()
        assert violations(page) == []
        box = page.locator(".gt-filters details[open] .gt-menu-body").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1366


def test_rows_by_keyboard(page: Any, town: Town) -> None:
    sign_in(page, "clerk")
    page.goto("/clues/?tab=open")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-bulk-item]").nth(1).is_checked()
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("k")
    wanted = page.locator("tbody tr a.gt-row-link").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")


def test_bulk_assignment_shows_progress_and_results(page: Any, town: Town) -> None:
    sign_in(page, "clerk")
    page.goto("/clues/?tab=open")
    page.check("[data-bulk-all]")
    assert violations(page) == []
    page.select_option(".gt-bulk [name=handler]", label="第一监督检查室")
    page.fill(".gt-bulk [name=reason]", "按分工")
    page.locator(".gt-bulk .btn-primary").click()
    page.wait_for_url("**/clues/assign/")
    assert violations(page) == []
    page.locator("button[name=run]").click()
    page.wait_for_selector("text=已处理 14 件，共 14 件。", timeout=20_000)
    assert page.locator("text=已提出分办意见").count() == 11
    assert page.locator("td .gt-state-stopped").count() == 3
    assert violations(page) == []
    sign_in(page, "deputy")
    page.goto("/")
    assert page.locator("#three-title").is_visible()
    assert violations(page) == []


def test_a_view_is_saved_and_found_again(page: Any, town: Town) -> None:
    sign_in(page, "clerk")
    page.goto("/clues/?tab=assign&q=王喆")
    page.locator("summary", has_text="常用筛选").click()
    page.fill("[name=name]", "王喆待分办")
    page.locator(".gt-menu-foot button", has_text="保存").click()
    page.wait_for_selector(".gt-note-success")
    page.goto("/clues/?tab=open")
    page.locator("summary", has_text="常用筛选").click()
    page.locator(".gt-menu-body a", has_text="王喆待分办").click()
    page.wait_for_url("**view=**")
    assert page.locator("[name=q]").nth(1).input_value() == "王喆"

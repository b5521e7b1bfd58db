"""Tasks, console and counties in a browser: a whole is divided, those who are late reminded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from support.axe import too_wide, violations
from support.play import Player
from support.town import bind, build

pytestmark = pytest.mark.browser


@pytest.fixture
def whole(committed: Any) -> UUID:
    """A task that case supervision unifies; the second department is the liaison office."""
    with transaction.atomic():
        made = build()
        bind(made.organs["second"], "liaison_office")
    play = Player(made)
    play.registered("2026-06-01")
    said = {"title": "审计整改", "text": "逐项整改。", "due_on": "2099-01-05", "field": "audit"}
    return play.act("2026-09-28", "clerk", "task.give", None, holder=made.organs["supervision"].pk, **said)


def sign_in(page: Any, name: str) -> list[str]:
    """Sign somebody in; return the list in which everything the browser complains of will stand."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")
    return said


def test_a_whole_is_divided_on_one_form_and_shows_its_parts(page: Any, whole: UUID) -> None:
    said = sign_in(page, "clerk")
    page.goto("/tasks/")
    assert violations(page) == [] and too_wide(page) == []
    page.click("a.gt-row-link")
    page.goto(f"/matters/{whole}/acts/task.divide/")
    assert violations(page) == [] and too_wide(page) == []
    page.fill("[name=parts-0-holder]", "清川市审计局审计执行科")
    page.fill("[name=parts-0-title]", "核实六类问题")
    page.fill("[name=parts-0-due_on]", "2098-12-01")
    page.click("form#act button.btn-primary")
    page.wait_for_url(f"**/matters/{whole}/")
    assert "核实六类问题" in page.locator("#parts").inner_text()
    assert violations(page) == [] and too_wide(page) == []
    assert said == []


def test_from_the_console_those_who_are_late_are_reminded(page: Any, whole: UUID) -> None:
    said = sign_in(page, "stranger")
    page.goto("/console/?show=late")
    assert violations(page) == [] and too_wide(page) == []
    page.locator("[data-bulk-item]").first.check()
    page.click("button:has-text('提示所选单位')")
    page.wait_for_selector("text=已作为交办事项发出")
    assert violations(page) == []
    page.goto("/console/?kind=task")
    assert violations(page) == []
    assert said == []


def test_the_counties_are_compared_and_each_is_opened_from_its_row(page: Any, whole: UUID) -> None:
    said = sign_in(page, "stranger")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/counties/")
    assert violations(page) == [] and too_wide(page) == []
    page.click("th a:has-text('云麓县')")
    assert page.url.endswith("#place-990121")
    page.locator("#place-990121 summary").first.click()
    assert "待核" in page.locator("#place-990121").inner_text()
    assert violations(page) == [] and too_wide(page) == []
    assert said == []


def test_from_the_console_reminder_letters_are_looked_at_and_drafted(page: Any, whole: UUID) -> None:
    said = sign_in(page, "stranger")
    page.goto("/console/?show=late")
    page.locator("[data-bulk-item]").first.check()
    page.fill("[name=text]", "请抓紧反馈。")
    page.click("button:has-text('发函提示')")
    page.wait_for_selector("[data-letter]")
    assert violations(page) == [] and too_wide(page) == []
    assert "请抓紧反馈。" in page.locator("[data-letter]").inner_text()
    page.click("button:has-text('拟制1份提示函')")
    page.wait_for_selector("text=已拟制提示函，待核稿、签发")
    assert violations(page) == [] and too_wide(page) == []
    page.click("main td a")
    page.wait_for_url("**/matters/**")
    assert "工作提示函" in page.locator("main").inner_text()
    assert said == []

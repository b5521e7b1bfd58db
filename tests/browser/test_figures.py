"""Figures in a browser: charts drawn under the strict policy, accessible; each figure opens its records."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from guantong.insight.figures_pages import SUBJECTS
from support.axe import too_wide, violations
from support.play import Player
from support.town import build

pytestmark = pytest.mark.browser


@pytest.fixture
def town(committed: Any) -> None:
    with transaction.atomic():
        made = build()
    play = Player(made)
    returned = play.sent(play.drafted("2026-09-01"), "2026-09-02", "2026-09-03")
    play.act("2026-09-08", "clerk", "clue.return", returned, reason="材料不全")
    for number in range(6):
        sent = play.sent(play.drafted("2026-06-01"), "2026-06-02", f"2026-06-{3 + number:02d}")
        play.act("2026-06-15", "clerk", "clue.receive", sent)
        play.in_handling(play.assigned(sent, "2026-06-17"), "2026-06-20")


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


def test_charts_are_drawn_within_the_policy_and_accessible(page: Any, town: None) -> None:
    said = sign_in(page, "clerk")
    drawn = 0
    for show in SUBJECTS:
        page.goto(f"/figures/?show={show}&period=2026")
        page.wait_for_load_state("networkidle")
        places = page.locator("[data-chart]").count()
        assert page.locator("[data-chart] svg").count() == places, show
        assert violations(page) == [], show
        assert too_wide(page) == [], show
        drawn += places
    assert drawn >= 6
    page.goto("/figures/?period=2026")
    told = page.locator("[data-chart]").first.get_attribute("aria-label")
    assert told and told.startswith("统计图")
    assert said == []


def test_a_figure_leads_to_its_records_and_on_to_the_matter(page: Any, town: None) -> None:
    said = sign_in(page, "clerk")
    page.goto("/figures/?show=hops&period=2026")
    cell = page.locator("[data-table=hops] tbody tr").nth(1).locator("td a").first
    assert cell.inner_text() == "6"
    cell.click()
    page.wait_for_selector("[data-total='6']")
    assert page.locator("tbody tr").count() == 6
    assert violations(page) == []
    page.goto("/figures/records/?of=duties")
    page.locator(".gt-why summary").first.click()
    assert violations(page) == []
    page.locator("a.gt-row-link").first.click()
    page.wait_for_url("**/matters/**")
    assert said == []


def test_empty_and_wrong_are_told_and_charts_need_no_script_to_be_read(page: Any, town: None) -> None:
    said = sign_in(page, "stranger")
    for address in ("/figures/", "/figures/records/?of=open", "/figures/?from=2026-09-31&to=2026-10-01"):
        page.goto(address)
        assert violations(page) == [], address
        assert page.locator("[data-chart]").count() == 0
    assert page.locator("[role=alert]").count() == 1
    assert said == []


def test_the_page_prints_charts_and_tables_without_the_frame(page: Any, town: None) -> None:
    sign_in(page, "clerk")
    page.goto("/figures/?period=2026")
    page.emulate_media(media="print")
    assert page.locator("[data-chart] svg").first.is_visible()
    assert page.locator("[data-table=clauses]").is_visible()
    assert not page.locator(".gt-side").is_visible() and not page.locator(".gt-filters").first.is_visible()

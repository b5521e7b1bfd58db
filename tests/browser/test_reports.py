"""A periodic report in a browser: written, sent with its copy, signed for; a summary collected (定期报送)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from guantong.kernel import clock
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.measures.models import MeasureVersion
from support.axe import too_wide, violations
from support.shareholders import join
from support.town import SINCE, Town, build

pytestmark = pytest.mark.browser
FIGURES = {
    "inspections": "12",
    "problems": "7",
    "rectified": "5",
    "cases": "2",
    "people": "3",
    "handed_over": "1",
}


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        made = join(build())
        today = clock.today()
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        published = clock.now().replace(year=first.year, month=first.month, day=first.day)
        assert first > SINCE
        MeasureVersion.objects.update(published_at=published)
        open_due(today)
    return made


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")


def sound(page: Any) -> None:
    assert violations(page) == []
    assert too_wide(page) == []


def test_a_report_is_written_from_its_period_and_stands_in_the_list(page: Any, town: Town) -> None:
    sign_in(page, "regulator_clerk")
    page.goto("/correspondence/reports/")
    sound(page)
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="拟写", exact=True).first.click()
    sound(page)
    page.get_by_role("button", name="拟写").click()
    for name, value in FIGURES.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=plans]", "继续开展专项检查。")
    page.fill("[name=text]", "本季度围绕工程招标开展监督。")
    page.get_by_role("button", name="拟写").click()
    assert "派驻清川市人民政府国有资产监督管理委员会" in page.inner_text("#copies")
    sound(page)


def test_returns_are_collected_from_the_page_of_the_summary(page: Any, town: Town) -> None:
    sign_in(page, "liaison_clerk")
    page.goto("/correspondence/reports/")
    page.get_by_role("row", name="执纪执法情况汇总").locator("a").first.click()
    sound(page)
    page.get_by_role("link", name="收集各级报送").first.click()
    page.get_by_label("国资国企纪检监察工作委员会").check()
    page.fill("[name=text]", "请按栏目报送。")
    page.fill("[name=answer_by]", "2099-12-01")
    sound(page)
    page.get_by_role("button", name="收集各级报送").click()
    assert "国资国企纪检监察工作委员会" in page.inner_text("#returns")
    sound(page)

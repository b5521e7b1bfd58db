"""An old ledger is imported in a browser: every row accounted for, nothing entered twice (CZ-3.2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from guantong.kernel.access.scope import scope
from guantong.mechanisms.clues.models import Clue
from importing.test_ledger_import import ROWS, book
from support.axe import too_wide, violations
from support.town import Town, build

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY, SUM = 3, 10
MENDED = [list(row) for row in ROWS if row[4] != "秘密甲"]
MENDED[2][DAY], MENDED[2][SUM] = "2026年2月27日", "100万元"


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        return build()


@pytest.fixture
def clerk(page: Any, town: Town) -> Any:
    page.set_default_timeout(30_000)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "clerk")
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")
    return page


def give(page: Any, content: bytes, name: str = "历年台账.xlsx") -> None:
    """Choose a file and go on to the columns."""
    page.set_input_files("#file", {"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="继续").click()


def check_rows(page: Any) -> None:
    """Accept the columns as proposed and have every row checked."""
    page.get_by_role("button", name="逐行检查").click()
    page.wait_for_selector("#counts")


def look(page: Any) -> None:
    """See that the page is accessible and fits."""
    assert violations(page) == []
    assert too_wide(page) == []


def chosen(page: Any, field: str) -> str:
    """Return the column of the file chosen for a field."""
    return str(page.get_by_label(field, exact=True).evaluate("one => one.selectedOptions[0].text"))


def errors(page: Any) -> list[list[str]]:
    """Return the rows that are not in, cell by cell."""
    rows = page.locator("#out tbody tr")
    return [rows.nth(place).locator("td").all_inner_texts() for place in range(rows.count())]


def wrong_files(page: Any) -> None:
    page.goto("/clues/?tab=open")
    page.get_by_role("link", name="导入历史台账").click()
    look(page)
    page.get_by_role("button", name="继续").click()
    page.wait_for_selector(".gt-note-error")
    look(page)
    give(page, b"no ledger at all", "说明.csv")
    page.wait_for_selector(".gt-note-error")
    assert "表头" in page.inner_text(".gt-note-error")
    look(page)


def proposed_columns(page: Any) -> None:
    give(page, book(ROWS))
    page.wait_for_selector("#columns")
    for field, column in (("来文字号", "来文字号"), ("接收日期", "收到日期"), ("涉及金额（元）", "涉案金额")):
        assert column in chosen(page, field), field
    assert "文件中没有" in chosen(page, "来文签发人"), "what is not there is not guessed"
    look(page)


def errors_by_row_and_column(page: Any) -> None:
    check_rows(page)
    found = errors(page)
    assert [row[3] for row in found] == ["D7", "K7", "—"]
    assert [row[1] for row in found] == ["7", "7", "8"]
    assert "收到日期" in found[0][4]
    assert "2026年2月30日" in found[0][5]
    assert "涉案金额" in found[1][4]
    assert "秘密甲" not in page.content(), "what belongs above is shown by its row only"
    for row in found:
        assert all(row[5:7]), "each says why and what to do"
    look(page)


def mended_file_goes_in(page: Any) -> list[str]:
    page.get_by_role("link", name="导入改正后的文件").click()
    give(page, book(MENDED))
    page.wait_for_selector("#columns")
    check_rows(page)
    assert page.locator("#out").count() == 0
    page.get_by_role("button", name="导入4条线索").click()
    page.wait_for_selector("#in tbody tr", timeout=60_000)
    look(page)
    numbers = page.locator("#in tbody tr td:last-child").all_inner_texts()
    assert len(numbers) == len(set(numbers)) == 4
    return [str(number) for number in numbers]


def the_same_again_adds_nothing(page: Any) -> None:
    page.get_by_role("button", name="另选文件").click()
    give(page, book(MENDED), "另一个名字.xlsx")
    page.wait_for_selector("#columns")
    check_rows(page)
    assert page.locator("button[name=how]").count() == 0
    assert "没有需要导入的内容" in page.inner_text("#counts")
    look(page)


def test_an_old_ledger_goes_in_once(clerk: Any, town: Town) -> None:
    wrong_files(clerk)
    proposed_columns(clerk)
    errors_by_row_and_column(clerk)
    numbers = mended_file_goes_in(clerk)
    the_same_again_adds_nothing(clerk)
    with scope(town.actor("clerk")):
        entered = set(Clue.objects.values_list("matter__number", flat=True))
    assert entered == set(numbers)


def test_giving_up_asks_first(clerk: Any) -> None:
    clerk.goto("/clues/import/")
    give(clerk, book(ROWS))
    clerk.wait_for_selector("#columns")
    clerk.get_by_role("button", name="放弃本次导入").click()
    assert clerk.locator("#gt-confirm").is_visible()
    clerk.locator("#gt-confirm [value=no]").click()
    assert clerk.locator("#columns").is_visible()
    clerk.get_by_role("button", name="放弃本次导入").click()
    clerk.locator("#gt-confirm [value=yes]").click()
    clerk.wait_for_selector("#upload")

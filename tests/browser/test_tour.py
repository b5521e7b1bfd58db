"""The first ten minutes of the README, pressed word for word (自述文件导览): a renamed button breaks it.

Starts from the demonstration's city and accounts without its year of work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override

from guantong.demo.accounts import ACCOUNTS, make_accounts
from guantong.demo.city import build

pytestmark = pytest.mark.browser
README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
STEPS = README.partition("\n1. ")[2].partition("\n\nThen look")[0]
REPORT = "关于清川水务集团采购管理情况的审计报告"
PERSON = "王喆"
TOLD = "经核实，反映问题失实，予以了结。"


class Tour:
    """Somebody who does what the README says, and nothing else."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.words: Iterator[tuple[str, str]] = iter(re.findall(r"\*\*`([a-z-]+)`\*\*|「(.+?)」", STEPS))

    def sign_in(self, account: str) -> None:
        """The README's next words name this account."""
        assert next(self.words) == (account, "")
        if self.page.locator("header details summary").count():
            self.page.locator("header details summary").last.click()
            self.page.get_by_role("button", name="退出登录", exact=True).click()
        self.page.goto("/accounts/login/")
        self.page.get_by_role("button", name=account, exact=True).click()
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_selector(".gt-capacity")

    def press(self, *buttons: str) -> None:
        """The README's next words are these buttons, and they are there."""
        for button in buttons:
            assert next(self.words) == ("", button)
            there = self.page.locator("main").locator("a:visible, button:visible")
            there.filter(has_text=re.compile(rf"^\s*{re.escape(button)}\s*$")).first.click()
            self.page.wait_for_load_state()

    def open(self, text: str = PERSON) -> None:
        self.page.locator("main a", has_text=text).first.click()
        self.page.wait_for_load_state()

    def fill(self, **values: str) -> None:
        for label, value in values.items():
            assert value in README, f"the README does not say {value}"
            field = self.page.locator("main").get_by_label(re.compile(rf"^{label}")).first
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def recorded(self, *, confirm: bool = False) -> None:
        if confirm:
            self.page.locator("#gt-confirm [value=yes]").click()
        self.page.wait_for_selector(".gt-note-success")

    def letter(self, head: str, leader: str, clerk: str) -> None:
        """The letter is checked, signed and dispatched."""
        for account, button, grave in (
            (head, "核稿", False),
            (leader, "签发并编号", True),
            (clerk, "发出", False),
        ):
            self.sign_in(account)
            self.open()
            self.press(button, button)
            self.recorded(confirm=grave)


@pytest.fixture
def tour(committed: Any, page: Any, settings: Any) -> Tour:
    settings.GUANTONG_DEMO = True
    with transaction.atomic(), override("zh-hans"):
        make_accounts(build())
    return Tour(page)


def transfer(tour: Tour) -> None:
    """Steps 1 to 5: audit concludes, drafts, checks, signs, dispatches."""
    page = tour.page
    tour.sign_in("shenji")
    tour.press("登记报告")
    tour.fill(
        标题=REPORT,
        被监督单位="清川水务集团有限公司",
        问题类别="采购",
        问题摘要="拆分采购合同，规避公开招标。",
    )
    tour.press("登记报告")
    tour.recorded()
    tour.press("结论性意见")
    page.check("[name=findings]")
    page.fill("[name=opinion]", "移送纪检监察机关处理。")
    tour.press("结论性意见")
    tour.recorded()
    assert "审计执行科" in page.inner_text("#duties")

    tour.sign_in("shenji-zhixing")
    tour.press("移送问题线索", "拟移送问题线索")
    tour.fill(问题类别="涉嫌违纪", 姓名=PERSON, 单位="清川水务集团有限公司", 职务="副总经理")
    tour.fill(干部管理权限="市级")
    tour.press("拟移送问题线索")
    tour.recorded()
    tour.press("问题线索移送函", "保存草稿")
    tour.recorded()
    tour.letter("shenji-kezhang", "shenji-lingdao", "shenji-zhixing")


def handle(tour: Tour) -> None:
    """Steps 6 to 11: the commission receives, assigns, handles, concludes."""
    page = tour.page
    tour.sign_in("anguan")
    tour.open()
    tour.press("接收", "接收")
    tour.recorded()
    assert "清纪线索" in page.inner_text(".gt-eyebrow")
    tour.press("拟办分办意见")
    tour.fill(承办部门="第一监督检查室")
    tour.press("拟办分办意见")
    tour.recorded()
    for account, button, said in (
        ("lingdao", "批准分办", {}),
        ("chengban-zhuren", "签收并指定专管人员", {"专管人员": "韩牧之"}),
        ("chengban", "提出处置意见", {"处置方式": "初步核实", "方案和理由": "调取合同，向经办人核实。"}),
        ("lingdao", "批准处置意见", {}),
        (
            "chengban",
            "报告办理结果",
            {"办理结果": "了结（未查实）", "查明的事实和结果": "经核实，反映问题失实。"},
        ),
    ):
        tour.sign_in(account)
        tour.open()
        tour.press(button)
        tour.fill(**said)
        tour.press(button)
        tour.recorded(confirm=button == "报告办理结果")


def answer(tour: Tour) -> None:
    """Step 12: the feedback letter."""
    page = tour.page
    tour.sign_in("anguan")
    tour.open()
    tour.press("办理情况反馈函")
    tour.fill(告知移送单位的内容摘要=TOLD)
    body = page.input_value("[name=body]")
    page.fill("[name=body]", re.sub(r"[(（]请填写.+[)）]", TOLD, body))
    tour.press("保存草稿")
    tour.recorded()
    tour.letter("anguan-zhuren", "lingdao", "anguan")


def test_the_tour_of_the_readme(tour: Tour) -> None:
    page = tour.page
    transfer(tour)
    handle(tour)
    answer(tour)
    tour.sign_in("shenji-zhixing")
    row = page.locator("main tr", has_text=PERSON).first
    assert "已办结" in row.inner_text()
    assert TOLD in row.inner_text()
    tour.open()
    seen = page.inner_text("main")
    assert TOLD in seen
    for hidden in ("第一监督检查室", "韩牧之", "陆知行", "调取合同"):
        assert hidden not in seen
    assert next(tour.words, None) is None, "the README goes on where this test ends"
    assert {one.username for one in ACCOUNTS} >= set(re.findall(r"\*\*`([a-z-]+)`\*\*", STEPS))

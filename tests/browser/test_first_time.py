"""A clerk who has never seen the platform does what the guide says (用户指南第3、4章), against the clock.

Two minutes are demanded for a paper letter. The time is reckoned from every key and click of the test itself
(tests/support/hand.py): when the form asks for more, it takes longer and fails.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from support.axe import violations
from support.hand import Hand
from support.town import Town, build

pytestmark = pytest.mark.browser
SCAN = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
UPLOAD = {"name": "清审移27号.pdf", "mimeType": "application/pdf", "buffer": SCAN}
COMPANY = "清川城市建设投资集团有限公司"


@pytest.fixture
def clerk(committed: Any, page: Any) -> Any:
    with transaction.atomic():
        town: Town = build()
        town.organs["company"] = type(town.organs["audit"]).objects.create(
            code="company", name=COMPANY, short_name="城投集团", kind="enterprise",
            jurisdiction=town.place, since="2020-01-01",
        )  # fmt: skip
    page.set_default_timeout(30_000)  # the first page reads the measures
    page.goto("/accounts/login/")
    page.fill("[name=login]", "clerk")
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")
    return page


def letterhead(hand: Hand) -> None:
    """Fill in what stands at the top of the letter, and when it came."""
    hand.click(hand.page.get_by_role("link", name="登记来件").first)
    hand.page.wait_for_url("**/intake/")
    hand.choose("移送单位", "审计执行", "清川市审计局审计执行科")
    hand.tab()
    hand.write("来文字号", "清审移[2026]27号")
    hand.tab()
    hand.date("来文日期", "2026-10-09")
    hand.tab()
    hand.write("签发人", "何嘉禾")
    hand.tab()
    hand.date("接收日期", "2026-10-12")
    hand.tab()
    assert hand.at() == "线索来源"
    assert hand.page.input_value("[name=source]") == "audit", "the sender settles it"
    hand.tab()


def content(hand: Hand) -> None:
    """Fill in what the letter says of whom."""
    hand.pick("问题类别", "涉嫌违纪")
    hand.tab()
    hand.write("涉及金额（元）", "386万")
    hand.file("来件扫描件", UPLOAD)
    hand.tab()
    hand.write("姓名", "赵明德")
    hand.tab()
    hand.choose("单位", "城投", COMPANY)
    hand.tab()
    hand.write("职务", "总经理")
    hand.press("Alt+Enter")
    hand.write("姓名", "钱立群")
    hand.tab()
    assert hand.page.locator(":focus").input_value() == COMPANY, "a colleague is mostly of the same unit"
    hand.tab()
    hand.write("职务", "副总经理")
    hand.click(hand.page.get_by_label("反映的主要问题"))
    hand.write("反映的主要问题", "违规直接发包滨江大道工程，虚增工程量套取资金。")


def register(hand: Hand) -> None:
    letterhead(hand)
    content(hand)
    hand.click(hand.page.locator(".gt-form-foot").get_by_role("button", name="登记来件"))
    hand.page.wait_for_url("**/matters/**")


def test_a_paper_letter_takes_less_than_two_minutes(clerk: Any) -> None:
    hand = Hand(clerk)
    register(hand)
    said = clerk.inner_text("#facts")
    for fact in (
        "清审移〔2026〕27号",
        "2026-10-09",
        "何嘉禾",
        "2026-10-12",
        "3,860,000.00",
        "赵明德",
        "钱立群",
    ):
        assert fact in said
    assert said.count(COMPANY) == 2
    assert "审计执行科" in clerk.inner_text("#duties"), (
        "the sender was found by its name, and is owed feedback"
    )
    assert UPLOAD["name"] in clerk.inner_text("#attachments")
    assert len(hand.filled) == 14, hand.filled
    assert hand.clicks == 5
    assert hand.seconds < 120, f"{hand.seconds:.0f} s, {hand.keys} keys, {hand.clicks} clicks"


def test_the_next_letter_is_one_click_away(clerk: Any) -> None:
    hand = Hand(clerk)
    register(hand)
    hand.click(clerk.get_by_role("link", name="继续登记下一件"))
    clerk.wait_for_url("**/new/clue.register/")
    assert hand.at() == "移送单位"
    assert clerk.input_value("[name=letter_number]") == ""


def test_a_wrong_date_is_mended_in_three_steps(clerk: Any) -> None:
    register(Hand(clerk))
    hand = Hand(clerk)
    hand.click(clerk.locator("dd", has_text="2026-10-12").get_by_role("link", name="更正"))
    clerk.wait_for_selector("h1:has-text('更正接收日期')")
    assert clerk.locator("main input[type=date]").count() == 1, "the only date asked for is the right one"
    hand.click(clerk.get_by_label("更正为"))
    hand.date("更正为", "2026-10-10")
    hand.tab()
    hand.write("理由", "收文登记簿记载10日送达。")
    clerk.wait_for_selector("#effects table")  # it shows by itself what will move
    moved = clerk.locator("#effects tbody tr").all_inner_texts()
    assert len(moved) == 4, moved
    assert any("书面反馈办理进展" in one and "2027-01-12" in one and "2027-01-10" in one for one in moved)
    assert violations(clerk) == []
    hand.click(clerk.locator(".gt-form-foot").get_by_role("button", name="更正"))
    clerk.wait_for_selector(".gt-note-success")
    duties = clerk.inner_text("#duties")
    assert "2027-01-11" in duties or "2027-01-10" in duties
    first = clerk.locator("#timeline li").first
    assert first.locator(".gt-old").first.inner_text() == "2026-10-12"
    assert first.locator("time").first.inner_text() == "2026-10-10"
    assert "已更正" in first.inner_text()
    assert hand.clicks == 3
    assert hand.seconds < 40, f"{hand.seconds:.0f} s"


def test_two_dates_of_a_letter_do_not_part(clerk: Any) -> None:
    """A paper letter was sent on its date: who corrects one need not know of the other."""
    register(Hand(clerk))
    clerk.locator("dd", has_text="2026-10-09").first.get_by_role("link", name="更正").click()
    clerk.fill("[name=value]", "2026-10-13")
    clerk.fill("[name=reason]", "录入有误。")
    clerk.locator(".gt-form-foot").get_by_role("button", name="更正").click()
    clerk.wait_for_selector(".gt-note-error")
    assert "接收日期（2026-10-12）早于来文日期（2026-10-13）" in clerk.inner_text(".gt-note-error")
    clerk.fill("[name=value]", "2026-10-08")
    clerk.locator(".gt-form-foot").get_by_role("button", name="更正").click()
    clerk.wait_for_selector(".gt-note-success")
    facts = clerk.locator("#facts dl").inner_text()
    assert facts.count("2026-10-08") == 2, "date of the letter and day of sending"


def test_the_form_and_its_errors_are_accessible(clerk: Any) -> None:
    clerk.goto("/intake/")
    assert violations(clerk) == []
    clerk.click("[name=sender_name]")
    clerk.keyboard.insert_text("审计")
    clerk.wait_for_selector("#gt-suggestions li")
    assert violations(clerk) == []
    clerk.keyboard.press("Escape")
    clerk.fill("[name=sender_name]", "")
    clerk.fill("[name=happened_on]", "2099-01-01")
    clerk.fill("[name=amount]", "三百万")
    clerk.fill("[name=subjects-0-name]", "周")
    clerk.locator(".gt-form-foot .btn-primary").click()
    clerk.wait_for_selector(".gt-note-error")
    assert violations(clerk) == []
    said = clerk.inner_text(".gt-note-error")
    for part in (
        "移送单位",
        "来文字号",
        "来文日期",
        "接收日期",
        "线索来源",
        "问题类别",
        "涉及金额",
        "第1行“单位”",
    ):
        assert part in said
    assert clerk.input_value("[name=amount]") == "三百万", "nothing typed is lost"

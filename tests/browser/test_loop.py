"""One clue goes round the loop through the pages, as clerk, leader, handler and auditor would take it.

CZ-3.2, CZ-3.3, CZ-3.5, CZ-4.1, CD-1.3.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from guantong.kernel.access.scope import scope
from guantong.kernel.matters.models import Matter
from support.town import Town, build

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("SHOTS", "")
SCAN = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LETTER = {
    "sender_name": "清川市审计局审计执行科",
    "source": "audit",
    "category": "discipline",
    "letter_number": "清审移〔2026〕7号",
    "letter_date": "2026-10-09",
    "happened_on": "2026-10-12",
    "subjects-0-name": "王喆",
    "subjects-0-unit": "清川水务集团有限公司",
    "subjects-0-post": "副总经理",
    "allegation": "拆分采购十一份合同规避公开招标。",
    "amount": "12864000",
}


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        return build()


class Office:
    """A browser in which people of the town sign in one after the other."""

    def __init__(self, page: Any, town: Town) -> None:
        self.page, self.town, self.count = page, town, 0
        page.set_default_timeout(30_000)  # the first page reads the measures

    def sign_in(self, name: str) -> None:
        self.page.context.clear_cookies()
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", name)
        self.page.fill("[name=password]", "correct horse")
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_selector(".gt-capacity")

    def shot(self, name: str) -> None:
        if SHOTS:
            self.count += 1
            self.page.screenshot(path=f"{SHOTS}/{self.count:02d}-{name.strip('/')}.png", full_page=True)

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']:visible").first
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def submit(self, text: str = "") -> None:
        button = f".gt-form-foot button:has-text('{text}')" if text else ".gt-form-foot button"
        self.page.locator(button).first.click()
        self.page.wait_for_load_state()

    def confirm(self) -> None:
        self.page.locator("#gt-confirm [value=yes]").click()
        self.page.wait_for_load_state()

    def do(self, matter: str, code: str, *, grave: bool = False, **values: str) -> None:
        """Do an act through its page, and see that it was recorded."""
        self.page.goto(f"/matters/{matter}/acts/{code}")
        self.fill(**values)
        self.shot(code.partition("?")[0])
        self.submit()
        if grave:
            self.confirm()
        self.page.wait_for_selector(".gt-note-success")

    def steps(self, matter: str, kind: str) -> str:
        """Return the id of the matter's paper of a kind."""
        with scope(self.town.actor("clerk")):
            return str(Matter.objects.get(pk=matter).papers.get(kind=kind).pk)

    def errors(self) -> list[str]:
        return self.page.locator(".gt-note-error li").all_inner_texts()

    def axe(self) -> list[str]:
        """Return what axe finds against WCAG A and AA on the page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
        )
        return [f"{one['id']}: {node['html'][:140]}" for one in found["violations"] for node in one["nodes"]]


@pytest.fixture
def office(page: Any, town: Town) -> Office:
    return Office(page, town)


def option_of(office: Office, field: str, text: str) -> str:
    return office.page.locator(f"[name={field}] option", has_text=text).first.get_attribute("value")


def register(office: Office, **changes: str) -> str:
    office.page.goto("/intake/")
    office.fill(**{**LETTER, **changes})
    office.page.select_option("[name=subjects-0-authority]", "city")
    office.submit()
    office.page.wait_for_url("**/matters/**")
    return office.page.url.rstrip("/").rpartition("/")[2]


def test_a_paper_letter_goes_round_to_its_feedback(office: Office) -> None:  # noqa: PLR0915 - one story
    page = office.page
    office.sign_in("clerk")
    clue = register(office)
    assert "清纪线索〔2026〕1号" in page.inner_text(".gt-eyebrow")
    assert "2027-01-12" in page.inner_text("#duties")  # three months from the day it arrived (CZ-3.3)
    office.shot("matter")

    office.page.goto(f"/matters/{clue}/acts/clue.propose_assignment/")
    office.do(
        clue,
        "clue.propose_assignment/",
        handler=option_of(office, "handler", "第一监督检查室"),
        reason="市管干部，由第一监督检查室办理。",
        happened_on="2026-10-13",
    )
    office.sign_in("deputy")
    office.do(clue, "clue.approve_assignment/", instruction="抓紧办理", happened_on="2026-10-14")
    office.sign_in("handler_head")
    officer = str(office.town.posts["handler"].officer_id)
    office.do(clue, "clue.accept/", custodian=officer, happened_on="2026-10-15")
    office.sign_in("handler")
    office.do(clue, "clue.propose_handling/", way="verify", plan="调取合同。", happened_on="2026-10-20")

    office.sign_in("clerk")  # the leader signed paper: the clerk records it with its scan (代录)
    page.goto(f"/matters/{clue}/acts/clue.approve_handling/")
    office.fill(happened_on="2026-10-21")
    office.submit()
    assert any("姓名" in one or "签批" in one or "扫描" in one for one in office.errors())
    office.shot("recorded-refused")
    office.fill(signer="陆知行")
    page.set_input_files("[name=scan]", {"name": "批示.pdf", "mimeType": "application/pdf", "buffer": SCAN})
    office.submit()
    page.wait_for_selector(".gt-note-success")
    assert "陆知行" in page.inner_text("#timeline")
    with page.expect_download() as download:
        page.click("#attachments a")
    assert download.value.suggested_filename == "批示.pdf"
    assert Path(download.value.path()).read_bytes() == SCAN

    office.sign_in("handler")
    office.do(clue, "clue.report_progress/", progress="已调取合同十一份。", happened_on="2026-10-26")
    office.do(
        clue,
        "clue.conclude/",
        grave=True,
        result="closed",
        text="经核实，反映问题失实。",
        happened_on="2026-11-02",
    )
    for kind, sent in (("receipt", "2026-11-03"), ("feedback_letter", "2026-11-04")):
        office.sign_in("clerk")
        page.goto(f"/matters/{clue}/acts/paper.draft/?kind={kind}")
        if kind == "feedback_letter":
            office.fill(
                body="你单位移送的问题线索已办结。\n特此函复。", progress="经核实，反映问题失实，予以了结。"
            )
        office.fill(happened_on=sent)
        page.click("button[formtarget=preview]")
        page.wait_for_timeout(800)
        office.shot(f"draft-{kind}")
        office.submit()
        page.wait_for_selector(".gt-note-success")
        paper = office.steps(clue, kind)
        office.sign_in("clerk_head")
        office.do(clue, f"paper.check/?paper={paper}", happened_on=sent)
        signer = "clerk_head" if kind == "receipt" else "deputy"
        office.sign_in(signer)
        office.do(clue, f"paper.sign/?paper={paper}", grave=True, happened_on=sent)
        office.sign_in("clerk")
        office.do(clue, f"paper.dispatch/?paper={paper}", way="paper", happened_on=sent)
        page.goto(f"/papers/{paper}/")
        office.shot(f"paper-{kind}")

    page.goto(f"/matters/{clue}/")
    office.shot("closed")
    assert "已办结" in page.inner_text(".gt-head") or "办结" in page.inner_text(".gt-head")
    page.goto("/papers/")
    office.shot("register-of-papers")
    assert "清纪反馈〔2026〕1号" in page.inner_text("main")

    office.sign_in("auditor")
    page.goto(f"/matters/{clue}/")
    office.shot("sender")
    seen = page.inner_text("main")
    assert "予以了结" in seen
    for hidden in ("调取合同", "第一监督检查室", "韩牧之", "抓紧办理", "陆知行"):
        assert hidden not in seen
    assert page.locator("#grants").count() == 0


def test_a_letter_like_another_is_shown_side_by_side(office: Office) -> None:
    page = office.page
    office.sign_in("clerk")
    first = register(office)
    page.goto("/intake/")
    office.fill(letter_number=LETTER["letter_number"])
    page.locator("[name='subjects-0-name']").fill("王喆")
    page.locator("[name='subjects-0-unit']").fill("清川水务集团有限公司")
    page.wait_for_selector("#like-found table")
    office.shot("alike-while-typing")
    assert "清纪线索〔2026〕1号" in page.inner_text("#like-found")
    second = register(office, happened_on="2026-10-13")
    office.shot("alike-on-matter")
    page.click("#alike a:has-text('关联')")
    assert page.input_value("[name=other]") == "清纪线索〔2026〕1号"
    office.fill(reason="反映同一人同一事", happened_on="2026-10-14")
    office.submit()
    page.wait_for_selector(".gt-note-success")
    assert f"/matters/{first}/" in page.inner_html("#links")
    page.goto(f"/matters/{second}/acts/clue.propose_assignment/")
    office.shot("assign-side-by-side")
    assert page.locator(".gt-side-by-side").count() == 1


def test_a_wrong_date_is_mended_after_seeing_what_moves(office: Office) -> None:
    page = office.page
    office.sign_in("clerk")
    clue = register(office)
    page.click("#facts a[href*='fact=received_on']")
    assert "2026-10-12" in page.inner_text(".gt-standing")
    page.fill("[name=value]", "2026-10-10")
    page.click("button:has-text('查看影响')")
    page.wait_for_selector("#effects table")
    office.shot("correct")
    moved = page.inner_text("#effects")
    assert "2027-01-12" in moved
    assert "2027-01-11" in moved  # 2027-01-10 is a Sunday
    office.fill(reason="收文登记簿记载为10月10日")
    office.submit()
    page.wait_for_selector(".gt-note-success")
    office.shot("corrected")
    assert "2026-10-12" in page.inner_text("#facts .gt-old")
    assert "2027-01-11" in page.inner_text("#duties")
    assert clue in page.url


def test_what_belongs_above_is_not_kept(office: Office) -> None:
    page = office.page
    office.sign_in("clerk")
    page.goto("/intake/")
    office.fill(
        **{**LETTER, "subjects-0-name": "秦望山", "subjects-0-unit": "中共清川市纪律检查委员会"},
    )
    own = SCAN + b"% handed up\n"
    page.set_input_files("[name=scan]", {"name": "来信.pdf", "mimeType": "application/pdf", "buffer": own})
    office.submit()
    page.wait_for_selector("button:has-text('打印呈送封面')")
    office.shot("handed-up")
    assert "秦望山" not in page.content()
    assert page.evaluate("() => JSON.stringify({...sessionStorage})").find("秦望山") == -1
    with scope(office.town.actor("clerk")):
        assert not Matter.objects.exists()
    from django.conf import settings

    data = Path(settings.GUANTONG_DATA)
    assert not [one for one in (*data.glob("pending/*"), *data.glob("files/*/*")) if one.read_bytes() == own]
    assert office.axe() == []


def test_what_was_typed_survives_a_lost_session(office: Office) -> None:
    page = office.page
    office.sign_in("clerk")
    page.goto("/intake/")
    office.fill(letter_number="清审移〔2026〕9号")
    page.click("[data-row-add]")
    office.fill(**{"subjects-0-name": "王喆", "subjects-1-name": "赵䶮", "allegation": "设账外资金。"})
    page.wait_for_timeout(500)
    page.context.clear_cookies(name="guantong_session")
    office.submit()
    page.wait_for_selector("[name=login]")
    page.fill("[name=login]", "clerk")
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")
    page.wait_for_selector("[name='subjects-1-name']")
    office.shot("restored")
    assert page.input_value("[name=letter_number]") == "清审移〔2026〕9号"
    assert page.input_value("[name='subjects-1-name']") == "赵䶮"
    assert page.input_value("[name=allegation]") == "设账外资金。"


def test_pages_and_their_error_states_are_accessible(office: Office) -> None:
    page = office.page
    office.sign_in("clerk")
    clue = register(office)
    found = {}
    for name, path in (
        ("matter", f"/matters/{clue}/"),
        ("intake", "/intake/"),
        ("assign", f"/matters/{clue}/acts/clue.propose_assignment/"),
        ("return", f"/matters/{clue}/acts/clue.return/"),
        ("correct", f"/matters/{clue}/acts/matter.correct/?fact=received_on"),
        ("draft", f"/matters/{clue}/acts/paper.draft/?kind=receipt"),
        ("papers", "/papers/"),
        ("denied", f"/matters/{clue}/acts/clue.conclude/"),
    ):
        page.goto(path)
        if found_here := office.axe():
            found[name] = found_here
    for name, path in (("intake", "/intake/"), ("assign", f"/matters/{clue}/acts/clue.propose_assignment/")):
        page.goto(path)
        office.fill(happened_on="")
        page.locator("main textarea:visible").first.fill("")
        office.submit()
        page.wait_for_selector(".gt-note-error")
        if found_here := office.axe():
            found[f"{name} refused"] = found_here
    assert found == {}

"""The leader's stack, leave and handover in a browser: by keyboard alone, and accessible."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from guantong.kernel.matters.models import Matter
from support.axe import too_wide, violations
from support.consistency import sight_of_everybody
from support.play import Player
from support.town import Town, build

pytestmark = pytest.mark.browser
SCAN = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LONG = (
    "反映清川水务集团有限公司下属第三自来水工程建设投资管理有限责任公司财务部部长拆分采购规避公开招标的问题"
)


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")


@pytest.fixture
def laid(committed: Any) -> tuple[Town, list[UUID]]:
    """Three assignments that await approval."""
    with transaction.atomic():
        town = build()
    play = Player(town)
    clues = []
    for number in range(3):
        clue = play.registered("2026-09-28", title=f"{LONG}{number}")
        play.act("2026-09-29", "clerk", "clue.propose_assignment", clue,
                 handler=town.organs["first"].pk, reason="按分工")  # fmt: skip
        clues.append(clue)
    return town, clues


def states(clues: list[UUID]) -> list[str]:
    with transaction.atomic(), sight_of_everybody():
        found = Matter.objects.in_bulk(clues)
        return [found[one].state for one in clues]


def count(page: Any) -> str:
    return str(page.locator(".gt-stack-count").inner_text())


def turned_to(page: Any, number: str) -> None:
    page.locator(".gt-stack-count", has_text=number).wait_for()


def test_a_stack_is_decided_from_the_keyboard(page: Any, laid: tuple[Town, list[UUID]]) -> None:
    _town, clues = laid
    sign_in(page, "deputy")
    page.goto("/stack/")
    assert violations(page) == []
    assert too_wide(page) == []
    assert count(page) == "1 / 3"
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/stack/?at=*")
    assert count(page) == "2 / 3"
    page.keyboard.press("ArrowLeft")
    turned_to(page, "1 / 3")
    page.keyboard.press("a")
    page.wait_for_selector("#gt-confirm[open]")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert states(clues) == ["assignment_proposed"] * 3, "asked, not done"
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    turned_to(page, "2 / 3")
    page.keyboard.press("r")
    page.keyboard.type("依据不足")
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    turned_to(page, "3 / 3")
    page.keyboard.press("Enter")
    page.wait_for_selector("#gt-confirm[open]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".gt-empty")
    assert sorted(states(clues)) == ["assigned", "assigned", "received"]
    assert violations(page) == []


def test_two_clicks_approve(page: Any, laid: tuple[Town, list[UUID]]) -> None:
    _town, clues = laid
    sign_in(page, "deputy")
    page.click("main a.btn[href='/stack/']")
    page.click("[data-approve]")
    page.click("#gt-confirm [value=yes]")
    turned_to(page, "2 / 3")
    assert sorted(states(clues))[0] == "assigned"


def test_pages_of_leaders_and_departments_are_accessible(page: Any, laid: tuple[Town, list[UUID]]) -> None:
    town, clues = laid
    play = Player(town)
    play.act("2026-09-30", "deputy", "clue.approve_assignment", clues[0])
    custodian = town.posts["handler"].officer_id
    play.act("2026-09-30", "handler_head", "clue.accept", clues[0], custodian=custodian)
    handover = play.act("2026-10-09", "handler", "handover.open", post=town.posts["handler"].pk,
                        supervisor="陆知行", successor=town.posts["handler_head"].officer_id)  # fmt: skip
    visited = {
        "deputy": ["/", "/clues/leaders/instruct/", "/clues/leaders/supervised/", "/stack/record/"],
        "clerk": ["/stack/record/", "/stack/"],
        "handler_head": ["/leave/", "/handovers/", "/new/handover.open/", f"/matters/{handover}/",
                         f"/matters/{handover}/acts/handover.arrange/"],
    }  # fmt: skip
    for name, addresses in visited.items():
        sign_in(page, name)
        for address in addresses:
            page.goto(address)
            assert violations(page) == [], (name, address)
            assert too_wide(page) == [], (name, address)


def test_sheets_a_leader_signed_are_recorded_with_few_strokes(
    page: Any, laid: tuple[Town, list[UUID]]
) -> None:
    """One was sent back, the others agreed: one choice, one button; the leader is found by his surname."""
    _town, clues = laid
    sign_in(page, "clerk")
    page.goto("/stack/record/")
    page.locator("#signer").press_sequentially("陆")
    page.locator("#gt-suggestions [role=option]", has_text="陆知行").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#signer").input_value() == "陆知行"
    page.set_input_files("[name=scan]", {"name": "呈批件.pdf", "mimeType": "application/pdf", "buffer": SCAN})
    page.locator("[name^=decision-]").first.select_option("back")
    page.locator("[name^=text-]").first.fill("先核实人员身份。")
    page.click("[data-agree-rest]")
    page.click(".gt-form-foot .btn-primary")
    page.locator(".gt-note", has_text="3").first.wait_for()
    assert states(clues).count("assigned") == 2, "the first was sent back"

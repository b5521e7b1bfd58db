"""A meeting in a browser: typed from the keyboard, nothing lost, accessible, nothing cut off (会议)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.mechanisms.meetings.models import Decision
from support.axe import too_wide, violations
from support.meetings import invitee, table
from support.play import Player
from support.town import Town, build

pytestmark = pytest.mark.browser


@pytest.fixture
def town(committed: Any) -> Town:
    with transaction.atomic():
        return table(build())


def sign_in(page: Any, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".gt-capacity")


def looked_at(page: Any) -> None:
    assert violations(page) == []
    assert too_wide(page) == []


@pytest.fixture
def sitting(town: Town) -> UUID:
    """A meeting that sits today, with one item of the regulator's."""
    play = Player(town)
    today, actor = clock.today().isoformat(), town.actor("liaison_clerk")
    with transaction.atomic():
        with scope(actor):
            body = str(town.organs["liaison"].offices_of.get().pk)
        matter = play.act(
            today, "liaison_clerk", "meeting.add", body=body, held_on=today, starts_at="9:00", place="三楼",
            reply_by=today, reason="专题研究", subject="重大投资风险",
        )  # fmt: skip
        hands = ["liaison_clerk", "liaison_head", "deputy", "liaison_clerk"]
        play.letter([today] * 4, matter, "meeting_notice", hands)
        for who, organ in (("regulator_chief", "regulator"), ("committee_clerk", "committee")):
            row = invitee(play, who, matter, organ)
            play.act(today, who, "meeting.reply", matter, invitee=row, reply="coming", attends="负责同志")
        given = {"title": "重大投资项目损失责任追究情况", "text": "情况说明"}
        play.act(today, "liaison_clerk", "meeting.propose", matter, **given)
        play.act(today, "liaison_clerk", "meeting.begin", matter, chair="陆知行")
    return matter


def test_decisions_are_typed_from_the_keyboard_and_nothing_is_lost(
    page: Any, town: Town, sitting: UUID
) -> None:
    sign_in(page, "liaison_clerk")
    page.goto(f"/meetings/{sitting}/")
    looked_at(page)
    text = page.locator(".gt-new-decision textarea").first
    text.fill("开展专项排查")
    page.wait_for_timeout(400)
    page.reload()
    assert text.input_value() == "开展专项排查", "what was typed stays in the tab"
    text.press("Control+Enter")
    page.wait_for_selector("section [role=alert]")
    assert text.input_value() == "开展专项排查", "refused: no owner, no day"
    looked_at(page)
    page.locator(".gt-new-decision [name=owner]").first.select_option(str(town.organs["regulator"].pk))
    until = (clock.today() + timedelta(days=30)).isoformat()
    page.locator(".gt-new-decision [name=due_on]").first.fill(until)
    text.press("Control+Enter")
    page.wait_for_selector(".gt-decisions li")
    assert "议定 1 项" in page.inner_text("#counted")
    assert text.input_value() == ""
    with transaction.atomic(), scope(town.actor("liaison_clerk")):
        assert Decision.objects.get(matter=sitting).due_on.isoformat() == until  # type: ignore[union-attr]


def test_attendance_is_taken_row_by_row_and_the_meeting_closed(page: Any, town: Town, sitting: UUID) -> None:
    sign_in(page, "liaison_clerk")
    page.goto(f"/meetings/{sitting}/")
    for place in range(2):
        row = page.locator("tbody.gt-place").nth(place)
        row.locator("[name=attendance]").focus()
        page.keyboard.press("1")
        row.locator("button").click()
        page.wait_for_selector(f"tbody.gt-place:nth-of-type({place + 1}).gt-decided")
    page.get_by_role("button", name="听取").first.click()
    page.locator("#counted", has_text="议题 1/1").wait_for()
    looked_at(page)
    page.get_by_role("link", name="散会").click()
    looked_at(page)


def test_pages_of_meetings_are_accessible_full_and_empty(page: Any, town: Town, sitting: UUID) -> None:
    for who in ("liaison_clerk", "regulator_chief", "regulator_head", "stranger"):
        sign_in(page, who)
        addresses = ["/meetings/", "/meetings/?show=minutes", "/meetings/companies/"]
        for address in [*addresses, *([] if who == "stranger" else [f"/matters/{sitting}/"])]:
            page.goto(address)
            looked_at(page)

"""The page of periodic reports, and the sections of copies and returns (定期报送页、抄送栏、核对栏)."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.middleware import POST_KEY
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.organs.models import Stationing
from support.browse import BACKEND, text
from support.consistency import sight_of_everybody
from support.play import Player, at
from support.shareholders import join

pytestmark = pytest.mark.django_db
ADDRESS = "/correspondence/reports/"
FIGURES = {
    "inspections": 12, "problems": 7, "rectified": 5, "cases": 2, "people": 3, "handed_over": 1,
    "plans": "继续检查。", "text": "三季度情况。",
}  # fmt: skip
HANDS = ["regulator_clerk", "regulator_chief", "regulator_head", "regulator_clerk"]


@pytest.fixture
def city(play: Player) -> Player:
    """The town with its shareholder's side, whose third quarter of 2026 is opened."""
    join(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    swept("2026-09-21")
    return play


def swept(day: str) -> None:
    with clock.set_to(at(day)):
        open_due(date.fromisoformat(day))


def owed(play: Player, department: str, begins: str = "2026-07-01") -> UUID:
    with sight_of_everybody():
        organ = play.town.organs[department]
        return Occasion.objects.get(clause="CD-2.4", organ=organ, begins_on=begins).matter_id


def reported(play: Player, day: str = "2026-10-09") -> UUID:
    matter = owed(play, "accountability")
    play.act(day, "regulator_clerk", "correspondence.write", matter, **FIGURES)
    play.letter([day] * 4, matter, "correspondence_letter", HANDS)
    return matter


def fetch(play: Player, who: str, address: str, day: str = "2026-10-22") -> Any:
    post = play.town.posts[who]
    client = Client()
    client.force_login(User.objects.get(officer=post.officer), backend=BACKEND)
    session = client.session
    session[POST_KEY] = post.pk
    session.save()
    with clock.set_to(at(day)):
        return client.get(address)


def test_who_has_not_reported_stands_in_the_overdue_list(city: Player) -> None:
    reported(city)
    page = fetch(city, "committee_clerk", ADDRESS)
    said = text(page)
    for words in ("清川水务集团有限公司", "逾期未报", "按期报送", "2026年第三季度", "逾期2天", "未签收"):
        assert words in said, words
    missing = text(fetch(city, "committee_clerk", f"{ADDRESS}?year=2026&show=missing"))
    table = missing.partition("<tbody>")[2]
    assert "清川水务集团有限公司" in table and "国有资产监督管理委员会" not in table
    assert "没有符合条件" in text(fetch(city, "committee_clerk", f"{ADDRESS}?show=late"))


def test_who_is_shown_that_it_is_owed_sees_what_is_overdue_and_nothing_of_what_it_says(city: Player) -> None:
    reported(city)
    said = text(fetch(city, "liaison_clerk", ADDRESS)).partition("<tbody>")[2]
    assert "逾期2天" in said and "按期报送" in said and "2026-10-20" in said
    assert "派驻" not in said, "who gets a copy is told to who reads the letter"


def test_one_sees_one_s_own_and_what_is_owed_to_one(city: Player) -> None:
    reported(city)
    own = text(fetch(city, "water_clerk", ADDRESS))
    assert "清川水务集团有限公司" in own.partition("<tbody>")[2]
    assert "国有资产监督管理委员会" not in own.partition("<tbody>")[2]
    assert "没有应报送的期次" in text(fetch(city, "auditor", ADDRESS))
    assert "没有应报送的期次" in text(fetch(city, "committee_clerk", f"{ADDRESS}?year=2020"))
    assert fetch(city, "committee_clerk", f"{ADDRESS}?year=no&show=nothing").status_code == 200


def test_the_export_says_the_same(city: Player) -> None:
    reported(city)
    answer = fetch(city, "committee_clerk", f"{ADDRESS}export/?year=2026&show=missing")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    cells = [cell for row in rows for cell in row]
    assert "清川水务集团有限公司" in cells and "逾期未报" in cells and "按期报送" not in cells


def test_more_periods_take_no_more_statements(city: Player) -> None:
    reported(city)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            fetch(city, "committee_clerk", ADDRESS, "2026-12-22")
        return len(caught)

    statements()
    few = statements()
    swept("2026-10-08")
    assert statements() == few


def test_the_page_of_the_matter_shows_who_gets_a_copy_and_lets_it_be_signed_for(city: Player) -> None:
    matter = reported(city)
    page = text(fetch(city, "stationed_clerk", f"/matters/{matter}/"))
    assert "抄送单位" in page and "correspondence.sign_for_copy/?of_copy=" in page
    others = text(fetch(city, "committee_clerk", f"/matters/{matter}/"))
    assert "抄送单位" in others and "correspondence.sign_for_copy/?of_copy=" not in others


def test_without_a_stationed_group_the_page_says_who_enters_one(city: Player) -> None:
    Stationing.objects.all().delete()
    matter = reported(city)
    page = text(fetch(city, "regulator_clerk", f"/matters/{matter}/"))
    assert "没有抄送单位" in page and "由系统管理员登记" in page


def test_the_summary_s_page_teaches_how_to_collect(city: Player) -> None:
    with sight_of_everybody():
        summary = Occasion.objects.get(clause="CD-2.5", jurisdiction=city.town.place).matter_id
    page = text(fetch(city, "liaison_clerk", f"/matters/{summary}/"))
    assert "尚未收集报送" in page and "correspondence.collect" in page
    form = text(fetch(city, "liaison_clerk", f"/matters/{summary}/acts/correspondence.collect/"))
    assert "国资国企纪检监察工作委员会" in form

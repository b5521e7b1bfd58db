"""P3: days from knowing to telling, by pair of organs, with the records behind each figure (知悉至告知)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from guantong.insight.figures import Row, Sheet
from guantong.insight.figures_asked import read
from guantong.insight.figures_pages import SUBJECTS
from guantong.insight.figures_records import records
from guantong.insight.figures_telling import Tellings, by_telling
from guantong.insight.figures_wanted import read_wanted
from guantong.kernel import clock
from support import shareholders
from support.browse import signed_in, text
from support.play import Player, at
from support.ways import BY_ACTS

pytestmark = [pytest.mark.django_db, BY_ACTS]
DAY = "2026-10-20"
SIDE = "出资人一侧（国资监管机构、企业） → 纪检监察机关"
PERSON = {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}


@pytest.fixture
def city(play: Player) -> Player:
    shareholders.join(play.town)
    return play


def known(play: Player, known_on: str, told: str = "", who: str = "regulator_clerk", **more: Any) -> UUID:
    """Let somebody write that he knew of an important matter, and send it on a day, if at all."""
    given = {
        "form": "important_matter", "recipient": play.town.organs["supervision"].pk, "known_on": known_on,
        "subjects": [PERSON], "unit": "清川水务集团有限公司", "text": "发现拆分采购规避招标。", **more,
    }  # fmt: skip
    matter = play.act(known_on, who, "correspondence.draft", **given)
    if told:
        play.act(told, who, "correspondence.send", matter)
    return matter


def sheet(play: Player, who: str, query: str = "period=2026") -> Sheet:
    with clock.set_to(at(DAY)), play.see(who):
        return by_telling(Tellings(read(QueryDict(query), SUBJECTS)))


def rows(found: Sheet, key: str) -> dict[str, Row]:
    [table] = [one for one in found.tables if one.key == key]
    return {row.label: row for row in table.rows}


def texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells]


def behind(play: Player, who: str, query: str) -> set[UUID]:
    with clock.set_to(at(DAY)), play.see(who):
        found = records(play.town.actor(who), read_wanted(QueryDict(query).dict(), ("tellings",)))
    return {row.matter for row in found.rows}


def five(play: Player) -> list[UUID]:
    """Let the regulator tell five things: after 1, 2, 3, 8 and 20 days; the period is five working days."""
    told = {
        "2026-08-04": "05",
        "2026-08-05": "07",
        "2026-08-06": "09",
        "2026-08-11": "19",
        "2026-08-10": "30",
    }
    return [known(play, day, f"2026-08-{last}") for day, last in told.items()]


def test_the_headline_is_from_the_shareholder_s_side_to_discipline_inspection(city: Player) -> None:
    five(city)
    lying = known(city, "2026-10-08")
    known(city, "2026-09-01", "2026-09-02", "auditor")
    found = sheet(city, "clerk")
    row = rows(found, "telling_sides")[SIDE]
    assert texts(row)[:7] == ["5", "3", "数量过少", "20", "5", "2", "0"]
    assert "一半在3天以内告知" in found.headline and "2件超期" in found.headline
    untold = rows(sheet(city, "regulator_clerk"), "telling_sides")[SIDE].cells[6]
    assert (untold.text, behind(city, "regulator_clerk", untold.query)) == ("1", {lying})
    overdue = rows(sheet(city, "regulator_clerk"), "telling_sides")[SIDE].cells[7]
    assert overdue.text == "1", "five working days from 8 October passed on the 15th"


def test_each_pair_of_organs_has_its_line_and_its_records(city: Player) -> None:
    told = five(city)
    own = known(city, "2026-09-01", "2026-09-02", "water_clerk")
    found = rows(sheet(city, "clerk"), "telling_pairs")
    organs = city.town.organs
    regulator = next(row for label, row in found.items() if label.startswith(organs["regulator"].short_name))
    enterprise = next(row for label, row in found.items() if label.startswith(organs["water"].short_name))
    assert (regulator.cells[0].text, enterprise.cells[0].text) == ("5", "1")
    assert behind(city, "clerk", regulator.cells[0].query) == set(told)
    assert behind(city, "clerk", regulator.cells[5].query) == set(told[3:]), "the two late ones"
    assert behind(city, "clerk", enterprise.cells[0].query) == {own}
    assert enterprise.cells[1].text == "数量过少", "one is no median"


def test_the_transfer_of_a_clue_is_told_from_its_concluding_opinion(city: Player) -> None:
    opinion = city.drafted("2026-09-01", concluded_on="2026-08-28")
    clue = city.sent(opinion, "2026-09-02", "2026-09-03")
    plain = city.registered("2026-09-07", letter_number="7号")
    row = next(
        row for label, row in rows(sheet(city, "clerk"), "telling_sides").items() if label.startswith("审计")
    )
    longest = row.cells[3]
    assert (longest.text, behind(city, "clerk", longest.query)) == ("6", {clue})
    unknown = row.cells[8]
    assert (unknown.text, behind(city, "clerk", unknown.query)) == ("1", {plain}), "not guessed"


def test_who_may_not_see_it_counts_nothing_of_it(city: Player) -> None:
    five(city)
    known(city, "2026-10-08")
    for who in ("inspector", "handler", "county_clerk", "water_clerk"):
        found = sheet(city, who)
        assert not any(cell.records for table in found.tables for row in table.rows for cell in row.cells), (
            who
        )
        assert "没有向纪检监察机关告知" in found.headline
    clerk = rows(sheet(city, "clerk"), "telling_sides")[SIDE]
    assert clerk.cells[6].text == "0", "a draft is the writer's own"


def test_the_page_names_what_counts_and_keeps_what_is_asked(city: Player) -> None:
    five(city)
    organ = city.town.organs["accountability"].pk
    with clock.set_to(at(DAY)), translation.override("zh-hans"):
        page = text(signed_in("clerk").get(f"/figures/?show=telling&period=2026-Q3&organ={organ}"))
        english = signed_in("clerk")
        english.cookies["guantong_language"] = "en"
        other = text(english.get("/figures/?show=telling&period=2026"))
    assert "知悉：" in page and "告知：" in page and "一半在3天以内告知" in page
    assert f"organ={organ}" in page and "of=tellings" in page
    assert "half within 3 days" in other and "Knowing: of a notification" in other


def test_the_figure_asks_as_often_for_many_as_for_few(city: Player) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as said:
            sheet(city, "clerk")
        return len(said)

    known(city, "2026-08-04", "2026-08-05")
    few = asked()
    five(city)
    known(city, "2026-09-01", "2026-09-02", "auditor")
    assert asked() == few

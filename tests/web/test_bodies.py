"""Pages of bodies, holdings, stationed groups and postings (CZ-1.1, CZ-1.3, CZ-2.1)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from guantong.kernel.organs.models import Body, Organ, Posting, Seat, Stake
from support.bodies import Table, sit_down, take
from support.shareholders import join

from .test_measures import client_of


@pytest.fixture
def table(play: Any) -> Table:
    return sit_down(play.town)


def page(path: str, who: str = "clerk") -> str:
    answer = client_of(who).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_city_and_county_stand_side_by_side_with_who_sits_where(table: Table) -> None:
    said = page("/bodies/")
    for words in ("清川市", "云麓县", "市委审计委员会", "县委审计委员会", "召集人", "秦望山", "赵慎行"):
        assert words in said
    assert "没有空缺，也没有不符" in said


def test_vacancies_and_breaches_are_named_with_clause_and_who_settles_them(table: Table) -> None:
    seat = table.seat("county_audit_commission", "county_director")
    seat.post = None
    seat.save()
    table.town.posts["director_committee"].delete()
    said = page("/bodies/")
    assert "空缺1" in said
    assert "不符1" in said
    assert "CZ-1.3" in said
    assert "段怀瑾" in said
    only = page("/bodies/?place=990121")
    assert "没有兼任" not in only, "that is the city's"
    body = page(f"/bodies/{table.bodies['county_audit_commission'].pk}/")
    assert "空缺" in body
    assert "云麓县审计局" in body, "who settles it"


def test_nothing_entered_and_nothing_known_is_said_and_teaches(play: Any) -> None:
    said = page("/bodies/")
    assert "未设立" in said
    assert "CZ-1.1" in said
    assert "没有登记出资关系" in page("/holdings/")
    assert "没有登记派驻机构" in page("/holdings/")
    assert "没有查到交流任职" in page("/postings/")


def test_a_day_of_the_past_is_shown_as_it_was_and_no_day_is_said_to_be_none(table: Table) -> None:
    seat = table.seat("joint", "audit_leader")
    seat.until = "2026-06-30"
    seat.save()
    take(table.bodies["joint"], table.town.posts["audit_head"], "chair", seat.since.replace(2026, 7, 1))
    path = f"/bodies/{table.bodies['joint'].pk}/"
    before, after = page(f"{path}?on=2026-06-30"), page(f"{path}?on=2026-07-01")
    members = "历次变动"
    assert "何嘉禾" in before.split(members, maxsplit=1)[0]
    assert "方靖宇" not in before.split(members, maxsplit=1)[0]
    assert "方靖宇" in after.split(members, maxsplit=1)[0]
    assert "何嘉禾" in after.split(members, maxsplit=1)[1], "the history keeps him"
    assert "不是日期" in page(f"{path}?on=2026-13-01")
    assert "不是日期" in page("/bodies/?on=x")
    assert "当日该机构不存在" in page(f"{path}?on=2019-01-01")


def test_a_mistaken_row_is_struck_out_in_the_history_and_sits_nowhere(table: Table) -> None:
    seat = table.seat("joint", "deputy")
    seat.mistake = "应为陈珺"
    seat.save()
    said = page(f"/bodies/{table.bodies['joint'].pk}/")
    members, history = said.split("历次变动", maxsplit=1)
    assert "陆知行" not in members
    assert "误录：应为陈珺" in history
    assert "陆知行" in history


def test_an_officers_page_has_his_seats_and_postings(table: Table) -> None:
    officer = table.town.posts["director"].officer
    Posting.objects.create(
        officer=officer, home=table.town.organs["inspection"], host=table.town.organs["executing"],
        work="参与审计", since="2026-01-01", term_ends="2026-12-31",
    )  # fmt: skip
    said = page(f"/officers/{officer.pk}/")
    for words in ("市委审计委员会", "市委巡察工作领导小组", "参与审计", "常委"):
        assert words in said


def test_holdings_are_a_tree_with_shares_cross_holdings_and_those_without_overseer(play: Any) -> None:
    town = join(play.town)
    Stake.objects.create(
        owner=town.organs["pipes"], company=town.organs["water"], percent="0.5", since="2026-01-01"
    )
    lone = Organ.objects.create(
        code="lone", name="清川会展服务有限公司", short_name="会展", kind="enterprise",
        jurisdiction=town.place, since="2020-01-01",
    )  # fmt: skip
    said = page("/holdings/")
    assert "70.50%" in said
    assert "交叉持股" in said
    without = said.split("无出资监管单位的企业")[1]
    assert lone.name in without
    assert "清川水务集团有限公司" not in without.split("派驻")[0]
    assert "派驻清川市人民政府国有资产监督管理委员会纪检监察组" in said
    assert "交叉持股" not in page("/holdings/?on=2025-12-31")


def test_exports_open_as_workbooks_with_what_the_page_shows(table: Table) -> None:
    join(table.town)
    seat = table.seat("audit_commission", "director")
    seat.post = None
    seat.save()
    for path, words in (
        ("/bodies/export/", "段怀瑾"),
        ("/bodies/export/", "CZ-1.1"),
        ("/holdings/export/", "70.5"),
        ("/postings/export/", "派出单位"),
    ):
        answer = client_of("clerk").get(path)
        book = load_workbook(io.BytesIO(answer.content))
        cells = {str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None}
        assert any(words in cell for cell in cells), path


def test_pages_take_the_same_statements_however_many_rows_there_are(table: Table) -> None:
    join(table.town)
    paths = [
        "/bodies/",
        f"/bodies/{table.bodies['joint'].pk}/",
        "/holdings/",
        "/postings/",
        f"/officers/{table.town.posts['director'].officer_id}/",
    ]
    clients = {path: client_of("clerk") for path in paths}

    def statements() -> list[int]:
        counts = []
        for path, client in clients.items():
            client.get(path)
            with CaptureQueriesContext(connection) as caught:
                client.get(path)
            counts.append(len(caught))
        return counts

    before = statements()
    for number in range(6):
        body = Body.objects.create(
            jurisdiction=table.town.place, kind=f"further_{number}", name=f"专项小组{number}",
            office=table.town.organs["audit"], since="2026-01-01",
        )  # fmt: skip
        take(body, table.town.posts["director"], "member")
        take(table.bodies["joint"], table.town.posts["handler"], "member")
        company = Organ.objects.create(
            code=f"n{number}", name=f"子公司{number}", short_name=f"n{number}", kind="enterprise",
            jurisdiction=table.town.place, since="2020-01-01",
        )  # fmt: skip
        Stake.objects.create(
            owner=table.town.organs["water"], company=company, percent="51", since="2026-01-01"
        )
        Posting.objects.create(
            officer=table.town.posts["director"].officer, home=table.town.organs["inspection"],
            host=company, work="挂职", since=f"2026-01-0{number + 1}", term_ends="2026-12-31",
        )  # fmt: skip
    assert statements() == before
    assert Seat.objects.count() > 20


def test_what_a_clause_requires_of_bodies_is_read_on_the_measures_page(table: Table) -> None:
    said = page("/measures/chenzhou/")
    assert "党委审计委员会" in said
    assert "巡察办主任由同级纪委常委兼任" in said

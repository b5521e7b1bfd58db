"""How the system administrator keeps bodies, seats, holdings, stationing and postings, with history."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import AdminRecord, User
from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.organs.models import Body, Posting, Seat, Stake, Stationing
from support.bodies import Table, sit_down
from support.play import at
from support.shareholders import join

from .test_measures import client_of

BASE = "/administration/register"


@pytest.fixture
def table(play: Any) -> Table:
    for kind in ("system", "security", "audit"):
        User.objects.create_user(username=kind, password="correct horse", administers=kind)
    join(play.town)
    return sit_down(play.town)


@pytest.fixture
def client(table: Table) -> Client:
    return client_of("system")


def records() -> list[AdminRecord]:
    enter((), "audit")
    return list(AdminRecord.objects.order_by("id"))


def refused(client: Client, path: str, given: dict[str, Any], field: str) -> str:
    """Send a form that must be refused at a field; return the page."""
    answer = client.post(path, given)
    said = str(answer.content.decode())
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in said, said[:3000]
    return said


def seat_of(table: Table, body: str, organ: str, post: str, **more: Any) -> dict[str, Any]:
    """Return the form of a seat."""
    return {
        "body": table.bodies[body].pk, "organ": table.town.organs[organ].pk, "rank": "member",
        "post": table.town.posts[post].pk, "basis": "清委办〔2026〕3号", "since": "2026-03-01", **more,
    }  # fmt: skip


def test_a_body_and_a_seat_are_entered_with_their_document_and_recorded(table: Table, client: Client) -> None:
    given = {
        "jurisdiction": table.town.place.pk, "kind": "special_group", "name": "专项整治领导小组",
        "office": table.town.organs["audit"].pk, "basis": "清委〔2026〕1号", "since": "2026-01-01",
    }  # fmt: skip
    refused(client, f"{BASE}/bodies/new/", given | {"basis": ""}, "basis")
    refused(client, f"{BASE}/bodies/new/", given | {"kind": "专项"}, "kind")
    assert client.post(f"{BASE}/bodies/new/", given).status_code == 302
    twice = client.post(f"{BASE}/bodies/new/", given)
    assert twice.status_code == 422
    assert "已有这类机构" in twice.content.decode()
    made = Body.objects.get(kind="special_group")
    table.bodies["special"] = made
    assert (
        client.post(f"{BASE}/seats/new/", seat_of(table, "special", "audit", "audit_leader")).status_code
        == 302
    )
    seat = Seat.objects.get(body=made)
    assert (seat.basis, seat.post) == ("清委办〔2026〕3号", table.town.posts["audit_leader"])
    assert [row.what for row in records()] == ["bodies.enter", "seats.enter"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"post": "clerk"}, "post"),
        ({"rank": "chair"}, "rank"),
        ({"since": "2019-01-01"}, "since"),
        ({"until": "2026-02-01"}, "until"),
        ({"post": "secretary", "organ": "commission"}, "post"),
        ({"basis": ""}, "basis"),
    ],
)
def test_a_seat_that_cannot_be_is_refused_at_its_field(
    table: Table, client: Client, change: dict[str, str], field: str
) -> None:
    given = seat_of(table, "group", "audit", "audit_head")
    if "post" in change:
        given["post"] = table.town.posts[change["post"]].pk
    if "organ" in change:
        given["organ"] = table.town.organs[change["organ"]].pk
    given |= {name: value for name, value in change.items() if name not in ("post", "organ")}
    refused(client, f"{BASE}/seats/new/", given, field)
    assert records() == []


def test_who_follows_ends_the_seat_before_and_both_are_recorded(table: Table, client: Client) -> None:
    before = table.seat("joint", "audit_leader")
    page = client.get(f"{BASE}/seats/{before.pk}/").content.decode()
    link = re.search(rf'href="({BASE}/seats/new/\?[^"]*after={before.pk})"', page)
    assert link
    offered = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert f'name="after" value="{before.pk}"' in offered
    given = seat_of(table, "joint", "audit", "audit_head", rank="chair", after=before.pk, since="2026-09-01")
    refused(client, f"{BASE}/seats/new/", given | {"since": "2019-12-31"}, "since")
    assert client.post(f"{BASE}/seats/new/", given).status_code == 302
    before.refresh_from_db()
    assert before.until == date(2026, 8, 31)
    assert Seat.objects.get(body=before.body, rank="chair", until=None).post == table.town.posts["audit_head"]
    entered, ended = records()
    assert (entered.what, ended.what, ended.after) == ("seats.enter", "seats.change", {"until": "2026-08-31"})


def test_a_change_needs_a_reason_and_what_identifies_the_row_stays(table: Table, client: Client) -> None:
    seat = table.seat("joint", "deputy")
    path = f"{BASE}/seats/{seat.pk}/"
    given = {"basis": "更正文号", "until": "2026-10-31", "post": table.town.posts["clerk"].pk}
    refused(client, path, given, "reason")
    assert client.post(path, given | {"reason": "清纪函〔2026〕8号"}).status_code == 302
    seat.refresh_from_db()
    assert (seat.until, seat.post, seat.basis) == (date(2026, 10, 31), table.town.posts["deputy"], "更正文号")
    (row,) = records()
    assert row.after["reason"] == "清纪函〔2026〕8号"
    assert row.before == {"until": None, "basis": "〔2019〕8号"}


def test_a_mistaken_row_stays_on_record_and_the_right_one_can_be_entered(
    table: Table, client: Client
) -> None:
    seat = table.seat("joint", "audit_leader")
    given = {"basis": seat.basis, "mistake": "应为方靖宇", "reason": "更正"}
    assert client.post(f"{BASE}/seats/{seat.pk}/", given).status_code == 302
    assert not Seat.objects.filter(pk=seat.pk).exists()
    listed = client.get(f"{BASE}/seats/?q=联席会议").content.decode()
    assert "误录" in listed
    right = seat_of(table, "joint", "audit", "audit_head", rank="chair", since="2020-01-01")
    assert client.post(f"{BASE}/seats/new/", right).status_code == 302


def stake(table: Table, owner: str, company: str, percent: str, **more: Any) -> dict[str, Any]:
    """Return the form of a share."""
    organs = table.town.organs
    return {
        "owner": organs[owner].pk, "company": organs[company].pk, "percent": percent, "since": "2026-01-01",
        "basis": "产权登记表", **more,
    }  # fmt: skip


def test_more_than_the_whole_of_an_enterprise_is_refused_and_cross_holdings_are_not(
    table: Table, client: Client
) -> None:
    path = f"{BASE}/stakes/new/"
    said = refused(client, path, stake(table, "regulator", "pipes", "30"), "percent")
    assert "2026-01-01" in said
    assert "100.5" in said
    refused(client, path, stake(table, "pipes", "pipes", "1"), "owner")
    refused(client, path, stake(table, "regulator", "pipes", "0"), "percent")
    refused(client, path, stake(table, "pipes", "water", "1"), "percent")
    assert client.post(path, stake(table, "regulator", "pipes", "29.5")).status_code == 302
    whole = Stake.objects.get(owner=table.town.organs["regulator"], company=table.town.organs["water"])
    given = {"basis": "更正", "until": "2025-12-31", "reason": "股权变更"}
    assert client.post(f"{BASE}/stakes/{whole.pk}/", given).status_code == 302
    assert client.post(path, stake(table, "pipes", "water", "5")).status_code == 302, "a cross-holding"
    assert client.post(path, stake(table, "regulator", "water", "95")).status_code == 302


def test_a_group_is_stationed_once_at_a_body_at_a_time(table: Table, client: Client) -> None:
    organs = table.town.organs
    given = {
        "group": organs["stationed"].pk, "host": organs["regulator"].pk, "since": "2026-01-01",
        "basis": "文件",
    }  # fmt: skip
    refused(client, f"{BASE}/stationing/new/", given, "since")
    refused(client, f"{BASE}/stationing/new/", given | {"host": organs["commission"].pk}, "host")
    assert client.post(f"{BASE}/stationing/new/", given | {"host": organs["water"].pk}).status_code == 302
    assert Stationing.objects.filter(host=organs["water"]).count() == 1


def test_a_posting_has_a_term_and_the_administrator_is_reminded_when_it_ends(
    table: Table, client: Client
) -> None:
    town = table.town
    given = {
        "officer": town.posts["auditor"].officer_id, "home": town.organs["executing"].pk,
        "host": town.organs["first"].pk, "work": "协助办案", "since": "2026-01-01", "term_ends": "2026-12-31",
        "speciality": "工程审计、数据分析", "basis": "清组干〔2026〕1号",
    }  # fmt: skip
    refused(client, f"{BASE}/postings/new/", given | {"term_ends": "2025-12-31"}, "term_ends")
    refused(client, f"{BASE}/postings/new/", given | {"host": town.organs["team"].pk}, "host")
    assert client.post(f"{BASE}/postings/new/", given).status_code == 302
    posting = Posting.objects.get()
    for day, told in (("2026-10-31", False), ("2026-11-02", True), ("2027-01-03", True)):
        with clock.set_to(at(day)):
            assert ("已届满的交流任职" in client.get("/administration/").content.decode()) == told, day
    with clock.set_to(at("2027-01-03")):
        assert "已超期3天" in client.get("/administration/").content.decode()
        given = {name: given[name] for name in ("work", "term_ends", "speciality", "basis")}
        ended = given | {"until": "2027-01-02", "reason": "期满"}
        assert client.post(f"{BASE}/postings/{posting.pk}/", ended).status_code == 302
        said = client.get("/administration/").content.decode()
        assert "已超期" not in said


# --- Lists from Excel


HEAD = ["序号", "机构名称", "所在单位", "小组职务", "成员姓名", "行政职务", "任职日期", "文号"]


def sheet(head: list[str], *rows: list[Any]) -> SimpleUploadedFile:
    """Return a workbook as an office keeps it: a title, headings of its own, dates as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet("名单")
        page.write(0, 0, "成员名单")
        for at_row, row in enumerate([head, *rows], start=1):
            for column, value in enumerate(row):
                page.write(at_row, column, value)
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


def sent_again(said: str, step: str) -> dict[str, str]:
    """Return what the page's second form sends: the sheet and the columns chosen."""
    kept = re.search(r'name="sheet" value="([^"]+)"', said)
    assert kept
    columns = {
        name: (re.search(r'<option value="(\d+)" selected>', inside) or ["", ""])[1]
        for name, inside in re.findall(r'<select[^>]* name="(column_\w+)">(.*?)</select>', said, re.DOTALL)
    }
    assert len(columns) > 5
    return {"sheet": kept[1], "step": step, **columns}


def test_seats_from_a_list_are_proposed_tried_out_and_then_entered(table: Table, client: Client) -> None:
    rows = [
        [1, "市反腐败协调小组", "中共清川市纪律检查委员会", "副组长", "陆知行", "", "2026.3.1",
         "清委办〔2026〕3号"],
        [2, "市反腐败协调小组", "中共清川市委巡察工作领导小组办公室", "成员", "", "", "2026.3.1",
         "清委办〔2026〕3号"],
    ]  # fmt: skip
    before = Seat.objects.count()
    tried = client.post(f"{BASE}/seats/import/", {"file": sheet(HEAD, *rows)})
    said = tried.content.decode()
    assert tried.status_code == 200, said[:3000]
    assert "可登记2行" in said
    assert Seat.objects.count() == before, "tried out only"
    assert records() == []
    done = client.post(f"{BASE}/seats/import/", sent_again(said, "enter"))
    assert done.status_code == 302
    made = Seat.objects.filter(since="2026-03-01").order_by("id")
    assert [(seat.rank, seat.post and seat.post.officer.name) for seat in made] == [
        ("deputy", "陆知行"),
        ("member", None),
    ]
    assert [row.what for row in records()] == ["seats.import", "seats.import"]
    again = client.post(f"{BASE}/seats/import/", {"file": sheet(HEAD, *rows)}).content.decode()
    assert "另有2行原已登记" in again


@pytest.mark.parametrize(
    ("column", "value", "cell", "words"),
    [
        (1, "市某某小组", "B3", "没有登记"),
        (2, "某某局", "C3", "没有登记"),
        (3, "秘书", "D3", "不是席位"),
        (4, "查无此人", "E3", "不在"),
        (6, "三月", "G3", ""),
        (6, "", "G3", "没有起始日期"),
        (3, "组长", "D3", "已另有"),
        (7, "", "H3", ""),
    ],
)
def test_what_is_wrong_in_a_list_is_named_by_row_and_column_and_nothing_is_entered(
    table: Table, client: Client, column: int, value: str, cell: str, words: str
) -> None:
    good = ["1", "市反腐败协调小组", "清川市审计局", "成员", "方靖宇", "科长", "2026-03-01", "文号"]
    bad = [*good[:column], value, *good[column + 1 :]]
    before = Seat.objects.count()
    answer = client.post(f"{BASE}/seats/import/", {"file": sheet(HEAD, bad)})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert f"<td>{cell}</td>" in said, said
    assert words in said
    assert client.post(f"{BASE}/seats/import/", sent_again(said, "enter")).status_code == 422
    assert Seat.objects.count() == before


def test_holdings_from_a_list_are_added_up_over_its_rows_and_no_fraction_is_guessed(
    table: Table, client: Client
) -> None:
    head = ["出资人", "企业名称", "持股比例", "起始日期", "依据"]
    names = ["清川市人民政府国有资产监督管理委员会", "清川水务管网工程有限公司"]
    path = f"{BASE}/stakes/import/"
    over = [[*names, "20%", "2026-01-01", "表"], ["中共清川市委员会", names[1], "10%", "2026-01-01", "表"]]
    said = client.post(path, {"file": sheet(head, *over)}).content.decode()
    assert "<td>C4</td>" in said, "the row that makes it too much"
    assert "100.5" in said
    said = client.post(path, {"file": sheet(head, [*names, 0.2, "2026-01-01", "表"])}).content.decode()
    assert "可能是小数" in said
    assert client.post(path, {"file": sheet(head, [*names, "20%", "2026-01-01", "表"])}).status_code == 200
    assert Stake.objects.count() == 2


def test_a_list_that_cannot_be_read_or_lacks_a_column_says_so(table: Table, client: Client) -> None:
    path = f"{BASE}/seats/import/"
    assert client.get(path).status_code == 200
    for given in ({}, {"file": SimpleUploadedFile("x.xlsx", b"nothing")}, {"sheet": "forged:sheet"}):
        answer = client.post(path, given)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    lacking = client.post(path, {"file": sheet(["机构名称", "所在单位", "任职日期"], ["a", "b", "c"])})
    assert lacking.status_code == 422
    assert "席位" in lacking.content.decode()
    assert client.get(f"{BASE}/organs/import/").status_code == 404
    assert client_of("security").get(path).status_code == 403


def test_registers_take_the_same_statements_however_long(table: Table, client: Client) -> None:
    for name in ("bodies", "seats", "stakes", "stationing", "postings"):
        path = f"{BASE}/{name}/"
        client.get(path)
        with CaptureQueriesContext(connection) as first:
            client.get(path)
        assert len(first) <= 9, name
    path = f"{BASE}/seats/"
    with CaptureQueriesContext(connection) as short:
        client.get(f"{path}?q=反腐败")
    with CaptureQueriesContext(connection) as whole:
        client.get(path)
    assert len(short) == len(whole)

"""Pages of correspondence: the lists, choosing a form, who asked about ours, the directory (函询往来页面)."""

from __future__ import annotations

import io
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
from support.canaries import BACKEND
from support.play import Player, at
from support.shareholders import join

pytestmark = pytest.mark.django_db
DAY = "2026-09-28"
PERSON = {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}


@pytest.fixture
def sides(play: Player) -> Player:
    """The town with its shareholder's side."""
    join(play.town)
    return play


def fetch(play: Player, who: str, address: str, day: str = DAY, **asked: str) -> Any:
    client = Client()
    post = play.town.posts[who]
    client.force_login(User.objects.get(officer=post.officer), backend=BACKEND)
    session = client.session
    session[POST_KEY] = post.pk
    session.save()
    with clock.set_to(at(day)):
        return client.get(address, asked)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def sent(play: Player, **data: Any) -> UUID:
    given = {
        "form": "liaison_request", "recipient": play.town.organs["accountability"].pk,
        "title": "商请介绍招标情况", "text": "请介绍。",
    }  # fmt: skip
    matter = play.act(DAY, "liaison_clerk", "correspondence.draft", **{**given, **data})
    return play.act(DAY, "liaison_clerk", "correspondence.send", matter)


def test_the_lists_teach_what_stands_in_them_while_they_are_empty(sides: Player) -> None:
    assert "尚无来函" in text(fetch(sides, "regulator_clerk", "/correspondence/"))
    assert "尚未发函" in text(fetch(sides, "regulator_clerk", "/correspondence/?side=outgoing"))
    assert "没有符合条件的记录" in text(fetch(sides, "regulator_clerk", "/correspondence/?show=late"))
    assert "尚无查询" in text(fetch(sides, "clerk", "/correspondence/asked/"))


def test_what_came_in_is_listed_with_state_date_and_days(sides: Player) -> None:
    matter = sent(sides)
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    page = text(fetch(sides, "regulator_clerk", "/correspondence/", "2026-10-20"))
    assert f"/matters/{matter}/" in page and "已签收，待答复" in page and "2026-10-12" in page
    assert ">22<" in page, "days since it was sent"
    late = text(fetch(sides, "regulator_clerk", "/correspondence/?show=late", "2026-10-20"))
    assert f"/matters/{matter}/" in late
    for query in ("form=liaison_message", "show=ended", "other=审计局", "side=outgoing"):
        found = text(fetch(sides, "regulator_clerk", f"/correspondence/?{query}", "2026-10-20"))
        assert f"/matters/{matter}/" not in found, query
    for query in ("form=liaison_request", "show=open", "other=联系室", "form=unheard", "after=unheard"):
        found = text(fetch(sides, "regulator_clerk", f"/correspondence/?{query}", "2026-10-20"))
        assert f"/matters/{matter}/" in found, query


def test_the_list_costs_the_same_however_long_it_is(sides: Player) -> None:
    costs = []
    for count in (1, 4):
        for _one in range(count):
            sent(sides)
        with CaptureQueriesContext(connection) as said:
            text(fetch(sides, "regulator_clerk", "/correspondence/"))
        costs.append(len(said))
    assert costs[0] == costs[1]


def test_the_list_is_exported_as_it_is_filtered(sides: Player) -> None:
    sent(sides)
    answer = fetch(sides, "regulator_clerk", "/correspondence/export/?form=liaison_request")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert any("商请介绍招标情况" in row for row in rows)
    empty = fetch(sides, "regulator_clerk", "/correspondence/export/?form=liaison_message")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(empty.content)).get_sheet_by_index(0).to_python()
    assert not any("商请介绍招标情况" in row for row in rows)


def test_the_form_is_chosen_among_those_of_the_present_post(sides: Player) -> None:
    page = text(fetch(sides, "liaison_clerk", "/new/correspondence.draft/"))
    assert "form=liaison_request" in page and "form=guidance_committee" not in page
    page = text(fetch(sides, "committee_clerk", "/new/correspondence.draft/"))
    assert "form=guidance_committee" in page and "form=guidance_stationed" not in page
    page = text(fetch(sides, "auditor", "/new/correspondence.draft/?form=information_request"))
    for name in ("basis", "purpose", "readers", "readable_until", "wanted"):
        assert f'name="{name}"' in page
    assert 'name="title"' not in page, "its title says nothing of what it is about"
    refused = fetch(sides, "committee_clerk", "/new/correspondence.draft/?form=guidance_stationed")
    assert refused.status_code == 403
    assert str(sides.town.posts["stationed_clerk"]) in refused.content.decode(), "the right post is named"
    assert fetch(sides, "auditor", "/new/correspondence.draft/?form=unheard").status_code == 403


def test_from_the_directory_one_writes_to_a_point(sides: Player) -> None:
    page = text(fetch(sides, "liaison_clerk", "/liaison/"))
    recipient = sides.town.organs["accountability"].pk
    address = f"/new/correspondence.draft/?form=liaison_request&amp;recipient={recipient}"
    assert address in page and "尚未明确" in page
    form = text(fetch(sides, "liaison_clerk", address.replace("&amp;", "&")))
    assert f'<option value="{recipient}" selected>' in form
    assert "去函" not in text(fetch(sides, "handler", "/liaison/"))


def test_a_notification_offers_to_be_registered_as_a_clue_with_what_it_says(sides: Player) -> None:
    matter = sides.act(
        DAY, "auditor", "correspondence.draft", form="important_matter", known_on="2026-09-24",
        recipient=sides.town.organs["supervision"].pk, subjects=[PERSON], text="拆分采购规避招标。",
    )  # fmt: skip
    sides.act(DAY, "auditor", "correspondence.send", matter)
    sides.act(DAY, "clerk", "correspondence.receive", matter)
    assert f"/new/clue.register/?origin={matter}" in text(fetch(sides, "clerk", f"/matters/{matter}/"))
    assert "clue.register" not in text(fetch(sides, "auditor", f"/matters/{matter}/"))
    form = text(fetch(sides, "clerk", f"/new/clue.register/?origin={matter}"))
    assert "拆分采购规避招标。" in form and "王喆" in form and "清川市审计局审计执行科" in form


def test_who_asked_about_whom_is_listed_for_who_holds_the_data(sides: Player) -> None:
    matter = sides.act(
        DAY, "auditor", "correspondence.draft", form="information_request", wanted="integrity",
        recipient=sides.town.organs["supervision"].pk, subjects=[PERSON], basis="审计法第三十六条",
        purpose="经济责任审计", readers="审计执行科", readable_until="2099-12-31", text="请提供。",
    )  # fmt: skip
    sides.act(DAY, "auditor", "correspondence.send", matter)
    page = text(fetch(sides, "clerk", "/correspondence/asked/"))
    for word in ("王喆", "审计法第三十六条", "经济责任审计", "清川市审计局审计执行科"):
        assert word in page
    assert "王喆" in text(fetch(sides, "clerk", "/correspondence/asked/", name="王喆"))
    assert "没有符合条件的记录" in text(fetch(sides, "clerk", "/correspondence/asked/", name="无此人"))
    assert "经济责任审计" not in text(fetch(sides, "auditor", "/correspondence/asked/"))
    assert "经济责任审计" not in text(fetch(sides, "handler", "/correspondence/asked/"))

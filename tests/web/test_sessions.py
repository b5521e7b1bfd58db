"""Pages of sessions over the ledger: the year, the sitting, item by item, the pack (梳理调度页面)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.measures.models import MeasureVersion
from guantong.mechanisms.sessions.models import Item
from support.browse import signed_in
from support.play import Player, at

pytestmark = pytest.mark.django_db
DAY = "2026-10-13"


def fetch(who: str, address: str, **asked: str) -> Any:
    with clock.set_to(at(DAY)):
        return signed_in(who).get(address, asked)


def post(who: str, address: str, htmx: bool = True, **data: str) -> Any:
    with clock.set_to(at(DAY)):
        return signed_in(who).post(address, data, headers={"HX-Request": "true"} if htmx else {})


def begun(play: Player) -> UUID:
    matter = play.act(DAY, "clerk", "session.call", form="sorting", reason="清理")
    return play.act(DAY, "clerk", "session.begin", matter, chair="陆知行")


def only_item(play: Player, matter: UUID) -> Item:
    with play.see("clerk"):
        return Item.objects.get(matter=matter)


def test_the_year_tells_what_is_due_missing_and_held(play: Player) -> None:
    empty = fetch("clerk", "/sessions/")
    assert "该年没有会议" in empty.content.decode()
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    with clock.set_to(at(DAY)):
        open_due(date.fromisoformat(DAY))
    page = fetch("clerk", "/sessions/").content.decode()
    assert "共3期：按期召开0次，逾期召开0次，未召开1次" in page
    assert all(name in page for name in ("2026年第三季度", "2026年第四季度", "2026年下半年"))
    assert "该年没有会议" in fetch("handler", "/sessions/").content.decode()


def test_an_item_is_decided_in_its_row_and_counted(play: Player) -> None:
    play.registered()
    matter = begun(play)
    item = only_item(play, matter)
    answer = post("clerk", f"/sessions/{matter}/decide/", item=str(item.pk), turn="0", decision="continue")
    body = answer.content.decode()
    assert answer.status_code == 200 and body.lstrip().startswith(f'<tbody id="i-{item.pk}"')
    assert "已议定 1 / 1 件" in body
    assert only_item(play, matter).decision == "continue"


def test_what_was_typed_stays_where_it_is_refused(play: Player) -> None:
    play.registered()
    matter = begun(play)
    item = only_item(play, matter)
    data = {"item": str(item.pk), "turn": "0", "decision": "speed_up", "text": "抓紧核实"}
    for htmx in (True, False):
        answer = post("clerk", f"/sessions/{matter}/decide/", htmx, **data)
        body = answer.content.decode()
        assert answer.status_code == 422
        assert (
            "须写明完成期限" in body
            and 'value="抓紧核实"' in body
            and '<option value="speed_up" selected' in body
        )
    assert only_item(play, matter).decision == ""


def test_the_second_of_two_is_told_and_keeps_what_he_typed(play: Player) -> None:
    play.registered()
    matter = begun(play)
    item = only_item(play, matter)
    seen = {"item": str(item.pk), "turn": "0"}
    assert post("clerk", f"/sessions/{matter}/decide/", False, **seen, decision="continue").status_code == 302
    late = post("clerk_head", f"/sessions/{matter}/decide/", **seen, decision="other", text="另行研究")
    assert late.status_code == 409
    assert "沈若川" in late.content.decode() and 'value="另行研究"' in late.content.decode()


def test_filters_narrow_the_items(play: Player) -> None:
    play.registered("2026-10-12")
    play.in_handling(play.assigned(play.registered(letter_number="2号")))
    matter = begun(play)
    for show, number in {
        "": 2,
        "unhandled": 1,
        "late": 1,
        "paused": 0,
        "undecided": 2,
        "nonsense": 2,
    }.items():
        page = fetch("clerk", f"/sessions/{matter}/", show=show).content.decode()
        assert page.count("<tbody") == number, show
    first = str(play.town.organs["first"].pk)
    assert fetch("clerk", f"/sessions/{matter}/", handler=first).content.decode().count("<tbody") == 1


def test_the_sitting_asks_the_database_the_same_for_one_item_and_for_ten(play: Player) -> None:
    def asked(matter: UUID) -> int:
        client = signed_in("clerk")
        with clock.set_to(at(DAY)), CaptureQueriesContext(connection) as captured:
            assert client.get(f"/sessions/{matter}/").status_code == 200
        return len(captured.captured_queries)

    play.registered()
    one = begun(play)
    asked(one)
    few = asked(one)
    for number in range(9):
        play.in_handling(play.assigned(play.registered(letter_number=f"{number}号")))
    assert asked(begun(play)) == few


def test_a_leader_decides_and_closes_nothing(play: Player) -> None:
    play.assigned(play.registered())
    matter = begun(play)
    page = fetch("deputy", f"/sessions/{matter}/").content.decode()
    assert 'name="decision"' in page and "session.close" not in page and 'name="by_whom"' not in page
    item = only_item(play, matter)
    data = {"item": str(item.pk), "turn": "0", "decision": "instruct", "text": "专人盯办"}
    assert post("deputy", f"/sessions/{matter}/decide/", **data).status_code == 200
    assert only_item(play, matter).by_whom == "陆知行"


def test_the_pack_prints_and_strangers_find_nothing(play: Player) -> None:
    play.registered()
    matter = begun(play)
    pack = fetch("clerk", f"/sessions/{matter}/pack/")
    assert pack.status_code == 200 and pack.content.startswith(b"%PDF")
    for address in (f"/sessions/{matter}/", f"/sessions/{matter}/pack/"):
        assert fetch("handler", address).status_code == 404
    assert post("handler", f"/sessions/{matter}/decide/", item=str(matter)).status_code == 404

"""What a Monday morning in case supervision showed to be slow or wrong, and is mended (周一早晨试用)."""

from __future__ import annotations

import re
import uuid
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.forms import RowsField
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.matters.models import Matter
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.mechanisms.reminders.models import Reminder
from guantong.mechanisms.rounds.models import Item, Round
from guantong.mechanisms.rounds.registering import ItemForm
from support.browse import signed_in, text
from support.play import Player, at, scan
from support.rounds import line, on_paper, staff

pytestmark = pytest.mark.django_db
TODAY = "2026-09-29"


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at(TODAY)):
        yield


@pytest.fixture
def office(play: Player) -> Player:
    return staff(play)


def registered(office: Player, items: list[dict[str, Any]], **data: Any) -> UUID:
    return office.act(TODAY, "clerk", "round.register", **on_paper(office, 0, items=items, **data))


def numbers(office: Player, found: UUID) -> list[int]:
    with office.see("clerk"):
        return list(Item.objects.filter(round=found).order_by("position").values_list("position", flat=True))


def typed(data: dict[str, Any]) -> dict[str, Any]:
    cells = {
        f"items-{place}-{name}": value
        for place, row in enumerate(data["items"])
        for name, value in row.items()
    }
    return {"happened_on": TODAY, **{k: v for k, v in data.items() if k != "items"}, **cells}


def test_a_line_that_may_not_be_entered_leaves_its_number_out(office: Player) -> None:
    rows = [{**line(place), "number": str(place + 1)} for place in range(4)]
    rows[1].update(name="某省管", unit="清川市人民政府", post="副市长", authority="provincial")
    client = signed_in("clerk")
    page = text(
        client.post("/new/round.register/", {**typed(on_paper(office, 0, items=rows)), "scan": scan()})
    )
    assert "第2号" in page and "某省管" not in page
    left = re.findall(r'name="items-\d-number" value="(\d+)"', page)
    assert left == ["1", "3", "4"], "the others keep the numbers that the paper gives them"
    del rows[1]
    assert client.post("/new/round.register/", typed(on_paper(office, 0, items=rows))).status_code == 302
    with office.see("clerk"):
        found = Round.objects.get()
    assert numbers(office, found.pk) == [1, 3, 4]


def test_lines_without_numbers_follow_each_other(office: Player) -> None:
    assert numbers(office, registered(office, [line(0), {**line(1), "number": 7}, line(2)])) == [1, 7, 8]


def test_a_number_that_two_lines_bear_is_refused(office: Player) -> None:
    with pytest.raises(Refused) as refused:
        registered(office, [{**line(0), "number": 3}, line(1), {**line(2), "number": 3}])
    assert refused.value.faults[0].field == "items"
    assert "3" in refused.value.faults[0].reason


def test_a_row_that_holds_only_its_number_is_empty() -> None:
    field = RowsField(ItemForm)
    assert not field.holds_anything({"number": "4", "authority": "unknown", "category": "discipline"})
    assert field.holds_anything({"number": "4", "name": "王甲"})


def test_a_spreadsheet_brings_its_numbers(office: Player) -> None:
    columns = [
        OutColumn(key, heading)
        for key, heading in {"no": "序号", "name": "姓名", "unit": "单位", "allegation": "主要问题"}.items()
    ]
    rows = [{"no": str(number), **line(number)} for number in (1, 2, 5)]
    sheet = SimpleUploadedFile("清单.xlsx", write_workbook(columns, rows, sheet_name="清单"))
    data = {**typed(on_paper(office, 0)), "sheet": sheet}
    page = text(signed_in("clerk").post("/rounds/read/", data))
    assert re.findall(r'name="items-\d-number" value="(\d+)"', page) == ["1", "2", "5"]


def test_the_number_of_the_list_gets_the_brackets_of_the_standard(office: Player) -> None:
    found = registered(office, [line(0)], letter_number="清巡移[2026]3号")
    with office.see("clerk"):
        assert Round.objects.get(pk=found).letter_number == "清巡移〔2026〕3号"


def test_the_round_says_who_is_named_twice_and_offers_the_assignment_of_all(office: Player) -> None:
    rows = [line(0), line(1), line(2, name="王甲、王丁"), line(3, name="王甲", unit="清川市审计局")]
    found = registered(office, rows)
    page = text(signed_in("clerk").get(f"/matters/{found}/"))
    assert page.count("同一人：") == 2, "the same name in another unit is another person"
    assert "成批拟办分办意见（4件）" in page and page.count('name="ids"') == 4
    for who in ("inspector", "deputy"):
        seen = signed_in(who).get(f"/matters/{found}/")
        assert 'name="ids"' not in text(seen), who
    with office.see("clerk"):
        one = Matter.objects.filter(kind="clue").earliest("number")
    handler = office.town.organs["first"].pk
    office.act(TODAY, "clerk", "clue.propose_assignment", one.pk, handler=handler, reason="按分工")
    assert "成批拟办分办意见（3件）" in text(signed_in("clerk").get(f"/matters/{found}/"))


def several(play: Player, *authorities: str) -> list[UUID]:
    return [
        play.registered(
            "2026-09-28", letter_number=f"清审移〔2026〕{number}号",
            subjects=[{"name": f"王{number}", "unit": "清川公交集团有限公司", "post": "", "authority": one}],
        )
        for number, one in enumerate(authorities)
    ]  # fmt: skip


def test_many_go_where_the_rule_sends_each(play: Player) -> None:
    sure, other, open_ = several(play, "city", "city", "unknown")
    client = signed_in("clerk")
    ids = [str(one) for one in (sure, other, open_)]
    page = client.post("/clues/assign/", {"ids": ids})
    said = text(page)
    assert page.context["proposed"] == 2 and page.context["by_rule"]
    assert "3件中2件有建议" in said and said.count("规则未定") == 1
    given = {"ids": ids, "handler": "rule", "batch": uuid.uuid4().hex, "total": 3}
    assert client.post("/clues/assign/", {**given, "run": "1"}).status_code == 200
    outcomes = {one.row.matter: one for one in client.post("/clues/assign/step/", given).context["outcomes"]}
    assert outcomes[sure].done and outcomes[other].done
    assert "分办规则不能确定" in outcomes[open_].faults[0].reason
    with play.see("clerk"):
        handling = Matter.objects.get(pk=sure).handling
        assert handling.proposed_handler_id is not None
        assert handling.assignment_rule and handling.assignment_reason
        assert Matter.objects.get(pk=open_).state == "received"


def test_the_same_person_in_another_clue_is_seen_before_many_are_assigned(play: Player) -> None:
    known = play.registered("2026-09-01")
    again = play.registered("2026-09-28", letter_number="清审移〔2026〕9号")
    namesake = play.registered(
        "2026-09-28", letter_number="清审移〔2026〕10号",
        subjects=[{"name": "苏见微", "unit": "清川水务集团有限公司", "post": "", "authority": "city"}],
    )  # fmt: skip
    page = signed_in("clerk").post("/clues/assign/", {"ids": [str(again), str(namesake)]})
    same = {one.row.matter: one.same for one in page.context["outcomes"]}
    assert same == {again: (play.matter("clerk", known).number,), namesake: ()}


def test_the_page_of_bulk_assignment_asks_as_often_for_many_as_for_few(play: Player) -> None:
    ids = [str(one) for one in several(play, *["city"] * 8)]
    client = signed_in("clerk")
    client.post("/clues/assign/", {"ids": ids[:1]})
    counts = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as captured:
            assert client.post("/clues/assign/", {"ids": some}).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_who_registers_letters_finds_the_way_to_a_whole_list(play: Player) -> None:
    assert '/new/round.register/"' in text(signed_in("clerk").get("/intake/"))


def test_after_a_step_with_many_reminders_the_next_is_one_click_away(play: Player) -> None:
    with clock.set_to(at("2026-10-09")):
        clue = play.registered("2026-07-01", letter_date="2026-06-30")
        play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")
        note_lapses(clock.today())
        escalate(clock.today())
        with play.see("clerk"):
            ids = [str(one) for one in Reminder.objects.filter(clause="CZ-4.1").values_list("pk", flat=True)]
        client = signed_in("clerk_head")
        said = {}
        for step in ("check", "sign", "dispatch"):
            given = {"step": step, "ids": ids, "batch": uuid.uuid4().hex, "confirmed": "1"}
            said[step] = text(client.post("/reminders/do/", given))
    assert 'href="/reminders/?tab=sign">下一步：待签发' in said["check"]
    assert 'href="/reminders/?tab=dispatch">下一步：待发出' in said["sign"]
    assert "下一步" not in said["dispatch"]
    assert "工作提示函：核稿" in said["check"]


def test_a_session_leads_to_its_sitting_not_to_one_item(play: Player) -> None:
    play.registered("2026-09-28")
    found = play.act(TODAY, "clerk", "session.call", form="sorting", reason="清理")
    play.act(TODAY, "clerk", "session.begin", found, chair="陆知行")
    page = text(signed_in("clerk").get(f"/matters/{found}/"))
    assert "acts/session.decide/" not in page and f'href="/sessions/{found}/"' in page
    sitting = text(signed_in("clerk").get(f"/sessions/{found}/"))
    assert re.search(r"案件监督管理室：[^,:]+，自2026-09-28起", sitting)


def test_what_others_owe_is_listed_with_its_number(play: Player) -> None:
    clue = play.registered("2026-09-28")
    handler = play.town.organs["first"].pk
    play.act("2026-09-28", "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
    page = text(signed_in("clerk").get("/"))
    awaited = page[page.index('id="awaited-title"') :]
    play.registered("2026-09-28", letter_number="清审移〔2026〕9号")
    assert "成批办理：" in text(signed_in("clerk").get("/"))
    assert "成批办理：" not in text(signed_in("deputy").get("/"))
    assert play.matter("clerk", clue).number in awaited


def test_many_transferred_clues_are_taken_in_at_once(play: Player) -> None:
    sent = [play.sent(play.drafted("2026-09-24"), "2026-09-24", "2026-09-24") for _each in range(3)]
    client = signed_in("clerk")
    assert "接收所选" in text(client.get("/clues/?tab=receive"))
    assert "接收所选" not in text(client.get("/clues/?tab=all"))
    given = {"ids": [str(one) for one in sent], "happened_on": "2026-09-28", "batch": uuid.uuid4().hex}
    early = client.post("/clues/receive/", {**given, "happened_on": "2026-09-23"})
    assert [one.done for one in early.context["outcomes"]] == [False] * 3
    assert early.context["outcomes"][0].faults[0].reason in text(early)
    again = {**given, "batch": uuid.uuid4().hex}
    answer = client.post("/clues/receive/", again)
    assert answer.context["done"] == 3
    with play.see("clerk"):
        found = Matter.objects.filter(pk__in=sent)
        assert {one.state for one in found} == {"received"}
        numbers_given = sorted(one.number for one in found)
        length = found[0].chain_seq
    assert all(number in text(answer) for number in numbers_given)
    assert client.post("/clues/receive/", again).context["done"] == 3, "sent again, it is the same"
    with play.see("clerk"):
        assert Matter.objects.get(pk=found[0].pk).chain_seq == length


def test_each_result_stands_with_its_own_clue(play: Player) -> None:
    taken, late, waits = [
        play.sent(play.drafted("2026-09-24"), "2026-09-24", day)
        for day in ("2026-09-24", "2026-09-28", "2026-09-24")
    ]
    play.act("2026-09-28", "clerk", "clue.receive", taken)
    given = {"ids": [str(one) for one in (taken, late, waits)], "happened_on": "2026-09-25"}
    outcomes = signed_in("clerk").post("/clues/receive/", given).context["outcomes"]
    assert {one.row.matter: one.done for one in outcomes} == {taken: False, late: False, waits: True}


def test_who_may_not_take_in_is_told_so_and_nothing_is_chosen_in_vain(play: Player) -> None:
    (clue,) = [play.sent(play.drafted("2026-09-24"), "2026-09-24", "2026-09-24")]
    given = {"ids": [str(clue)], "happened_on": TODAY}
    assert signed_in("stranger").post("/clues/receive/", given).status_code == 422
    refused = signed_in("auditor").post("/clues/receive/", given).context["outcomes"]
    assert [one.done for one in refused] == [False] and refused[0].faults
    for more in ({"happened_on": ""}, {"happened_on": "2026-12-31"}, {"ids": []}):
        assert signed_in("clerk").post("/clues/receive/", {**given, **more}).status_code == 422
    with play.see("clerk"):
        assert Matter.objects.get(pk=clue).state == "sent"

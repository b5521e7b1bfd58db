"""Pages of tasks: given and held, narrowed by the address, the tree below a whole (交办页面)."""

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
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.perform import perform
from guantong.mechanisms.tasks.queries import parts_of
from support.canaries import BACKEND
from support.play import Player, at

pytestmark = pytest.mark.django_db
DAY = "2026-10-13"


def signed_in(who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=who), backend=BACKEND)
    return client


def fetch(who: str, address: str, **asked: str) -> str:
    with clock.set_to(at(DAY)):
        answer = signed_in(who).get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def given(play: Player, holder: str = "executing", **data: Any) -> UUID:
    said = {"title": "整改", "text": "逐项整改。", "due_on": "2026-11-30", **data}
    return play.act("2026-09-28", "clerk", "task.give", None, holder=play.town.organs[holder].pk, **said)


def divided(play: Player, whole: UUID, number: int) -> None:
    organs = ("executing", "rounds", "team", "first")
    rows = [
        {"holder": play.town.organs[organs[n % 4]].pk, "title": f"部分{n}", "due_on": "2026-10-10"}
        for n in range(number)
    ]
    play.act("2026-09-28", "clerk", "task.divide", whole, parts=rows)


def test_each_side_lists_its_own_and_the_address_narrows(play: Player) -> None:
    assert "目前没有我方承办的未结事项" in fetch("auditor", "/tasks/")
    late = given(play, title="逾期事项", due_on="2026-10-09")
    given(play, "rounds", title="巡察事项")
    assert "逾期事项" in fetch("auditor", "/tasks/") and "巡察事项" not in fetch("auditor", "/tasks/")
    page = fetch("clerk", "/tasks/", side="given")
    assert "逾期事项" in page and "巡察事项" in page
    assert "逾期事项" not in fetch("clerk", "/tasks/", side="held")
    only = fetch("clerk", "/tasks/", side="given", show="late")
    assert "逾期事项" in only and "巡察事项" not in only and "/reminders/?clause=GR-0.7" in only
    assert "巡察事项" in fetch("clerk", "/tasks/", side="given", organ="综合科")
    assert "没有符合条件" in fetch("clerk", "/tasks/", side="given", q="无此事项")
    assert "Held by us" not in page
    with clock.set_to(at(DAY)):
        english = signed_in("clerk")
        english.cookies["guantong_language"] = "en"
        assert "Given by us" in english.get("/tasks/").content.decode()
    play.act("2026-10-13", "clerk", "task.withdraw", late, reason="不办了")
    assert "逾期事项" in fetch("clerk", "/tasks/", side="given", show="closed")


def test_a_list_asks_as_often_for_many_as_for_few(play: Player) -> None:
    whole = given(play, "supervision", field="audit")
    divided(play, whole, 1)
    client = signed_in("clerk")

    def asked() -> int:
        with (
            clock.set_to(at(DAY)),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            assert client.get("/tasks/", {"side": "all", "show": "every"}).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for _n in range(3):
        other = given(play, "supervision")
        divided(play, other, 6)
    assert asked() == few


def test_a_whole_shows_who_does_which_part_and_asks_as_often_for_many(play: Player) -> None:
    whole = given(play, "supervision", field="audit")
    divided(play, whole, 2)
    client = signed_in("clerk")

    def asked() -> int:
        with clock.set_to(at(DAY)), CaptureQueriesContext(connection) as queries:
            assert client.get(f"/matters/{whole}/").status_code == 200
        return len(queries)

    page = fetch("clerk", f"/matters/{whole}/")
    assert "分工情况" in page and "审计执行科" in page and "部分0" in page and "逾期 2 项" in page
    assert "交办单位" in page and "移送单位" not in page
    asked()
    few = asked()
    divided(play, whole, 8)
    assert asked() == few


def test_a_part_that_is_not_one_s_own_to_see_stands_in_outline(play: Player) -> None:
    whole = given(play, "supervision", field="audit")
    divided(play, whole, 1)
    with play.see("clerk"):
        part = parts_of([whole])[0].task
    play.act("2026-09-29", "auditor", "task.accept", part)
    row = {"holder": play.town.organs["team"].pk, "title": "内部核查", "due_on": "2026-10-09"}
    play.act("2026-09-29", "auditor", "task.divide", part, parts=[row])
    page = fetch("clerk", f"/matters/{whole}/")
    assert "仅见概要" in page and "企业审计科" in page and "内部核查" not in page
    assert "内部核查" in fetch("auditor", f"/matters/{part}/")


def test_what_was_typed_stays_where_it_is_refused(play: Player) -> None:
    data = {
        "title": "整改核查",
        "text": "核查。",
        "due_on": "2026-11-30",
        "holder": "无此机构",
        "key": "k" * 32,
    }
    with clock.set_to(at(DAY)):
        answer = signed_in("clerk").post("/new/task.give/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有叫这个名称的机构" in page and 'value="整改核查"' in page and 'value="无此机构"' in page
    assert '<datalist id="organs">' in page


def test_giving_and_closing_take_few_statements(play: Player) -> None:
    actor = play.town.actor("clerk")
    said = {"title": "整改", "text": "整改。", "due_on": "2026-11-30", "happened_on": DAY}
    with clock.set_to(at(DAY)), scope(actor):
        holder = play.town.organs["executing"].pk
        perform("task.give", actor, None, {**said, "holder": holder})
        with CaptureQueriesContext(connection) as giving:
            task = perform("task.give", actor, None, {**said, "holder": holder}).matter_id
    play.act(DAY, "auditor", "task.accept", task)
    play.act(DAY, "auditor", "task.complete", task, text="完成。")
    with clock.set_to(at(DAY)), scope(actor), CaptureQueriesContext(connection) as closing:
        perform("task.close", actor, task, {"happened_on": DAY})
    for asked in (giving, closing):
        statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
        assert len(statements) <= 12, "\n".join(one[:120] for one in statements)


def test_a_task_is_given_from_the_page_of_the_matter_it_is_about(play: Player) -> None:
    clue = play.registered()
    address = f"/new/task.give/?origin={clue}&amp;link=about"
    assert address in fetch("clerk", f"/matters/{clue}/")
    form = fetch("clerk", "/new/task.give/", origin=str(clue), link="about")
    assert f'name="origin" value="{clue}"' in form
    given(play, origin=str(clue), link="about", title="调取凭证")
    page = fetch("clerk", f"/matters/{clue}/")
    assert "调取凭证" in page and "关联事项" in page


def test_the_list_is_exported_as_it_is_narrowed(play: Player) -> None:
    given(play, title="审计整改一")
    given(play, "rounds", title="巡察整改二")
    with clock.set_to(at(DAY)):
        answer = signed_in("clerk").get("/tasks/export/", {"side": "given", "organ": "综合科"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    cells = {str(cell) for row in sheet for cell in row}
    assert "巡察整改二" in cells and "审计整改一" not in cells
    assert any("沈若川" in cell for cell in cells), "whose copy it is"

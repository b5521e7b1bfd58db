"""Tasks and bodies over HTTP: within the caller's sight, in pages, in a constant number of queries."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel.organs.models import Body, Seat
from support.meetings import seat
from support.play import Player

pytestmark = pytest.mark.django_db
SECRET = "不宜外传的交办"


def given(program: Any, day: str = "2026-10-30", title: str = SECRET, holder: str = "first") -> str:
    """Let case supervision give a task to a department."""
    data = {"title": title, "text": "请办理。", "due_on": day, "holder": program.town.organs[holder].pk}
    return str(Player(program.town).act("2026-09-28", "clerk", "task.give", **data))


def items(program: Any, who: str, path: str, day: str = "") -> list[dict[str, Any]]:
    answer = program.get(who, path, day=day)
    assert answer.status_code == 200, answer.content.decode()
    return list(answer.json()["items"])


def test_a_task_is_listed_to_who_gave_and_who_holds_it_and_to_nobody_else(program: Any) -> None:
    task = given(program)
    [held] = items(program, "handler", "/tasks")
    assert (held["id"], held["state"], held["late"], held["parts"]) == (task, "given", False, 0)
    assert held["holder"].endswith("第一监督检查室")
    [gave] = items(program, "clerk", "/tasks?side=given")
    assert gave["title"] == SECRET
    assert items(program, "clerk", "/tasks?side=held") == []
    for who in ("auditor", "stranger", "inspector", "county_clerk"):
        answer = program.get(who, "/tasks?side=all&show=every")
        assert answer.json()["items"] == []
        assert SECRET not in answer.content.decode()


def test_tasks_are_narrowed_and_late_ones_said_to_be(program: Any) -> None:
    soon, later = given(program, "2026-10-09", "甲"), given(program, "2026-11-30", "乙")
    assert [one["id"] for one in items(program, "handler", "/tasks")] == [soon, later]
    [late] = items(program, "handler", "/tasks?show=late", day="2026-10-20")
    assert (late["id"], late["late"]) == (soon, True)
    assert [one["id"] for one in items(program, "handler", "/tasks?q=乙")] == [later]
    assert items(program, "handler", "/tasks?show=closed") == []


def test_tasks_come_in_pages_each_once_even_with_one_date(program: Any, refusal: Any) -> None:
    made = {given(program, title=f"事项{number}") for number in range(5)}
    found, following = [], ""
    while True:
        page = program.get("handler", f"/tasks?limit=2{following}").json()
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        following = f"&cursor={page['next']}"
    assert len(found) == 5
    assert set(found) == made
    cursor = program.get("handler", "/tasks?limit=2").json()["next"]
    for path in (f"/tasks?side=given&cursor={cursor}", f"/tasks?show=late&cursor={cursor}",
                 f"/duties?cursor={cursor}", f"/bodies?cursor={cursor}"):  # fmt: skip
        assert refusal(program.get("handler", path), 422)["faults"][0]["field"] == "cursor"


@pytest.mark.parametrize("path", ["/tasks?side=mine", "/tasks?show=x", "/tasks?other=1", "/bodies?on=soon"])
def test_parameters_that_cannot_be_are_refused(program: Any, refusal: Any, path: str) -> None:
    assert refusal(program.get("clerk", path), 422)["faults"]


def bodies(program: Any) -> list[Body]:
    town = program.town
    group = seat(town, "anti_corruption_coordination_group", "反腐败协调小组", "supervision", ["executing"])
    group_too = seat(town, "audit_commission", "审计委员会", "audit", ["supervision"])
    Seat.objects.filter(body=group, organ=town.organs["executing"]).update(
        post=town.posts["audit_head"], rank="deputy"
    )
    return [group, group_too]


def test_bodies_with_their_seats_as_of_a_day(program: Any) -> None:
    group, other = bodies(program)
    found = {one["id"]: one for one in items(program, "clerk", "/bodies")}
    assert set(found) == {group.pk, other.pk}
    shown = found[group.pk]
    assert (shown["place"], shown["office"]) == ("990100", program.town.organs["supervision"].pk)
    seats = {one["organ"]: one for one in shown["seats"]}
    held = seats[program.town.organs["executing"].pk]
    assert (held["seat"], held["holder"], held["post"]) == ("deputy", "方靖宇", "科长")
    assert seats[program.town.organs["supervision"].pk]["holder"] is None, "vacant"
    assert items(program, "clerk", "/bodies?on=2019-12-31") == []
    Seat.objects.filter(body=group, organ=program.town.organs["executing"]).update(until=date(2026, 9, 1))
    [now] = items(program, "clerk", "/bodies?kind=anti_corruption_coordination_group")
    assert len(now["seats"]) == 1
    [then] = items(program, "clerk", "/bodies?kind=anti_corruption_coordination_group&on=2026-09-01")
    assert len(then["seats"]) == 2
    assert items(program, "clerk", "/bodies?place=990121") == []


def test_without_a_token_there_is_no_list(program: Any) -> None:
    for path in ("/tasks", "/bodies"):
        assert program.client.get(f"/api/v1{path}").status_code == 401


def test_both_are_described(program: Any) -> None:
    paths = program.client.get("/api/v1/openapi.json").json()["paths"]
    assert paths["/api/v1/tasks"]["get"]["operationId"] == "tasks"
    assert {one["name"] for one in paths["/api/v1/bodies"]["get"]["parameters"]} >= {"place", "on", "cursor"}


@pytest.mark.parametrize("path", ["/tasks", "/bodies"])
def test_the_number_of_queries_does_not_depend_on_how_much_is_listed(program: Any, path: str) -> None:
    bodies(program)
    for number in range(4):
        given(program, title=f"事项{number}")
    program.get("handler", path)
    spent = []
    for limit in (1, 4):
        with CaptureQueriesContext(connection) as captured:
            program.get("handler", f"{path}?limit={limit}")
        spent.append(len(captured))
    assert spent[0] == spent[1]

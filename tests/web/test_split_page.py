"""The page on which a part of a clue is split off: who goes is proposed and can be ticked otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from guantong.kernel import clock
from guantong.kernel.matters.models import Matter
from guantong.kernel.people.models import Subject
from support.browse import act_url, hidden, signed_in, text
from support.play import Player, at
from support.program import Program

pytestmark = pytest.mark.django_db
CITY = {"name": "苏见微", "unit": "清川公交集团有限公司", "post": "总经理", "authority": "city"}
COUNTY = {"name": "路遥之", "unit": "云麓县城市管理局", "post": "副局长", "authority": "county"}


@pytest.fixture(autouse=True)
def on_a_day() -> Iterator[None]:
    with clock.set_to(at("2026-09-29")):
        yield


def ticked(page: Any, name: str) -> dict[str, bool]:
    """Return the labels of the boxes of a field, and which are ticked."""
    boxes = re.findall(
        rf'<label[^>]*>\s*(<input type="checkbox" name="{name}"[^>]*>)\s*([^<]+?)\s*</label>', text(page)
    )
    return {label: " checked" in box for box, label in boxes}


def test_who_goes_is_proposed_and_what_goes_is_not(play: Player) -> None:
    evidence = [{"title": "采购合同"}, {"title": "谈话记录"}]
    clue = play.registered("2026-09-28", subjects=[CITY, COUNTY], evidence=evidence)
    page = signed_in("clerk").get(act_url(clue, "clue.split"))
    assert ticked(page, "persons") == {
        "苏见微（清川公交集团有限公司，总经理，市级）": False,
        "路遥之（云麓县城市管理局，副局长，县级）": True,
    }
    assert ticked(page, "evidence") == {"采购合同": False, "谈话记录": False}
    assert ticked(page, "attachments") == {}


def test_a_refused_form_keeps_what_was_ticked_and_typed(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=[CITY, COUNTY], evidence=[{"title": "采购合同"}])
    client = signed_in("clerk")
    page = client.get(act_url(clue, "clue.split"))
    with play.see("clerk"):
        county = str(Subject.objects.get(matter=clue, name="路遥之").pk)
    typed = {
        "key": hidden(page, "key"), "version": hidden(page, "version"), "confirmed": "1",
        "happened_on": "2026-09-29", "to": play.town.organs["county_commission"].pk, "reason": "县管部分",
        "part": "其中路遥之的问题", "evidence": ["0"],
    }  # fmt: skip
    refused = client.post(act_url(clue, "clue.split"), typed)
    assert refused.status_code == 422
    assert refused.context["form"].errors["persons"] == ["没有勾选任何人员。请勾选应由对方机关管辖的人员。"]
    assert "其中路遥之的问题" in text(refused)
    assert ticked(refused, "evidence") == {"采购合同": True}
    done = client.post(act_url(clue, "clue.split"), {**typed, "key": "again", "persons": [county]})
    assert done.status_code == 302
    timeline = text(client.get(f"/matters/{clue}/"))
    assert "随案转送的人员" in timeline
    with play.see("county_clerk"):
        arrived = Matter.objects.select_related("clue").get(kind="clue")
        assert [row["title"] for row in arrived.clue.evidence] == ["采购合同"]


def test_a_program_names_who_goes_and_is_told_who_cannot(play: Player) -> None:
    program = Program(play.town)
    clue = play.registered("2026-09-28", subjects=[CITY, COUNTY])
    with play.see("clerk"):
        pks = {one.name: str(one.pk) for one in Subject.objects.filter(matter=clue)}
    path = f"/matters/{clue}/acts/clue.split"
    to = play.town.organs["county_commission"].pk
    data = {"to": to, "reason": "县管部分", "part": "路遥之的问题"}
    for persons in (None, [], ["x"], list(pks.values())):
        body = {**data, **({} if persons is None else {"persons": persons})}
        answer = program.post("clerk", path, body)
        assert answer.status_code == 422, persons
        assert {fault["field"] for fault in answer.json()["faults"]} == {"persons"}, persons
    assert program.post("clerk", path, {**data, "persons": [pks["路遥之"]]}).status_code == 200

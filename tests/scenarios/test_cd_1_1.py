"""CD-1.1: one office coordinates what is stuck between bodies; cases pass on the record (一体统筹)."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from guantong.accounts.models import User
from guantong.insight.console import owed_between
from guantong.kernel import clock
from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.cases.models import Case
from guantong.mechanisms.tasks.models import Task
from support.canaries import BACKEND
from support.consistency import problems_now
from support.play import Player, at
from support.town import bind
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
DAY = "2027-01-11"
TAKE_OVER = "CD-1.1/take_over"


@pytest.fixture
def city(play: Player) -> Player:
    """The town, whose second department is the liaison office and knows of nothing else."""
    bind(play.town.organs["second"], "liaison_office")
    return play


def filed(play: Player) -> UUID:
    """Return a case on file with the first department."""
    clue = play.in_handling(play.assigned(play.registered()), "2026-09-30")
    play.act(
        "2026-10-09", "handler", "clue.conclude", clue, result="case", text="属实", case_basis="涉嫌违纪",
        approved_by="秦望山",
    )  # fmt: skip
    with play.see("handler"):
        return Matter.objects.get(kind="case").pk


def signed_in(who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=who), backend=BACKEND)
    return client


def fetch(who: str, status: int = 200, **asked: str) -> str:
    with clock.set_to(at(DAY)):
        answer = signed_in(who).get("/console/", asked)
    assert answer.status_code == status
    return answer.content.decode()


def test_cd_1_1_a_case_passes_between_departments_on_the_record(play: Player) -> None:
    case = filed(play)
    second = play.town.organs["second"].pk
    play.act("2026-10-12", "handler", "case.pass_on", case, to=second, reason="需要采取措施，移送审查调查。")
    assert play.dates("stranger", case, TAKE_OVER) == ("open", "2026-10-15", "")
    with pytest.raises(NotAllowed):
        play.act("2026-10-12", "handler", "case.accept", case)
    play.act("2026-10-13", "stranger", "case.send_back", case, reason="缺少初核报告。")
    with play.see("stranger"):
        assert not Case.objects.exists(), "who sent it back sees it no longer"
    assert play.matter("handler", case).state == "filed"
    play.act("2026-10-14", "handler", "case.pass_on", case, to=second, reason="材料已补齐。")
    play.act("2026-10-15", "stranger", "case.accept", case)
    assert play.dates("stranger", case, TAKE_OVER) == ("discharged", "2026-10-19", "2026-10-15")
    play.act("2026-10-15", "stranger", "case.note", case, note="已成立审查调查组。")
    with pytest.raises(NotAllowed):
        play.act("2026-10-15", "handler", "case.note", case, note="继续办理。")
    with play.see("stranger"):
        acts = list(Entry.objects.filter(matter=case).order_by("seq").values_list("act", flat=True))
    assert acts == ["case.open", "case.pass_on", "case.send_back", "case.pass_on", "case.accept", "case.note"]
    assert problems_now() == []


@BY_ACTS
def test_cd_1_1_the_console_shows_what_is_stuck_between_bodies_in_outline(city: Player) -> None:
    clue = city.registered(allegation="违规发放补贴。")
    number = city.matter("clerk", clue).number
    with clock.set_to(at(DAY)), city.see("stranger"):
        found = {f"{one.clause}": one for one in owed_between(city.town.actor("stranger"))}
        assert not Matter.objects.filter(pk=clue).exists(), "the office has no grant on the clue"
        feedback = found["CZ-3.3"]
        assert feedback.late_days > 0
    organs = city.town.organs
    assert (feedback.holder.pk, feedback.claimant.pk) == (organs["supervision"].pk, organs["executing"].pk)
    assert (feedback.number, feedback.kind, feedback.title, feedback.seen) == (number, "clue", "", False)
    page = fetch("stranger")
    assert number in page and "CZ-3.3" in page and "违规发放补贴" not in page
    title = city.matter("clerk", clue).title
    assert title not in page
    assert f"/matters/{clue}/" not in page, "what is not seen is not linked"


@BY_ACTS
def test_cd_1_1_the_console_is_the_coordinating_office_s_alone(city: Player) -> None:
    city.registered()
    for who in ("clerk", "deputy", "auditor", "handler"):
        fetch(who, 403)
        with clock.set_to(at(DAY)), city.see(who):
            assert owed_between(city.town.actor(who)) == [], who
    with clock.set_to(at(DAY)):
        for who in ("clerk", "auditor"):
            assert signed_in(who).post("/console/remind/", {"ids": "x"}).status_code == 403


@BY_ACTS
def test_cd_1_1_what_is_owed_within_one_body_or_is_secret_is_not_there(city: Player) -> None:
    clue = city.assigned(city.registered())
    with clock.set_to(at(DAY)), city.see("stranger"):
        found = owed_between(city.town.actor("stranger"))
        assert found
        assert all(one.holder.body_id_or_own != one.claimant.body_id_or_own for one in found)
    with city.see("clerk"):
        Matter.objects.filter(pk=clue).update(secrecy="secret")
    with clock.set_to(at(DAY)), city.see("stranger"):
        assert owed_between(city.town.actor("stranger")) == []


@BY_ACTS
def test_cd_1_1_the_address_narrows_the_console(city: Player) -> None:
    assert "机构之间没有未结事项" in fetch("stranger")
    city.registered()
    organs = city.town.organs
    pair = f"{organs['commission'].pk}-{organs['audit'].pk}"
    assert "CZ-3.3" in fetch("stranger", pair=pair, show="late", kind="clue")
    assert "没有符合条件的事项" in fetch("stranger", clause="CZ-3.3", show="paused")
    assert f"pair={pair}" in fetch("stranger")


@BY_ACTS
def test_cd_1_1_from_the_console_those_who_owe_are_reminded_at_once(city: Player) -> None:
    clues = [city.registered(letter_number=f"{number}号") for number in range(1, 4)]
    numbers = [city.matter("clerk", clue).number for clue in clues]
    page = fetch("stranger", clause="CZ-3.3")
    ids = re.findall(r'name="ids" value="([0-9a-f-]{36})"', page)
    assert len(ids) == 3
    data: dict[str, Any] = {"ids": ids, "text": "请抓紧反馈。", "batch": "a" * 32}
    with clock.set_to(at(DAY)):
        for _again in range(2):
            answer = signed_in("stranger").post("/console/remind/", data)
            assert answer.status_code == 200
    with city.see("clerk"):
        task = Task.objects.get()
    assert "请抓紧反馈。" in task.text and all(number in task.text for number in numbers)
    assert city.dates("clerk", task.pk, "GR-0.7/complete")[1] == "2027-01-18"
    own = {"title": "核实", "text": "核实。", "due_on": "2026-12-01", "holder": city.town.organs["second"].pk}
    city.act("2026-09-28", "auditor", "task.give", None, **own)
    ids = re.findall(r'name="ids" value="([0-9a-f-]{36})"', fetch("stranger", clause="GR-0.7", kind="task"))
    with clock.set_to(at(DAY)):
        answer = signed_in("stranger").post("/console/remind/", {"ids": ids})
    assert "该事项由本部门办理" in answer.content.decode()
    with clock.set_to(at(DAY)):
        nothing = signed_in("stranger").post("/console/remind/", {"text": "请抓紧"})
    assert nothing.status_code == 422
    said = nothing.content.decode()
    assert "没有选中任何事项" in said and 'value="请抓紧"' in said


@BY_ACTS
def test_cd_1_1_the_console_asks_as_often_for_many_as_for_few(city: Player) -> None:
    city.registered()
    client = signed_in("stranger")

    def asked() -> int:
        with clock.set_to(at(DAY)), CaptureQueriesContext(connection) as queries:
            assert client.get("/console/").status_code == 200
        return len(queries)

    asked()
    few = asked()
    for number in range(2, 9):
        city.registered(letter_number=f"{number}号")
    assert asked() == few


@BY_ACTS
def test_cd_1_1_the_console_is_exported_as_it_is_narrowed(city: Player) -> None:
    clue = city.registered()
    with clock.set_to(at(DAY)):
        answer = signed_in("stranger").get("/console/export/", {"clause": "CZ-3.3"})
        assert signed_in("clerk").get("/console/export/").status_code == 403
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    cells = {str(cell) for row in sheet for cell in row}
    assert {city.matter("clerk", clue).number, "CZ-3.3"} <= cells
    assert "CZ-3.2" not in cells and city.matter("clerk", clue).title not in cells

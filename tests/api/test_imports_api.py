"""Imports over HTTP: the steps of the pages, with the same rows, refusals and silence (CZ-3.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guantong.kernel import clock
from guantong.mechanisms.clues import import_store, import_work
from guantong.mechanisms.clues.models import Clue, PlatformImport
from importing.test_again import rows
from importing.test_ledger_import import ROWS, book
from support.play import Player, at
from support.program import Program

pytestmark = pytest.mark.django_db
DAY, NAME = "2026-10-12", "省案管平台"
AMOUNT = 10
Refusal = Any


def begun(program: Program, content: bytes, who: str = "clerk", platform: str = "") -> Any:
    data = {"file": SimpleUploadedFile("导出.xlsx", content), "platform": platform}
    with clock.set_to(at(DAY)):
        return program.client.post("/api/v1/clues/imports", data, headers=program.headers(who))


def post(program: Program, step: str, body: Any, who: str = "clerk") -> Any:
    return program.post(who, f"/clues/imports/{step}", body, day=DAY)


def listed(program: Program, one: str, more: str = "") -> Any:
    answer = program.get("clerk", f"/clues/imports/{one}/rows?{more}", day=DAY)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def checked(program: Program, content: bytes, platform: str = NAME) -> dict[str, Any]:
    """Take a file in with the columns proposed, and return where the import stands then."""
    begin = begun(program, content, platform=platform)
    assert begin.status_code == 201, begin.content.decode()
    answer = post(program, f"{begin.json()['id']}/check", {})
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def entered(program: Program, content: bytes, **how: Any) -> dict[str, Any]:
    answer = post(program, f"{checked(program, content)['id']}/run", how)
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def clue(program: Program, row: dict[str, Any]) -> Clue:
    with Player(program.town).see("clerk"):
        return Clue.objects.get(matter=UUID(row["matter"]))


def test_from_file_to_result(program: Program) -> None:
    begin = begun(program, book(ROWS)).json()
    [sheet] = begin["sheets"]
    assert begin["stage"] == "columns"
    assert sheet["columns"][sheet["chosen"]["sender_name"]].startswith("来文单位")
    assert sheet["missing"] == []
    stands = post(program, f"{begin['id']}/check", {}).json()
    assert stands["counts"] == {"new": 3, "rejected": 1, "above": 1}
    [wrong] = listed(program, begin["id"], "status=rejected")["items"]
    assert {fault["cell"] for fault in wrong["faults"]} >= {"D7", "K7"}
    done = post(program, f"{begin['id']}/run", {}).json()
    assert (done["stage"], done["counts"]) == ("done", {"added": 3, "rejected": 1, "above": 1})
    first = listed(program, begin["id"], "status=added")["items"][0]
    assert clue(program, first).letter_number == "清审移〔2026〕8号"
    assert program.get("clerk", f"/matters/{first['matter']}", day=DAY).json()["number"] == first["number"]
    again = post(program, f"{begin['id']}/run", {}).json()
    assert again["counts"] == done["counts"], "asked for twice, done once"


def test_what_belongs_above_is_told_to_nobody(program: Program) -> None:
    begin = begun(program, book(ROWS)).json()["id"]
    post(program, f"{begin}/check", {})
    said = [program.get("clerk", f"/clues/imports/{begin}{rest}", day=DAY) for rest in ("", "/rows")]
    for answer in said:
        text = answer.content.decode()
        assert "秘密甲" not in text and "绝密内容" not in text and "副厅长" not in text


def test_rows_come_in_pages_each_once(program: Program, refusal: Refusal) -> None:
    one = checked(program, book(ROWS))["id"]
    places, following = [], ""
    while following is not None:
        page = listed(program, one, f"limit=2{following}")
        places += [row["place"] for row in page["items"]]
        following = f"&cursor={page['next']}" if page["next"] else None
    assert places == [0, 1, 2, 3, 4]
    other = listed(program, one, "limit=2")["next"]
    answer = program.get("clerk", f"/clues/imports/{one}/rows?status=new&cursor={other}", day=DAY)
    assert refusal(answer, 422)["faults"][0]["field"] == "cursor"


def test_the_same_export_again_asks_only_what_differs(program: Program, refusal: Refusal) -> None:
    entered(program, content := book(rows()))
    assert checked(program, content)["taken_before"], "the very same file"
    stands = checked(program, book(rows(r1={AMOUNT: 20}, r2={AMOUNT: 7})))
    assert stands["counts"] == {"changed": 2, "there": 1}
    first, second = listed(program, stands["id"], "status=changed")["items"]
    [line] = [line for line in first["differences"] if line["asks"]]
    assert (line["field"], line["changed"], line["taken"]) == ("amount", "there", None)
    for wrong in ({"place": first["place"], "fields": ["unit"]}, {"place": 99, "fields": []}):
        refused = refusal(post(program, f"{stands['id']}/run", {"take": [wrong]}), 422)
        assert refused["faults"][0]["field"] == "take"
    nowhere = refusal(post(program, f"{stands['id']}/run", {"take_everywhere": ["unit"]}), 422)
    assert nowhere["faults"][0]["field"] == "take_everywhere"
    before = clue(program, second).amount
    take = [{"place": first["place"], "fields": ["amount"]}]
    trial = post(program, f"{stands['id']}/run", {"how": "trial", "take": take}).json()
    assert (trial["stage"], trial["would"]["refused"]) == ("checked", 0)
    assert clue(program, first).amount == 125_000, "a trial changes nothing"
    post(program, f"{stands['id']}/run", {"take": take})
    assert clue(program, first).amount == 200_000
    assert clue(program, second).amount == before, "what was not taken is left"
    with Player(program.town).see("clerk"):
        assert PlatformImport.objects.count() == 2


def test_what_a_column_says_is_taken_everywhere(program: Program) -> None:
    entered(program, book(rows()))
    done = entered(program, book(rows(r1={AMOUNT: 20}, r2={AMOUNT: 7})), take_everywhere=["amount"])
    assert done["counts"] == {"decided": 2, "there": 1}


def test_columns_are_chosen_by_heading_or_letter(program: Program, refusal: Refusal) -> None:
    one = begun(program, book(rows())).json()["id"]
    for wanted, said in (({"amount": "ZZ"}, "ZZ"), ({"nothing": "A"}, "nothing"), ({"amount": "B"}, "")):
        refused = refusal(post(program, f"{one}/check", {"columns": {"*": wanted}}), 422)
        assert refused["faults"][0]["field"] == "columns"
        assert said in refused["detail"]
    assert refusal(post(program, f"{one}/check", {"left_out": ["2026年"]}), 422)["faults"]
    for field, given in (("left_out", ["第二页"]), ("columns", {"第二页": {}})):
        assert refusal(post(program, f"{one}/check", {field: given}), 422)["faults"][0]["field"] == field
    stands = post(program, f"{one}/check", {"columns": {"*": {"amount": ""}}}).json()
    assert stands["counts"] == {"new": 3}
    post(program, f"{one}/run", {"how": "whole"})
    assert {clue(program, row).amount for row in listed(program, one)["items"]} == {None}


def test_many_rows_are_gone_through_by_a_job(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "AT_ONCE", 1)
    stands = checked(program, book(rows()))
    assert stands["stage"] == "checking"
    with clock.set_to(at(DAY)):
        import_work.go_on(stands["id"])
    stands = program.get("clerk", f"/clues/imports/{stands['id']}", day=DAY).json()
    assert (stands["stage"], stands["counts"]) == ("checked", {"new": 3})


def test_it_can_be_dropped(program: Program, refusal: Refusal) -> None:
    one = checked(program, book(rows()))["id"]
    with clock.set_to(at(DAY)):
        answer = program.client.delete(f"/api/v1/clues/imports/{one}", headers=program.headers("clerk"))
    assert answer.status_code == 204
    refusal(program.get("clerk", f"/clues/imports/{one}", day=DAY), 404)
    assert not list(import_store.folder().glob(f"{one}.*"))


@pytest.mark.parametrize(
    "content",
    [b"", b"not a workbook", "标题\n没有表头\n".encode()],
    ids=["empty", "text", "csv"],
)
def test_a_file_that_is_none_is_refused_and_nothing_kept(
    program: Program, refusal: Refusal, content: bytes
) -> None:
    before = set(import_store.folder().iterdir())
    refused = refusal(begun(program, content), 422)
    assert refused["faults"][0]["reason"]
    assert set(import_store.folder().iterdir()) == before


@pytest.mark.parametrize("who", ["handler", "auditor", "stranger", "deputy"])
def test_only_case_supervision_imports(program: Program, refusal: Refusal, who: str) -> None:
    one = checked(program, book(rows()))["id"]
    refusal(begun(program, book(rows()), who), 403)
    for rest in ("", "/rows"):
        refusal(program.get(who, f"/clues/imports/{one}{rest}", day=DAY), 403)
    for step in ("check", "run"):
        refusal(post(program, f"{one}/{step}", {}, who), 403)
    with Player(program.town).see("clerk"):
        assert not Clue.objects.exists()


def test_an_import_is_his_who_began_it(program: Program, refusal: Refusal) -> None:
    one = checked(program, book(rows()))["id"]
    for rest in ("", "/rows"):
        refusal(program.get("county_clerk", f"/clues/imports/{one}{rest}", day=DAY), 404)
    refusal(post(program, f"{one}/run", {}, "county_clerk"), 404)
    refusal(program.get("clerk", "/clues/imports/nonsense", day=DAY), 404)

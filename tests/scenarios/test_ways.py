"""The three ways in which scenarios are played: what they do, refuse and find missing."""

from __future__ import annotations

from typing import Any

import pytest

from guantong.api.acts import offered
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Conflict, NotVisible
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters.models import Attachment
from support.browse import signed_in
from support.page_form import MULTIPART, PageForm, form_with
from support.play import Player, scan, uploads
from support.town import build
from support.ways import FOLLOW_OR_ARE_READ_IN, Acts, Api, Pages

pytestmark = pytest.mark.django_db

PAGE = """<form action="/other/"><input name="q"></form>
<form action="/here/" enctype="multipart/form-data">
  <input type="hidden" name="key" value="k"><input type="file" name="scan">
  <input name="off" disabled value="1">
  <textarea name="text">
first
second</textarea>
  <select name="one"><option value="">-<option value="a">A</select>
  <input type="checkbox" name="many" value="1" checked><input type="checkbox" name="many" value="2">
  <input name="rows-0-name" value="old"><input name="rows-0-kind" value="x">
  <template><input name="rows-__row__-name"><input name="rows-__row__-kind" value="proposed"></template>
  <noscript><input type="checkbox" name="confirmed" value="1"></noscript>
  <button name="button" value="b">B</button>
</form>"""


def page_form() -> PageForm:
    form = form_with(PAGE, "key")
    assert form is not None
    return form


def test_what_a_browser_would_send() -> None:
    form = page_form()
    assert (form.action, form.encoding) == ("/here/", MULTIPART)
    assert form.sent == {
        "key": ["k"], "text": ["first\r\nsecond"], "one": [""], "many": ["1"],
        "rows-0-name": ["old"], "rows-0-kind": ["x"],
    }  # fmt: skip
    form.fill("rows", [{"name": "甲"}, {"name": "乙", "kind": None}])
    form.fill("many", [2])
    assert {name: values for name, values in form.sent.items() if name.startswith(("rows", "many"))} == {
        "rows-0-name": ["甲"], "rows-0-kind": ["proposed"], "rows-1-name": ["乙"], "rows-1-kind": [""],
        "many": ["2"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "files", "missing"),
    [
        ({"text": "any", "one": "a", "many": ["1", "2"], "rows": [{"name": "甲"}]}, ["scan"], []),
        ({"one": "b"}, [], ["one"]),
        ({"many": ["3"]}, [], ["many"]),
        ({"confirmed": "1", "button": "b", "q": "1"}, [], ["confirmed", "button", "q"]),
        ({"rows": [{"name": "甲", "age": 1}]}, ["photo"], ["photo", "rows-0-age"]),
    ],
)
def test_what_nobody_could_have_given(data: dict[str, Any], files: list[str], missing: list[str]) -> None:
    assert page_form().lacks(data, files) == missing


def test_a_form_without_its_encoding_takes_no_files() -> None:
    form = form_with(PAGE.replace(MULTIPART, ""), "key")
    assert form is not None and form.lacks({}, ["scan"]) == ["scan"]


def test_each_way_leads_through_its_own_door(play: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    doors = {Acts: "support.ways", Pages: "guantong.web.acts", Api: "guantong.api.acts"}
    passed: list[str] = []

    def noted(module: str) -> Any:
        def performed(*given: Any, **more: Any) -> Any:
            passed.append(module)
            return perform(*given, **more)

        return performed

    for module in doors.values():
        monkeypatch.setattr(f"{module}.perform", noted(module))
    play.registered()
    assert passed == [doors[type(play.way)]]  # type: ignore[index]


def test_files_arrive(play: Player) -> None:
    clue = play.registered(files=uploads(scan=scan("来函.pdf", b"%PDF-1.4 the letter")))
    with play.see("clerk"):
        found = Attachment.objects.get(matter=clue)
    assert (found.name, found.purpose, found.size) == ("来函.pdf", "scan", 19)


def test_a_conflict_is_one_in_every_way(play: Player) -> None:
    clue = play.registered()
    given = {"handler": play.town.organs["first"].pk, "reason": "按分工"}
    with pytest.raises(Conflict):
        play.done("2026-09-29", "clerk", "clue.propose_assignment", clue, version=99, **given)
    play.done("2026-09-29", "clerk", "clue.link_duplicate", clue, **another(play), key="once")
    with pytest.raises(Conflict):
        play.done("2026-09-29", "clerk", "clue.propose_assignment", clue, key="once", **given)
    assert play.matter("clerk", clue).state == "received"


def another(play: Player) -> dict[str, str]:
    other = play.registered(letter_number="4号")
    return {"other": play.matter("clerk", other).number, "reason": "同一人"}


def test_what_is_not_seen_is_not_there_in_any_way(play: Player) -> None:
    clue = play.registered()
    with pytest.raises(NotVisible):
        play.act("2026-09-29", "stranger", "clue.return", clue, reason="试探")
    assert play.matter("clerk", clue).state == "received"


def test_acts_without_page_and_operation_are_named_with_their_reason() -> None:
    build()
    follow = {act.code for act in registry.all_acts() if act.creates and act.hidden}
    assert set(FOLLOW_OR_ARE_READ_IN) == follow
    assert follow.isdisjoint(act.code for act in offered())
    client = signed_in("clerk")
    assert {client.get(f"/new/{code}/").status_code for code in follow} == {404}

"""What was found by looking at every page, and must not come back (逐页查看)."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from guantong.accounts.admin import record
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.organs.models import Organ
from guantong.web.responsibilities import EVERY, column_label, conditions, matrix
from support.browse import act_url, signed_in, text
from support.play import Player, at

pytestmark = pytest.mark.django_db


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col" class="gt-upright[^>]*>([^<]+)</th>', page)


def cells(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<td[^>]*>(.*?)</td>", page, re.S)]


def test_no_two_columns_of_the_matrix_are_headed_alike_on_one_side(play: Player) -> None:
    said = heads(text(signed_in("clerk").get("/responsibilities/")))
    columns, _rows = matrix()
    assert len(said) == len(columns) > 20
    roles = sum(1 for how, _name in columns if how == "role")
    for side in (said[:roles], said[roles:]):
        assert max(Counter(side).values()) == 1, side


def test_the_exported_matrix_has_one_heading_a_column(play: Player) -> None:
    answer = signed_in("clerk").get("/responsibilities/export/")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert len(set(headings)) == len(headings)
    assert "案件监督管理部门" in headings
    assert any(str(one).startswith("事项中的") and "案件监督管理部门" in str(one) for one in headings)


def test_the_matrix_of_one_kind_calls_its_parties_as_that_kind_does(play: Player) -> None:
    said = text(signed_in("clerk").get("/responsibilities/?kind=task"))
    assert "交办单位" in heads(said)
    assert "移送单位" not in said.partition("<table")[2]
    assert "登记来件" not in said.partition("<table")[2].partition("</table>")[0], "an act of another kind"
    assert column_label(("party", "sender"), [EVERY]) == "移送单位"


def test_what_a_cell_asks_besides_stands_in_its_note(play: Player) -> None:
    said = text(signed_in("clerk").get("/responsibilities/"))
    notes = dict(re.findall(r"<dt>(\d+)</dt><dd>([^<]+)</dd>", said))
    assert notes
    columns, rows = matrix()
    wanted = {words for row in rows for column in columns for words in conditions(row, column) if words}
    assert set(notes.values()) == wanted
    for number in set(re.findall(r"<abbr[^>]*>(\d+)</abbr>", said)):
        assert number in notes


def test_records_of_administrators_are_told_in_words(play: Player) -> None:
    for kind in ("system", "audit"):
        User.objects.create_user(username=kind, password="correct horse", administers=kind)
    organ = Organ.objects.get(name="案件监督管理室", jurisdiction=play.town.place)
    form = {
        "code": organ.code, "name": organ.name, "short_name": "案管", "kind": organ.kind,
        "jurisdiction": organ.jurisdiction_id, "parent": organ.parent_id, "since": organ.since,
    }  # fmt: skip
    address = reverse("admin_register_row", args=["organs", organ.pk])
    assert signed_in("system").post(address, form).status_code == 302
    other = {"parent": play.town.organs["audit"].pk}
    record(User.objects.get(username="system"), "organs.change", "一科", {"parent": organ.pk}, other)
    record(
        User.objects.get(username="system"),
        "account.deactivate",
        "clerk",
        {"active": True},
        {"active": False},
    )
    said = text(signed_in("audit").get("/administration/duties/")).partition("<main")[2]
    for raw in ("short_name", "parent:", "parent：", "active", "True", f">{organ.pk}<"):
        assert raw not in said, raw
    assert "简称：" in said
    assert "案管" in said
    assert play.town.organs["audit"].name in said, "a row by its name, not by its number"
    assert re.search(r"账号启用：<span[^>]*>是</span> → 否", said)


def test_a_letter_without_a_mark_is_ordinary_in_the_register(play: Player) -> None:
    play.registered()
    with clock.set_to(at("2026-11-20")):
        said = text(signed_in("clerk").get("/papers/registers/received/"))
    assert "平件" in cells(said)
    assert "" not in cells(said), "an empty cell says nothing"


def test_nothing_is_offered_to_be_chosen_where_nothing_can_be_printed(play: Player) -> None:
    play.registered()
    with clock.set_to(at("2026-11-20")):
        said = text(signed_in("clerk").get("/papers/registers/received/"))
    assert "清纪收〔2026〕1号" in said
    assert "data-bulk-all" not in said


def test_leaders_are_suggested_where_one_signed_paper(play: Player) -> None:
    clue = play.registered()
    play.act("2026-10-08", "clerk", "clue.propose_assignment", clue, handler=play.town.organs["first"].pk,
             reason="按职责分工")  # fmt: skip
    with clock.set_to(at("2026-10-09")):
        said = text(signed_in("clerk").get(act_url(clue, "clue.approve_assignment")))
    assert 'list="leaders"' in said
    offered = re.search(r'<datalist id="leaders">(.*?)</datalist>', said, re.S)
    assert offered
    assert "陆知行" in offered[1]
    assert "沈若川" not in offered[1], "a clerk signs nothing as a leader"


def test_faults_are_listed_in_the_order_of_the_fields(play: Player) -> None:
    clue = play.registered()
    with clock.set_to(at("2026-10-09")):
        said = text(
            signed_in("clerk").post(act_url(clue, "clue.propose_assignment"), {"handler": "", "reason": ""})
        )
    listed = said.partition("data-form-errors")[2].partition("</ul>")[0]
    assert 0 < listed.index("承办部门") < listed.index("理由")


@pytest.mark.parametrize("who", ["clerk", "audit"])
def test_browsers_find_an_icon_where_they_look_for_it(play: Player, who: str) -> None:
    User.objects.create_user(username="audit", password="correct horse", administers="audit")
    answer: Any = signed_in(who).get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith("icon.svg")


@pytest.mark.parametrize("kind", ["receipt", "feedback_letter", "request_letter"])
def test_a_letter_names_the_letter_it_answers_by_its_number_without_title_marks(
    play: Player, kind: str
) -> None:
    """《》 are for titles; 清审移〔2026〕8号函 is how an office writes of a letter."""
    clue = play.registered(letter_number="清审移〔2026〕8号")
    with clock.set_to(at("2026-10-09")):
        said = text(signed_in("clerk").get(act_url(clue, "paper.draft"), {"kind": kind}))
    assert "你单位清审移〔2026〕8号函" in said

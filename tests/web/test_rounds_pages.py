"""Pages of inspection rounds: the batch taken in, the grid of a batch on paper, the list (巡察轮次页面)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.people.models import Subject
from guantong.kernel.sheets import OutColumn, read_workbook, write_workbook
from guantong.mechanisms.clues.models import Clue
from guantong.web import pending
from support.browse import signed_in
from support.play import Player, at, scan
from support.rounds import batch, gathered, line, on_paper, opened, staff

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def office(play: Player) -> Player:
    return staff(play)


class Browser:
    """Somebody's browser on a day."""

    def __init__(self, who: str, day: str = "2026-09-29") -> None:
        self.client, self.day = signed_in(who), day

    def get(self, address: str) -> Any:
        with clock.set_to(at(self.day)):
            return self.client.get(address)

    def post(self, address: str, data: dict[str, Any]) -> Any:
        with clock.set_to(at(self.day)):
            return self.client.post(address, data)


def decisions(count: int, day: str = "2026-09-29", **more: str) -> dict[str, str]:
    taken = {f"decision-{number}": "receive" for number in range(1, count + 1)}
    return {"key": KEY, "happened_on": day, **taken, **more}


def typed(data: dict[str, Any]) -> dict[str, Any]:
    """Return the form of a batch on paper as a browser sends it."""
    cells = {
        f"items-{number}-{name}": value
        for number, row in enumerate(data["items"])
        for name, value in row.items()
    }
    return {"happened_on": "2026-09-29", **{k: v for k, v in data.items() if k != "items"}, **cells}


def states(play: Player, clues: list[UUID]) -> list[tuple[str, str]]:
    return [(play.matter("clerk", one).state, play.matter("clerk", one).number) for one in clues]


def test_one_submit_decides_the_whole_batch_in_the_order_of_the_list(office: Player) -> None:
    found, clues = batch(office, 4)
    clerk = Browser("clerk")
    assert clerk.get(f"/rounds/{found}/intake/").content.decode().count('name="decision-') == 4
    sent = decisions(4, **{"decision-2": "return", "reason-2": "缺证据清单"})
    answer = clerk.post(f"/rounds/{found}/intake/", sent)
    assert answer.status_code == 200
    assert states(office, clues) == [
        ("received", "清纪线索〔2026〕1号"), ("returned", ""),
        ("received", "清纪线索〔2026〕2号"), ("received", "清纪线索〔2026〕3号"),
    ]  # fmt: skip
    assert office.matter("clerk", found).state == "received"
    assert "接收3件，退回1件" in answer.content.decode()


def test_a_batch_submitted_twice_is_recorded_once(office: Player) -> None:
    found, clues = batch(office, 3)
    clerk = Browser("clerk")
    first = clerk.post(f"/rounds/{found}/intake/", decisions(3))
    before = states(office, clues)
    again = clerk.post(f"/rounds/{found}/intake/", decisions(3))
    assert (first.status_code, again.status_code) == (200, 200)
    assert states(office, clues) == before
    with office.see("clerk"):
        assert Entry.objects.filter(act="clue.receive").count() == 3
        assert Entry.objects.filter(act="round.receive").count() == 1


def test_a_return_without_reason_records_nothing_and_keeps_what_was_decided(office: Player) -> None:
    found, clues = batch(office, 3)
    sent = decisions(3, **{"decision-1": "return", "reason-1": "缺卷", "decision-3": "return"})
    answer = Browser("clerk").post(f"/rounds/{found}/intake/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert [state for state, _number in states(office, clues)] == ["sent"] * 3
    assert "缺卷" in page and "第3号" in page and page.count('value="return" selected') == 2


def test_what_is_left_for_later_stays_open(office: Player) -> None:
    found, clues = batch(office, 2)
    clerk = Browser("clerk")
    clerk.post(f"/rounds/{found}/intake/", decisions(2, **{"decision-2": ""}))
    assert [state for state, _number in states(office, clues)] == ["received", "sent"]
    assert office.matter("clerk", found).state == "handed_over"
    clerk.post(f"/rounds/{found}/intake/", decisions(2, **{"decision-2": "receive"}))
    assert office.matter("clerk", found).state == "received"


def test_a_refused_line_says_why_and_the_others_are_done(office: Player) -> None:
    found, clues = batch(office, 2)
    office.act("2026-09-29", "clerk_head", "clue.return", clues[0], reason="不全")
    answer = Browser("clerk").post(f"/rounds/{found}/intake/", decisions(2))
    assert [state for state, _number in states(office, clues)] == ["returned", "received"]
    assert "gt-error" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("inspector", 403), ("stranger", 404), ("deputy", 404), ("auditor", 404)]
)
def test_only_case_supervision_opens_the_intake(office: Player, who: str, status: int) -> None:
    found, clues = batch(office, 1)
    browser = Browser(who)
    assert browser.get(f"/rounds/{found}/intake/").status_code == status
    assert browser.post(f"/rounds/{found}/intake/", decisions(1)).status_code == status
    assert [state for state, _number in states(office, clues)] == ["sent"]


def test_twenty_three_lines_become_twenty_three_clues(office: Player) -> None:
    answer = Browser("clerk").post("/new/round.register/", {**typed(on_paper(office, 23)), "scan": scan()})
    assert answer.status_code == 302
    with office.see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 23
        assert Matter.objects.get(kind="round").attachments.count() == 1


def test_a_wrong_line_is_told_at_its_cell_and_all_that_was_typed_stays(office: Player) -> None:
    data = on_paper(office, 3)
    data["items"][1] = line(1, unit="", pages="若干")
    answer = Browser("clerk").post("/new/round.register/", {**typed(data), "scan": scan("清单.pdf")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('name="items-') == 3 * 10 + 10  # the ten more are the empty row to copy
    for number in range(3):
        assert f"第{number}件：违规发放津补贴。" in page
    assert "若干" in page and "清单.pdf" in page and "第 2 行" in page.replace("第2行", "第 2 行")
    with office.see("clerk"):
        assert not Matter.objects.exists()


def test_gr_15_the_line_that_belongs_above_is_taken_out_and_the_others_stay(office: Player) -> None:
    data = on_paper(office, 3)
    data["items"][1] = {
        "name": "某省管", "unit": "清川市人民政府", "post": "副市长", "authority": "provincial",
        "category": "discipline", "allegation": "此件不得录入本级", "pages": "3",
    }  # fmt: skip
    clerk = Browser("clerk")
    answer = clerk.post("/new/round.register/", {**typed(data), "scan": scan("清单.pdf")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "某省管" not in page and "此件不得录入本级" not in page and "清单.pdf" not in page
    assert "第0件：违规发放津补贴。" in page and "第2件：违规发放津补贴。" in page
    assert "data-bound" not in page  # so that the browser drops its own draft of it
    assert "第2号" in page
    with office.see("clerk"):
        assert not Matter.objects.exists()
    del data["items"][1]
    assert clerk.post("/new/round.register/", typed(data)).status_code == 302


def workbook(rows: list[dict[str, Any]]) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    headings = {
        "no": "序号", "name": "姓名", "unit": "工作单位", "post": "职务", "authority": "管理权限",
        "category": "问题类别", "allegation": "反映的主要问题", "pages": "页数",
    }  # fmt: skip
    columns = [OutColumn(key, heading) for key, heading in headings.items()]
    return SimpleUploadedFile("移交清单.xlsx", write_workbook(columns, rows, sheet_name="清单"))


def test_a_spreadsheet_fills_the_lines_and_records_nothing(office: Player) -> None:
    rows = [{"no": str(number), **line(number, authority="市管", category="违纪")} for number in range(1, 4)]
    rows[2]["category"] = "说不清"
    data = {**typed(on_paper(office, 0)), "sheet": workbook(rows), "scan": scan("清单.pdf")}
    answer = Browser("clerk").post("/rounds/read/", data)
    page = answer.content.decode()
    assert answer.status_code == 200
    filled = re.findall(r'name="items-\d-allegation" value="([^"]+)"', page)
    assert filled == [f"第{number}件：违规发放津补贴。" for number in (1, 2, 3)]
    assert "清巡移〔2026〕3号" in page and "清单.pdf" in page, "what was typed and chosen stays"
    assert re.search(r"F4 问题类别.*说不清", page)
    with office.see("clerk"):
        assert not Matter.objects.exists()


def test_a_file_that_is_no_list_says_so_and_keeps_what_was_typed(office: Player) -> None:
    data = {**typed(on_paper(office, 2)), "sheet": scan("图.pdf")}
    answer = Browser("clerk").post("/rounds/read/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page and "第1件：违规发放津补贴。" in page


def unheaded(rows: list[dict[str, Any]]) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    headings = {"name": "姓名", "unit": "工作单位", "post": "职务", "allegation": "摘录", "money": "折合数"}
    columns = [OutColumn(f"own-{key}", heading) for key, heading in headings.items()]
    renamed = [{f"own-{key}": value for key, value in row.items()} for row in rows]
    return SimpleUploadedFile("移交清单.xlsx", write_workbook(columns, renamed, sheet_name="清单"))


def test_columns_that_are_not_recognised_are_chosen_by_hand(office: Player) -> None:
    rows = [{**line(number), "money": "120000"} for number in (1, 2)]
    clerk = Browser("clerk")
    answer = clerk.post("/rounds/read/", {**typed(on_paper(office, 0)), "sheet": unheaded(rows)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "主要问题" in page and "D 摘录" in page
    ticket = re.search(rf'name="({pending.PREFIX}sheet)" value="([^"]+)"', page)
    assert ticket, "the file is kept for the next reading"
    chosen = {"column-name": "0", "column-unit": "1", "column-allegation": "3", "column-amount": "4"}
    again = {**typed(on_paper(office, 0)), ticket[1]: ticket[2], **chosen}
    answer = clerk.post("/rounds/read/", again)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r'name="items-\d-allegation" value="([^"]+)"', page) == [
        f"第{number}件：违规发放津补贴。" for number in (1, 2)
    ]
    assert re.findall(r'name="items-\d-amount" value="([^"]+)"', page) == ["120000.00"] * 2
    kept = re.search(rf'name="({pending.PREFIX}sheet)" value="([^"]+)"', page)
    assert kept
    twice = clerk.post("/rounds/read/", {**again, kept[1]: kept[2], "column-amount": "3"})
    assert twice.status_code == 422
    assert "同时对应了两个字段" in twice.content.decode()


def test_amounts_and_identity_numbers_of_a_list_reach_its_clues(office: Player) -> None:
    data = on_paper(office, 2)
    number = "110101199003070070"
    data["items"][0] |= {"amount": "3.5万元", "id_number": number}
    wrong = {**data, "items": [data["items"][0], {**data["items"][1], "id_number": f"{number}、{number}"}]}
    clerk = Browser("clerk")
    answer = clerk.post("/new/round.register/", typed(wrong))
    assert answer.status_code == 422
    assert "逐人填写" in answer.content.decode()
    assert clerk.post("/new/round.register/", typed(data)).status_code == 302
    with office.see("clerk"):
        assert set(Clue.objects.values_list("amount", flat=True)) == {35000, None}
        assert number in set(Subject.objects.values_list("id_number", flat=True))


def queries(browser: Browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_lists_and_pages_ask_as_often_for_many_as_for_few(office: Player) -> None:
    few, _clues = batch(office, 2)
    clerk, inspector = Browser("clerk"), Browser("inspector")
    before = [queries(clerk, "/rounds/"), queries(clerk, f"/matters/{few}/")]
    before += [queries(clerk, f"/rounds/{few}/intake/"), queries(inspector, "/rounds/")]
    many, _clues = batch(office, 9)
    opened(office)
    after = [queries(clerk, "/rounds/"), queries(clerk, f"/matters/{many}/")]
    after += [queries(clerk, f"/rounds/{many}/intake/"), queries(inspector, "/rounds/")]
    assert after == before


def test_the_round_is_exported_with_its_states(office: Player) -> None:
    found, clues = batch(office, 2)
    office.act("2026-09-29", "clerk", "clue.receive", clues[0])
    answer = Browser("clerk").get(f"/rounds/{found}/export/")
    [sheet] = read_workbook(answer.content)
    cells = [str(cell) for row in sheet.rows for cell in row]
    assert "清纪线索〔2026〕1号" in cells and "王甲" in cells and "王乙" in cells
    assert Browser("stranger").get(f"/rounds/{found}/export/").status_code == 404


def test_a_round_without_clues_says_what_comes_first(office: Player) -> None:
    found = opened(office)
    inspector = Browser("inspector", "2026-09-21")
    page = inspector.get(f"/matters/{found}/").content.decode()
    assert f"/new/clue.draft/?origin={found}" in page
    gathered(office, found, 1)
    assert "王甲" in Browser("inspector").get(f"/matters/{found}/").content.decode()
    assert Browser("clerk").get(f"/matters/{found}/").status_code == 404

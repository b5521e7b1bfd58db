"""The monthly close: what is frozen stays, what changes later is an adjustment (月结与调整)."""

from __future__ import annotations

import io
from functools import cache
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.insight.returns import Cell, catalogue
from guantong.insight.returns_forms import FORMS
from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.returns import queries
from guantong.mechanisms.returns.models import Adjustment, Behind, Close
from insight.test_templates import template
from support.browse import signed_in
from support.play import Player, at, scan, uploads

pytestmark = pytest.mark.django_db
RECEIVED = Cell("received", "audit").name
OPEN = Cell("open", "audit").name


def fetch(who: str, address: str, day: str = "2026-10-20", **asked: str) -> Any:
    with clock.set_to(at(day)):
        return signed_in(who).get(address, asked)


def post(who: str, address: str, day: str = "2026-10-20", **data: Any) -> Any:
    with clock.set_to(at(day)):
        return signed_in(who).post(address, data)


def frozen(play: Player, month: str = "2026-09", day: str = "2026-10-01") -> UUID:
    close = play.act(day, "clerk", "close.draft", month=month)
    return play.act(day, "clerk", "close.submit", close)


def closed(play: Player, month: str = "2026-09", day: str = "2026-10-01") -> UUID:
    return play.act(day, "deputy", "close.approve", frozen(play, month, day))


def figures(play: Player, close: UUID) -> dict[str, int]:
    with play.see("clerk"):
        return Close.objects.get(pk=close).figures


def pending(play: Player) -> list[tuple[str, str, int, str]]:
    with play.see("clerk"):
        found = queries.pending(play.town.actor("clerk"))
    return [(f"{one.month:%Y-%m}", one.name, one.by, one.act) for one in found]


def test_a_frozen_figure_stays_and_a_late_registration_is_an_adjustment(play: Player) -> None:
    play.registered("2026-09-28")
    september = closed(play)
    assert figures(play, september)[RECEIVED] == 1
    assert pending(play) == []
    late = play.done(
        "2026-09-30", "clerk", "clue.register", recorded="2026-10-08",
        sender=play.town.organs["executing"].pk, source="audit", letter_number="9号",
        letter_date="2026-09-30", category="discipline", allegation="补登。", unit="清川公交集团有限公司",
    ).matter_id  # fmt: skip
    assert figures(play, september)[RECEIVED] == 1
    waiting = pending(play)
    assert ("2026-09", RECEIVED, 1, "clue.register") in waiting
    assert ("2026-09", OPEN, 1, "clue.register") in waiting
    page = fetch("clerk", "/statistics/adjustments/").content.decode()
    assert play.matter("clerk", late).number in page and "登记" in page
    october = frozen(play, "2026-10", "2026-11-02")
    with play.see("clerk"):
        taken = Adjustment.objects.filter(matter=october, name=RECEIVED)
        assert [(one.about_id, one.by, one.act) for one in taken] == [(late, 1, "clue.register")]
    assert pending(play) == [], "what a close has taken waits no longer"
    assert figures(play, october)[RECEIVED] == 0, "it is no receipt of October"
    assert figures(play, october)[Cell("carried_over", "audit").name] == 2
    assert "已计入月结的调整" in fetch("clerk", "/statistics/adjustments/").content.decode()


def test_a_corrected_day_moves_the_receipt_into_the_other_month(play: Player) -> None:
    clue = play.registered("2026-09-28")
    closed(play)
    play.act(
        "2026-10-09", "clerk", "matter.correct", clue, fact="received_on", value="2026-10-08", reason="看错",
    )  # fmt: skip
    waiting = pending(play)
    assert ("2026-09", RECEIVED, -1, "matter.correct") in waiting
    assert ("2026-09", OPEN, -1, "matter.correct") in waiting
    assert figures(play, frozen(play, "2026-10", "2026-11-02"))[RECEIVED] == 1


def test_ordinary_work_after_the_close_adjusts_nothing(play: Player) -> None:
    clue = play.registered("2026-09-28")
    closed(play)
    play.in_handling(play.assigned(clue, "2026-10-08"), "2026-10-09")
    assert pending(play) == []


def test_a_month_is_closed_once_over_and_once(play: Player) -> None:
    with pytest.raises(Refused, match=r"尚未结束|not over"):
        play.act("2026-09-30", "clerk", "close.draft", month="2026-09")
    frozen(play)
    with pytest.raises(Refused, match=r"已有月结|close already"):
        play.act("2026-10-02", "clerk_head", "close.draft", month="2026-09")
    play.act("2026-10-02", "county_clerk", "close.draft", month="2026-09")


def test_the_same_key_twice_freezes_once(play: Player) -> None:
    play.registered("2026-09-28")
    close = play.done("2026-10-01", "clerk", "close.draft", key="a", month="2026-09")
    again = play.done("2026-10-01", "clerk", "close.draft", key="a", month="2026-09")
    assert again.repeated and again.matter_id == close.matter_id
    play.done("2026-10-01", "clerk", "close.submit", close.matter_id, key="b")
    with play.see("clerk"):
        behind = Behind.objects.filter(matter=close.matter_id).count()
    assert play.done("2026-10-01", "clerk", "close.submit", close.matter_id, key="b").repeated
    with play.see("clerk"):
        assert Behind.objects.filter(matter=close.matter_id).count() == behind > 0
        assert Close.objects.get(pk=close.matter_id).turn == 1


def test_sent_back_it_is_frozen_again_and_the_first_turn_stays_on_record(play: Player) -> None:
    play.registered("2026-09-28")
    close = frozen(play)
    play.act("2026-10-02", "deputy", "close.send_back", close, reason="漏报")
    play.registered("2026-09-29", letter_number="8号")
    play.act("2026-10-03", "clerk", "close.submit", close)
    assert figures(play, close)[RECEIVED] == 2
    with play.see("clerk"):
        turns = Behind.objects.filter(matter=close, name=RECEIVED).values_list("turn", flat=True)
        assert sorted(turns) == [1, 2, 2]
        assert queries.frozen(Close.objects.get(pk=close), RECEIVED).total() == 2


def test_a_leader_who_signs_paper_has_it_recorded_with_the_scan(play: Player) -> None:
    close = frozen(play)
    with pytest.raises(Refused, match=r"扫描|scan"):
        play.act("2026-10-02", "clerk", "close.approve", close, signer="陆知行")
    play.done("2026-10-02", "clerk", "close.approve", close, signer="陆知行", files=uploads(scan=scan()))
    assert play.matter("clerk", close).state == "closed" and not play.matter("clerk", close).is_open


def test_a_closed_month_is_reopened_with_a_reason_unless_a_later_close_stands_on_it(play: Player) -> None:
    play.registered("2026-09-28")
    september = closed(play)
    play.act("2026-10-05", "deputy", "close.reopen", september, reason="口径有误")
    assert play.matter("clerk", september).is_open
    play.act("2026-10-05", "clerk", "close.submit", september)
    play.act("2026-10-05", "deputy", "close.approve", september)
    play.done(
        "2026-09-30", "clerk", "clue.register", recorded="2026-10-08", source="audit", letter_number="9号",
        sender=play.town.organs["executing"].pk, letter_date="2026-09-30", category="discipline",
        allegation="补登。", unit="清川公交集团有限公司",
    )  # fmt: skip
    frozen(play, "2026-10", "2026-11-02")
    with pytest.raises(Refused, match=r"调整|adjustments"):
        play.act("2026-11-03", "deputy", "close.reopen", september, reason="再改")


def test_a_quarter_that_ends_freezes_the_quarterly_form_too(play: Player) -> None:
    assert set(figures(play, frozen(play))) == {cell.name for form in FORMS.values() for cell in form.cells()}
    assert set(figures(play, frozen(play, "2026-10", "2026-11-02"))) == {
        cell.name for cell in FORMS["monthly"].cells()
    }


def test_freezing_takes_few_queries_however_much_there_is(play: Player) -> None:
    spent = []
    for month, day, clues in (("2026-08", "2026-09-01", 1), ("2026-09", "2026-10-01", 12)):
        for number in range(clues):
            play.registered("2026-08-03", letter_number=f"{month}-{number}号")
        close = play.act(day, "clerk", "close.draft", month=month)
        actor = play.town.actor("clerk")
        with clock.set_to(at(day)), play.see("clerk"), CaptureQueriesContext(connection) as caught:
            perform("close.submit", actor, close, {"happened_on": day})
        spent.append([one["sql"] for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])
        play.act(day, "deputy", "close.approve", close)
    with play.see("clerk"):
        assert Adjustment.objects.filter(matter=close).exists()
    assert max(map(len, spent)) <= 12, "\n".join(one[:100] for one in max(spent, key=len))


def test_a_leader_sees_the_figures_and_of_the_records_only_what_was_laid_before_him(play: Player) -> None:
    play.registered("2026-09-28")
    laid = play.assigned(play.registered("2026-09-28", letter_number="2号"))
    close = closed(play)
    address = {"name": RECEIVED, "month": "2026-09"}
    clerk = fetch("clerk", "/statistics/records/", **address).content.decode()
    deputy = fetch("deputy", "/statistics/records/", **address).content.decode()
    assert "共2件" in clerk and "共2件" in deputy
    assert "其中1件不在您的知悉范围内" in deputy and "不在您的知悉范围内" not in clerk
    assert play.matter("clerk", laid).number in deputy
    with play.see("clerk"):
        unknown = Matter.objects.filter(kind="clue").exclude(pk=laid).get()
    assert unknown.number in clerk and unknown.number not in deputy
    page = fetch("deputy", "/statistics/", month="2026-09").content.decode()
    assert f'name={RECEIVED}"' in page and "固化的数" in page
    for who in ("handler", "stranger", "auditor", "county_clerk"):
        with play.see(who):
            assert not Close.objects.filter(pk=close).exists() and not Behind.objects.exists(), who


def test_every_figure_agrees_with_its_list(play: Player) -> None:
    play.registered("2026-09-28", source="inspection")
    returned = play.registered("2026-09-28", letter_number="2号")
    play.act("2026-09-29", "clerk", "clue.return", returned, reason="不属管辖")
    other = play.matter("clerk", play.registered("2026-10-08", letter_number="3号")).number
    play.act("2026-10-09", "clerk", "clue.merge", play.registered("2026-10-08", letter_number="4号"),
             other=other, reason="同一问题")  # fmt: skip
    play.assigned(play.registered("2026-10-08", letter_number="5号"), "2026-10-09")

    @cache
    def listed(month: str, name: str) -> int:
        page = fetch("clerk", "/statistics/records/", "2026-11-02", month=month, name=name)
        return sum(row["times"] for row in page.context["rows"])

    for month in ("2026-09", "2026-10"):
        for form in FORMS:
            page = fetch("clerk", "/statistics/", "2026-11-02", month=month, form=form)
            values = {one["name"]: one["value"] for row in page.context["rows"] for one in row["cells"]}
            assert any(values.values()) or (month, form) == ("2026-09", "quarterly")
            for name, value in values.items():
                assert listed(month, name) == value, (month, name)
    empty = fetch("handler", "/statistics/", month="2026-09").content.decode()
    assert "没有可统计的线索" in empty


def test_pages_take_few_queries_however_much_there_is(play: Player) -> None:
    def asked(address: str, **given: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert fetch("clerk", address, **given).status_code == 200
        return len(caught)

    play.registered("2026-09-28")
    closed(play)
    pages: list[tuple[str, dict[str, str]]] = [
        ("/statistics/", {"month": "2026-10"}), ("/statistics/", {"month": "2026-09"}),
        ("/statistics/records/", {"name": RECEIVED, "month": "2026-10"}),
        ("/statistics/adjustments/", {}), ("/statistics/balance/", {}),
    ]  # fmt: skip
    for number in range(2):
        play.registered("2026-09-28", letter_number=f"b{number}号")
        play.registered("2026-10-08", letter_number=f"c{number}号")
    before = [asked(address, **given) for address, given in pages]
    for number in range(8):
        play.registered("2026-09-28", letter_number=f"d{number}号")
        play.registered("2026-10-08", letter_number=f"e{number}号")
    assert [asked(address, **given) for address, given in pages] == before


def test_forms_are_exported_to_excel_with_the_figures_of_the_page(play: Player) -> None:
    play.registered("2026-09-28")
    for form in FORMS:
        answer = fetch("clerk", "/statistics/export/", month="2026-09", form=form)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        page = fetch("clerk", "/statistics/", month="2026-09", form=form)
        told = [[row["label"], *(one["value"] for one in row["cells"])] for row in page.context["rows"]]
        rows = [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
        assert rows == told
        assert "沈若川" in sheet["A1"].value


def test_a_template_is_uploaded_filled_and_kept_within_its_body(play: Player) -> None:
    play.registered("2026-09-28")
    file = io.BytesIO(template())
    file.name = "上级.xlsx"
    assert post("handler", "/statistics/templates/", name="月报", file=file).status_code == 403
    file.seek(0)
    answer = post("clerk", "/statistics/templates/", name="月报", file=file)
    assert answer.status_code == 302
    address = answer["Location"]
    page = fetch("clerk", address, month="2026-09").content.decode()
    assert "clues_recieved__audit__month" in page and RECEIVED in page, "the unknown name with the like"
    assert "clues_open__all__month" in page and "含公式的命名单元格" in page
    filled = fetch("clerk", address, month="2026-09", download="1").content
    sheet = openpyxl.load_workbook(io.BytesIO(filled)).worksheets[0]
    assert sheet["B3"].value == 1 and sheet["B2"].value == "中共清川市纪律检查委员会"
    for who in ("auditor", "county_clerk"):
        assert fetch(who, address).status_code == 404, who
        assert "月报" not in fetch(who, "/statistics/templates/").context["rows"]
    assert post("handler", address + "remove/").status_code == 403
    assert post("county_clerk", address + "remove/").status_code == 404
    assert post("clerk", address + "remove/").status_code == 302
    assert fetch("clerk", address).status_code == 404


def test_a_template_of_no_use_is_refused_and_what_was_typed_stays(play: Player) -> None:
    for content, said in ((b"PK macro", "文件已损坏"), (openpyxl_empty(), "命名单元格")):
        file = io.BytesIO(content)
        file.name = "上级.xlsx"
        answer = post("clerk", "/statistics/templates/", name="市级月报", file=file)
        page = answer.content.decode()
        assert answer.status_code == 422 and said in page and 'value="市级月报"' in page


def openpyxl_empty() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def test_a_check_of_our_own_names_what_fails(play: Player) -> None:
    play.registered("2026-09-28")
    wrong = post(
        "clerk", "/statistics/catalogue/", label="收办", left="clues_recieved__all__month", right=OPEN
    )
    assert wrong.status_code == 422 and "clues_received__all__month" in wrong.content.decode()
    given = {"label": "收等于办", "left": RECEIVED, "right": Cell("closed", "audit").name}
    assert post("stranger", "/statistics/catalogue/", **given).status_code == 403
    assert post("clerk", "/statistics/catalogue/", **given).status_code == 302
    assert "收等于办: 1 ≠ 0" in fetch("clerk", "/statistics/", month="2026-09").content.decode()
    assert "收等于办" not in fetch("county_clerk", "/statistics/", month="2026-09").content.decode()


def test_an_address_that_asks_for_nothing_is_answered_kindly(play: Player) -> None:
    assert fetch("clerk", "/statistics/records/", name="clues_all").status_code == 404
    for month in ("2026-13", "x", "2030-01"):
        page = fetch("clerk", "/statistics/", month=month)
        assert f"{page.context['asked'].month:%Y-%m}" == "2026-09", month
    assert len(catalogue()) == fetch("clerk", "/statistics/catalogue/").context["total"]

"""Figures of a town in which nothing happened but what a test plays (统计分析)."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.insight.figures_pages import SUBJECTS
from guantong.insight.figures_records import records
from guantong.insight.figures_wanted import read_wanted
from guantong.kernel import clock
from insight.test_figures import DAY, LISTS, fetch
from support.browse import signed_in
from support.canaries import plant
from support.play import Player, at

pytestmark = pytest.mark.django_db


def test_a_pause_is_taken_off_the_hop_by_who_may_know_of_it(play: Player) -> None:
    clue = play.sent(play.drafted("2026-06-01"), "2026-06-01", "2026-06-01")
    play.act("2026-06-03", "clerk", "clue.receive", clue)
    play.in_handling(play.assigned(clue, "2026-06-05"), "2026-06-08")
    play.act("2026-06-10", "handler", "clue.pause", clue, awaited_from="银行", reason="调取流水")
    play.act("2026-06-20", "handler", "clue.resume", clue, progress="已到")
    play.act("2026-06-28", "handler", "clue.conclude", clue, result="closed", text="不属实")
    play.answered(clue, "2026-06-30", final=True)

    def days(who: str, hop: str) -> list[tuple[str, ...]]:
        with clock.set_to(at(DAY)), play.see(who):
            wanted = read_wanted({"of": "hops", "hop": hop, "from": "2026-06-01", "to": "2026-06-30"}, LISTS)
            return [
                tuple(one.text for one in row.said[1:]) for row in records(play.town.actor(who), wanted).rows
            ]

    assert days("clerk", "receipt") == [("2026-06-01", "2026-06-03", "0", "2")]
    assert days("clerk", "assignment") == [("2026-06-03", "2026-06-05", "0", "2")]
    assert days("clerk", "proposal") == [("2026-06-05", "2026-06-08", "0", "3")]
    assert days("clerk", "result") == [("2026-06-08", "2026-06-28", "10", "10")]
    assert days("clerk", "feedback") == [("2026-06-28", "2026-06-30", "0", "2")]
    assert days("clerk", "whole") == [("2026-06-03", "2026-06-30", "10", "17")]
    assert days("auditor", "result") == [] and days("auditor", "proposal") == []
    assert days("auditor", "whole") == [("2026-06-03", "2026-06-30", "0", "27")]


def test_pages_ask_the_same_number_of_queries_for_little_and_for_much(play: Player) -> None:
    addresses = [f"/figures/?show={show}" for show in SUBJECTS]
    addresses += [f"/figures/records/?of={of}" for of in LISTS]
    addresses += ["/figures/export/"]

    plant(play)
    client = signed_in("clerk")

    def asked() -> dict[str, int]:
        found = {}
        for address in addresses:
            with clock.set_to(at(DAY)), CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found[address] = len(captured)
        return found

    asked()
    few = asked()
    for number in range(4):
        clue = play.sent(play.drafted("2026-09-01"), "2026-09-02", "2026-09-03")
        if number % 2:
            play.act("2026-09-08", "clerk", "clue.return", clue, reason="材料不全")
        play.registered("2026-03-02", letter_number=f"{number}号")
    assert asked() == few
    assert max(number for address, number in few.items() if "export" not in address) <= 16


def test_no_formula_comes_of_a_name(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-01", title="=1+1"), "2026-09-02", "2026-09-03")
    play.act("2026-09-08", "clerk", "clue.return", clue, reason="=HYPERLINK(1)")
    book = openpyxl.load_workbook(io.BytesIO(fetch("clerk", "/figures/export/").content))
    found = [cell for row in book["退回"].iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert found and all(cell.data_type == "s" for cell in found)

"""Organs, officers, persons under oversight, responsibilities (CD-1.3)."""

from __future__ import annotations

import io
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from guantong.kernel.access.scope import enter
from guantong.kernel.journal.models import Reading
from guantong.kernel.people.models import Subject
from guantong.web.organs import masked
from guantong.web.responsibilities import matrix

from .test_measures import client_of

ID_NUMBER = "11010519491231002X"


def test_the_tree_shows_bodies_departments_officers_and_roles(play: Any) -> None:
    said = client_of("clerk").get("/organs/").content.decode()
    for words in ("中共清川市纪律检查委员会", "案件监督管理室", "沈若川", "案件监督管理部门"):
        assert words in said
    assert "罗听澜" not in said, "she works in the county"
    county = client_of("clerk").get("/organs/?place=990121").content.decode()
    assert "罗听澜" in county
    client = client_of("clerk")
    with CaptureQueriesContext(connection) as caught:
        client.get("/organs/")
    assert len(caught) <= 14


def test_search_finds_officers_and_organs_everywhere(play: Any) -> None:
    client = client_of("clerk")
    assert "罗听澜" in client.get("/organs/?q=听澜").content.decode()
    assert "审计执行科" in client.get("/organs/?q=审计执行").content.decode()
    assert "没有查到" in client.get("/organs/?q=无此人").content.decode()


def test_an_officers_page_has_present_and_past_posts(play: Any) -> None:
    officer = play.town.posts["clerk"].officer
    said = client_of("handler").get(f"/officers/{officer.pk}/").content.decode()
    assert "案件监督管理室" in said
    assert officer.staff_number in said


def test_persons_are_listed_within_sight_only_and_masked(play: Any) -> None:
    row = {
        "name": "苏见微",
        "unit": "清川公交集团有限公司",
        "post": "总经理",
        "authority": "city",
        "id_number": ID_NUMBER,
    }
    play.registered("2026-09-28", subjects=[row])
    play.registered("2026-10-08", letter_number="二", subjects=[row])
    for path in ("/people/", "/people/?q=苏"):
        said = client_of("clerk").get(path).content.decode()
        assert said.count("苏见微") >= 1
        assert ID_NUMBER not in said
        assert "1101**********002X" in said
        assert "苏见微" not in client_of("stranger").get(path).content.decode()
    with play.see("clerk"):
        subject = Subject.objects.first()
    assert subject is not None
    page = client_of("clerk").get(f"/people/{subject.pk}/").content.decode()
    assert page.count('class="gt-row-link"') == 2, "both matters"
    assert ID_NUMBER not in page
    assert client_of("stranger").get(f"/people/{subject.pk}/").status_code == 404
    enter((), "audit")
    assert Reading.objects.filter(what="open", detail=f"person {subject.pk}").count() == 1
    assert Reading.objects.filter(what="search").count() == 2


def test_masking_shows_little_of_any_number() -> None:
    assert masked(ID_NUMBER) == "1101**********002X"
    assert masked("1234567") == "*******"
    assert masked("") == masked(None) == ""


def test_the_matrix_names_every_act_and_says_who_may(play: Any) -> None:
    _columns, rows = matrix()
    by_code = {row.code: row for row in rows}
    assert "clue.register" in by_code
    assert "paper.sign:feedback_letter" in by_code
    assert "CZ-3.2" in by_code["clue.register"].clauses
    answer = client_of("clerk").get("/responsibilities/export/")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet.max_row == len(rows) + 1
    said = client_of("clerk").get("/responsibilities/").content.decode()
    assert "案件监督管理部门" in said


def test_my_posts_say_what_each_may_do(play: Any) -> None:
    said = client_of("clerk").get("/capacities/").content.decode()
    assert "登记来件" in said
    assert "案件监督管理部门" in said
    assert "登记来件" not in client_of("inspector").get("/capacities/").content.decode().partition("<main")[2]

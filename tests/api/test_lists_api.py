"""Lists over HTTP: what is visible and no more, in pages, in a constant number of queries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from support.play import Player

pytestmark = pytest.mark.django_db


def pages(program: Any, who: str, path: str) -> list[list[dict[str, Any]]]:
    """Return all pages of a list."""
    found, cursor = [], ""
    while True:
        answer = program.get(who, f"{path}{cursor}")
        assert answer.status_code == 200, answer.content.decode()
        found.append(answer.json()["items"])
        if answer.json()["next"] is None:
            return found
        cursor = f"&cursor={answer.json()['next']}"


def test_clues_come_in_pages_each_once(program: Any) -> None:
    days = [f"2026-09-{day:02d}" for day in (7, 8, 9, 10, 11)]
    made = [program.registered(day, letter_number=f"{day}号") for day in days]
    for query in ("/clues?limit=2", "/clues?limit=2&sort=listed", "/clues?limit=2&tab=all"):
        found = pages(program, "clerk", query)
        assert [len(page) for page in found] == [2, 2, 1]
        assert sorted(one["id"] for page in found for one in page) == sorted(made)
    due = [one["due_on"] for page in pages(program, "clerk", "/clues?limit=3") for one in page]
    assert due == sorted(due)
    assert pages(program, "stranger", "/clues?limit=2") == [[]]
    assert len(pages(program, "auditor", "/clues?limit=200")[0]) == 5


def test_clues_are_filtered_as_in_the_ledger(program: Any) -> None:
    one = program.registered(amount="50000", category="duty_crime", allegation="虚列支出套取资金")
    two = program.registered(source="inspection")
    Player(program.town).assigned(UUID(two))
    handler, custodian = program.town.organs["first"].pk, program.town.posts["handler"].officer_id
    for query, expected in (
        ("category=duty_crime", one), ("source=inspection", two), ("amount_from=5", one), ("q=套取", one),
        (f"handler={handler}", two), (f"custodian={custodian}", two), ("tab=assign", one),
    ):  # fmt: skip
        items = program.get("clerk", f"/clues?{query}", day="2026-09-30").json()["items"]
        assert [item["id"] for item in items] == [expected], query
    listed = program.get("clerk", "/clues?category=duty_crime").json()["items"][0]
    assert listed["amount"] == "50000.00"
    assert listed["persons"][0]["name"] == "苏见微"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "tab=none", "source=x", "amount_from=-1", "amount_to=NaN",
     "unknown=1", "received_from=2026-13-01", "received_from=2026-02-02&received_to=2026-02-01", "cursor=x",
     "handler=99999999999999999999", "q=" + "x" * 101],
)  # fmt: skip
def test_parameters_that_cannot_be_are_refused(program: Any, refusal: Any, query: str) -> None:
    body = refusal(program.get("clerk", f"/clues?{query}"), 422)
    names = {part.partition("=")[0] for part in query.split("&")}
    assert {fault["field"] for fault in body["faults"]} <= names
    assert all(fault["reason"] and fault["remedy"] for fault in body["faults"])


def test_a_cursor_belongs_to_its_list(program: Any, refusal: Any) -> None:
    for number in range(3):
        program.registered(letter_number=f"{number}号")
    cursor = program.get("clerk", "/clues?limit=1").json()["next"]
    assert cursor
    for path in (f"/clues?sort=listed&cursor={cursor}", f"/duties?cursor={cursor}",
                 f"/organs?cursor={cursor}", f"/clues?cursor={cursor[:-2]}xx"):  # fmt: skip
        assert refusal(program.get("clerk", path), 422)["faults"][0]["field"] == "cursor"


def test_duties_owed_and_claimed(program: Any) -> None:
    clue = program.registered()
    owed = program.get("clerk", "/duties?side=owed").json()["items"]
    assert {one["clause"] for one in owed} >= {"CZ-3.2", "CZ-3.3", "CZ-4.1"}
    assert {one["matter"] for one in owed} == {clue}
    assert all(one["explanation"] for one in owed)
    assert [one["due_on"] for one in owed] == sorted(one["due_on"] for one in owed)
    claimed = program.get("auditor", "/duties?side=claimed").json()["items"]
    assert "CZ-3.3" in {one["clause"] for one in claimed}
    late = program.get("clerk", "/duties", day="2027-03-01").json()["items"]
    assert all(one["overdue"] for one in late)
    assert not program.get("stranger", "/duties?side=owed").json()["items"]
    found = pages(program, "clerk", "/duties?side=owed&limit=1")
    assert [page[0]["id"] for page in found] == [one["id"] for one in owed]
    english = program.get("clerk", "/duties", **{"Accept-Language": "en"}).json()["items"]
    assert "Written feedback" in {one["name"] for one in english}


def test_organs_posts_and_measures(program: Any) -> None:
    found = [one for page in pages(program, "handler", "/organs?limit=5") for one in page]
    assert len(found) == len(program.town.organs)
    first = program.town.organs["first"]
    held = program.get("clerk", f"/organs/{first.pk}/posts").json()
    assert {one["name"] for one in held} == {"韩牧之", "江其琛"}
    assert program.get("clerk", "/organs/99999999/posts").status_code == 404
    measures = program.get("auditor", "/measures").json()
    clauses = {clause["id"]: clause for measure in measures for clause in measure["clauses"]}
    assert clauses["CZ-3.3"]["status"] == "carried"
    assert clauses["CZ-3.3"]["duties"]


def test_a_paper_comes_as_pdf_with_its_reader(program: Any) -> None:
    clue = program.registered()
    program.act(
        "2026-09-29", "clerk", "paper.draft", clue, kind="receipt", title="回执", addressee="清川市审计局",
        body="已收到。",
    )  # fmt: skip
    paper = program.get("clerk", f"/matters/{clue}").json()["papers"][0]
    answer = program.get("clerk", paper["pdf"].removeprefix("/api/v1"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert program.get("stranger", paper["pdf"].removeprefix("/api/v1")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/clues", "/clues?tab=all&sort=listed", "/duties", "/organs", "/matters/{}", "/matters/{}/acts"]
)
def test_the_number_of_queries_does_not_grow(program: Any, path: str) -> None:
    program.token("clerk")

    def count(clue: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert program.get("clerk", path.format(clue)).status_code == 200
        return len([one for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]])

    first = program.registered(subjects=[{"name": "甲", "unit": "某单位"}])
    few = count(first)
    for number in range(4):
        program.registered(letter_number=f"{number}号")
    rows = [{"name": name, "unit": "某单位"} for name in "乙丙丁戊"]
    many = program.registered(letter_number="9号", subjects=rows, evidence=[{"title": "材料"}] * 5)
    Player(program.town).assigned(UUID(many))
    for _again in range(2):
        program.act(
            "2026-09-29",
            "clerk",
            "paper.draft",
            many,
            kind="receipt",
            title="回执",
            addressee="某",
            body="文。",
        )
    assert count(many) == few

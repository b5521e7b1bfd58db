"""Registers of papers: filled by acts alone, filtered, paged, exported, printed; attributes on the papers."""

from __future__ import annotations

import io
import uuid
from itertools import pairwise
from typing import Any

import docx
import openpyxl
import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.models import Incoming, Paper
from guantong.web import register_pages
from support.browse import readings, signed_in, text
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db
HANDS = ["clerk", "clerk_head", "clerk_head", "clerk"]
MM = 72 / 25.4


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at("2026-11-20")):
        yield


def receipt(play: Player, clue: uuid.UUID, day: str = "2026-10-09", **data: Any) -> str:
    given = {"title": "接收回执", "body": "收悉。", **data}
    return play.letter([day] * 4, clue, "receipt", HANDS, **given)


def raised(play: Player, clue: uuid.UUID, secrecy: str) -> None:
    with play.see("clerk"):
        Matter.objects.filter(pk=clue).update(secrecy=secrecy)


def lines(page: Any) -> list[tuple[float, float, str]]:
    """Return the upper left text of a page: left and top in mm, and the words of the line."""
    found: dict[int, list[Any]] = {}
    for char in page.chars:
        if char["upright"] and char["top"] / MM < 90 and char["x0"] / MM < 100:
            found.setdefault(round((char["top"] + char["bottom"]) / 2), []).append(char)
    return [
        (line[0]["x0"] / MM, min(c["top"] for c in line) / MM, "".join(c["text"] for c in line))
        for _middle, line in sorted(found.items())
    ]


def test_a_secret_paper_bears_copy_number_term_and_urgency_where_the_standard_wants_them(
    play: Player,
) -> None:
    clue = play.registered()
    paper = receipt(play, clue, secrecy="secret", secrecy_years=1, urgency="most_urgent", copies=3)
    answer = signed_in("clerk").get(f"/papers/{paper}/pdf/?copy=3")
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        found = lines(pdf.pages[0])
    corner = {said: (left, top) for left, top, said in found}
    places = {mark: next(p for said, p in corner.items() if said.startswith(mark))
              for mark in ("000003", "秘密★1年", "特急")}  # fmt: skip
    assert all(abs(left - 28) < 0.5 for left, _top in places.values()), places
    tops = [places[mark][1] for mark in ("000003", "秘密★1年", "特急")]
    assert all(abs(b - a - 225 / 22) < 0.6 for a, b in pairwise(tops)), tops
    word = signed_in("clerk").get(f"/papers/{paper}/docx/?copy=3")
    said = [one.text.partition("\t")[0] for one in docx.Document(io.BytesIO(word.content)).paragraphs]
    assert said[:3] == ["000003", "秘密★1年", "特急"]
    page = text(signed_in("clerk").get(f"/papers/{paper}/"))
    assert "000001—000003" in page


def test_an_ordinary_paper_bears_none_of_them(play: Player) -> None:
    paper = receipt(play, play.registered())
    answer = signed_in("clerk").get(f"/papers/{paper}/pdf/?copy=2")
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        said = "".join(char["text"] for char in pdf.pages[0].chars)
    assert "★" not in said
    assert "00000" not in said


def test_a_paper_is_never_less_secret_than_its_matter(play: Player) -> None:
    clue = play.registered()
    raised(play, clue, "confidential")
    texts = {"kind": "receipt", "title": "回执", "addressee": "清川市审计局", "body": "收悉。"}
    with pytest.raises(Refused) as refused:
        play.act("2026-10-09", "clerk", "paper.draft", clue, secrecy="secret", **texts)
    assert refused.value.faults[0].field == "secrecy"
    play.act("2026-10-09", "clerk", "paper.draft", clue, **texts)
    with play.see("clerk"):
        row = Paper.objects.get(matter=clue)
    assert (row.secrecy, row.secrecy_years, row.copies) == ("confidential", 20, 1)
    with pytest.raises(Refused) as lowered:
        play.act("2026-10-09", "clerk_head", "paper.check", clue, paper=row.pk, secrecy="work")
    assert lowered.value.faults[0].field == "secrecy"


def test_a_matter_made_more_secret_holds_up_the_sign_off(play: Player) -> None:
    clue = play.registered()
    texts = {"kind": "receipt", "title": "回执", "addressee": "清川市审计局", "body": "收悉。"}
    play.act("2026-10-09", "clerk", "paper.draft", clue, **texts)
    paper = play.paper("clerk", clue, "receipt")
    play.act("2026-10-09", "clerk_head", "paper.check", clue, paper=paper)
    raised(play, clue, "secret")
    with pytest.raises(Refused) as refused:
        play.act("2026-10-09", "clerk_head", "paper.sign", clue, paper=paper)
    assert refused.value.faults[0].field == "secrecy"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"secrecy": "secret", "secrecy_years": 11}, "secrecy_years"),
        ({"secrecy": "confidential", "secrecy_years": 21}, "secrecy_years"),
        ({"secrecy_years": 3}, "secrecy_years"),
        ({"copies": 0}, "copies"),
        ({"urgency": "at once"}, "urgency"),
    ],
)
def test_attributes_that_cannot_be(play: Player, given: dict[str, Any], field: str) -> None:
    clue = play.registered()
    texts = {"kind": "receipt", "title": "回执", "addressee": "清川市审计局", "body": "收悉。"}
    with pytest.raises(Refused) as refused:
        play.act("2026-10-09", "clerk", "paper.draft", clue, **texts, **given)
    assert refused.value.faults[0].field == field


def test_revising_keeps_what_is_not_given_and_checking_settles_it(play: Player) -> None:
    clue = play.registered()
    texts = {"kind": "receipt", "title": "回执", "addressee": "清川市审计局", "body": "收悉。"}
    play.act("2026-10-09", "clerk", "paper.draft", clue, secrecy="secret", secrecy_years=3, copies=2, **texts)
    paper = play.paper("clerk", clue, "receipt")
    texts.pop("kind")
    play.act("2026-10-09", "clerk", "paper.revise", clue, paper=paper, urgency="urgent", **texts)
    play.act("2026-10-09", "clerk_head", "paper.check", clue, paper=paper, copies=5)
    with play.see("clerk"):
        row = Paper.objects.get(pk=paper)
    assert (row.secrecy, row.secrecy_years, row.urgency, row.copies) == ("secret", 3, "urgent", 5)


def test_the_register_of_papers_dispatched(play: Player) -> None:
    paper = receipt(play, play.registered(), secrecy="secret", copies=2, urgency="urgent")
    play.act("2026-10-12", "auditor", "paper.sign_for", _matter(play, paper), paper=paper, signed_by="叶怀安")
    page = signed_in("clerk").get("/papers/registers/dispatched/")
    (line,) = page.context["lines"]
    assert line["number"] == "清纪回〔2026〕1号"
    assert (line["copies"], line["copy_numbers"]) == (2, "000001—000002")
    assert (line["signed_for_by"], str(line["signed_for_on"])) == ("叶怀安", "2026-10-12")
    assert "秘密★10年" in text(page)
    wanted = {
        "urgency=urgent": 1,
        "urgency=most_urgent": 0,
        "way=disc": 0,
        "q=回执": 1,
        "year=2025": 0,
        "year=": 1,
        "secrecy=work": 0,
        "secrecy=nonsense": 1,
    }
    for query, count in wanted.items():
        found = signed_in("clerk").get(f"/papers/registers/dispatched/?{query}")
        assert len(found.context["lines"]) == count, query
    assert signed_in("auditor").get("/papers/registers/dispatched/").context["lines"] == []
    assert signed_in("clerk").get("/papers/registers/nothing/").status_code == 404


def _matter(play: Player, paper: str) -> uuid.UUID:
    with play.see("clerk"):
        return Paper.objects.get(pk=paper).matter_id


def test_papers_received_are_numbered_per_body_and_year_by_the_acts_that_take_them_in(play: Player) -> None:
    play.registered(letter_number="清审移〔2026〕8号")
    sent = play.sent(play.drafted())
    play.act("2026-09-30", "clerk", "clue.receive", sent)
    paper = receipt(play, sent)
    play.act("2026-10-12", "auditor", "paper.sign_for", sent, paper=paper, signed_by="叶怀安")
    page = signed_in("clerk").get("/papers/registers/received/")
    assert [line["number"] for line in page.context["lines"]] == ["清纪收〔2026〕2号", "清纪收〔2026〕1号"]
    assert page.context["lines"][1]["letter_number"] == "清审移〔2026〕8号"
    theirs = signed_in("auditor").get("/papers/registers/received/").context["lines"]
    assert [line["number"] for line in theirs] == ["清审收〔2026〕1号"]
    assert signed_in("stranger").get("/papers/registers/received/").context["lines"] == []


def test_what_the_sender_records_from_a_slip_is_nothing_he_received(play: Player) -> None:
    clue = play.registered()
    paper = receipt(play, clue)
    play.act("2026-10-12", "clerk", "paper.sign_for", clue, paper=paper, signed_by="叶怀安")
    with play.see("clerk"):
        assert Incoming.objects.filter(paper=paper).count() == 0


def test_seals_are_entered_with_the_dispatch_or_before_it(play: Player) -> None:
    clue = play.registered()
    receipt(play, clue)
    (line,) = signed_in("clerk").get("/papers/registers/seals/").context["lines"]
    assert (str(line["on"]), line["sealed_copies"]) == ("2026-10-09", 1)
    texts = {"kind": "receipt", "title": "回执", "addressee": "清川市审计局", "body": "收悉。", "copies": 2}
    play.act("2026-10-12", "clerk", "paper.draft", clue, **texts)
    paper = play.paper("clerk", clue, "receipt")
    play.act("2026-10-12", "clerk_head", "paper.check", clue, paper=paper)
    play.act("2026-10-13", "clerk_head", "paper.sign", clue, paper=paper)
    for given, field in (({"happened_on": "2026-10-12", "sealed_copies": 2}, "happened_on"),
                         ({"happened_on": "2026-10-14", "sealed_copies": 3}, "sealed_copies")):  # fmt: skip
        day = given.pop("happened_on")
        with pytest.raises(Refused) as refused:
            play.act(str(day), "clerk", "paper.seal", clue, paper=paper, **given)
        assert refused.value.faults[0].field == field
    play.act("2026-10-14", "clerk", "paper.seal", clue, paper=paper, sealed_copies=2)
    with pytest.raises(Refused, match="2026-10-14"):
        play.act("2026-10-15", "clerk", "paper.seal", clue, paper=paper, sealed_copies=2)
    play.act("2026-10-15", "clerk", "paper.dispatch", clue, paper=paper, way="paper")
    newest = signed_in("clerk").get("/papers/registers/seals/").context["lines"][0]
    assert (str(newest["on"]), newest["sealed_copies"], newest["number"]) == (
        "2026-10-14", 2, "清纪回〔2026〕2号",
    )  # fmt: skip


def test_registers_page_by_key_and_miss_nothing(play: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_pages, "PAGE", 2)
    clue = play.registered()
    for day in ("2026-10-09", "2026-10-12", "2026-10-12", "2026-10-12", "2026-10-13"):
        receipt(play, clue, day)
    seen, query = [], "year=2026"
    while query:
        page = signed_in("clerk").get(f"/papers/registers/dispatched/?{query}")
        seen += [line["number"] for line in page.context["lines"]]
        query = page.context["next"]
    assert seen == [f"清纪回〔2026〕{number}号" for number in (5, 4, 3, 2, 1)]
    assert signed_in("clerk").get("/papers/registers/dispatched/?day=x&row=y").status_code == 200


def test_a_register_is_given_out_as_spreadsheet_and_as_pages_to_bind(play: Player) -> None:
    clue = play.registered()
    for _time in range(2):
        receipt(play, clue)
    book = signed_in("clerk").get("/papers/registers/dispatched/export/")
    assert readings()[-1] == ("export", "register dispatched 2")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert {"清纪回〔2026〕1号", "清纪回〔2026〕2号"} <= set(values)
    bound = signed_in("clerk").get("/papers/registers/received/print/")
    with pdfplumber.open(io.BytesIO(bound.content)) as pdf:
        said = "".join(char["text"] for page in pdf.pages for char in page.chars)
    assert "清纪收〔2026〕1号" in said


def test_the_registers_cost_the_same_however_long(play: Player) -> None:
    client, clue = signed_in("clerk"), play.registered()
    spent: dict[str, list[int]] = {}
    for _time in range(3):
        receipt(play, clue)
        play.registered(letter_number="9号")
        for code in ("dispatched", "received", "seals"):
            client.get(f"/papers/registers/{code}/")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/papers/registers/{code}/")
            spent.setdefault(code, []).append(len(queries))
    assert all(len(set(counts)) == 1 for counts in spent.values()), spent


def test_a_number_skipped_is_named(play: Player) -> None:
    clue = play.registered()
    papers = [receipt(play, clue) for _time in range(4)]
    with play.see("clerk"):
        Paper.objects.filter(pk__in=papers[1:3]).update(organ=play.town.organs["executing"])
    page = signed_in("clerk").get("/papers/")
    assert list(page.context["gaps"].values()) == ["2—3"]


def test_numbers_of_the_registers_are_never_given_back_or_twice(play: Player) -> None:
    first = play.registered(letter_number="1号")
    with pytest.raises(Refused):
        play.registered(letter_number="2号", category="")
    play.registered(letter_number="3号")
    with play.see("clerk"):
        serials = list(Incoming.objects.order_by("serial").values_list("serial", flat=True))
    assert serials == [1, 2]
    assert first


def test_taking_a_letter_in_stays_within_twelve_statements(play: Player) -> None:
    sent = play.sent(play.drafted())
    transfer = play.paper("clerk", sent, "transfer_letter")
    letters = {"letter_number": "8号", "unit": "清川水务"}
    acts: list[tuple[str, str, uuid.UUID | None, dict[str, Any]]] = [
        ("clerk", "clue.receive", sent, {}),
        ("clerk", "paper.sign_for", sent, {"paper": transfer, "signed_by": "沈若川"}),
    ]
    spent = {}
    for who, code, matter, data in acts:
        with CaptureQueriesContext(connection) as queries:
            play.act("2026-09-30", who, code, matter, **data)
        spent[code] = _counted(queries)
    with CaptureQueriesContext(connection) as queries:
        play.registered(**letters)
    spent["clue.register"] = _counted(queries)
    assert all(count <= 12 for count in spent.values()), spent


def _counted(queries: CaptureQueriesContext) -> int:
    """Return how many statements an act took, without those that find its actor and set its scope."""
    aside = ("SAVEPOINT", "set_config", "staff_number")
    return len([one for one in queries.captured_queries if not any(word in one["sql"] for word in aside)])

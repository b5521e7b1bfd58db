"""Pages of papers: the frozen letter, its reader's mark, the preview, the register of numbers."""

from __future__ import annotations

import io
import uuid
from typing import Any

import docx
import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.papers.models import Paper
from support.browse import readings, signed_in, text
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db
TODAY = "2026-11-20"
HANDS = ["clerk", "clerk_head", "clerk_head", "clerk"]


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at(TODAY)):
        yield


def words(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "".join(char["text"] for page in pdf.pages for char in page.chars)  # in the order drawn


def receipt(play: Player, clue: uuid.UUID, body: str = "收悉。") -> str:
    return play.letter(["2026-10-09"] * 4, clue, "receipt", HANDS, title="接收回执", body=body)


def test_the_signed_letter_is_the_frozen_one_with_its_readers_mark(play: Player) -> None:
    clue = play.registered()
    paper = receipt(play, clue)
    with play.see("clerk"):
        row = Paper.objects.get(pk=paper)
        row.letter = {**row.letter, "title": "改动后的标题", "body": "改动后的正文"}
        row.save(update_fields=["letter"])
    before = len(readings())
    answer = signed_in("auditor").get(f"/papers/{paper}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    said = words(answer.content)
    assert "清纪回〔2026〕1号" in said
    assert "改动后" not in said
    assert "叶怀安" in said
    assert len(readings()) == before + 1
    assert readings()[-1] == ("view", f"paper {paper} pdf")
    saved = signed_in("auditor").get(f"/papers/{paper}/pdf/?download")
    assert saved["Content-Disposition"].startswith("attachment")
    assert readings()[-1][0] == "export"


def test_docx_of_draft_and_signed(play: Player) -> None:
    clue = play.registered()
    play.act("2026-10-09", "clerk", "paper.draft", clue, kind="receipt", title="回执草稿",
             addressee="清川市审计局", body="收悉。")  # fmt: skip
    paper = play.paper("clerk", clue, "receipt")
    answer = signed_in("clerk").get(f"/papers/{paper}/docx/")
    assert answer["Content-Disposition"].startswith("attachment")
    found = "".join(one.text for one in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert "回执草稿" in found.replace("\n", "")
    assert readings()[-1] == ("export", f"paper {paper} docx")


def test_a_paper_is_read_by_whom_it_reaches_only(play: Player) -> None:
    clue = play.registered()
    play.act("2026-10-09", "clerk", "paper.draft", clue, kind="receipt", title="回执",
             addressee="清川市审计局", body="收悉。")  # fmt: skip
    paper = play.paper("clerk", clue, "receipt")
    for ending in ("", "pdf/", "docx/"):
        assert signed_in("auditor").get(f"/papers/{paper}/{ending}").status_code == 404
        assert signed_in("stranger").get(f"/papers/{paper}/{ending}").status_code == 404


def test_the_preview_shows_what_is_typed_and_stores_nothing(play: Player) -> None:
    clue = play.registered()
    typed = {"kind": "receipt", "title": "预览标题", "addressee": "清川市审计局", "body": "预览正文。"}
    answer = signed_in("clerk").post(f"/matters/{clue}/papers/preview/", typed)
    said = words(answer.content)
    assert "预览标题" in said
    assert "预览正文" in said
    with play.see("clerk"):
        assert Paper.objects.count() == 0
    bare = signed_in("clerk").post(f"/matters/{clue}/papers/preview/", {**typed, "title": ""})
    assert bare.status_code == 422
    assert "缺少标题" in text(bare)
    assert "frame-ancestors 'self'" in bare["Content-Security-Policy"]
    strange = {**typed, "kind": "nothing"}
    assert signed_in("clerk").post(f"/matters/{clue}/papers/preview/", strange).status_code == 404
    assert signed_in("auditor").post(f"/matters/{clue}/papers/preview/", typed).status_code == 404
    assert signed_in("stranger").post(f"/matters/{clue}/papers/preview/", typed).status_code == 404


def test_steps_stand_on_the_papers_page(play: Player) -> None:
    clue = play.registered()
    play.act("2026-10-09", "clerk", "paper.draft", clue, kind="receipt", title="回执",
             addressee="清川市审计局", body="收悉。")  # fmt: skip
    paper = play.paper("clerk", clue, "receipt")
    page = signed_in("clerk_head").get(f"/papers/{paper}/")
    assert {"paper.check", "paper.revise"} <= {offer.code for offer in page.context["offers"]}
    clerk = signed_in("clerk").get(f"/papers/{paper}/")
    assert "paper.check" not in {offer.code for offer in clerk.context["offers"]}
    assert {lack.what for one in clerk.context["denied"] for lack in one.missing} == {"capacity"}
    url = f"/matters/{clue}/acts/paper.check/?paper={paper}"
    form = {"key": "k", "paper": paper, "happened_on": "2026-10-10", "next": f"/papers/{paper}/"}
    answer = signed_in("clerk_head").post(url, form)
    assert answer["Location"] == f"/papers/{paper}/"
    evil = {**form, "key": "k2", "reason": "不用", "confirmed": "1", "next": "https://example.org/"}
    away = signed_in("clerk").post(f"/matters/{clue}/acts/paper.void/", evil)
    assert away["Location"] == f"/matters/{clue}/"


def test_what_a_letter_says_besides_stands_on_every_page_of_it(play: Player) -> None:
    clue, short = play.registered(), "简要告知：正在核实三笔补贴"
    play.act("2026-10-09", "clerk", "paper.draft", clue, kind="feedback_letter", title="反馈函",
             addressee="清川市审计局", body="正在核实。", progress=short)  # fmt: skip
    paper = play.paper("clerk", clue, "feedback_letter")
    revising = signed_in("clerk").get(f"/matters/{clue}/acts/paper.revise/?paper={paper}")
    assert revising.context["form"].initial["progress"] == short
    assert f">\n{short}</textarea>" in revising.content.decode()
    for address in (f"/papers/{paper}/", f"/matters/{clue}/acts/paper.check/?paper={paper}"):
        page = signed_in("clerk_head").get(address)
        assert (page.status_code, short in text(page)) == (200, True), address
    form = {"key": "k", "paper": paper, "happened_on": "2026-10-10", "title": "反馈函",
            "addressee": "清川市审计局", "body": "正在核实。", "progress": ""}  # fmt: skip
    refused = signed_in("clerk").post(f"/matters/{clue}/acts/paper.revise/", form)
    assert refused.status_code == 422
    assert "progress" in refused.context["form"].errors
    done = signed_in("clerk").post(
        f"/matters/{clue}/acts/paper.revise/", {**form, "key": "k2", "progress": "改后的简要告知"}
    )
    assert done.status_code == 302
    assert "改后的简要告知" in text(signed_in("clerk_head").get(f"/papers/{paper}/"))


def test_the_register_lists_voided_and_flagged_numbers(play: Player) -> None:
    first, second = play.registered(), play.registered(letter_number="清审移〔2026〕4号")
    receipt(play, first)
    play.act("2026-10-09", "clerk", "paper.draft", second, kind="receipt", title="作废的回执",
             addressee="清川市审计局", body="收悉。")  # fmt: skip
    void = play.paper("clerk", second, "receipt")
    play.act("2026-10-09", "clerk_head", "paper.check", second, paper=void)
    play.act("2026-10-09", "clerk_head", "paper.sign", second, paper=void)
    play.act("2026-10-10", "clerk", "paper.void", second, paper=void, reason="抬头写错")
    play.act(
        "2026-10-11",
        "clerk",
        "matter.correct",
        first,
        fact="received_on",
        value="2026-09-29",
        reason="登记簿",
    )
    page = signed_in("clerk").get("/papers/")
    body = text(page)
    assert "清纪回〔2026〕1号" in body
    assert "清纪回〔2026〕2号" in body
    assert "抬头写错" in body
    flagged = signed_in("clerk").get("/papers/?series=-flagged")
    assert [row.number for row, _label in flagged.context["rows"]] == ["清纪回〔2026〕1号"]
    assert signed_in("auditor").get("/papers/").context["rows"] == []
    assert signed_in("stranger").get("/papers/").context["rows"] == []
    assert signed_in("clerk").get("/papers/?year=abc&after=x&serial=y&series='").status_code == 200


def test_the_register_costs_the_same_however_long(play: Player) -> None:
    client = signed_in("clerk")
    counts = []
    for number in range(3):
        receipt(play, play.registered(letter_number=f"清审移〔2026〕{number}号"))
        client.get("/papers/")
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get("/papers/").context["rows"]) == number + 1
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts

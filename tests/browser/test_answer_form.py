"""The offline form is filled in where there is no platform, saved, and taken in (离线回复表)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guantong.kernel.exchange import cover
from guantong.kernel.exchange.models import Message
from guantong.mechanisms.clues.models import Clue
from support.axe import too_wide, violations
from support.databases import TestDatabases
from support.instances import Instance
from support.play import Player, scan

pytestmark = pytest.mark.browser
HANDS = ["auditor", "audit_head", "audit_leader", "auditor"]


@pytest.fixture
def audit(committed: TestDatabases, tmp_path: Path) -> Instance:
    """The audit bureau's platform; the commission has none."""
    return Instance(committed, tmp_path / "audit", "secret of the audit bureau", "audit")


@pytest.fixture
def offline(browser: Any) -> Iterator[Any]:
    """A browser that opens files from a disc and nothing else."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True, offline=True
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def transferred(play: Player) -> Any:
    person = {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}
    clue = play.act(
        "2026-09-28", "auditor", "clue.draft", category="discipline", allegation="拆分。", subjects=[person]
    )
    texts = {"title": "函", "addressee": "市纪委监委", "body": "内容。"}
    play.act("2026-09-29", "auditor", "paper.draft", clue, kind="transfer_letter", **texts)
    paper = play.paper("auditor", clue, "transfer_letter")
    for who, step in zip(HANDS[1:], ("check", "sign", "dispatch"), strict=True):
        play.act("2026-09-29", who, f"paper.{step}", clue, paper=paper, way="disc")
    return clue


def test_the_form_is_filled_saved_and_taken_in(audit: Instance, offline: Any, tmp_path: Path) -> None:
    with audit.use() as play:
        clue = transferred(play)
        with play.see("auditor"):
            message = Message.objects.select_related("own", "peer", "paper").get(matter=clue)
            form = cover.answer_form(message)
    disc = tmp_path / "回复表.html"
    disc.write_bytes(form)
    wrong: list[str] = []
    offline.on("pageerror", lambda error: wrong.append(str(error)))
    offline.goto(disc.as_uri())
    assert "清川市审计局" in offline.inner_text("#about")
    assert "王喆" not in offline.content()
    assert violations(offline) == []
    assert too_wide(offline) == []
    save = offline.get_by_role("button", name="保存回复文件")
    save.click()
    assert "请填写" in offline.inner_text("#wrong")
    offline.fill("#received_on", "2026-09-30")
    offline.fill("#ledger_number", "清纪线索〔2026〕7号")
    offline.fill("#written_by", "方靖宇")
    assert violations(offline) == []
    with offline.expect_download() as waiting:
        save.click()
    saved = tmp_path / "回复.json"
    waiting.value.save_as(saved)
    assert waiting.value.suggested_filename == "回复.json"
    assert json.loads(saved.read_text(encoding="utf-8"))["kind"] == "receipt"
    assert wrong == []
    audit.take(saved.read_bytes(), "auditor", "2026-10-08", scan=scan("回执.pdf"))
    with audit.use() as play, play.see("auditor"):
        known = Clue.objects.select_related("matter").get(pk=clue)
        assert (known.matter.state, known.matter.number) == ("received", "清纪线索〔2026〕7号")
        assert str(known.received_on) == "2026-09-30"


def test_a_return_needs_its_reason_and_is_taken_in_as_one(
    audit: Instance, offline: Any, tmp_path: Path
) -> None:
    with audit.use() as play:
        clue = transferred(play)
        with play.see("auditor"):
            form = cover.answer_form(Message.objects.select_related("own", "peer", "paper").get(matter=clue))
    disc = tmp_path / "回复表.html"
    disc.write_bytes(form)
    offline.goto(disc.as_uri())
    offline.get_by_label("退回", exact=True).check()
    offline.fill("#received_on", "2026-09-30")
    offline.fill("#written_by", "方靖宇")
    save = offline.get_by_role("button", name="保存回复文件")
    save.click()
    assert "理由" in offline.inner_text("#wrong")
    offline.fill("#note", "证据材料不全。")
    with offline.expect_download() as waiting:
        save.click()
    saved = tmp_path / "回复.json"
    waiting.value.save_as(saved)
    audit.take(saved.read_bytes(), "auditor", "2026-10-08", scan=scan("退回.pdf"))
    with audit.use() as play, play.see("auditor"):
        assert Clue.objects.select_related("matter").get(pk=clue).matter.state == "returned"

"""How enforcement was summed up and told to the shareholder (演示：执纪执法情况汇总通报)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from guantong.demo.stage import CALENDAR, ZONE, Diary, Stage, Step, Story
from guantong.demo.upward import letter
from guantong.kernel.duties.cadence import FIRST_JANUARY, Span, spans
from guantong.kernel.matters.models import Link, LinkKind

OFFICE, LEADER = "qc.liaison.head", "qc.deputy"
BODIES = {
    # organ: who answers
    "qc.committee": "qc.committee.a",
    "qc.stationed": "qc.stationed.a",
    "yl.supervision": "yl.clerk",
    "ll.supervision": "ll.clerk",
}
WITHHELD = "审查调查\n留置"
TOLD = "本期各级纪检监察组织在国企领域监督执纪总体平稳，招标采购、投资决策方面问题较多，请加强监管。"


def stories(stage: Stage, random: Random, start: date, until: date) -> Iterator[Story]:
    """Return the half years: those over told to the shareholder, the present one being collected."""
    yield _halves(stage, random, list(spans(6, FIRST_JANUARY, start, until)), start, until)


def _halves(stage: Stage, random: Random, halves: list[Span], start: date, until: date) -> Story:
    for half in halves:
        begins = datetime.combine(max(half.first, start), time(7, 20), ZONE)
        opened = yield Step(begins, OFFICE, CALENDAR)
        matter = opened["notice", half.first]
        over = half.last < until
        diary = Diary(random, half.last + timedelta(days=1) if over else until - timedelta(days=12))
        parts = yield _collect(stage, diary, matter, over)
        yield from _answered(diary, random, parts, list(BODIES)[: 4 if over else 2])
        if over:
            yield from _told(stage, diary, matter)


def _collect(stage: Stage, diary: Diary, matter: uuid.UUID, over: bool) -> Step:
    data = {
        "bodies": [stage.city.organs[code].pk for code in BODIES],
        "text": "请按栏目报送本期国企领域监督执纪执法情况。",
        "answer_by": (diary.now.date() + timedelta(days=10 if over else 25)).isoformat(),
    }
    follows = {"correspondence.ask_return": len(BODIES)}
    return Step(diary.now, OFFICE, "correspondence.collect", matter, data, find=_parts, follows=follows)


def _parts(matter: uuid.UUID) -> dict[str, uuid.UUID]:
    """Return the returns asked for, by the code of who is asked."""
    links = Link.objects.filter(target=matter, kind=LinkKind.PART)
    return dict(links.values_list("source__correspondence__recipient__code", "source"))


def _answered(diary: Diary, random: Random, parts: dict[str, uuid.UUID], codes: list[str]) -> Story:
    for code in codes:
        diary.later(0, 2)
        who = BODIES[code]
        yield Step(diary.now, who, "correspondence.receive", parts[code])
        diary.later(0)
        figures: dict[str, Any] = {
            "clues": random.randint(0, 6), "cases": random.randint(0, 2), "sanctions": random.randint(0, 3),
            "admonished": random.randint(1, 8), "prosecuted": random.randint(0, 1),
            "text": "本期情况见各栏，均已录入台账。",
        }  # fmt: skip
        yield Step(diary.now, who, "correspondence.answer", parts[code], figures)


def _told(stage: Stage, diary: Diary, matter: uuid.UUID) -> Story:
    diary.later(1)
    text = "各单位报送已汇总，与台账不符之处正在核实。招标采购、投资决策方面问题较多。"
    yield Step(diary.now, OFFICE, "correspondence.write", matter, {"text": text, "withheld": WITHHELD})
    yield Step(diary.later(0), OFFICE, "correspondence.send", matter)
    yield Step(diary.later(1), LEADER, "correspondence.receive", matter)
    approved = {"text": "同意。", "approval": "approved"}
    yield Step(diary.later(0), LEADER, "correspondence.answer", matter, approved)
    diary.later(1)
    notice = {
        "form": "enforcement_notice", "recipient": stage.city.organs["gz.accountability"].pk,
        "about": str(matter), "title": "国企领域执纪执法情况", "text": TOLD,
    }  # fmt: skip
    sent = yield Step(diary.now, OFFICE, "correspondence.draft", None, notice)
    hands = (OFFICE, OFFICE, LEADER)
    yield from letter(diary, sent, hands, "system", {"correspondence.release": 1})
    yield Step(diary.later(0, 1), "gz.accountability.a", "correspondence.receive", sent)

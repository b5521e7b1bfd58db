"""What goes up in the demonstration year (演示：定期报送、请示报告): reports, requests and their answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from guantong.demo.city import ENTERPRISES
from guantong.demo.scans import scan
from guantong.demo.stage import CALENDAR, ZONE, Diary, Stage, Step, Story, last_paper
from guantong.kernel.duties.cadence import FIRST_JANUARY, Span, spans
from guantong.mechanisms.correspondence.models import Copy

CADENCE, LETTER = "work_report", "correspondence_letter"
NEVER, LATE = ENTERPRISES[-1][0], ENTERPRISES[3][0]
"""Who has not reported for the last quarter, and who reports late."""
WORK = [
    "围绕工程招标、物资采购开展专项监督，建立问题台账，逐项督促整改。",
    "对重大投资项目决策程序开展检查，完善责任追究与纪检监察衔接。",
    "组织违规经营投资线索集中核查，健全内部控制制度。",
]
PLANS = "对重点子企业开展监督检查，跟踪问题整改到位情况。"
REQUESTS = [
    ("将重大投资项目纳入年度审计重点", "同意将市属国企重大投资项目纳入年度审计重点", "agreed",
     "同意。请按程序组织实施，重要情况及时报告。"),
    ("调整经济责任审计对象", "同意对三名国企主要负责人开展任中审计", "agreed_in_principle",
     "原则同意，其中一人待干部调整后另行安排。"),
]  # fmt: skip
REPORTS = [
    ("上半年审计发现问题线索移送情况", "上半年移送问题线索情况已汇总，整体推进平稳，重点线索均已受理。"),
    ("年度审计项目进展情况", "年度审计项目完成过半，进度符合计划。"),
]
AUDIT = ("sj.executing.a", "sj.executing.head", "sj.principal")


def stories(stage: Stage, random: Random, start: date, until: date) -> Iterator[Story]:
    """Return the quarters of each body, the requests to the Party committee and the reports to it."""
    quarters = list(spans(3, FIRST_JANUARY, start, until))
    for code in ("gz", *(row[0] for row in ENTERPRISES)):
        yield _quarters(code, Random(random.random()), quarters, start, until)
    for number, request in enumerate(REQUESTS):
        yield _request(stage, Random(random.random()), start + timedelta(days=120 + 160 * number), *request)
    for number, report in enumerate(REPORTS):
        yield _report(stage, Random(random.random()), start + timedelta(days=90 + 200 * number), *report)


def _quarters(code: str, random: Random, quarters: list[Span], start: date, until: date) -> Story:
    """Report each quarter that is over, early in the next one."""
    clerk, head = f"{code}.accountability.a", f"{code}.accountability.head"
    for quarter in quarters:
        opened = yield Step(datetime.combine(max(quarter.first, start), time(7, 15), ZONE), clerk, CALENDAR)
        if quarter.last >= until or (code == NEVER and quarter is quarters[-2]):
            continue
        diary = Diary(random, quarter.last + timedelta(days=1))
        diary.later(*((14, 16) if code == LATE else (1, 6)))
        yield from _reported(diary, random, opened[CADENCE, quarter.first], clerk, head)


def _reported(diary: Diary, random: Random, matter: uuid.UUID, clerk: str, head: str) -> Story:
    found = random.randint(2, 14)
    figures = {
        "inspections": random.randint(4, 20), "problems": found, "rectified": random.randint(1, found),
        "cases": random.randint(0, 3), "people": random.randint(0, 5), "handed_over": random.randint(0, 2),
        "plans": PLANS,
    }  # fmt: skip
    text = random.choice(WORK)
    yield Step(diary.now, clerk, "correspondence.write", matter, {"text": text, **figures})
    yield from letter(diary, matter, (clerk, head, head), "system", {"correspondence.copy": 1})
    diary.later(0, 2)
    yield Step(diary.now, "qc.committee.a", "correspondence.receive", matter)
    diary.later(0, 1)
    if random.random() < 0.85:
        signed = {"received_by": "谢令仪"}
        yield Step(
            diary.now, "qc.stationed.a", "correspondence.sign_for_copy", matter, signed, late=_copy(matter)
        )


def _copy(matter: uuid.UUID) -> Callable[[], dict[str, Any] | None]:
    def find() -> dict[str, Any] | None:
        copy = Copy.objects.filter(matter=matter, received_on__isnull=True).first()
        return {"of_copy": str(copy.pk)} if copy else None

    return find


def letter(
    diary: Diary, matter: uuid.UUID, hands: tuple[str, str, str], way: str, follows: dict[str, int]
) -> Story:
    """Let the proposed letter be drafted, checked and signed, and dispatched."""
    clerk, head, signer = hands
    paper = yield Step(diary.now, clerk, "paper.draft", matter, {"kind": LETTER}, find=last_paper)
    diary.later(0, 1)
    yield Step(diary.now, head, "paper.check", matter, {"paper": paper})
    diary.later(0)
    yield Step(diary.now, signer, "paper.sign", matter, {"paper": paper})
    diary.later(0)
    yield Step(diary.now, clerk, "paper.dispatch", matter, {"paper": paper, "way": way}, follows=follows)


def _written(stage: Stage, diary: Diary, form: str, **data: Any) -> Generator[Step, Any, uuid.UUID]:
    recipient = stage.city.organs["qcsw"].pk
    given = {"form": form, "recipient": recipient, **data}
    matter: uuid.UUID = yield Step(diary.now, AUDIT[0], "correspondence.draft", None, given)
    yield from letter(diary, matter, AUDIT, "paper", {})
    diary.later(1, 2)
    yield _told(diary, "correspondence.take_receipt", matter, "签收单", received_on=diary.day)
    return matter


def _told(diary: Diary, code: str, matter: uuid.UUID, name: str, **data: Any) -> Step:
    paper = scan(f"{name}.pdf", [name, "中共清川市委员会办公室", diary.day])
    return Step(diary.now, AUDIT[0], code, matter, data, scan=paper)


def _request(
    stage: Stage, random: Random, begins: date, title: str, asked: str, decision: str, answer: str
) -> Story:
    diary = Diary(random, begins)
    matter = yield from _written(
        stage, diary, "party_request", title=title, matter_asked=asked,
        in_name_of="中共清川市委审计委员会", text="今年以来，市属国企投资规模扩大，审计发现风险有所上升。",
    )  # fmt: skip
    diary.later(6, 14)
    yield _told(diary, "correspondence.take_answer", matter, "批复", text=answer, decision=decision)


def _report(stage: Stage, random: Random, begins: date, title: str, text: str) -> Story:
    diary = Diary(random, begins)
    yield from _written(stage, diary, "party_report", title=title, text=text)

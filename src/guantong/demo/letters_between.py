"""A year of letters between the bodies (演示：函询往来): liaison, guidance and the rest."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from guantong.demo import content
from guantong.demo.city import ENTERPRISES
from guantong.demo.stage import Diary, Stage, Step, Story, last_paper

LIAISON = "qc.liaison.head"
REQUESTS = [
    (
        "商请介绍工程招标监管情况",
        "请介绍所属企业近三年工程招标的监管情况。",
        "已梳理近三年招标项目，情况附后。",
    ),
    ("商请协调调阅投资决策材料", "请协调提供重大投资项目的决策会议纪要。", "有关纪要已整理，可随时调阅。"),
    ("商请明确追责情况报送口径", "请明确违规经营投资追责情况的统计口径。", "按立项口径统计，半年汇总一次。"),
    ("商请核实二级企业负责人任职", "请核实所属二级企业负责人任职时间。", "任职文件已核对，时间附后。"),
]
MESSAGES = [
    ("通报联席会议筹备情况", "半年联席会议议题已汇总，请各单位准备材料。"),
    ("通报专项检查安排", "下月起对采购领域开展专项检查，请做好配合。"),
]
GUIDANCE = [
    (
        "规范招标采购日常监督",
        "请围绕招标采购开展专项监督，重点检查拆分规避招标。",
        "已完成专项监督，发现问题三项并督促整改。",
    ),
    ("加强境外投资廉洁风险防控", "请排查境外投资项目廉洁风险，完善防控措施。", "已完成排查，建立风险清单。"),
    ("做实会员卡、礼品礼金专项整治", "请组织自查自纠，按时报告结果。", "自查已完成，未发现违规情形。"),
]
PURPOSES = ["经济责任审计进点前了解情况", "核实问题线索", "巡察进驻前了解情况"]
KNOWN = [
    "审计发现大额资金出借未经集体研究，可能造成损失。",
    "检查发现工程变更签证与现场明显不符。",
    "审计发现多家供应商由同一人实际控制。",
]

Part = Generator[Step, Any, Any]


def stories(stage: Stage, random: Random, start: date, until: date) -> Iterator[Story]:
    """Return the year's letters, a few each month, the last of which are still under way."""
    months = (until - start).days // 30
    for month in range(months):
        first = start + timedelta(days=month * 30)
        for maker in (_liaison, _message, _important, _information):
            yield maker(stage, Random(random.random()), first + timedelta(days=random.randint(1, 27)))
        if month % 2:
            yield _guidance(stage, Random(random.random()), first + timedelta(days=random.randint(1, 27)))


def _step(diary: Diary, who: str, code: str, matter: Any = None, **data: Any) -> Step:
    return Step(diary.now, who, code, matter, data)


def _company(random: Random) -> tuple[str, str]:
    row = random.choice(ENTERPRISES)
    return row[0], row[1]


def _written(stage: Stage, diary: Diary, who: str, form: str, to: str, **data: Any) -> Part:
    """Draft in a form, and return the matter."""
    recipient = stage.city.organs[to].pk
    return (yield _step(diary, who, "correspondence.draft", form=form, recipient=recipient, **data))


def _liaison(stage: Stage, random: Random, begins: date) -> Story:
    diary = Diary(random, begins)
    title, text, answer = random.choice(REQUESTS)
    code, _name = random.choice([("gz", ""), _company(random)])
    clerk = f"{code}.accountability.a"
    matter = yield from _written(
        stage, diary, LIAISON, "liaison_request", f"{code}.accountability", title=title, text=text
    )
    diary.later(0)
    yield _step(diary, LIAISON, "correspondence.send", matter)
    diary.later(0, 2)
    yield _step(diary, clerk, "correspondence.receive", matter)
    diary.later(2, 8)
    if random.random() < 0.1:
        yield _step(
            diary, clerk, "correspondence.refuse", matter, reason="涉及尚未公开的上市信息，请走正式程序。"
        )
    elif random.random() < 0.9:
        yield _step(diary, clerk, "correspondence.answer", matter, text=answer)


def _message(stage: Stage, random: Random, begins: date) -> Story:
    diary = Diary(random, begins)
    title, text = random.choice(MESSAGES)
    matter = yield from _written(
        stage, diary, LIAISON, "liaison_message", "gz.accountability", title=title, text=text
    )
    yield _step(diary, LIAISON, "correspondence.send", matter)
    diary.later(0, 2)
    yield _step(diary, "gz.accountability.a", "correspondence.receive", matter)


def _letter(diary: Diary, matter: Any, kind: str, clerk: str, head: str, **more: Any) -> Part:
    """Let a letter be drafted, checked and signed by the head, and dispatched."""
    draft = Step(diary.now, clerk, "paper.draft", matter, {"kind": kind, **more}, find=last_paper)
    paper = yield draft
    diary.later(0, 1)
    yield _step(diary, head, "paper.check", matter, paper=paper)
    diary.later(0)
    yield _step(diary, head, "paper.sign", matter, paper=paper)
    diary.later(0)
    yield _step(diary, clerk, "paper.dispatch", matter, paper=paper, way="system")


def _guidance(stage: Stage, random: Random, begins: date) -> Story:
    diary = Diary(random, begins)
    title, text, answer = random.choice(GUIDANCE)
    by_group = random.random() < 0.4
    writer, form = (
        ("qc.stationed", "guidance_stationed") if by_group else ("qc.committee", "guidance_committee")
    )
    code = "gz" if by_group else _company(random)[0]
    clerk, head = f"{code}.accountability.a", f"{code}.accountability.head"
    matter = yield from _written(
        stage, diary, f"{writer}.a", form, f"{code}.accountability", title=title, text=text
    )
    yield from _letter(diary, matter, "correspondence_letter", f"{writer}.a", f"{writer}.head")
    diary.later(1, 2)
    yield _step(diary, clerk, "correspondence.receive", matter)
    diary.later(10, 24)
    yield from _letter(diary, matter, "correspondence_answer", clerk, head, body=answer)
    diary.later(2, 9)
    if random.random() < 0.4:
        yield _step(diary, f"{writer}.a", "correspondence.follow_up", matter, text="请补充说明整改到位情况。")
        diary.later(5, 15)
        more = "有关问题已全部整改到位。"
        yield from _letter(diary, matter, "correspondence_answer", clerk, head, body=more)
        diary.later(2, 6)
    yield _step(diary, f"{writer}.a", "correspondence.close", matter, note="已核对，落实到位。")


def _person(random: Random) -> dict[str, Any]:
    company = _company(random)[1]
    made = content.clue(random, company, "enterprise", random.choice(content.TOPICS), company=True)
    return {"subjects": made["subjects"], "unit": company}


def _information(stage: Stage, random: Random, begins: date) -> Story:
    diary = Diary(random, begins)
    who, to, clerk = random.choice(
        [
            ("sj.executing.a", "qc.supervision", "qc.clerk"),
            ("xc.office.a", "qc.supervision", "qc.clerk"),
            ("qc.first.a", "sj.executing", "sj.executing.a"),
        ]
    )
    wanted = "audit_report" if to == "sj.executing" else "integrity"
    until = (diary.now.date() + timedelta(days=random.choice([60, 90, 180]))).isoformat()
    matter = yield from _written(
        stage, diary, who, "information_request", to, wanted=wanted, **_person(random),
        basis="审计法第三十六条、本市贯通协同办法", purpose=random.choice(PURPOSES), readers="承办部门",
        readable_until=until, text="请提供近三年的有关情况。",
    )  # fmt: skip
    yield _step(diary, who, "correspondence.send", matter)
    diary.later(0, 2)
    yield _step(diary, clerk, "correspondence.receive", matter)
    diary.later(3, 12)
    if random.random() < 0.15:
        yield _step(diary, clerk, "correspondence.refuse", matter, reason="正在审查调查，暂不宜提供。")
    elif random.random() < 0.9:
        answer = {"text": "近三年情况已汇总，供工作参考。", "readable_until": until}
        yield _step(diary, clerk, "correspondence.answer", matter, **answer)


def _important(stage: Stage, random: Random, begins: date) -> Story:
    diary = Diary(random, begins)
    known = diary.day
    senders = ["sj.executing.a", "sj.enterprise.a", "gz.accountability.a", "sw.accountability.a"]
    who = random.choice(senders)
    diary.later(1, 9)
    matter = yield from _written(
        stage, diary, who, "important_matter", "qc.supervision", known_on=known, **_person(random),
        text=random.choice(KNOWN),
    )  # fmt: skip
    diary.later(0, 1)
    yield _step(diary, who, "correspondence.send", matter)
    diary.later(0, 2)
    yield _step(diary, "qc.clerk", "correspondence.receive", matter)

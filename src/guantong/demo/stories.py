"""The stories of the demonstration (演示情节): generators of acts, from report to feedback."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from guantong.demo import content
from guantong.demo.cast import CITY_HOUSE, COUNTY_HOUSES, House, Sender
from guantong.demo.scans import scan
from guantong.demo.stage import (
    Diary,
    Stage,
    Step,
    Story,
    arrived_from,
    case_of,
    county_persons,
    findings,
    last_paper,
    open_instructions,
)

Part = Generator[Step, Any, Any]


@dataclass
class Plot:
    """How one clue's story goes: its pace, its turns. `stall`: the step after which nothing more is done."""

    random: Random
    stage: Stage
    diary: Diary
    sender: Sender | None
    data: dict[str, Any]
    house: House = CITY_HOUSE
    slow: bool = False
    stall: str = ""
    turns: frozenset[str] = frozenset()
    county: str = ""
    origin: uuid.UUID | None = None
    clue: uuid.UUID | None = None
    clerk: str = ""
    handler: tuple[str, str, str] = ("", "", "")
    papers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clerk = self.random.choice(self.house.clerks)

    def step(self, who: str, code: str, **data: Any) -> Step:
        """An act on the clue, now."""
        return Step(self.diary.now, who, code, self.clue, data)

    def stalls(self, name: str) -> bool:
        """Whether the story ends here."""
        return self.stall == name


def letter(
    plot: Plot, kind: str, drafter: str, checker: str, signer: str,
    follows: dict[str, int] | None = None, **extra: Any,
) -> Part:  # fmt: skip
    """Draft, check, sign and dispatch a paper. `follows`: acts that its dispatch brings about."""
    drafted = plot.step(drafter, "paper.draft", kind=kind, **extra)
    drafted.find = last_paper
    paper = yield drafted
    if plot.stalls(f"{kind}.draft"):
        return False
    plot.diary.later(0, 1)
    yield plot.step(checker, "paper.check", paper=paper)
    if plot.stalls(f"{kind}.check"):
        return False
    plot.diary.later(0, 2)
    yield plot.step(signer, "paper.sign", paper=paper)
    if plot.stalls(f"{kind}.sign"):
        return False
    plot.diary.later(0, 1)
    plot.papers[kind] = paper
    way = plot.random.choice(["system", "system", "paper"])
    dispatched = plot.step(drafter, "paper.dispatch", paper=paper, way=way)
    dispatched.follows = follows or {}
    yield dispatched
    return True


def transfer(plot: Plot) -> Part:
    """The sender prepares the clue and sends it by wire."""
    sender = plot.sender
    assert sender is not None  # noqa: S101 - stories of letters on paper do not come here
    data = dict(plot.data, origin=str(plot.origin) if plot.origin else "")
    plot.clue = yield Step(plot.diary.now, sender.drafter, "clue.draft", None, data)
    if plot.stalls("draft"):
        return False
    plot.diary.later(0, 2)
    if "amend" in plot.turns:
        amended = dict(plot.data, allegation=plot.data["allegation"] + "有关情况已经被审计单位书面确认。")
        yield Step(plot.diary.now, sender.drafter, "clue.amend", plot.clue, amended)
        plot.diary.later(0, 1)
    if "withdraw" in plot.turns:
        yield plot.step(sender.drafter, "clue.withdraw", reason="经复核，该问题已由主管部门处理，不再移送。")
        return False
    sent = yield from letter(plot, "transfer_letter", sender.drafter, sender.head, sender.leader)
    return sent


def by_wire(plot: Plot) -> Story:
    """A clue transferred in the platform, from draft to feedback."""
    if not (yield from transfer(plot)):
        return
    if plot.stalls("sent"):
        return
    plot.diary.later(*((3, 7) if plot.slow else (0, 2)))
    if "return" in plot.turns:
        yield plot.step(plot.clerk, "clue.return", reason=plot.random.choice(content.RETURN_REASONS))
        plot.diary.later(2, 6)
        if plot.stalls("returned"):
            return
        sender = plot.sender
        assert sender is not None  # noqa: S101 - it has sent
        evidence = [*plot.data["evidence"], {"title": "补充说明", "pages": "3"}]
        yield Step(
            plot.diary.now, sender.drafter, "clue.amend", plot.clue, dict(plot.data, evidence=evidence)
        )
        plot.diary.later(0, 1)
        yield from letter(plot, "transfer_letter", sender.drafter, sender.head, sender.leader)
        plot.diary.later(0, 1)
    yield plot.step(plot.clerk, "clue.receive", note="")
    yield from after_intake(plot)


def on_paper(
    plot: Plot, source: str, sender_id: int | None, sender_name: str, prefix: str,
    delay: tuple[int, int] = (0, 1),
) -> Story:  # fmt: skip
    """A clue that came as a letter and is registered with its scan, `delay` working days after it came."""
    arrived = plot.diary.now.date()
    written = plot.diary.now
    plot.diary.later(1, 3)
    serial = plot.random.randint(3, 180)
    letter_number = f"{prefix}〔{arrived.year}〕{serial}号"
    received = plot.diary.day
    plot.diary.later(*delay)
    data = {
        **plot.data,
        "happened_on": received,
        "source": source,
        "sender": str(sender_id or ""),
        "sender_name": sender_name if sender_id is None else "",
        "letter_number": letter_number,
        "letter_date": written.date().isoformat(),
        "letter_signer": content.person(plot.random),
    }
    sheet = scan("来函扫描件.pdf", [sender_name, letter_number, "问题线索移送函", received])
    step = Step(plot.diary.now, plot.clerk, "clue.register", None, data, sheet)
    plot.clue = yield step
    yield from after_intake(plot, reachable=sender_id is not None)


def after_intake(plot: Plot, *, reachable: bool = True) -> Part:
    """What case supervision does with a clue it has received."""
    if plot.stalls("received"):
        return
    if "receipt" in plot.turns:
        plot.diary.later(0, 1)
        sent = yield from letter(plot, "receipt", plot.clerk, plot.house.head, plot.house.head)
        if sent and reachable and plot.sender is not None and plot.random.random() < 0.4:
            plot.diary.later(0, 2)
            yield plot.step(
                plot.sender.drafter, "paper.sign_for", paper=plot.papers["receipt"], signed_by="收发室"
            )
        if not sent:
            return
    plot.diary.later(0, 2)
    if "correct" in plot.turns:
        yield plot.step(
            plot.clerk, "matter.correct", fact="amount", value="186000.00",
            reason="登记时多录一位，以来函所附明细为准。",
        )  # fmt: skip
        plot.diary.later(0, 1)
    if (yield from sorted_out(plot)):
        return
    if "link" not in plot.turns:
        yield plot.step(plot.clerk, "clue.propose_assignment", **_proposal(plot))
        if plot.clue is not None:
            plot.stage.latest[plot.house.code] = plot.clue
    else:
        yield plot.step(plot.clerk, "clue.propose_assignment", **_proposal(plot))
    yield from assignment(plot)


def sorted_out(plot: Plot) -> Part:
    """Forwarded, split, linked or merged; tells whether the clue ends here."""
    if "forward" in plot.turns:
        yield from passed_on(plot, "clue.forward", reason="反映对象系县管干部，按管辖权限转送。")
        return True
    if "split" in plot.turns:
        part = "其中涉及县有关工作人员审核把关不严的问题，由你委办理。"
        yield from passed_on(plot, "clue.split", part=part, reason="部分对象系县管干部，分案办理。")
        plot.diary.later(0, 1)
    for turn, code in (("link", "clue.link_duplicate"), ("merge", "clue.merge")):
        if turn in plot.turns:
            step = plot.step(plot.clerk, code, reason="反映对象相同、主要事实重合。")
            step.late = partial(plot.stage.latest_open, plot.house.code)
            done = yield step
            if done and turn == "merge":
                return True
    return False


def passed_on(plot: Plot, code: str, **data: Any) -> Part:
    """All or a part goes to a county, where its own story begins."""
    county = plot.county or "yl"
    step = plot.step(plot.clerk, code, to=str(plot.stage.city.organs[county].pk), **data)
    step.find = arrived_from
    if code == "clue.split" and plot.clue is not None:
        step.late = partial(county_persons, plot.clue)
    clue = yield step
    house = COUNTY_HOUSES[county]
    diary = Diary(Random(plot.random.random()), plot.diary.now.date())
    diary.now = plot.diary.now
    there = Plot(
        diary.random, plot.stage, diary, None, plot.data, house, clue=clue, turns=frozenset({"receipt"})
    )
    plot.stage.begin(arrived(there))


def _proposal(plot: Plot) -> dict[str, Any]:
    subjects = plot.data["subjects"]
    authority = subjects[0]["authority"] if subjects else "city"
    choices = plot.house.supervision
    reason = "反映对象系市管干部，建议交联系该单位的监督检查室办理。"
    if plot.data["category"] == "duty_crime":
        choices, reason = plot.house.investigation, "涉嫌职务犯罪，建议交审查调查部门办理。"
    elif authority == "enterprise" and plot.house.stationed:
        choices, reason = plot.house.stationed, "反映对象系市属企业管理人员，建议交派驻纪检监察组办理。"
    elif plot.house.code != "qc":
        reason = "反映对象系县管干部，建议交纪检监察室办理。"
    if not plot.handler[0] or "refused" in plot.turns:
        plot.handler = plot.random.choice(choices)
    return {"handler": str(plot.stage.city.organs[plot.handler[0]].pk), "reason": reason, "rule": ""}


def decision(plot: Plot, code: str, what: str, **data: Any) -> Step:
    """A leader decides, in the platform or on paper recorded by case supervision."""
    leader, name = plot.random.choice(plot.house.leaders)
    if "recorded" not in plot.turns or plot.random.random() < 0.4:
        return plot.step(leader, code, **data)
    step = plot.step(plot.clerk, code, signer=name, **data)
    day = plot.diary.now.date()
    written = "同意" if "approve" in code else "不同意"
    step.scan = scan("呈批件扫描件.pdf", ["问题线索呈批件", what, f"领导批示：{written}。", name, f"{day}"])
    return step


def assignment(plot: Plot) -> Part:
    """From the proposal to the department's signature."""
    if plot.stalls("assignment_proposed"):
        return
    if "sheet" in plot.turns:
        plot.diary.later(0)
        yield from letter_until_signed(plot, "approval_sheet", plot.clerk, plot.house.head)
    plot.diary.later(*((3, 8) if plot.slow else (0, 2)))
    if "decline" in plot.turns:
        yield decision(plot, "clue.decline_assignment", "分办意见", reason=content.DECLINES[0])
        plot.diary.later(1, 3)
        yield plot.step(plot.clerk, "clue.propose_assignment", **_proposal(plot))
        plot.diary.later(0, 2)
    instruction = plot.random.choice(["", "", "抓紧办理，重要进展及时报告。", "依规依纪依法核查，注意保密。"])
    yield decision(plot, "clue.approve_assignment", "分办意见", instruction=instruction)
    if plot.stalls("assigned"):
        return
    plot.diary.later(*((3, 6) if plot.slow else (0, 2)))
    if "refuse" in plot.turns:
        reason = plot.random.choice(content.REFUSALS)
        yield plot.step(plot.handler[1], "clue.refuse_assignment", reason=reason)
        plot.diary.later(1, 2)
        plot.turns |= {"refused"}
        yield plot.step(plot.clerk, "clue.propose_assignment", **_proposal(plot))
        plot.diary.later(0, 2)
        yield decision(plot, "clue.approve_assignment", "分办意见", instruction="")
        plot.diary.later(0, 2)
    if "recall" in plot.turns:
        reason = "经研究改由其他部门办理。"
        yield plot.step(plot.clerk, "clue.recall", reason=reason)
        plot.diary.later(0, 1)
        plot.turns |= {"refused"}
        yield plot.step(plot.clerk, "clue.propose_assignment", **_proposal(plot))
        plot.diary.later(0, 2)
        yield decision(plot, "clue.approve_assignment", "分办意见", instruction="")
        plot.diary.later(0, 2)
    custodian = plot.stage.city.posts[plot.handler[2]].officer_id
    yield plot.step(plot.handler[1], "clue.accept", custodian=str(custodian))
    yield from handling(plot)


def letter_until_signed(plot: Plot, kind: str, drafter: str, head: str) -> Part:
    """A paper that stays in the house: drafted, checked, signed."""
    drafted = plot.step(drafter, "paper.draft", kind=kind)
    drafted.find = last_paper
    paper = yield drafted
    for code in ("paper.check", "paper.sign"):
        plot.diary.later(0)
        yield plot.step(head, code, paper=paper)


def handling(plot: Plot) -> Part:
    """From the handling proposal to the result."""
    if plot.stalls("accepted"):
        return
    who = plot.handler[2]
    plot.diary.later(*((20, 32) if plot.slow else (4, 15)))
    way = plot.random.choices(["verify", "talk", "shelve", "close"], [12, 5, 1, 1])[0]
    yield plot.step(who, "clue.propose_handling", way=way, plan=content.PLANS[way])
    if plot.stalls("handling_proposed"):
        return
    plot.diary.later(0, 3)
    if "decline_handling" in plot.turns:
        yield decision(plot, "clue.decline_handling", "处置意见", reason=content.DECLINES[1])
        plot.diary.later(1, 4)
        yield plot.step(who, "clue.propose_handling", way="verify", plan=content.PLANS["verify"])
        plot.diary.later(0, 3)
        way = "verify"
    yield decision(plot, "clue.approve_handling", "处置意见", instruction="")
    yield from work(plot, who)
    if plot.stalls("handling") or plot.stalls("paused") or plot.stalls("extension"):
        return
    if plot.stalls("case_requested"):
        found = {"text": content.RESULTS["case"][0], "case_basis": content.CASE_BASIS}
        yield plot.step(who, "clue.request_case", **found)
        return
    yield from outcome(plot, who, way)


def supervised(plot: Plot, who: str) -> Part:
    """A leader writes an instruction; the next report answers it."""
    plot.diary.later(1)
    given = {"instruction": content.INSTRUCTION, "interval": "14", "interval_unit": "days"}
    yield plot.step(plot.house.leaders[0][0], "clue.supervise", **given)
    plot.diary.later(4)
    report = plot.step(who, "clue.report_progress", progress=content.PROGRESS[0].format(n=6))
    report.late = partial(open_instructions, plot.clue)
    yield report


def work(plot: Plot, who: str) -> Part:
    """Progress, pauses and extensions."""
    random = plot.random
    if plot.data.get("category") == "duty_crime":
        yield from supervised(plot, who)
    for _number in range(random.choice([0, 1, 1, 2])):
        plot.diary.later(5, 12)
        text = random.choice(content.PROGRESS).format(n=random.randint(3, 40))
        yield plot.step(who, "clue.report_progress", progress=text)
    if "pause" in plot.turns:
        plot.diary.later(2, 8)
        awaited = random.choice(content.AWAITED)
        yield plot.step(who, "clue.pause", awaited_from=awaited, reason="关键事实有待外部答复，暂停计时。")
        if plot.stalls("paused"):
            return
        plot.diary.later(6, 15)
        yield plot.step(who, "clue.resume", progress="已收到答复，继续核查。")
    if "extend" in plot.turns:
        plot.diary.later(15, 22)
        until = plot.diary.now.date() + timedelta(days=45)
        yield plot.step(
            who, "clue.request_extension", until=until.isoformat(),
            reason="需委托造价鉴定，鉴定周期约四十日，难以按期办结。",
        )  # fmt: skip
        if plot.stalls("extension"):
            return
        plot.diary.later(0, 3)
        if random.random() < 0.8:
            yield decision(plot, "clue.approve_extension", "延期申请", instruction="")
        else:
            yield decision(plot, "clue.decline_extension", "延期申请", reason="主要事实已查清，请按期办结。")
    if "interim" in plot.turns:
        plot.diary.later(3, 8)
        house = plot.house
        told = "已开展初步核实，主要事实正在核查。"
        yield from letter(plot, "feedback_letter", plot.clerk, house.head, house.leaders[0][0], progress=told)


def outcome(plot: Plot, who: str, way: str) -> Part:
    """The result, a case where one is opened, and the final feedback."""
    random = plot.random
    plot.diary.later(*((40, 60) if plot.slow else (8, 25)))
    weights = {"verify": [5, 4, 4, 0, 2], "talk": [0, 5, 6, 0, 1]}.get(way)
    results = ["case", "closed", "admonished", "shelved", "referred"]
    result = random.choices(results, weights)[0] if weights else {"shelve": "shelved"}.get(way, "closed")
    text, told = content.RESULTS[result]
    case = {"case_basis": text, "approved_by": plot.house.leaders[-1][1]} if result == "case" else {}
    concluded = plot.step(who, "clue.conclude", result=result, text=text, **case)
    concluded.find = case_of if case else None
    found = yield concluded
    if plot.stalls("concluded"):
        return
    plot.diary.later(1, 5)
    if case and random.random() < 0.5:
        note = "已向有关单位调取补充证据，案件进入审理前准备。"
        yield Step(plot.diary.now, plot.handler[1], "case.note", found, {"note": note})
        plot.diary.later(0, 2)
    if "void" in plot.turns:
        drafted = plot.step(plot.clerk, "paper.draft", kind="feedback_letter", progress=told)
        drafted.find = last_paper
        paper = yield drafted
        plot.diary.later(0, 1)
        yield plot.step(plot.clerk, "paper.void", paper=paper, reason="文号引用有误，重新拟稿。")
        plot.diary.later(0)
    house = plot.house
    leader = random.choice(house.leaders)[0]
    sent = yield from letter(plot, "feedback_letter", plot.clerk, house.head, leader, progress=told)
    if sent and plot.sender is not None and random.random() < 0.6:
        plot.diary.later(0, 3)
        paper = plot.papers["feedback_letter"]
        yield plot.step(plot.sender.drafter, "paper.sign_for", paper=paper, signed_by="收发室")


def arrived(plot: Plot) -> Story:
    """A county goes on with what the city forwarded."""
    plot.diary.later(1, 2)
    yield plot.step(plot.clerk, "clue.receive", note="")
    yield from after_intake(plot, reachable=False)


def audit(plot: Plot, author: str, rows: list[dict[str, Any]], title: str, year: int) -> Story:
    """A report with findings, the concluding opinion (CZ-3.5), and what becomes of the clue in it."""
    diary = plot.diary
    data = {
        "title": title,
        "unit": plot.data["unit"],
        "period": f"{year}年1月至12月",
        "findings": rows,
    }
    registered = Step(diary.now, author, "report.register", None, data)
    registered.find = lambda matter: (matter, findings(matter))
    plot.origin, ids = yield registered
    diary.later(3, 9)
    concluded = diary.day
    opinion = "涉嫌违纪违法，应当移送纪检监察机关处理。"
    yield Step(
        diary.now, author, "report.conclude", plot.origin,
        {"findings": ids[:1], "concluded_on": concluded, "opinion": opinion},
    )  # fmt: skip
    if plot.stalls("report"):
        return
    plot.data = dict(plot.data, concluded_on=concluded)
    diary.later(*((9, 14) if plot.slow else (1, 6)))
    yield from by_wire(plot)

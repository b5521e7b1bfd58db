"""Papers of sessions (梳理调度文书): the minutes, and the pack with one page for each stuck item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.papers.compose import letter_of
from guantong.kernel.papers.kinds import PaperKind, Proposal, register
from guantong.kernel.papers.letter import (
    Attachment,
    Column,
    Format,
    KeyValue,
    Letter,
    Opinion,
    Pair,
    Paragraph,
    Seal,
    Signature,
    Table,
)
from guantong.kernel.papers.outline import chinese_date, chinese_number
from guantong.mechanisms.sessions import lifecycle, queries
from guantong.mechanisms.sessions.models import Decision, Form, Session
from guantong.mechanisms.sessions.queries import Line

NAMES = {Form.SORTING: "梳理", Form.STEERING: "调度"}
DECIDED = {
    Decision.SPEED_UP: "限期加快办理",
    Decision.INSTRUCT: "按批示办理",
    Decision.ANSWER: "书面答复",
    Decision.EXTEND: "建议延长办理期限",
    Decision.OTHER: "其他意见",
    Decision.CONTINUE: "继续按程序办理",
}


def _day(day: date | None) -> str:
    return chinese_date(day) or "（日期待补）"


def _propose_minutes(matter: Matter, actor: Actor) -> Proposal:
    session = lifecycle.load(matter)
    found = queries.lines(session)
    name = NAMES[Form(session.form)]
    attended = f"参加人员：{session.attendees}。" if session.attendees else ""
    text = [
        f"{_day(session.begun_on)}，{session.chair}主持召开问题线索{name}会议，逐件过问未结问题线索"
        f"{len(found)}件。{attended}现将议定事项纪要如下。",
        "一、总体情况",
        _overview(found),
        "二、逐件意见",
        *_decisions(found),
    ]
    undone = [(line, one) for line in found for one in line.before if one.undone]
    if undone:
        text += ["三、以往议定事项落实情况"]
        text += [
            f"{line.item.about.number}：{one.session}要求{_day(one.item.due_on)}前落实，尚未完成。"
            for line, one in undone
        ]
    if session.conclusion:
        text += ["四、会议要求" if undone else "三、会议要求", *session.conclusion.splitlines()]
    return Proposal(title=f"问题线索{name}会议纪要", addressee="委领导，各承办部门", body="\n".join(text))


def _overview(found: list[Line]) -> str:
    late = sum(line.late for line in found)
    paused = sum(line.item.paused for line in found)
    unassigned = sum(line.item.handler_id is None for line in found)
    old = sum(line.age > queries.OLD_DAYS for line in found)
    return (
        f"截至{_day(found[0].on) if found else '会议当日'}，未结{len(found)}件，其中逾期{late}件，"
        f"中止{paused}件，尚未分办到承办部门{unassigned}件，超过{queries.OLD_DAYS}日{old}件。"
    )


def _decisions(found: list[Line]) -> list[str]:
    """Return what was decided, by kind of decision; numbers only, for the minutes go to many."""
    text: list[str] = []
    groups = [(one, [line for line in found if line.item.decision == one]) for one in DECIDED]
    for number, (decision, of_it) in enumerate([pair for pair in groups if pair[1]], start=1):
        text.append(f"（{chinese_number(number)}）{DECIDED[decision]}（{len(of_it)}件）")
        if decision == Decision.CONTINUE:
            text.append("、".join(_called(line) for line in of_it) + "。")
        else:
            text += [_decided(line) for line in of_it]
    return text


def _called(line: Line) -> str:
    return line.item.about.number or "未编号线索"


def _decided(line: Line) -> str:
    item = line.item
    handler = f"，{item.handler.name}" if item.handler else ""
    by_whom = f"，{item.by_whom}批示" if item.by_whom else ""
    until = f"，{_day(item.due_on)}前完成" if item.due_on else ""
    text = f"：{item.text}" if item.text else ""
    return f"{_called(line)}{handler}{by_whom}{until}{text}".rstrip("。") + "。"


MINUTES = register(
    PaperKind(
        code="session_minutes",
        label=_("Minutes of a session"),
        matter="session",
        series="纪要",
        states=frozenset({lifecycle.HELD}),
        propose=_propose_minutes,
        compose=lambda paper, matter: letter_of(paper),
        drafters=lifecycle.BY_SUPERVISION,
        checkers=lifecycle.BY_HEAD,
        signers=(*lifecycle.BY_LEADER, Capacity(party=PartyRole.RECEIVER, recorded=True)),
        sent_depth=Depth.FULL,
    )
)


def pack(session: Session, found: Iterable[Line]) -> Letter:
    """Return the session pack (会议材料): a list, and one page for each item that is stuck."""
    stuck = [line for line in found if line.stuck]
    matter = session.matter
    return Letter(
        format=Format.LETTER,
        issuers=((matter.organ.body or matter.organ).name,),
        number=matter.number,
        title=(f"{matter.title}会议材料",),
        blocks=(
            Paragraph(text=f"截至{_day(session.begun_on)}，需要研究的问题线索{len(stuck)}件，逐件情况附后。"),
            Table(
                columns=(
                    Column(title="序号", width=1, align="center"),
                    Column(title="登记编号", width=4),
                    Column(title="承办部门", width=3),
                    Column(title="已历天数", width=1.4, align="right"),
                    Column(title="症结", width=5),
                ),
                rows=tuple(
                    (str(n), _called(line), line.item.handler.name if line.item.handler else "未分办",
                     str(line.age), blocker(line))
                    for n, line in enumerate(stuck, start=1)
                ),
            ),
        ),
        attachments=tuple(_page(line) for line in stuck),
        signature=Signature(organs=(matter.organ.name,), on=session.begun_on, seal=Seal.NONE),
    )  # fmt: skip


def blocker(line: Line) -> str:
    """Return in words what stands in the way of an item (症结): what is owed by whom since when."""
    item = line.item
    if item.waits_for:
        return f"中止，等待{item.waits_for}答复"
    if not item.owed:
        return "无在办责任"
    who = item.owed_by.full_name if item.owed_by else "（责任单位未明确）"
    late = f"，{item.next_due}到期" + ("，已逾期" if line.late else "") if item.next_due else ""
    return f"{who}：{item.owed}，{item.owed_since}起{late}"


def _page(line: Line) -> Attachment:
    item = line.item
    before = "；".join(
        f"{one.session}：{one.item.get_decision_display()}"
        + (f"（{one.item.due_on}前，{'未完成' if one.undone else '已完成'}）" if one.item.due_on else "")
        for one in line.before
    )
    return Attachment(
        title=f"{_called(line)}情况",
        blocks=(
            KeyValue(
                pairs=(
                    Pair(label="事项", value=item.about.title, wide=True),
                    Pair(label="状态", value=line.state),
                    Pair(label="承办部门", value=item.handler.name if item.handler else "未分办"),
                    Pair(label="起算", value=f"{item.since}（{line.age}天）"),
                    Pair(label="下一期限", value=str(item.next_due or "无")),
                    Pair(label="症结", value=blocker(line), wide=True),
                    Pair(label="以往意见", value=before or "无", wide=True),
                )
            ),
            Opinion(label="会议意见", text=item.text, signer=item.by_whom, height=70),
        ),
    )

"""Approval sheets of what awaits a decision (呈批件): one for each, bound into one paper to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.awaited import Awaited
from guantong.kernel.papers.language import language_of_papers
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
from guantong.kernel.papers.outline import chinese_date


def lines_of(awaited: Awaited) -> list[tuple[str, str]]:
    """Return what is proposed, label and text, as the sheet says it (拟办意见)."""
    act, waiting = awaited.act, awaited.waiting
    detail = act.load(waiting.matter, waiting.item)
    return [(str(label), str(value)) for label, value in act.deciding(waiting.matter, detail) if value]


def batch(actor: Actor, found: Sequence[Awaited]) -> Letter:
    """Return the whole stack as one paper: a list to tick off, then a sheet on a page of its own for each."""
    body = actor.organ.body or actor.organ
    with language_of_papers():
        return Letter(
            format=Format.BATCH,
            issuers=(body.name,),
            title=(f"待批件目录（{len(found)}件）",),
            blocks=(_list(found),),
            attachments=tuple(_sheet(one) for one in found),
            signature=Signature(on=clock.today(), seal=Seal.NONE),
        )


def _list(found: Sequence[Awaited]) -> Table:
    return Table(
        columns=(
            Column(title="序号", width=1, align="center"),
            Column(title="请批事项", width=2.6),
            Column(title="内容", width=6),
            Column(title="批示期限", width=2.2),
            Column(title="批示结果", width=2.2),
        ),
        rows=tuple(
            (str(n), str(one.act.label), _called(one), one.due_on.isoformat() if one.due_on else "", "")
            for n, one in enumerate(found, start=1)
        ),
    )


def _called(awaited: Awaited) -> str:
    return f"{awaited.waiting.matter.number} {awaited.title}".strip()


def _sheet(awaited: Awaited) -> Attachment:
    matter, laid = awaited.waiting.matter, awaited.laid
    clauses = dict.fromkeys([*awaited.act.clauses, *([awaited.duty.clause] if awaited.duty else ())])
    pairs: list[Any] = [
        Pair(label="事项", value=_called(awaited), wide=True),
        Pair(label="请批事项", value=str(awaited.act.label)),
        Pair(label="批示期限", value=chinese_date(awaited.due_on)),
        Pair(label="呈批单位", value=laid.capacity if laid else matter.organ.full_name),
        Pair(
            label="呈批人、日期",
            value=f"{laid.officer_name}，{chinese_date(laid.happened_on)}" if laid else "",
        ),
        Pair(label="依据条款", value="、".join(clauses), wide=True),
    ]
    said = [text for label, value in lines_of(awaited) for text in f"{label}：{value}".splitlines()]
    return Attachment(
        title="呈批件",
        blocks=(
            KeyValue(pairs=tuple(pairs)),
            *(Paragraph(text=text) for text in said if text.strip()),
            Opinion(label="领导批示", height=60),
        ),
    )

"""The list both sign (工作交接清单)."""

from __future__ import annotations

from collections.abc import Sequence

from guantong.kernel import clock
from guantong.kernel.papers.language import language_of_papers
from guantong.kernel.papers.letter import (
    Column,
    Format,
    KeyValue,
    Letter,
    Pair,
    Paragraph,
    Seal,
    Signature,
    SignLines,
    Table,
)
from guantong.kernel.papers.outline import chinese_date
from guantong.mechanisms.handovers.models import Handover
from guantong.mechanisms.handovers.queries import Line, lines


def sheet(handover: Handover) -> Letter:
    """Return the list, to be signed by both and by who supervises it (工作交接清单)."""
    with language_of_papers():
        return _sheet(handover, lines(handover))


def _sheet(handover: Handover, found: Sequence[Line]) -> Letter:
    organ, post = handover.post.organ, handover.post
    moved = [line for line in found if line.movable]
    staying = [line for line in found if not line.movable]
    names = dict.fromkeys(str(line.item.successor) for line in moved if line.item.successor)
    pairs = (
        Pair(label="移交人", value=f"{post.officer.name}（{post.title}）"),
        Pair(label="接收人", value="、".join(names)),
        Pair(label="监交人", value=handover.supervisor),
        Pair(label="清单日期", value=chinese_date(handover.matter.happened_on)),
        *((Pair(label="备注", value=handover.remarks, wide=True),) if handover.remarks else ()),
    )
    return Letter(
        format=Format.SHEET,
        issuers=((organ.body or organ).name,),
        number=handover.matter.number,
        title=("工作交接清单",),
        blocks=(
            KeyValue(pairs=pairs),
            _table(moved),
            *(_kept(staying) if staying else ()),
            Paragraph(text="以上事项及其案卷材料已逐项核对，交接清楚，自接收之日起由接收人负责。"),
            SignLines(labels=("移交人", *(f"接收人（{name}）" for name in names or ["　　"]), "监交人")),
        ),
        signature=Signature(organs=(organ.full_name,), on=clock.today(), seal=Seal.NONE),
    )


def _table(moved: Sequence[Line]) -> Table:
    return Table(
        caption=f"移交事项（{len(moved)}项）",
        columns=(
            Column(title="序号", width=1, align="center"),
            Column(title="事项", width=5.2),
            Column(title="状态", width=2),
            Column(title="在办责任及期限", width=3.4),
            Column(title="接收人", width=1.6),
            Column(title="备注", width=1.8),
        ),
        rows=tuple(
            (
                str(n),
                line.called,
                line.state,
                line.item.owed,
                str(line.item.successor or ""),
                line.item.remark,
            )
            for n, line in enumerate(moved, start=1)
        ),
    )


def _kept(staying: Sequence[Line]) -> tuple[Paragraph, ...]:
    said = [Paragraph(text=f"不移交事项（{len(staying)}项）", indent=False)]
    said += [
        Paragraph(text=f"{line.item.get_what_display()}：{line.called}。{line.item.stays}")
        for line in staying
    ]
    return tuple(said)

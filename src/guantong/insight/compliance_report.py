"""The compliance of clauses as a report for a meeting (条款落实情况报告), in Chinese as all papers are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from guantong.insight.figures import Row, Sheet, too_few
from guantong.insight.figures import Table as Figures
from guantong.insight.figures_asked import period_name
from guantong.insight.figures_compliance import NEVER, Compliance, Known, compliance, measures
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.compose import day_text
from guantong.kernel.papers.language import language_of_papers
from guantong.kernel.papers.letter import (
    Block,
    Column,
    Format,
    Heading,
    Items,
    Letter,
    Paragraph,
    Seal,
    Signature,
    Table,
)

WIDTHS = (5.0, 1.3, 1.3, 1.3, 1.3, 1.3, 1.8, 2.6)
LATE, OVERDUE = 2, 4
"""Where these figures stand in a row."""
TREND_WIDTHS = (3.6, 1.0, 1.4, 1.0, 1.4, 1.0, 1.4, 1.0, 1.4)


def report(actor: Actor, asked_of: Compliance) -> Letter:
    """Return the report: the whole, what was never applied, each clause, each pair, the quarters."""
    with language_of_papers():
        found = compliance(asked_of)
        body = actor.organ.body or actor.organ
        period = period_name(asked_of.asked.period.span, english=False)
        return Letter(
            format=Format.SHEET,
            issuers=(body.name,),
            title=(f"条款落实情况报告（{period}）",),
            blocks=tuple(_blocks(actor, asked_of, found)),
            signature=Signature(organs=(actor.organ.full_name,), on=clock.today(), seal=Seal.NONE),
        )


def _blocks(actor: Actor, asked_of: Compliance, found: Sheet) -> Iterator[Block]:
    clauses, quarters, trend, pairs = found.tables
    yield Heading(text="总体情况")
    yield Paragraph(text=f"{found.headline}{_narrowed(actor, asked_of)}")
    yield Paragraph(text=f"{found.over}数据截至{day_text(clock.today())}。")
    yield Heading(text="从未适用的条款")
    yield from _never(asked_of.never)
    for table, widths in ((clauses, WIDTHS), (quarters, WIDTHS), (trend, TREND_WIDTHS)):
        yield Heading(text=table.title)
        yield _table(table, widths) if table.rows else Paragraph(text=f"{table.empty}。")
    yield Heading(text=pairs.title)
    yield from _behind(pairs)
    yield Heading(text=_("How it is counted"))
    yield Items(items=found.definitions)


def _narrowed(actor: Actor, asked_of: Compliance) -> str:
    asked = asked_of.asked
    organ = Organ.objects.select_related("body").filter(pk=asked.organ).first() if asked.organ else None
    said = [
        measures(actor).get(asked.measure, ""),
        asked.clause,
        f"{organ.full_name}承担或者请求的" if organ else "",
    ]
    kept = "、".join(one for one in said if one)
    return f"本报告仅含：{kept}。" if kept else ""


def _never(never: Sequence[Known]) -> Iterator[Block]:
    if not never:
        yield Paragraph(text="在用条款均已适用过。")
        return
    yield Paragraph(text=f"在本岗位可见范围内，下列{len(never)}条至今没有适用过，建议会议研究原因：")
    yield Items(items=tuple(one.label for one in never))


def _behind(pairs: Figures) -> Iterator[Block]:
    """Return the pairs of organs that were late or are: a meeting has no time for the others."""
    behind = tuple(row for row in pairs.rows if any(row.cells[place].value for place in (LATE, OVERDUE)))
    rest = len(pairs.rows) - len(behind)
    if behind:
        yield _table(replace(pairs, rows=behind), WIDTHS)
    if not pairs.rows:
        yield Paragraph(text=f"{pairs.empty}。")
    elif rest:
        yield Paragraph(text=f"{'其余' if behind else ''}{rest}项没有逾期、超期，全部情况见电子表格。")


def _table(table: Figures, widths: Sequence[float]) -> Table:
    columns = tuple(
        Column(title=title, width=width, align="left" if place == 0 else "right")
        for place, (title, width) in enumerate(zip(table.head, widths, strict=False))
    )
    return Table(columns=columns, rows=tuple(_row(row) for row in table.rows))


def _row(row: Row) -> tuple[str, ...]:
    short = {too_few(): "数量少", str(NEVER): "从未适用"}
    return (row.label, *(short.get(cell.text, cell.text) for cell in row.cells))

"""Figures as a spreadsheet (导出统计): a sheet for each subject, with reader, time and how it was counted."""

from __future__ import annotations

from guantong.insight.figures import Cell, Sheet
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.papers.watermark import Watermark
from guantong.kernel.sheets import OutSheet, OutTable, Share, write_tables


def workbook(actor: Actor, period: str, sheets: list[tuple[str, Sheet]]) -> bytes:
    """Return the workbook of these subjects."""
    mark = Watermark(actor.officer.name, actor.capacity, clock.now()).text
    return write_tables(
        [
            OutSheet(
                label,
                (mark, period, *filter(None, [sheet.headline]), sheet.over),
                [
                    OutTable(
                        table.title, table.head, [[row.label, *map(_value, row.cells)] for row in table.rows]
                    )
                    for table in sheet.tables
                ],
                sheet.definitions,
            )
            for label, sheet in sheets
        ]
    )


def _value(cell: Cell) -> str | int | float | Share:
    if cell.value is None:
        return cell.text
    if cell.text.endswith("%"):
        return Share(cell.value)
    return int(cell.value) if float(cell.value).is_integer() else cell.value

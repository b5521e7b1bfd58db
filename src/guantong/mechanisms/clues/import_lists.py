"""Lists of what came of an import (导入结果清单): counted, and as workbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.mechanisms.clues.importing import IN, Outcome, Status


def counted(outcomes: Iterable[Outcome]) -> dict[Status, int]:
    """Return how many rows there are of each status, all of them named."""
    counts = Counter(one.status for one in outcomes)
    return {status: counts[status] for status in Status}


def told_of_above() -> tuple[str, str]:
    """Why a row that belongs above is not entered, and what to do; never what stands in it."""
    return (
        _("The superior organ is to receive it. It is not entered here and nothing of it has been kept."),
        _("Hand the paper up to the superior organ, and delete the row from the file."),
    )


def error_list(outcomes: Iterable[Outcome]) -> bytes:
    """Return a workbook of all rows that are not in, one line for each fault (错误清单)."""
    columns = [
        OutColumn("sheet", _("Sheet")),
        OutColumn("row", _("Row"), "integer"),
        OutColumn("cell", _("Cell")),
        OutColumn("column", _("Column")),
        OutColumn("result", _("What came of it")),
        OutColumn("reason", _("Reason"), width=60),
        OutColumn("remedy", _("What to do"), width=60),
    ]
    return write_workbook(columns, _error_rows(outcomes), sheet_name=_("Errors of the import"))


def result_list(outcomes: Iterable[Outcome]) -> bytes:
    """Return a workbook of every row with what came of it and its ledger number (导入结果清单)."""
    columns = [
        OutColumn("sheet", _("Sheet")),
        OutColumn("row", _("Row"), "integer"),
        OutColumn("result", _("What came of it")),
        OutColumn("number", _("Ledger number"), width=30),
    ]
    rows: Iterable[dict[str, Any]] = (
        {"sheet": one.sheet, "row": one.row, "result": one.status.label, "number": one.number}
        for one in outcomes
    )
    return write_workbook(columns, rows, sheet_name=_("Result of the import"))


def _error_rows(outcomes: Iterable[Outcome]) -> Iterable[dict[str, Any]]:
    for one in outcomes:
        if one.status in IN:
            continue
        base = {"sheet": one.sheet, "row": one.row, "result": one.status.label}
        if one.status is Status.ABOVE:
            reason, remedy = told_of_above()
            yield {**base, "reason": reason, "remedy": remedy}
        for fault in one.faults:
            yield {**base, "cell": fault.cell, "column": fault.column, "reason": fault.reason,
                   "remedy": fault.remedy}  # fmt: skip

"""Cells of the ledger's table (台账单元格), made here because a page has hundreds of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guantong.mechanisms.clues.ledger_rows import Row
from guantong.web.due import due_badge


@dataclass(frozen=True)
class Cell:
    """One cell: its content, its class, what it says in full when pointed at."""

    html: SafeString | str
    css: str = ""
    hint: str = ""


def badge(row: Row, today: date) -> SafeString:
    """Return the badge of a clue's next date."""
    if row.closed and row.due_on is None:
        return SafeString("")
    found = due_badge(row.due_on, today, provisional=row.provisional)
    if row.paused:
        found = due_badge(today, today, paused=True)
    html = format_html('<span class="gt-badge gt-due-{}">{}</span>', found.level, found.words)
    if not found.provisional:
        return html
    hint = _("The holidays of that year are not announced yet; the date may move.")
    return html + format_html(
        ' <span class="gt-badge gt-provisional" title="{}">{}</span>', hint, _("Provisional")
    )


def state(row: Row) -> SafeString:
    """Return the state, as the reader may know it."""
    return format_html('<span class="gt-state gt-state-{}">{}</span>', row.tone, row.state_label)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _cut(text: str) -> Cell:
    return Cell(text, "gt-cut", text)


CELLS: dict[str, Callable[[Row, date], Cell]] = {
    "persons": lambda row, today: Cell(row.names, "gt-cut", row.all_names),
    "title": lambda row, today: Cell(format_html("<span>{}</span>", row.title), "gt-title", row.title),
    "source": lambda row, today: Cell(row.source),
    "sender_name": lambda row, today: _cut(row.clue.get("sender_name") or ""),
    "category": lambda row, today: Cell(row.category),
    "unit": lambda row, today: _cut(row.clue.get("unit") or ""),
    "letter_number": lambda row, today: Cell(row.clue.get("letter_number") or ""),
    "received_on": lambda row, today: Cell(_day(row.clue.get("received_on"))),
    "handler": lambda row, today: _cut(row.handler),
    "custodian": lambda row, today: Cell(row.custodian),
    "amount": lambda row, today: Cell(row.amount_wan, "gt-num"),
    "state": lambda row, today: Cell(state(row), "", row.state_label),
    "duty": lambda row, today: _cut(row.duty),
    "due_on": lambda row, today: Cell(_day(row.due_on), "", row.duty),
    "badge": lambda row, today: Cell(badge(row, today), "", row.duty),
}


def cells(row: Row, keys: list[str], today: date) -> list[Cell]:
    """Return a row's cells in the order of the columns."""
    return [CELLS[key](row, today) for key in keys]

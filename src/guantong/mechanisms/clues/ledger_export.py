"""The ledger as a spreadsheet (导出台账), which imports again without loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.papers.watermark import Watermark
from guantong.kernel.people.models import Authority
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.mechanisms.clues.columns import AMOUNTS, DATES, FIELDS, FULL_ONLY, PERSON_KEYS
from guantong.mechanisms.clues.ledger_rows import Row, rows_of
from guantong.mechanisms.clues.ledger_sql import Listed

MOST_ROWS = 10_000
AT_ONCE = 500
PERSON_FIELDS = dict(zip(PERSON_KEYS, ("name", "unit", "post", "authority", "id_number"), strict=True))
WIDTHS = {"title": 40, "allegation": 60}


def workbook(actor: Actor, listed: list[Listed]) -> bytes:
    """Return the workbook of these clues, with reader and time over the headings.

    Columns that tell of the handling are there only if all of it is seen wholly.
    """
    full = all(one.depth >= 3 for one in listed)
    fields = [field for field in FIELDS if full or field.key not in FULL_ONLY]
    columns = [OutColumn(field.key, field.label, _kind(field.key), WIDTHS.get(field.key)) for field in fields]
    mark = Watermark(actor.officer.name, actor.capacity, clock.now())
    return write_workbook(columns, _values(listed), sheet_name=_("Clue ledger"), above=mark.text)


def _kind(key: str) -> Any:
    return "date" if key in DATES else "amount" if key in AMOUNTS else "text"


def _values(listed: list[Listed]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(listed), AT_ONCE):
        for row in rows_of(listed[start : start + AT_ONCE], ("allegation",), with_duties=False):
            yield _of(row)


def _of(row: Row) -> dict[str, Any]:
    same = {name: row.clue.get(name) for name in (
        "sender_name", "letter_number", "letter_date", "letter_signer", "received_on", "allegation", "amount",
        "unit", "concluded_on",
    )}  # fmt: skip
    return {
        **same,
        "number": row.number,
        "title": row.title,
        "source": row.source,
        "category": row.category,
        "state": row.state_label,
        "handler": row.handler,
        "custodian": row.custodian,
        "due_on": row.due_on,
        **{key: _lines(row, name) for key, name in PERSON_FIELDS.items()},
    }


def _lines(row: Row, name: str) -> str:
    lines = [
        str(Authority(person[name]).label) if name == "authority" else person[name] for person in row.persons
    ]
    return "\n".join(lines) if any(lines) else ""

"""Choosing by hand which column is which (列对应): what is proposed, why, for example; what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .errors import address
from .headers import Column, Header
from .mapping import Field, Match
from .reading import Cell

SAMPLES = 3
SURE = 0.9


@dataclass(frozen=True)
class Choice:
    """A field with the column proposed or chosen for it (字段与所选列). `name`: of its control."""

    field: Field
    name: str
    at: int | None
    confidence: str
    sure: bool
    why: str
    samples: list[str]


def choices(
    header: Header,
    fields: Sequence[Field],
    matches: Sequence[Match],
    columns: Mapping[str, Column],
    prefix: str,
) -> list[Choice]:
    """Return each field with its column; why it is proposed, where it is the proposed one."""
    proposed = {match.key: match for match in matches}
    made = []
    for field in fields:
        column, match = columns.get(field.key), proposed.get(field.key)
        same = match if column and match and match.column.index == column.index else None
        made.append(
            Choice(
                field,
                f"{prefix}{field.key}",
                column.index if column else None,
                f"{same.confidence:.0%}" if same else "",
                bool(same and same.confidence >= SURE),
                same.reason.label if same else "",
                samples(header, column) if column else [],
            )
        )
    return made


def options(header: Header) -> list[tuple[int, str]]:
    """Return the columns of a table as they are offered, with their letters."""
    return [(one.index, f"{letter(one)} {one.path}") for one in header.columns]


def chosen(posted: Mapping[str, str], fields: Sequence[Field], prefix: str) -> dict[str, int]:
    """Return the column that was chosen for each field."""
    given = {field.key: posted.get(f"{prefix}{field.key}", "") for field in fields}
    return {key: int(at) for key, at in given.items() if at.isascii() and at.isdigit() and len(at) < 4}


def taken_twice(columns: Mapping[str, Column]) -> Column | None:
    """Return a column that was chosen for two fields."""
    seen: dict[int, Column] = {}
    for column in columns.values():
        if column.index in seen:
            return column
        seen[column.index] = column
    return None


def letter(column: Column) -> str:
    """Return the column's letter, such as 'C'."""
    return address(0, column.index)[:-1]


def samples(header: Header, column: Column) -> list[str]:
    """Return the first values of a column, as texts."""
    found = [_sample(record.cells[column.index]) for record in header.records]
    return [text for text in found if text][:SAMPLES]


def _sample(cell: Cell) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell if cell is not None else "").replace("\n", " ")[:40]

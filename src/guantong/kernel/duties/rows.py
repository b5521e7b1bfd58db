"""Writing what has become of duties, all of them in one plain statement (责任行的写入)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from guantong.kernel.duties.models import Duty, DutyChange

KINDS = {
    "UUIDField": "uuid", "ForeignKey": "bigint", "BigIntegerField": "bigint", "CharField": "text",
    "DateField": "date", "DateTimeField": "timestamptz", "BooleanField": "boolean", "JSONField": "jsonb",
    "PositiveSmallIntegerField": "smallint",
}  # fmt: skip


def _columns(model: type[models.Model]) -> dict[str, str]:
    """Return the columns of a model and how JSON is read into them."""
    found = {}
    for field in model._meta.concrete_fields:
        target: Any = field
        while target.remote_field is not None:
            target = target.target_field
        kind = target.get_internal_type()
        found[field.attname] = KINDS.get(kind, "bigint")
    return found


NEW, CHANGE = _columns(Duty), _columns(DutyChange)
MOVED = (
    "state", "starts_on", "due_on", "first_due_on", "provisional", "explanation", "paused_on", "ended_on",
    "ended_by", "holder_id", "claimant_id", "overdue_noted", "escalated", "escalates_on",
)  # fmt: skip


def _recordset(columns: Iterable[str], kinds: dict[str, str]) -> str:
    return f"jsonb_to_recordset(%s::jsonb) AS t({', '.join(f'{name} {kinds[name]}' for name in columns)})"


def _insert(table: str, columns: dict[str, str]) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {_recordset(columns, columns)}"  # noqa: S608


WRITE = (
    f"WITH opened AS ({_insert('duties_duty', NEW)}), moved AS ("  # noqa: S608 - names of tables and columns
    f"UPDATE duties_duty d SET {', '.join(f'{name} = t.{name}' for name in MOVED)}"
    f" FROM {_recordset(['id', *MOVED], NEW)} WHERE d.id = t.id"
    f") {_insert('duties_dutychange', CHANGE)}"
)


def write_duties(
    opened: Iterable[Duty] = (), moved: Iterable[Duty] = (), changes: Iterable[DutyChange] = ()
) -> None:
    """Write new duties, all that may move of known ones, and what changed their dates."""
    rows = [_plain(opened, NEW), _plain(moved, ["id", *MOVED]), _plain(changes, CHANGE)]
    if not any(rows):
        return
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(some, default=str) for some in rows])


def _plain(rows: Iterable[models.Model], names: Iterable[str]) -> list[dict[str, Any]]:
    wanted = list(names)
    return [{name: getattr(row, name) for name in wanted} for row in rows]

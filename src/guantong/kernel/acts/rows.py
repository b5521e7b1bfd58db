"""New rows of several tables in few statements (一并写入): an act writes much and waits little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from django.db import connection, models
from django.db.models.sql import InsertQuery

Tables: TypeAlias = "dict[type[models.Model], list[models.Model]]"


def write_rows(rows: Iterable[models.Model]) -> None:
    """Insert new rows whose keys are set: in one statement, but for those that refer to others of them.

    A policy that looks at the row referred to would not see it within the same statement.
    """
    waiting: Tables = {}
    for row in rows:
        waiting.setdefault(type(row), []).append(row)
    while waiting:
        now = [model for model in waiting if not _refers(model, waiting)] or [next(iter(waiting))]
        _insert([(model, waiting.pop(model)) for model in now])


def _refers(model: type[models.Model], others: Tables) -> bool:
    """Whether a table refers to another of those still to be written."""
    targets = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    return bool((targets - {model}) & set(others))


def _insert(tables: Sequence[tuple[type[models.Model], list[models.Model]]]) -> None:
    statements: list[tuple[str, Any]] = []
    for model, new in tables:
        query = InsertQuery(model)
        query.insert_values(model._meta.concrete_fields, new)
        statements += query.get_compiler(connection=connection).as_sql()
        for row in new:
            row._state.adding, row._state.db = False, connection.alias
    made = ", ".join(f"w{place} AS ({text})" for place, (text, _given) in enumerate(statements[:-1]))
    last = statements[-1][0]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {made} {last}" if made else last,
            [value for _text, given in statements for value in given],
        )

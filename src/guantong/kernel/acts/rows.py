"""Rows of several tables in few statements (一并写入): an act writes much and waits little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from django.db import DatabaseError, connection, models
from django.db.models.sql import InsertQuery, UpdateQuery

Tables: TypeAlias = "dict[type[models.Model], list[models.Model]]"
AT_ONCE = 100
"""So many rows at most are changed in one statement."""


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


def write_changes(changes: Sequence[tuple[models.Model, list[str]]]) -> None:
    """Write the named fields of known rows, many in one statement, which may change each row but once.

    Raises DatabaseError where a row is gone, or may not be changed by whoever acts.
    """
    waiting: dict[tuple[type[models.Model], Any], tuple[models.Model, list[str]]] = {}
    for row, fields in changes:
        if (type(row), row.pk) in waiting or len(waiting) == AT_ONCE:
            _update(list(waiting.values()))
            waiting.clear()
        waiting[type(row), row.pk] = (row, fields)
    if waiting:
        _update(list(waiting.values()))


def _update(changes: Sequence[tuple[models.Model, list[str]]]) -> None:
    statements = [_update_of(row, fields) for row, fields in changes]
    written = ", ".join(
        f"u{place} AS ({text} RETURNING 1)" for place, (text, _given) in enumerate(statements)
    )
    counts = ", ".join(f"(SELECT count(*) FROM u{place})" for place in range(len(statements)))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {written} SELECT {counts}",
            [value for _text, given in statements for value in given],
        )
        touched = cursor.fetchone()
    for (row, fields), number in zip(changes, touched, strict=True):
        if number != 1:
            raise DatabaseError(f"{row._meta.label} {row.pk}: {', '.join(fields)} could not be written")


def _update_of(row: models.Model, fields: list[str]) -> tuple[str, Any]:
    query = UpdateQuery(type(row))
    query.add_q(models.Q(pk=row.pk))
    named = [row._meta.get_field(name) for name in fields]
    query.add_update_fields([(field, None, field.pre_save(row, False)) for field in named])  # type: ignore[misc, union-attr]
    text, given = query.get_compiler(connection=connection).as_sql()
    return text, given

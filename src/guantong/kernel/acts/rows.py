"""New rows of several tables in one statement (一次写入): an act writes much and waits once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.db.models.sql import InsertQuery


def write_rows(rows: Iterable[models.Model]) -> None:
    """Insert new rows, whose keys are set already, table by table in the order of their first row.

    One statement writes them all: the later tables' policies see what stood before it, not what it writes.
    """
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    statements: list[tuple[str, Any]] = []
    for model, new in by_model.items():
        query = InsertQuery(model)
        query.insert_values(model._meta.concrete_fields, new)
        statements += query.get_compiler(connection=connection).as_sql()
        for row in new:
            row._state.adding, row._state.db = False, connection.alias
    if not statements:
        return
    made = ", ".join(f"w{place} AS ({text})" for place, (text, _given) in enumerate(statements[:-1]))
    last = statements[-1][0]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {made} {last}" if made else last,
            [value for _text, given in statements for value in given],
        )

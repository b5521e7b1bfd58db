"""Writing what has become of duties, many at a time in one plain statement (责任行的写入)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection

from guantong.kernel.duties.models import Duty

COLUMNS = {
    "state": "text", "starts_on": "date", "due_on": "date", "first_due_on": "date", "provisional": "boolean",
    "explanation": "jsonb", "paused_on": "date", "ended_on": "date", "ended_by": "bigint",
    "holder_id": "bigint", "claimant_id": "bigint", "overdue_noted": "boolean",
}  # fmt: skip
UPDATE = (
    f"UPDATE duties_duty d SET {', '.join(f'{name} = t.{name}' for name in COLUMNS)}"  # noqa: S608
    " FROM jsonb_to_recordset(%s::jsonb)"
    f" AS t(id uuid, {', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())}) WHERE d.id = t.id"
)


def update_duties(duties: Iterable[Duty]) -> None:
    """Write all that may change of these duties. Quicker than `bulk_update`, which builds a CASE."""
    rows = [{"id": duty.pk, **{name: getattr(duty, name) for name in COLUMNS}} for duty in duties]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [json.dumps(rows, default=str)])

"""Numbers in a series of an organ and a year (编号)."""

from __future__ import annotations

from django.db import connection


def next_number(organ_id: int, series: str, year: int) -> int:
    """Take the next number of a series; it is given back only if the transaction fails.

    Two transactions that take from one series wait for each other until the first ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO matters_counter (organ_id, series, year, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (organ_id, series, year) DO UPDATE SET last = matters_counter.last + 1"
            " RETURNING last",
            [organ_id, series, year],
        )
        row = cursor.fetchone()
    return int(row[0])

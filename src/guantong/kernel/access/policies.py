"""Row-level security as SQL, for migrations (行级安全策略)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

Statements = list[str | tuple[str, Any]]
PRINCIPALS = "(SELECT guantong_principals())::bigint[]"
TODAY = "(SELECT guantong_today())"
"""Asked as subselects, so that a query works each out once, and not for every row."""


def sees(matter: str, depth: str | int) -> str:
    """Return the SQL condition that the present principals see `matter` at least at `depth`."""
    return (
        "EXISTS (SELECT 1 FROM access_visibility v"  # noqa: S608 - names of tables, in migrations
        f" WHERE v.matter_id = {matter} AND v.principal = ANY ({PRINCIPALS})"
        f" AND v.depth >= {depth} AND v.until >= {TODAY})"
    )


def policy(table: str, condition: str) -> Statements:
    """Return the SQL that hides `table`'s rows from the platform but where `condition` holds."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY need_to_know ON {table} TO guantong_app USING ({condition})",
        f"CREATE POLICY definer ON {table} TO guantong_search USING (true) WITH CHECK (true)",
        f"GRANT SELECT ON {table} TO guantong_search",
    ]


def unpolicy(table: str) -> Statements:
    """Return the SQL that undoes `policy`."""
    return [
        f"DROP POLICY IF EXISTS need_to_know ON {table}",
        f"DROP POLICY IF EXISTS definer ON {table}",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ]


def protect(table: str, depth: str | int, matter: str = "matter_id") -> migrations.RunSQL:
    """Return the migration that shows `table`'s rows to those who see their matter at `depth`.

    `depth` is a number or an SQL expression over the row.
    """
    return migrations.RunSQL(policy(table, sees(f"{table}.{matter}", depth)), unpolicy(table))

"""The three database roles (数据库角色): who owns, who serves, who searches."""

from __future__ import annotations

from pathlib import Path

OWNER = "guantong_owner"
APP = "guantong_app"
SEARCH = "guantong_search"
_SQL = Path(__file__).with_name("roles.sql")
_MARK = "-- [database]"


def cluster_sql() -> str:
    """Return the statements a superuser runs once per server; running them again changes nothing."""
    return _SQL.read_text(encoding="utf-8").split(_MARK)[0]


def database_sql() -> str:
    """Return the statements run in each new database, as its owner."""
    return _SQL.read_text(encoding="utf-8").split(_MARK)[1]


def own_server_sql(database: str = "guantong") -> str:
    """Return the whole for a server of one's own, to be run with psql by a superuser."""
    return (
        f"{cluster_sql()}\n"
        "-- Afterwards give the two roles that log in a password, in psql:\n"
        f"--   \\password {OWNER}\n--   \\password {APP}\n\n"
        f"CREATE DATABASE \"{database}\" OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0;\n"
        f'\\connect "{database}"\nSET ROLE {OWNER};\n'
        f"{database_sql()}"
    )

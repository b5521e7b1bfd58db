"""How the two connections are found (数据库连接): a server of one's own, or the embedded one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from guantong.site import embedded

OWNER_ROLE = "guantong_owner"
APP_ROLE = "guantong_app"
_OWN_KEYS = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}


def uses_embedded() -> bool:
    """Say whether no server of one's own is named, so that the embedded one serves."""
    return not os.environ.get("DATABASE_URL")


def parse(url: str, variable: str) -> dict[str, Any]:
    """Turn a PostgreSQL URL into Django's form; libpq's other options (sslmode ...) pass through.

    Raises ImproperlyConfigured naming the variable when the URL cannot be read or names no database.
    """
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            f"{variable} cannot be read as a PostgreSQL URL ({str(error).strip()}). "
            "Write it as postgresql://user:password@host:5432/database."
        ) from error
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"{variable} names no database: add its name after the last slash.")
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "guantong", "connect_timeout": 5, **_statements()},
    }
    for key, value in parts.items():
        if key in _OWN_KEYS:
            settings[_OWN_KEYS[key]] = str(value)
        else:
            settings["OPTIONS"][key] = value
    return settings


def _statements() -> dict[str, Any]:
    """Let the server keep the plans of statements that come again: a third of a page's time in the database.

    `GUANTONG_PREPARED_STATEMENTS=0` turns that off for poolers that hand one session to many clients.
    """
    if os.environ.get("GUANTONG_PREPARED_STATEMENTS", "1") == "0":
        return {}
    return {"server_side_binding": True, "prepare_threshold": 3}


def databases(data: Path) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES: `default` as the app role, `owner` (migrations only) as the owner role."""
    if uses_embedded():
        server = embedded.Server(data)
        default = parse(server.url(APP_ROLE), "DATABASE_URL")
        owner = parse(server.url(OWNER_ROLE), "DATABASE_OWNER_URL")
    else:
        default = parse(os.environ["DATABASE_URL"], "DATABASE_URL")
        owner_url = os.environ.get("DATABASE_OWNER_URL")
        owner = parse(owner_url, "DATABASE_OWNER_URL") if owner_url else dict(default)
    owner["CONN_MAX_AGE"] = 0
    return {"default": default, "owner": owner}

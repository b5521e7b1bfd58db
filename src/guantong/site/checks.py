"""The start-up check (启动检查): serving with a role that passes row-level security is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_ROLE = """
SELECT current_user, rolsuper, rolbypassrls,
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
           AND pg_has_role(current_user, c.relowner, 'USAGE'))
  FROM pg_roles WHERE rolname = current_user
"""


def role_problem(alias: str = "default") -> str | None:
    """Return why the connection's role must not serve, None when it may.

    A superuser, a role with BYPASSRLS and the owner of the tables (or a member of the owner) would
    see every matter whatever was granted.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute(_ROLE)
        name, superuser, bypass, owned = cursor.fetchone()
    if superuser:
        return f"{name} is a superuser"
    if bypass:
        return f"{name} has BYPASSRLS"
    if owned:
        return f"{name} owns {owned} of the tables"
    return None


@register(Tags.database)
def check_role(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Django's database check: an error when the default connection's role may pass row-level security."""
    if not databases or "default" not in databases:
        return []
    problem = role_problem()
    if problem is None:
        return []
    return [
        Error(
            f"Row-level security would be off: {problem}.",
            hint="Let DATABASE_URL name guantong_app and DATABASE_OWNER_URL guantong_owner; "
            "`guantong roles --print` shows how the roles are made.",
            id="guantong.E001",
        )
    ]

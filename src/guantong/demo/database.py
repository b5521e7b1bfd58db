"""Whether a database may hold the demonstration, and throwing it away (演示库的判定与清除)."""

from __future__ import annotations

import shutil
from enum import Enum

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from guantong.accounts.models import User
from guantong.demo.city import PLACES
from guantong.kernel.organs.models import Jurisdiction, Organ


class Contents(Enum):
    """What a database holds."""

    NOTHING = "nothing"
    DEMONSTRATION = "demonstration"
    REAL = "real"


def contents() -> Contents:
    """Return what the database holds: real as soon as one place or account is not the demonstration's."""
    places = set(Jurisdiction.objects.values_list("code", flat=True))
    users = User.objects.all()
    if not places and not users.exists() and not Organ.objects.exists():
        return Contents.NOTHING
    if users.filter(demonstration=False).exists() or places != {code for code, *_rest in PLACES}:
        return Contents.REAL
    return Contents.DEMONSTRATION


def throw_away() -> None:
    """Empty a database that holds the demonstration: schema dropped and made anew by the owner role.

    Raises RuntimeError for any other database.
    """
    from guantong.site import roles

    if contents() is not Contents.DEMONSTRATION:
        raise RuntimeError("this database does not hold the demonstration alone; nothing was changed")
    connections["default"].close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute(roles.database_sql())
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    for folder in ("files", "checkpoints"):
        shutil.rmtree(settings.GUANTONG_DATA / folder, ignore_errors=True)

"""What has happened to a matter, as the rules hear of it (既往行为): read back from its journal."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection

from guantong.kernel.journal.models import Entry

if TYPE_CHECKING:
    from guantong.kernel.acts.act import Deed
    from guantong.kernel.measures.rules import Rule


@dataclass(frozen=True)
class Past:
    """One act that was done: its entry, its day, what the rules heard, and until when it extended."""

    entry: int
    happened_on: date
    events: frozenset[str]
    until: date | None = None


def for_later(deed: Deed) -> dict[str, Any]:
    """Return what an entry keeps so that `past_of` finds it again; nothing where the act's name says it."""
    kept: dict[str, Any] = {}
    if deed.events != [deed.act.code]:
        kept["events"] = deed.events
    if deed.extension_until:
        kept["extension_until"] = deed.extension_until.isoformat()
    return kept


def past_of(matter: uuid.UUID) -> list[Past]:
    """Return the acts of a matter in their order, in one query; the content of some may be expunged."""
    rows = Entry.objects.filter(matter=matter).order_by("seq")
    fields = ("id", "act", "happened_on", "content__body__events", "content__body__extension_until")
    return [
        Past(entry, on, frozenset([act, *(more or [])]), date.fromisoformat(until) if until else None)
        for entry, act, on, more, until in rows.values_list(*fields)
    ]


def done_beside(matter: uuid.UUID, rule: Rule, since: date, until: date) -> tuple[int, date] | None:
    """Return entry and day of the first act of some days that fulfils a rule on a matter (同期行为)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM guantong_done_beside(%s, %s, %s, %s, %s)",
            [matter, rule.about == "origin", sorted(rule.discharged_by), since, until],
        )
        found: tuple[int, date] | None = cursor.fetchone()
    return found

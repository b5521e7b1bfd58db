"""What has happened to a matter, as the rules hear of it (既往行为): read back from its journal."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import FOLLOWED, Link

if TYPE_CHECKING:
    from guantong.kernel.acts.act import Deed


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
    return _past(Entry.objects.filter(matter=matter).order_by("seq"))


def past_beside(matter: uuid.UUID, about: str, since: date, until: date) -> list[Past]:
    """Return what was done in some days on a matter, or on those that came of it (同期行为)."""
    linked = Link.objects.filter(target=matter, kind__in=FOLLOWED).values("source")
    whose = Q(matter=matter) if about == "matter" else Q(matter__in=linked)
    return _past(Entry.objects.filter(whose, happened_on__range=(since, until)).order_by("pk"))


def _past(rows: QuerySet[Entry]) -> list[Past]:
    fields = ("id", "act", "happened_on", "content__body__events", "content__body__extension_until")
    return [
        Past(entry, on, frozenset([act, *(more or [])]), date.fromisoformat(until) if until else None)
        for entry, act, on, more, until in rows.values_list(*fields)
    ]

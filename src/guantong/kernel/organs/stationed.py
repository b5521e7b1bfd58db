"""Which stationed group is concerned with a body (有关派驻组): its own, else that of its owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from guantong.kernel.organs import holdings
from guantong.kernel.organs.models import Organ, Stationing


@dataclass(frozen=True)
class Concerned:
    """A stationed group concerned (有关派驻组), and the body at which it is stationed."""

    group: Organ
    host: Organ


def chain(body_id: int, owner_of: dict[int, int]) -> list[int]:
    """Return a body and those above it along equity, each once (沿出资关系逐级向上)."""
    found = [body_id]
    while (owner := owner_of.get(found[-1])) is not None and owner not in found:
        found.append(owner)
    return found


def concerned(body_id: int, on: date) -> list[Concerned]:
    """Return the groups stationed at the body, else at the nearest above it that has one; in two queries."""
    places = chain(body_id, holdings.owners(holdings.on_day(on), 0))
    valid = Stationing.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    rows = valid.filter(host__in=places).select_related("group__body", "host").order_by("id")
    nearest = min((places.index(row.host_id) for row in rows), default=None)
    return [Concerned(row.group, row.host) for row in rows if places.index(row.host_id) == nearest]

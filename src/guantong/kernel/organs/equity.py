"""Who owns what of which enterprise on a day (出资关系): sums, trees, enterprises nobody oversees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from guantong.kernel.organs.leave import standing
from guantong.kernel.organs.models import Organ, OrganKind, Stake

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Share:
    """A part of an enterprise held for a time (一笔出资), as it is added up."""

    percent: Decimal
    since: date
    until: date | None


def most_held(shares: Sequence[Share]) -> tuple[date, Decimal] | None:
    """Return the first day on which most is held together, and how much; None where nothing is (合计最高日).

    A sum only grows on a day on which a share begins, so these days are looked at.
    """
    best: tuple[date, Decimal] | None = None
    for day in sorted({one.since for one in shares}):
        held = sum(
            (one.percent for one in shares if one.since <= day and (one.until is None or one.until >= day)),
            Decimal(0),
        )
        if best is None or held > best[1]:
            best = (day, held)
    return best


def over_whole(company: Organ, new: Share, without: int | None = None) -> tuple[date, Decimal] | None:
    """Return the day and sum where an enterprise would be held by more than 100 %; None where not.

    `without`: the row that the new share stands for. Locks the enterprise, so that two shares entered at the
    same time are added up too; call it in a transaction.
    """
    Organ.objects.select_for_update().filter(pk=company.pk).first()
    rows = Stake.objects.filter(company=company).exclude(pk=without)
    shares = [Share(*row) for row in rows.values_list("percent", "since", "until")]
    found = most_held([*shares, new])
    return found if found is not None and found[1] > WHOLE else None


@dataclass(frozen=True)
class Line:
    """A line of the tree (出资层级): who, how deep, how much the owner above has of it.

    `again`: it stands further up with what hangs on it. `circle`: it owns a part of itself through others.
    """

    organ: Organ
    level: int
    percent: Decimal | None
    again: bool
    circle: bool


@dataclass
class Equity:
    """The holdings of a day: lines of the tree, enterprises that no organ's chain reaches (出资图)."""

    lines: list[Line] = field(default_factory=list)
    without_overseer: list[Organ] = field(default_factory=list)


def equity_on(on: date) -> Equity:
    """Return the tree of a day from organs down to the last subsidiary, in two queries (出资层级)."""
    stakes = Stake.objects.filter(standing(on)).select_related("owner", "company")
    held: dict[int, list[Stake]] = defaultdict(list)
    for one in stakes.order_by("company__code", "pk"):
        held[one.owner_id].append(one)
    owners = {one.owner for many in held.values() for one in many}
    tops = [organ for organ in owners if organ.kind != OrganKind.ENTERPRISE]
    lines: list[Line] = []
    unfolded: set[int] = set()
    for top in sorted(tops, key=lambda organ: organ.code):
        lines += _below(top, held, unfolded)
    reached = {line.organ.pk for line in lines}
    enterprises = Organ.objects.filter(standing(on), kind=OrganKind.ENTERPRISE, parent=None)
    left = list(enterprises.exclude(pk__in=reached).select_related("jurisdiction").order_by("code"))
    for organ in left:
        if organ.pk in held and organ.pk not in unfolded:
            lines += _below(organ, held, unfolded)
    return Equity(lines, left)


def _below(top: Organ, held: dict[int, list[Stake]], unfolded: set[int]) -> list[Line]:
    """Return an organ with all that hangs on it; what was unfolded above is named, not unfolded again."""
    lines: list[Line] = []
    waiting: list[tuple[Organ, int, Decimal | None, frozenset[int]]] = [(top, 0, None, frozenset())]
    while waiting:
        organ, level, percent, above = waiting.pop()
        again = organ.pk in unfolded
        lines.append(Line(organ, level, percent, again, organ.pk in above))
        if again:
            continue
        unfolded.add(organ.pk)
        path = above | {organ.pk}
        waiting += [(one.company, level + 1, one.percent, path) for one in reversed(held[organ.pk])]
    return lines

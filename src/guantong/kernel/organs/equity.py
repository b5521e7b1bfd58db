"""Who owns what of which enterprise on a day (出资关系): sums, trees, enterprises nobody oversees."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
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

    `again`: what hangs on it stands under its nearest owner. `circle`: it owns a part of its owner too.
    """

    organ: Organ
    level: int
    percent: Decimal | None
    again: bool = False
    circle: bool = False


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
    tops = sorted((it for it in owners if it.kind != OrganKind.ENTERPRISE), key=lambda organ: organ.code)
    under = _nearest(tops, held)
    lines = [line for top in tops for line in _below(top, held, under)]
    enterprises = Organ.objects.filter(standing(on), kind=OrganKind.ENTERPRISE, parent=None)
    left = list(enterprises.exclude(pk__in=under).select_related("jurisdiction").order_by("code"))
    for organ in left:
        if organ.pk in held and organ.pk not in under:
            under |= _nearest([organ], held, under)
            lines += _below(organ, held, under)
    return Equity(lines, left)


def _nearest(
    tops: Sequence[Organ], held: Mapping[int, list[Stake]], known: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Return for each company the owner nearest to the top: what hangs on it is unfolded there."""
    under = {**(known or {}), **{top.pk: 0 for top in tops}}
    waiting = deque(top.pk for top in tops)
    while waiting:
        here = waiting.popleft()
        for one in sorted(held.get(here, ()), key=lambda stake: -stake.percent):
            if one.company_id not in under:
                under[one.company_id] = here
                waiting.append(one.company_id)
    return under


def _below(top: Organ, held: Mapping[int, list[Stake]], under: Mapping[int, int]) -> list[Line]:
    """Return an organ with all that hangs on it, each enterprise unfolded once."""
    lines = [Line(top, 0, None)]
    waiting = [(one, 1) for one in reversed(held.get(top.pk, ()))]
    while waiting:
        stake, level = waiting.pop()
        company = stake.company
        again = under.get(company.pk) != stake.owner_id
        circle = again and _reaches(company.pk, stake.owner_id, held)
        lines.append(Line(company, level, stake.percent, again and company.pk in held, circle))
        if not again:
            waiting += [(one, level + 1) for one in reversed(held.get(company.pk, ()))]
    return lines


def _reaches(start: int, end: int, held: Mapping[int, list[Stake]]) -> bool:
    """Return whether one owns a part of the other, through whomever."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        if here not in seen:
            seen.add(here)
            waiting += [one.company_id for one in held.get(here, ())]
    return False

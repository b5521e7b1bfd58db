"""Who holds which company on a day, tier by tier (出资关系; CD-1.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from guantong.kernel.organs.models import Stake


def on_day(on: date) -> list[Stake]:
    """Return what is held of companies on a day, the largest shares first (持股情况)."""
    valid = Stake.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    return list(valid.order_by("-percent", "id"))


def owners(stakes: Iterable[Stake], least: int) -> dict[int, int]:
    """Return by company who holds most of it, where that is at least so many per cent (控股单位)."""
    found: dict[int, int] = {}
    for stake in stakes:
        if stake.percent >= least:
            found.setdefault(stake.company_id, stake.owner_id)
    return found


def held_below(owner_of: dict[int, int], top: Iterable[int]) -> list[int]:
    """Return the companies that hang on `top` through any number of tiers, each once (逐级所属企业)."""
    tier, known = set(top), set(top)
    below: list[int] = []
    while tier := {company for company, owner in owner_of.items() if owner in tier} - known:
        below += sorted(tier)
        known |= tier
    return below

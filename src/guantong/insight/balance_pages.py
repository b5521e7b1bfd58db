"""The page of the nightly balance (夜间平衡页面), for case supervision and, as counts, the administrator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.insight import balance, returns
from guantong.insight.models import Balance
from guantong.web.links import matter_url

AT_MOST = 100
GROUPS = ("month", "source", "sender", "came")


@dataclass
class Sums:
    """Counts of some rows of the balance together (合计)."""

    received: int = 0
    open: int = 0
    closed: int = 0
    transferred: int = 0
    returned: int = 0
    merged: int = 0
    open_by_acts: int = 0
    at_odds: int = 0

    def add(self, row: Balance) -> None:
        """Count a row in."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(row, one.name))

    @property
    def difference(self) -> int:
        """Received less what became of it."""
        return self.received - (self.open + self.closed + self.transferred + self.returned + self.merged)

    @property
    def is_even(self) -> bool:
        """Whether nothing is to be explained."""
        return not (self.difference or self.at_odds or self.open_by_acts != self.open)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the newest balance: a department's own with the clues at odds, or every organ's counts."""
    actor = getattr(request, "actor", None)
    if actor is not None and "case_supervision" not in actor.roles:
        raise PermissionDenied(_("The nightly balance is read by case supervision and the administrator."))
    by = request.GET.get("by", "month")
    group = by if by in GROUPS else "month"
    rows = balance.newest_rows()
    total, sums = Sums(), _grouped(rows, group, with_organ=actor is None)
    for row in rows:
        total.add(row)
    odd = balance.odd_ones([actor.organ.pk], AT_MOST) if actor is not None else []
    context = {
        "sums": sums, "total": total, "run_at": rows[0].run_at if rows else None, "group": group,
        "groups": [(code, _said(code)) for code in GROUPS],
        "odd": [(one, matter_url(one.matter), str(balance.REASONS[one.reason])) for one in odd],
        "administers": actor is None,
    }  # fmt: skip
    return render(request, "insight/balance.html", context)


def _said(group: str) -> str:
    return {
        "month": _("Month of receipt"),
        "source": _("Source"),
        "sender": _("Sender"),
        "came": _("How it came"),
    }[group]


def _grouped(rows: Iterable[Balance], group: str, *, with_organ: bool) -> list[tuple[str, str, Sums]]:
    found: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for row in rows:
        found[row.organ.full_name if with_organ else "", _label(row, group)].add(row)
    return [(organ, label, sums) for (organ, label), sums in found.items()]


def _label(row: Balance, group: str) -> str:
    value: Any = getattr(row, group)
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    if group == "source":
        return returns.source_label(value)
    if group == "came":
        return str(balance.CAME.get(value, _("Unknown")))
    return value.full_name if value is not None else _("Not in the platform")


urlpatterns = [path("statistics/balance/", page, name="balance")]

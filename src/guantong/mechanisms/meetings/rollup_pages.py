"""Which company held what and when, and which did not (企业联席会议汇总页; CD-2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.duties.cadence import Span
from guantong.kernel.journal.reading import note
from guantong.kernel.organs import holdings
from guantong.kernel.organs.models import Organ
from guantong.kernel.sheets import OutColumn
from guantong.mechanisms.meetings import lifecycle
from guantong.mechanisms.meetings.models import Meeting
from guantong.web.exports import workbook_answer
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.periods import PeriodCell, counted, standing, year_asked, years_offered

WORDS = {
    "in_time": gettext_lazy("Held in time"),
    "late": gettext_lazy("Held late"),
    "missing": gettext_lazy("Not held"),
    "due": gettext_lazy("To be held"),
    "extra": gettext_lazy("Additional"),
}


@dataclass(frozen=True)
class Cell(PeriodCell):
    """One meeting of a company: of which period, when it was held, how that counts."""

    WORDS = WORDS

    meeting: Meeting
    period: str
    standing: str

    @property
    def url(self) -> str:
        """Where it stands."""
        return matter_url(self.meeting.pk)


@dataclass
class Line:
    """A company with its meetings of the year; `tier` says how far down the chain of equity it hangs."""

    company: Organ
    owner: str
    tier: int
    cells: list[Cell] = field(default_factory=list)


def standing_of(meeting: Meeting) -> str:
    """Return how a meeting counts: in time, late, missing, due, or called besides."""
    if meeting.begins_on is None or meeting.ends_on is None:
        return "extra"
    return standing(meeting.begun_on if meeting.matter.state in lifecycle.AFTER else None, meeting.ends_on)


def lines(year: int) -> list[Line]:
    """Return the companies whose meetings of a year one sees, tier by tier, in three queries."""
    today = clock.today()
    english = (get_language() or "").startswith("en")
    found = Meeting.objects.filter(company__isnull=False, matter__happened_on__year=year)
    found = found.select_related("matter", "company").exclude(matter__state=lifecycle.CALLED_OFF)
    made: dict[int, Line] = {}
    owner_of = holdings.owners(holdings.on_day(min(today, date(year, 12, 31))), 0)
    names = dict(Organ.objects.filter(pk__in=set(owner_of.values())).values_list("pk", "name"))
    for one in found.order_by("begins_on", "begun_on", "pk"):
        assert one.company is not None  # noqa: S101 - asked for
        owner = names.get(owner_of.get(one.company.pk, 0), "")
        line = made.setdefault(one.company.pk, Line(one.company, owner, 0))
        period = ""
        if one.begins_on and one.ends_on:
            period = Span(one.begins_on, one.ends_on).name(english=english)
        line.cells.append(Cell(one, period, standing_of(one)))
    return list(_tier_by_tier(made, owner_of))


def _tier_by_tier(made: dict[int, Line], owner_of: dict[int, int]) -> Iterable[Line]:
    """Yield each company after the one that holds it, as deep as it hangs."""
    below: dict[int | None, list[Line]] = {}
    for line in sorted(made.values(), key=lambda one: one.company.pk):
        owner = owner_of.get(line.company.pk)
        below.setdefault(owner if owner in made else None, []).append(line)
    waiting = [(line, 0) for line in reversed(below.get(None, []))]
    while waiting:
        line, line.tier = waiting.pop()
        yield line
        waiting += [(one, line.tier + 1) for one in reversed(below.get(line.company.pk, []))]


@in_post
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """Show, company by company, which meetings of the year were held, and which were not."""
    year, asked = year_asked(request), request.GET.get("show", "")
    found = lines(year)
    offered = counted((cell for line in found for cell in line.cells), WORDS)
    if asked in WORDS:
        found = [line for line in found if any(one.standing == asked for one in line.cells)]
    context: dict[str, Any] = {
        "lines": found,
        "year": year,
        "years": years_offered(),
        "asked": asked,
        "counted": offered,
    }
    return render(request, "meetings/companies.html", context)


@in_post
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the same out as a workbook; noted as one reading."""
    actor, year = actor_of(request), year_asked(request)
    note(actor, "export", None, f"meetings of companies {year}", user_id=request.user.pk)
    columns = [
        OutColumn("company", _("Company"), width=36),
        OutColumn("owner", _("Owned by"), width=36),
        OutColumn("tier", _("Tier"), "integer"),
        OutColumn("period", _("Period of the quota"), width=18),
        OutColumn("standing", _("Quota"), width=12),
        OutColumn("held_on", _("Held on"), "date"),
        OutColumn("place", _("Place"), width=24),
        OutColumn("number", _("Number"), width=24),
    ]
    rows = [
        {
            "company": line.company.name,
            "owner": line.owner,
            "tier": line.tier + 1,
            "period": cell.period,
            "standing": cell.words,
            "held_on": cell.meeting.begun_on,
            "place": cell.meeting.place,
            "number": cell.meeting.matter.number,
        }
        for line in lines(year)
        for cell in line.cells
    ]
    return workbook_answer(actor, columns, rows, f"{_('Meetings of companies')}{year}")

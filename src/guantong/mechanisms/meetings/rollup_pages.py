"""Which company held what and when, and which did not (企业联席会议汇总页; CD-2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.duties.cadence import Span
from guantong.kernel.journal.reading import note
from guantong.kernel.organs import holdings
from guantong.kernel.organs.models import Organ
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.mechanisms.meetings import lifecycle
from guantong.mechanisms.meetings.models import Meeting
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.papers import watermark
from guantong.web.period_cells import PeriodCell

YEARS = 6
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


def standing(meeting: Meeting, today: date) -> str:
    """Return how a meeting counts: in time, late, missing, due, or called besides."""
    if meeting.begins_on is None or meeting.ends_on is None:
        return "extra"
    if meeting.begun_on and meeting.matter.state in lifecycle.AFTER:
        return "late" if meeting.begun_on > meeting.ends_on else "in_time"
    return "missing" if meeting.ends_on < today else "due"


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
        line.cells.append(Cell(one, period, standing(one, today)))
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


def _asked_year(request: HttpRequest) -> int:
    given = request.GET.get("year", "")
    return int(given) if given.isdecimal() and len(given) == 4 else clock.today().year


@in_post
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """Show, company by company, which meetings of the year were held, and which were not."""
    year, this_year = _asked_year(request), clock.today().year
    found = lines(year)
    asked = request.GET.get("show", "")
    counted = {code: sum(one.standing == code for line in found for one in line.cells) for code in WORDS}
    if asked in WORDS:
        found = [line for line in found if any(one.standing == asked for one in line.cells)]
    context: dict[str, Any] = {
        "lines": found,
        "year": year,
        "years": range(this_year, this_year - YEARS, -1),
        "asked": asked,
        "counted": [(code, str(label), counted[code]) for code, label in WORDS.items()],
    }
    return render(request, "meetings/companies.html", context)


@in_post
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the same out as a workbook; noted as one reading."""
    actor, year = actor_of(request), _asked_year(request)
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
    body = write_workbook(columns, rows, sheet_name=str(year), above=watermark(actor).text)
    answer = HttpResponse(body, content_type=SHEET)
    answer["Content-Disposition"] = str(
        content_disposition_header(True, f"{_('Meetings of companies')}{year}.xlsx")
    )
    answer["Cache-Control"] = "private, no-store"
    return answer

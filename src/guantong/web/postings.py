"""Officers who work in another organ for a term (交流任职; CZ-1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.organs.models import Posting
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.web.exports import spreadsheet

SOON = timedelta(days=60)
SHOWN = ("open", "ending", "ended")


@dataclass(frozen=True)
class Row:
    """A posting and how it stands (交流情况)."""

    posting: Posting
    state: str
    days: int

    @property
    def late(self) -> int:
        """How many days the term has been over."""
        return -self.days


def rows_on(today: date, shown: str = "open", query: str = "") -> list[Row]:
    """Return postings by the day their term ends, in one query."""
    is_open = Q(until__isnull=True) | Q(until__gte=today)
    found = Posting.objects.filter(~is_open if shown == "ended" else is_open)
    if shown == "ending":
        found = found.filter(term_ends__lte=today + SOON)
    for word in query.split():
        found = found.filter(
            Q(officer__name__icontains=word)
            | Q(speciality__icontains=word)
            | Q(home__name__icontains=word)
            | Q(host__name__icontains=word)
            | Q(home__body__name__icontains=word)
            | Q(host__body__name__icontains=word)
        )
    related = found.select_related("officer", "home__body", "host__body").order_by("term_ends", "pk")
    return [Row(one, _state(one, today), (one.term_ends - today).days) for one in related]


def _state(posting: Posting, today: date) -> str:
    if posting.until is not None and posting.until < today:
        return "ended"
    if posting.since > today:
        return "ahead"
    if posting.term_ends < today:
        return "over"
    return "ending" if posting.term_ends <= today + SOON else "open"


def _asked(request: HttpRequest) -> tuple[str, str]:
    shown = request.GET.get("shown", "open")
    return shown if shown in SHOWN else "open", request.GET.get("q", "").strip()[:60]


@login_required
@require_safe
def postings(request: HttpRequest) -> HttpResponse:
    """List exchange postings, those whose term ends soon first; found by name, organ or speciality."""
    shown, query = _asked(request)
    context = {"rows": rows_on(clock.today(), shown, query), "shown": shown, "query": query}
    return render(request, "web/bodies/postings.html", context)


@login_required
@require_safe
def postings_export(request: HttpRequest) -> HttpResponse:
    """Return the same list as a workbook."""
    shown, query = _asked(request)
    columns = [
        OutColumn("officer", _("Officer")),
        OutColumn("home", _("From organ"), width=32),
        OutColumn("host", _("To organ"), width=32),
        OutColumn("work", _("Work there"), width=24),
        OutColumn("since", _("From"), "date"),
        OutColumn("term_ends", _("Term ends on"), "date"),
        OutColumn("until", _("Ended on"), "date"),
        OutColumn("speciality", _("Experience and speciality"), width=40),
        OutColumn("basis", _("According to"), width=28),
    ]
    rows = (
        {
            "officer": one.posting.officer.name,
            "home": one.posting.home.full_name,
            "host": one.posting.host.full_name,
            **{name: getattr(one.posting, name) for name in ("work", "since", "term_ends", "until",
                                                             "speciality", "basis")},
        }
        for one in rows_on(clock.today(), shown, query)
    )  # fmt: skip
    return spreadsheet(write_workbook(columns, rows, _("Exchange postings")), "postings.xlsx")

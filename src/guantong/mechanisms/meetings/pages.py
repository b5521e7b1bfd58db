"""The list of meetings (会议清单页): what is to be called, what comes up, whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.duties.cadence import Span
from guantong.kernel.matters.models import Depth
from guantong.mechanisms.meetings import lifecycle, rollup_pages, sitting_pages
from guantong.mechanisms.meetings.models import BodyKind, Meeting
from guantong.web.can import may_create
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SIZE = 50
YEARS = 6
SHOWN = {
    "": (gettext_lazy("Not closed"), Q(matter__is_open=True)),
    "coming": (gettext_lazy("Coming up"), Q(matter__state__in=lifecycle.BEFORE)),
    "due": (gettext_lazy("To be called"), Q(matter__state=lifecycle.DUE)),
    "minutes": (gettext_lazy("Minutes to be sent"), Q(matter__state=lifecycle.HELD)),
    "all": (gettext_lazy("All"), Q()),
}


@dataclass(frozen=True)
class Row:
    """A meeting in the list, and whose turn it is."""

    meeting: Meeting
    url: str
    period: str
    state: str
    turn: str


@in_post
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """List the meetings one may see, the next first; narrowed as the address says."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("show", "body", "year", "company")}
    found = _narrowed(asked)
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    start = (page - 1) * SIZE
    rows = list(found[start : start + SIZE + 1])
    today = clock.today()
    context = {
        "rows": [_row(one, today) for one in rows[:SIZE]],
        "asked": asked,
        "shown": [(code, label) for code, (label, _where) in SHOWN.items()],
        "bodies": BodyKind.choices,
        "years": range(today.year, today.year - YEARS, -1),
        "narrowed": any(asked.values()),
        "page": page,
        "more": len(rows) > SIZE,
        "address": urlencode({name: value for name, value in asked.items() if value}),
        "may_add": may_create(actor, ["meeting.add"])["meeting.add"],
    }
    return render(request, "meetings/list.html", context)


def _narrowed(asked: dict[str, str]) -> QuerySet[Meeting]:
    found = Meeting.objects.select_related("matter__organ__body", "body", "company")
    found = found.filter(SHOWN.get(asked["show"], SHOWN[""])[1])
    if asked["body"]:
        found = found.filter(kind=asked["body"])
    if asked["year"].isdecimal() and len(asked["year"]) == 4:
        year = int(asked["year"])
        found = found.filter(Q(held_on__year=year) | Q(held_on__isnull=True, matter__happened_on__year=year))
    if asked["company"]:
        found = found.filter(company__isnull=asked["company"] == "no")
    awaited = Q(
        matter__invitees__notified_on__isnull=False,
        matter__invitees__reply="",
        matter__invitees__left_out=False,
    )
    found = found.annotate(unanswered=Count("matter__invitees", filter=awaited))
    return found.order_by("-matter__is_open", "-held_on", "-matter__happened_on", "-matter")


def _row(meeting: Any, today: date) -> Row:
    english = (get_language() or "").startswith("en")
    period = ""
    if meeting.begins_on and meeting.ends_on:
        period = Span(meeting.begins_on, meeting.ends_on).name(english=english)
    state = lifecycle.KIND.state_label(Depth.FULL, meeting.matter.state)
    return Row(meeting, matter_url(meeting.pk), period, state, _turn(meeting, today))


def _turn(meeting: Any, today: date) -> str:
    """Return in words what comes next, and by whom (轮到谁)."""
    who = {"who": meeting.matter.organ.full_name}
    state = meeting.matter.state
    if state == lifecycle.DUE and meeting.ends_on and meeting.ends_on < today:
        return _("%(who)s: its period is over, it was not held") % who
    if state == lifecycle.NOTIFIED and meeting.unanswered:
        return _("Answers awaited: %(left)s") % {"left": meeting.unanswered}
    words = {
        lifecycle.DUE: _("%(who)s: call it"),
        lifecycle.CALLED: _("%(who)s: send the notice"),
        lifecycle.NOTIFIED: _("%(who)s: hold it"),
        lifecycle.SITTING: _("%(who)s: close it"),
        lifecycle.HELD: _("%(who)s: send the minutes"),
    }
    return words[state] % who if state in words else ""


urlpatterns = [
    path("meetings/", meetings, name="meetings"),
    path("meetings/companies/", rollup_pages.companies, name="meeting_companies"),
    path("meetings/companies/export/", rollup_pages.export, name="meeting_companies_export"),
    path("meetings/<uuid:matter_id>/", sitting_pages.sitting, name="meeting_sitting"),
    path("meetings/<uuid:matter_id>/do/", sitting_pages.do, name="meeting_do"),
]

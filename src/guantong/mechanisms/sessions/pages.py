"""Pages of sessions (梳理调度页面): the year with its quota, the sitting, the pack."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.cadence import Span
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Depth, Party
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.mechanisms.sessions import lifecycle, queries
from guantong.mechanisms.sessions.acts import DecideItem
from guantong.mechanisms.sessions.models import Decision, Session
from guantong.mechanisms.sessions.papers import pack
from guantong.mechanisms.sessions.queries import OLD_DAYS, Line
from guantong.web.can import may_create
from guantong.web.guard import actor_of, in_post, seen_matter
from guantong.web.links import matter_url
from guantong.web.papers import watermark

YEARS = 6
FILTERS = {
    "undecided": gettext_lazy("Undecided"),
    "late": gettext_lazy("Overdue"),
    "unhandled": gettext_lazy("Nobody handles it"),
    "paused": gettext_lazy("Waiting for an answer"),
    "old": gettext_lazy("Older than 90 days"),
    "undone": gettext_lazy("Decided before, not done"),
}
TYPED = ("decision", "due_on", "text", "by_whom")


@dataclass(frozen=True)
class Row:
    """A session in the list: its duty says whether it counts as held in time."""

    session: Session
    url: str
    period: str
    state: str
    duty: Duty | None

    @property
    def standing(self) -> str:
        """'in_time', 'late' (held late), 'missing' (its day has passed), 'due', or 'extra'."""
        if self.duty is None:
            return "extra"
        if self.duty.ended_on:
            return "late" if self.duty.ended_on > self.duty.due_on else "in_time"
        return "missing" if self.duty.due_on < clock.today() else "due"


@in_post
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List a year's sessions by period: held, late, missing, and those called besides."""
    actor = actor_of(request)
    given = request.GET.get("year", "")
    this_year = clock.today().year
    year = int(given) if given.isdecimal() and len(given) == 4 else this_year
    found = Session.objects.filter(matter__happened_on__year=year).select_related("matter__organ__body")
    duties = {one.matter_id: one for one in Duty.objects.filter(matter__kind="session", starts_on__year=year)}
    rows = [
        _row(one, duties.get(one.pk)) for one in found.order_by("-matter__happened_on", "form", "-matter_id")
    ]
    context = {
        "rows": rows,
        "year": year,
        "years": range(this_year, this_year - YEARS, -1),
        "quota": [row for row in rows if row.duty],
        "in_time": sum(row.standing == "in_time" for row in rows),
        "late": sum(row.standing == "late" for row in rows),
        "missing": sum(row.standing == "missing" for row in rows),
        "may_call": may_create(actor, ["session.call"])["session.call"],
    }
    return render(request, "sessions/list.html", context)


def _row(session: Session, duty: Duty | None) -> Row:
    english = (get_language() or "").startswith("en")
    period = ""
    if session.begins_on and session.ends_on:
        period = Span(session.begins_on, session.ends_on).name(english=english)
    state = lifecycle.KIND.state_label(Depth.FULL, session.matter.state)
    return Row(session, matter_url(session.pk), period, state, duty)


def _session(request: HttpRequest, matter_id: uuid.UUID) -> tuple[Actor, Session]:
    actor = actor_of(request)
    seen_matter(actor, matter_id)
    found = (
        Session.objects.select_related("matter", "matter__organ", "matter__organ__body")
        .filter(pk=matter_id)
        .first()
    )
    if found is None:
        raise Http404(_("There is no such session, or you may not see it."))
    return actor, found


def _may_decide(actor: Actor, session: Session) -> bool:
    if session.matter.state != lifecycle.SITTING:
        return False
    parties = Party.objects.filter(matter=session.matter_id, until__isnull=True).select_related("organ")
    return entitling(DecideItem.by, actor, {party.role: party for party in parties}) is not None


@in_post
@require_safe
def sitting(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Show the session's items, to be decided one by one; narrowed as the address says."""
    actor, session = _session(request, matter_id)
    note(actor, "open", session.pk, user_id=request.user.pk)
    return render(request, "sessions/sitting.html", _context(request, actor, session))


def _context(request: HttpRequest, actor: Actor, session: Session) -> dict[str, Any]:
    found = queries.lines(session)
    asked = request.GET.get("show", "") if request.GET.get("show") in FILTERS else ""
    handler = request.GET.get("handler", "")
    wanted = [line for line in found if _passes(line, asked) and _of(line, handler)]
    handlers = {line.item.handler_id: line.item.handler.name for line in found if line.item.handler}
    return {
        "session": session,
        "matter": session.matter,
        "state": lifecycle.KIND.state_label(Depth.FULL, session.matter.state),
        "lines": wanted,
        "all": len(found),
        "decided": sum(bool(line.item.decision) for line in found),
        "asked": asked,
        "handler": handler,
        "handlers": sorted(handlers.items(), key=lambda pair: pair[1]),
        "filters": [
            (code, label, sum(_passes(line, code) for line in found)) for code, label in FILTERS.items()
        ],
        "may_decide": _may_decide(actor, session),
        "decisions": Decision.choices,
        "leads": actor.rank in lifecycle.LEADERS,
    }


def _of(line: Line, handler: str) -> bool:
    return not handler or str(line.item.handler_id) == handler


def _passes(line: Line, asked: str) -> bool:
    return {
        "": True,
        "undecided": not line.item.decision,
        "late": line.late,
        "unhandled": line.item.handler_id is None,
        "paused": line.item.paused,
        "old": line.age > OLD_DAYS,
        "undone": any(one.undone for one in line.before),
    }[asked]


@in_post
@require_POST
def decide(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Decide on one item and answer with its row; without scripts, with the page at that row."""
    actor, session = _session(request, matter_id)
    faults: tuple[Fault, ...] = ()
    status = 200
    data = {**request.POST.dict(), "happened_on": (session.begun_on or clock.today()).isoformat()}
    try:
        perform(DecideItem.code, actor, matter_id, data, key=request.POST.get("key", "")[:80])
    except Refused as refused:
        faults, status = refused.faults, refused.status
    by_htmx = request.headers.get("HX-Request") == "true"
    if not by_htmx and not faults:
        return redirect(f"{reverse('sitting', args=[matter_id])}#i-{data.get('item', '')}")
    typed = {name: request.POST.get(name, "") for name in TYPED}
    if not by_htmx:
        context = _context(request, actor, session)
        _put(context["lines"], data.get("item", ""), faults, typed)
        return render(request, "sessions/sitting.html", context, status=status)
    return _row_only(request, actor, session, str(data.get("item", "")), faults, typed, status)


def _put(found: list[Line], item: str, faults: tuple[Fault, ...], typed: Mapping[str, str]) -> None:
    for line in found:
        if str(line.item.pk) == item:
            line.faults, line.typed = faults, dict(typed)


def _row_only(
    request: HttpRequest, actor: Actor, session: Session, item: str, faults: tuple[Fault, ...],
    typed: Mapping[str, str], status: int,
) -> HttpResponse:  # fmt: skip
    try:
        found = queries.lines(session, only=uuid.UUID(item))
    except ValueError:
        found = []
    if not found:
        raise Http404(_("There is no such item in this session, or you may not see it."))
    if faults:
        _put(found, item, faults, typed)
    counted = queries.block(session)["counted"]
    context = {
        "session": session, "matter": session.matter, "line": found[0], "may_decide": True, "oob": True,
        "decisions": Decision.choices, "all": counted["all"], "decided": counted["decided"],
        "leads": actor.rank in lifecycle.LEADERS,
    }  # fmt: skip
    return render(request, "sessions/item.html", context, status=status)


@in_post
@require_safe
def pack_pdf(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Print the session pack: a list of what is stuck, one page for each; watermarked with its reader."""
    actor, session = _session(request, matter_id)
    note(actor, "export", session.pk, "session pack", user_id=request.user.pk)
    content = render_pdf(pack(session, queries.lines(session)), watermark=watermark(actor))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="session-pack.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("sessions/", sessions, name="sessions"),
    path("sessions/<uuid:matter_id>/", sitting, name="sitting"),
    path("sessions/<uuid:matter_id>/decide/", decide, name="sitting_decide"),
    path("sessions/<uuid:matter_id>/pack/", pack_pdf, name="session_pack"),
]

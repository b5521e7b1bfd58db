"""Pages of correspondence (函询往来页面): in and out, who asked about ours, the liaison directory."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel.access.actors import Actor
from guantong.kernel.journal.reading import fingerprint, note
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.mechanisms.correspondence import directory as liaison
from guantong.mechanisms.correspondence import periodic, queries
from guantong.mechanisms.correspondence.declared import all_forms, find
from guantong.mechanisms.correspondence.queries import SHOW, SIDES, Wanted
from guantong.web.can import may_create
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post
from guantong.web.papers import watermark

SIZE = 50
MOST_EXPORTED = 5000
BEGIN = ("correspondence.draft", "correspondence.register")


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """Return what the address asks for; what it does not know it leaves out."""
    side, form, show = (given.get(name, "") for name in ("side", "form", "show"))
    return Wanted(
        side if side in SIDES else "incoming",
        form if find(form) else "",
        show if show in SHOW else "",
        given.get("other", "").strip()[:60],
    )


def place_of(text: str) -> tuple[date, uuid.UUID] | None:
    """Return after which line a page begins, as the address says it."""
    day, _dot, matter = text.partition(".")
    try:
        return date.fromisoformat(day), uuid.UUID(matter)
    except ValueError:
        return None


def _next(following: tuple[date, uuid.UUID] | None) -> str:
    return f"{following[0].isoformat()}.{following[1]}" if following else ""


@in_post
@require_safe
def correspondence(request: HttpRequest) -> HttpResponse:
    """List what came in or went out, with its state, the days it took and what is owed."""
    actor = actor_of(request)
    wanted = wanted_of(request.GET)
    rows, following = queries.page(actor, wanted, SIZE, place_of(request.GET.get("after", "")))
    may = may_create(actor, BEGIN)
    kept = {name: value for name, value in vars(wanted).items() if value}
    context = {
        "rows": rows,
        "wanted": wanted,
        "forms": all_forms(),
        "filtered": bool(wanted.form or wanted.show or wanted.other),
        "query": urlencode(kept),
        "next": urlencode({**kept, "after": _next(following)}) if following else "",
        "may_write": may["correspondence.draft"],
        "may_register": may["correspondence.register"],
    }
    return render(request, "correspondence/list.html", context)


@in_post
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Export the list as it is filtered, for Excel and WPS (导出)."""
    actor = actor_of(request)
    wanted = wanted_of(request.GET)
    note(actor, "export", None, f"correspondence {wanted.side}", user_id=request.user.pk)
    rows, _following = queries.page(actor, wanted, MOST_EXPORTED)
    return spreadsheet(_workbook(rows, watermark(actor).text), "correspondence.xlsx")


def _workbook(rows: list[queries.Row], mark: str) -> bytes:
    columns = [
        OutColumn("number", _("Number"), width=24),
        OutColumn("form", _("Form of correspondence"), width=20),
        OutColumn("title", _("Subject"), width=40),
        OutColumn("sender", _("Writer"), width=30),
        OutColumn("recipient", _("Recipient"), width=30),
        OutColumn("sent_on", _("Went out on"), "date"),
        OutColumn("received_on", _("Received on"), "date"),
        OutColumn("answered_on", _("Answered on"), "date"),
        OutColumn("days", _("Days taken"), "integer"),
        OutColumn("told_after", _("Days from knowing to telling"), "integer"),
        OutColumn("state", _("State"), width=20),
        OutColumn("due_on", _("Due by"), "date"),
    ]
    return write_workbook(columns, map(_line, rows), sheet_name=_("Correspondence"), above=mark)


def _line(one: queries.Row) -> dict[str, str | int | date | None]:
    row = one.row
    return {
        "number": row.matter.number,
        "form": one.form,
        "title": one.subject,
        "sender": row.sender_name,
        "recipient": row.recipient_name,
        "sent_on": row.sent_on,
        "received_on": row.received_on,
        "answered_on": row.answered_on,
        "days": one.days,
        "told_after": one.told_after,
        "state": one.state,
        "due_on": one.due.due_on if one.due else None,
    }


@in_post
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """List who asked about persons and units among what one's own body holds (查询留痕; CZ-3.1)."""
    actor = actor_of(request)
    name = request.GET.get("name", "").strip()[:60]
    if name:
        note(actor, "search", None, fingerprint(name), user_id=request.user.pk)
    found, following = queries.asked_about_ours(actor, SIZE, name, place_of(request.GET.get("after", "")))
    kept = {"name": name} if name else {}
    context = {
        "rows": found,
        "name": name,
        "next": urlencode({**kept, "after": _next(following)}) if following else "",
    }
    return render(request, "correspondence/asked.html", context)


@in_post
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Show the liaison points by tier, with those that are missing (联络名录; CD-2.1)."""
    actor: Actor = actor_of(request)
    places = liaison.directory(actor)
    context = {"places": places, **liaison.counted(places)}
    return render(request, "correspondence/directory.html", context)


urlpatterns = [
    *periodic.urlpatterns,
    path("correspondence/", correspondence, name="correspondence"),
    path("correspondence/export/", export, name="correspondence_export"),
    path("correspondence/asked/", asked, name="correspondence_asked"),
    path("liaison/", directory, name="liaison"),
]

"""Pages of the ledger (问题线索专门台账; CZ-3.2)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guantong.accounts.models import SavedView
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault
from guantong.kernel.journal.reading import fingerprint, note
from guantong.kernel.organs.models import Officer, Organ
from guantong.mechanisms.clues import filters as asked
from guantong.mechanisms.clues import ledger_sql as sql
from guantong.mechanisms.clues.acts.assignment import HANDLING_ROLES
from guantong.mechanisms.clues.filters import DUE, SIZES, SORTS, TAB, TABS, Filters
from guantong.mechanisms.clues.ledger_cells import cells
from guantong.mechanisms.clues.ledger_export import MOST_ROWS, workbook
from guantong.mechanisms.clues.ledger_rows import COLUMNS, STANDARD, STANDARD_TOLD, Column, rows_of
from guantong.mechanisms.clues.lifecycle import SENDERS
from guantong.mechanisms.clues.models import Category, Source
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.models import prefer, preferences

PAGE = "ledger"
COLUMNS_KEY, DEFAULT_KEY = "ledger.columns", "ledger.view"
SHOWN_ALWAYS = ("open", "closed", "ended", "all")
TABS_FULL = ("receive", "assign", "approve", "accept", "handle", "feed_back")
TABS_TOLD = ("drafts", "told_sent", "told_received", "told_handling")


@require_GET
@in_post
def ledger(request: HttpRequest) -> HttpResponse:
    """Show one page of the ledger; the filters stand in the address."""
    actor, user = actor_of(request), request.user
    kept = preferences(user, COLUMNS_KEY, DEFAULT_KEY)  # type: ignore[arg-type]
    views = list(SavedView.objects.filter(user=user.pk, page=PAGE))
    if not request.GET:
        first = next((view for view in views if view.pk == kept.get(DEFAULT_KEY)), None)
        if first:
            return redirect(f"{reverse('ledger')}?{first.query}&view={first.pk}")
    filters = asked.read(request.GET)
    counts = sql.counts(actor)
    full = sees_handling(actor, counts)
    if not full and not filters.tab.told:
        filters = replace(filters, tab=TAB["open"])  # groups of the handling are none to a sender
    columns = shown_columns(kept.get(COLUMNS_KEY), full)
    listed = sql.page(actor, filters)
    rows = rows_of(listed.rows, english=get_language() == "en")
    today = clock.today()
    keys = [column.key for column in columns]
    context = {
        "filters": filters,
        "rows": [(row, matter_url(row.matter), cells(row, keys, today)) for row in rows],
        "columns": columns,
        "head": _head(columns, filters),
        "choosable": [(column, column.key in keys) for column in COLUMNS if full or not column.full_only],
        "tabs": _tabs(counts, filters, full),
        "late": counts.late,
        "soon": counts.soon,
        "previous": filters.query(before=listed.previous) if listed.previous else "",
        "next": filters.query(after=listed.next) if listed.next else "",
        "is_first": listed.previous is None,
        "full": full,
        "sources": Source.choices,
        "categories": Category.choices,
        "dues": DUE.items(),
        "sizes": SIZES,
        "departments": departments(actor) if full else [],
        "custodians": custodians(actor) if full else [],
        "views": views,
        "view": _view(request.GET, views, filters),
        "default_view": kept.get(DEFAULT_KEY),
        "query": filters.query(),
        "orders": _orders(filters, full),
        "size_50_query": filters.query(size=None),
        "size_100_query": filters.query(size=100),
        "may_register": "case_supervision" in actor.roles,
        "may_draft": any(role in actor.roles for role in SENDERS),
        "may_assign": full and may_assign(actor),
        "batch": uuid.uuid4().hex,
        "today": today,
    }
    return render(request, "clues/ledger.html", context)


def sees_handling(actor: Actor, counts: sql.Counts) -> bool:
    """Whether the ledger is that of who handles: columns and groups of the handling are shown."""
    if counts.sees_handling:
        return True
    return not counts.is_told and not any(role in actor.roles for role in SENDERS)


def shown_columns(chosen: Any, full: bool) -> list[Column]:
    """Return the columns to show: those the user chose, of those he may see."""
    standard = STANDARD if full else STANDARD_TOLD
    keys = chosen if isinstance(chosen, list) and chosen else standard
    return [
        column
        for column in COLUMNS
        if (column.always or column.key in keys) and (full or not column.full_only)
    ]


def _head(columns: list[Column], filters: Filters) -> list[dict[str, Any]]:
    sortable = {"due_on": "due", "badge": "", "received_on": "listed"} if filters.tab.is_open else {}
    head = []
    for column in columns:
        by = sortable.get(column.key, "")
        head.append(
            {
                "label": column.label,
                "number": column.key == "amount",
                "query": filters.query(sort=by) if by else "",
                "sorted": bool(by) and filters.sorted_by == by,
                "rising": by == "due",
            }
        )
    return head


ORDERS = {
    "first": gettext_lazy("key supervision first"),
    "due": gettext_lazy("by due date"),
    "listed": gettext_lazy("by date of entry, newest first"),
}


def _orders(filters: Filters, full: bool) -> list[dict[str, Any]]:
    """Return the orders to choose from; the present one leads nowhere. Who is told in part knows no first."""
    codes = ("listed",) if not filters.tab.is_open else SORTS if full else SORTS[1:]
    present = filters.sorted_by if full or filters.sorted_by != "first" else "due"
    return [
        {"label": ORDERS[code], "query": "" if code == present else filters.query(sort=code)}
        for code in codes
    ]


def _tabs(counts: sql.Counts, filters: Filters, full: bool) -> list[dict[str, Any]]:
    shown = []
    for tab in TABS:
        number = counts.of(tab)
        own = tab.code in (TABS_FULL if full else TABS_TOLD) or tab.code in SHOWN_ALWAYS
        here = tab.code == filters.tab.code
        if not (own or number or here):
            continue
        capped = not tab.is_open and counts.capped
        text = "" if tab.code == "all" else f"{number}+" if capped and number else str(number)
        shown.append(
            {"label": tab.label, "count": text, "here": here, "query": filters.query(tab=tab.code, due="")}
        )
    return shown


def _view(query: QueryDict, views: list[SavedView], filters: Filters) -> SavedView | None:
    named = query.get("view", "")
    return next((view for view in views if str(view.pk) == named or view.query == filters.query()), None)


def departments(actor: Actor) -> list[Organ]:
    """Return the departments of the actor's body that handle clues."""
    found = Organ.objects.filter(body=actor.body_id, bindings__role__in=HANDLING_ROLES)
    return list(found.distinct().order_by("name"))


def custodians(actor: Actor) -> list[Officer]:
    """Return the officers of the departments that handle clues."""
    found = Officer.objects.filter(
        posts__organ__body=actor.body_id, posts__organ__bindings__role__in=HANDLING_ROLES
    )
    return list(found.distinct().order_by("name"))


def may_assign(actor: Actor) -> bool:
    """Whether the actor may propose assignments at all."""
    return "case_supervision" in actor.roles


@require_POST
@in_post
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Keep the columns a user wants to see; without any, the usual ones."""
    known = [column.key for column in COLUMNS]
    chosen = [key for key in request.POST.getlist("columns") if key in known]
    prefer(request.user, COLUMNS_KEY, [] if "standard" in request.POST else chosen)  # type: ignore[arg-type]
    return redirect(f"{reverse('ledger')}?{asked.read(QueryDict(request.POST.get('query', ''))).query()}")


@in_post
def export(request: HttpRequest) -> HttpResponse:
    """Export the ledger as filtered, or the chosen rows of it, to Excel; noted as one reading."""
    actor = actor_of(request)
    filters = asked.read(request.GET if request.method == "GET" else QueryDict(request.POST.get("query", "")))
    chosen = chosen_ids(request) if request.method == "POST" else None
    found = sql.page(actor, filters.whole(), limit=MOST_ROWS, only=chosen)
    if found.next:
        fault = Fault(
            _("Export"),
            _("More than %(most)s clues would be exported.") % {"most": MOST_ROWS},
            _("Narrow the conditions and export in parts."),
        )
        return render(
            request, "clues/ledger_refused.html", {"fault": fault, "query": filters.query()}, status=422
        )
    detail = f"{len(found.rows)} · {fingerprint(filters.query())}"
    note(actor, "export", detail=detail, user_id=request.user.pk)
    body = workbook(actor, found.rows)
    name = f"{_('Clue ledger')}-{clock.today().isoformat()}.xlsx"
    return spreadsheet(body, name)


def chosen_ids(request: HttpRequest) -> set[uuid.UUID]:
    """Return the ids of the rows chosen in a list; what is no id is left out."""
    found = set()
    for text in request.POST.getlist("ids")[:1000]:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found

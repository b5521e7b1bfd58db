"""My desk (我的工作台): what I owe, what I wait for, what waits for me, what is new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.awaited import Awaited, awaited_from
from guantong.kernel.organs.models import LEADERS
from guantong.mechanisms.clues import leaders, ledger_sql
from guantong.mechanisms.clues.filters import OPEN, TAB, Filters, Tab
from guantong.mechanisms.clues.ledger import sees_handling
from guantong.mechanisms.clues.ledger_cells import badge, state
from guantong.mechanisms.clues.ledger_rows import Row, rows_of
from guantong.mechanisms.clues.lifecycle import CLOSED, RETURNED, SENDERS
from guantong.mechanisms.clues.models import Feedback
from guantong.mechanisms.handovers import queries as handovers
from guantong.web import desk_work as work
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.models import prefer, preferences

SEEN_KEY = "desk.seen"
VISIT = timedelta(minutes=30)
"""After so long without the desk, the next look is a new visit."""
FIRST_LOOK = timedelta(days=7)
FOLLOWED = Tab("followed", "", told=OPEN | {CLOSED, RETURNED})
FOLLOWED_SHOWN, DRAFTS_SHOWN = 10, 8


@require_GET
@in_post
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk of the post one acts in."""
    actor = actor_of(request)
    english = get_language() == "en"
    today = clock.today()
    counts = ledger_sql.counts(actor, today)
    since = _visit(request)
    owed = work.owed(actor)
    sender = any(role in actor.roles for role in SENDERS)
    leader = actor.rank in LEADERS
    awaited = awaited_from(actor) if leader else []
    steps = [work.step_of(one) for one in awaited] if leader else work.steps(actor)
    context = {
        "today": today,
        "soon_until": work.soon_until(today),
        "figures": _figures(actor, counts, today.replace(day=1)),
        "full": sees_handling(actor, counts),
        "owed": owed,
        "english": english,
        "awaited": work.awaited(actor),
        "steps": steps[: work.STEPS_SHOWN],
        "steps_more": max(0, len(steps) - work.STEPS_SHOWN),
        "three": _three(actor, awaited) if leader else [],
        "leader": leader,
        "sender": sender,
        "followed": _followed(actor) if sender else [],
        "drafts": _drafts(actor) if counts.of(TAB["drafts"]) else [],
        "drafts_number": counts.of(TAB["drafts"]),
        "news": work.news(actor, since),
        "since": since,
        "taking_over": [(one, matter_url(one.pk)) for one in handovers.waiting_for(actor.post)],
        "records": "case_supervision" in actor.roles or sender,
        "may_register": "case_supervision" in actor.roles,
        "may_report": "audit_team" in actor.roles or "inspection_office" in actor.roles,
    }
    return render(request, "web/desk.html", context)


def _figures(actor: Actor, counts: ledger_sql.Counts, month: Any) -> list[dict[str, Any]]:
    ledger = reverse("ledger")
    return [
        {"code": "open", "number": counts.of(TAB["open"]), "url": f"{ledger}?tab=open"},
        {"code": "late", "number": counts.late, "url": f"{ledger}?tab=open&due=late"},
        {"code": "soon", "number": counts.soon, "url": f"{ledger}?tab=open&due=soon"},
        {
            "code": "closed",
            "number": ledger_sql.closed_since(actor, month),
            "url": f"{ledger}?tab=closed&closed_from={month.isoformat()}",
        },
    ]


def _visit(request: HttpRequest) -> datetime:
    """Return when the visit before this one ended, and keep that this one goes on."""
    now, user = clock.now(), request.user
    kept = preferences(user, SEEN_KEY).get(SEEN_KEY)  # type: ignore[arg-type]
    first = (now - FIRST_LOOK).isoformat()
    since, last = (kept["since"], kept["last"]) if kept else (first, first)
    away = now - datetime.fromisoformat(last)
    if away > VISIT:
        since = last
    if away > timedelta(minutes=1) or not kept:
        prefer(user, SEEN_KEY, {"since": since, "last": now.isoformat()})  # type: ignore[arg-type]
    return datetime.fromisoformat(since)


def _three(actor: Actor, awaited: list[Awaited]) -> list[dict[str, Any]]:
    """Return the three things a leader does: decide, instruct, look after; each with number and oldest."""
    days = [one.due_on for one in awaited if one.due_on]
    listed = [(what, leaders.figures(actor, what)) for what in (leaders.INSTRUCT, leaders.SUPERVISED)]
    return [
        {
            "code": "decide",
            "number": len(awaited),
            "oldest": min(days, default=None),
            "url": reverse("stack"),
        },
        *({"code": what, **found, "url": reverse("leaders_list", args=[what])} for what, found in listed),
    ]


def _followed(actor: Actor) -> list[dict[str, Any]]:
    """Return what the actor's organ sent: its state as told, the next date, the last feedback."""
    listed = ledger_sql.page(actor, Filters(tab=FOLLOWED), limit=FOLLOWED_SHOWN)
    rows = rows_of(listed.rows, english=get_language() == "en")
    told: dict[Any, Feedback] = {}
    given = Feedback.objects.filter(matter__in=[row.matter for row in rows], told_on__isnull=False)
    for feedback in given.order_by("told_on", "id"):
        told[feedback.matter_id] = feedback
    return [{**_shown(row), "feedback": told.get(row.matter)} for row in rows]


def _drafts(actor: Actor) -> list[dict[str, Any]]:
    listed = ledger_sql.page(actor, Filters(tab=TAB["drafts"]), limit=DRAFTS_SHOWN)
    return [_shown(row) for row in rows_of(listed.rows, with_duties=False)]


def _shown(row: Row) -> dict[str, Any]:
    return {
        "row": row,
        "url": matter_url(row.matter),
        "state": state(row),
        "badge": badge(row, clock.today()),
    }

"""Pages of the coordinator's console (协调台页面; CD-1.1): looked at, and from there asked and reminded."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guantong.insight import console as reading
from guantong.insight.console import COORDINATING, Owed
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.reading import note
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.compose import day_text
from guantong.kernel.sheets.writing import OutColumn, Value
from guantong.web.can import may_create
from guantong.web.exports import workbook_answer
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SHOWN = 200
ANSWER_DAYS = 7
BATCH = re.compile(r"[0-9a-f]{32}")
GIVE, WRITE = "task.give", "correspondence.draft"
STEPS = {
    "meeting.add": gettext_lazy("Convene a meeting"),
    WRITE: gettext_lazy("Ask by letter"),
    GIVE: gettext_lazy("Give a task"),
}
"""What leads on from the console: acts that make a matter, where this platform has them."""
SHOW = {
    "": gettext_lazy("All that is open"),
    "late": gettext_lazy("Late by now"),
    "paused": gettext_lazy("Paused"),
}


def coordinator(request: HttpRequest) -> Actor:
    """Return who acts for the coordinating office (协调人员). Raises PermissionDenied for others."""
    actor = actor_of(request)
    if COORDINATING not in actor.roles:
        raise PermissionDenied(_("The console belongs to the office that coordinates the bodies (CD-1.1)."))
    return actor


def _asked(given: Any) -> dict[str, str]:
    """Return what the address narrows by."""
    return {name: given.get(name, "") for name in ("show", "pair", "clause", "kind")}


def _passes(one: Owed, asked: dict[str, str]) -> bool:
    late = {"late": one.late_days > 0, "paused": one.paused}.get(asked["show"], True)
    return (
        late
        and (not asked["pair"] or one.pair == asked["pair"])
        and (not asked["clause"] or one.clause == asked["clause"])
        and (not asked["kind"] or one.kind == asked["kind"])
    )


@require_safe
@in_post
def console(request: HttpRequest) -> HttpResponse:
    """Show what is stuck between bodies, by pair, narrowed as the address says; the look is noted."""
    actor = coordinator(request)
    note(actor, "open", None, "console", user_id=request.user.pk)
    return render(request, "insight/console.html", console_context(actor, request.GET))


def console_context(actor: Actor, given: Any, faults: tuple[Fault, ...] = ()) -> dict[str, Any]:
    """Return what the console shows, narrowed as the address or the form says (协调台内容)."""
    found = reading.owed_between(actor)
    asked = _asked(given)
    shown = [one for one in found if _passes(one, asked)]
    known = {act.code for act in registry.all_acts()}
    steps = [code for code in STEPS if code in known]
    may = may_create(actor, steps)
    return {
        "rows": [(one, matter_url(one.matter) if one.seen else "") for one in shown[:SHOWN]],
        "more": len(shown) > SHOWN or len(found) > reading.MOST,
        "most": SHOWN,
        "pairs": reading.pairs(one for one in found if _passes(one, {**asked, "pair": ""})),
        "open": len(shown),
        "late": sum(one.late_days > 0 for one in shown),
        "asked": asked,
        "narrowed": any(asked.values()),
        "shows": SHOW.items(),
        "clauses": sorted({one.clause for one in found}),
        "kinds": sorted({(one.kind, one.kind_label) for one in found}),
        "steps": [(code, STEPS[code]) for code in steps if may[code]],
        "may_remind": may.get(GIVE, False),
        "may_write": may.get(WRITE, False),
        "batch": uuid.uuid4().hex,
        "faults": faults,
        "text": given.get("text", ""),
    }


@require_safe
@in_post
def export(request: HttpRequest) -> HttpResponse:
    """Export what the address narrows to (导出协调台); noted as one reading."""
    actor = coordinator(request)
    note(actor, "export", None, "console", user_id=request.user.pk)
    asked = _asked(request.GET)
    columns = [
        OutColumn("number", _("Number"), width=24),
        OutColumn("kind", _("Kind of matter")),
        OutColumn("state", _("State")),
        OutColumn("clause", _("Clause")),
        OutColumn("name", _("What is owed"), width=30),
        OutColumn("holder", _("With whom it lies"), width=30),
        OutColumn("claimant", _("Who waits for it"), width=30),
        OutColumn("since", _("Owed since"), "date"),
        OutColumn("due_on", _("To be done by"), "date"),
        OutColumn("late", _("Days late"), "integer"),
    ]
    rows: list[dict[str, Value]] = [
        {
            "number": one.number,
            "kind": one.kind_label,
            "state": one.state_label,
            "clause": one.clause,
            "name": one.name,
            "holder": one.holder.full_name,
            "claimant": one.claimant.full_name,
            "since": one.since,
            "due_on": one.due_on,
            "late": one.late_days,
        }
        for one in reading.owed_between(actor)
        if _passes(one, asked)
    ]
    return workbook_answer(actor, columns, rows, _("Coordinator's console"))


@dataclass
class Outcome:
    """What came of reminding one organ (提示结果)."""

    holder: Organ
    matters: int
    url: str = ""
    faults: tuple[Fault, ...] = ()
    done: str = ""


@require_POST
@in_post
def remind(request: HttpRequest) -> HttpResponse:
    """Remind who owes what is chosen: each organ is given one task that lists it (批量提示)."""
    actor = coordinator(request)
    chosen = chosen_of(request, actor)
    if not chosen:
        return nothing_chosen(request, actor)
    batch = batch_of(request)
    outcomes = [_remind(actor, rows, request.POST.get("text", ""), batch) for rows in by_holder(chosen)]
    return console_done(request, outcomes, _("Reminders given"))


def console_done(request: HttpRequest, outcomes: list[Outcome], title: str) -> HttpResponse:
    """Say organ by organ what came of it (办理结果)."""
    return render(request, "insight/console_done.html", {"outcomes": outcomes, "title": title})


def chosen_of(request: HttpRequest, actor: Actor) -> list[Owed]:
    """Return what was ticked, as far as it is still owed (所选事项)."""
    wanted = set(request.POST.getlist("ids"))
    return [one for one in reading.owed_between(actor) if str(one.duty) in wanted]


def nothing_chosen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say that nothing is ticked; the words typed stay (未选事项)."""
    fault = Fault("ids", _("Nothing is chosen."), _("Tick what is to be reminded."))
    context = console_context(actor, request.POST, (fault,))
    return render(request, "insight/console.html", context, status=422)


def batch_of(request: HttpRequest) -> str:
    """Return the key under which a page sent twice does its acts once (批次)."""
    batch = request.POST.get("batch", "")
    return batch if BATCH.fullmatch(batch) else uuid.uuid4().hex


def by_holder(chosen: list[Owed]) -> list[list[Owed]]:
    """Group what is owed by who owes it (按责任单位归集)."""
    found: dict[int, list[Owed]] = {}
    for one in chosen:
        found.setdefault(one.holder.pk, []).append(one)
    return list(found.values())


def own_office(actor: Actor, holder: Organ) -> tuple[Fault, ...]:
    """Say where somebody would remind his own office (本部门事项)."""
    if holder.pk not in (actor.organ.pk, actor.body_id):
        return ()
    return (Fault("", _("It lies with your own office."), _("Open it from your desk and do it.")),)


def _remind(actor: Actor, rows: list[Owed], words: str, batch: str) -> Outcome:
    holder, today = rows[0].holder, clock.today()
    outcome = Outcome(holder, len(rows))
    outcome.faults = own_office(actor, holder)
    if outcome.faults:
        return outcome
    data = {
        "happened_on": today.isoformat(),
        "title": f"工作提示：{len(rows)}件事项请抓紧办理并说明情况",
        "text": "\n".join([*filter(None, [words.strip()[:1000]]), *(line_of(one) for one in rows)])[:5000],
        "due_on": (today + timedelta(days=ANSWER_DAYS)).isoformat(),
        "holder": str(holder.pk),
    }
    try:
        done = perform(GIVE, actor, None, data, key=f"{batch}-{holder.pk}")
    except Refused as refused:
        outcome.faults = refused.faults
    else:
        outcome.url, outcome.done = matter_url(done.matter_id), _("Given as a task, to be answered")
    return outcome


def line_of(one: Owed) -> str:
    """Return one thing owed as the task or the letter lists it (提示内容)."""
    late = f"，逾期{one.late_days}天" if one.late_days else ""
    number = one.number or "未编号事项"
    owed = f"应向{one.claimant.full_name}“{one.name}”（{one.clause}）"
    return f"{number}：{owed}，{day_text(one.due_on)}到期{late}。"


urlpatterns = [
    path("console/", console, name="console"),
    path("console/export/", export, name="console_export"),
    path("console/remind/", remind, name="console_remind"),
]

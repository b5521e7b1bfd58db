"""Pages of reminders (工作提示函): what is due, and many at once, each with its own result."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.perform import perform
from guantong.mechanisms.reminders import queries
from guantong.mechanisms.reminders.models import Reminder
from guantong.mechanisms.reminders.queries import TAB, TABS, Line
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

MOST = 100
BATCH = re.compile(r"[0-9a-f]{32}")
STEPS = {
    "check": "paper.check",
    "sign": "paper.sign",
    "dispatch": "paper.dispatch",
    "withdraw": "reminder.withdraw",
}
WITH_ALL = ("paper", "matter", "issuer__body", "addressee__body")


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@require_GET
@in_post
def reminders(request: HttpRequest) -> HttpResponse:
    """List the reminders that wait for a step, filtered by organ, clause and how manieth."""
    actor, given = actor_of(request), request.GET
    side = "addressee" if given.get("side") == "addressee" else "issuer"
    tab = TAB.get(given.get("tab", ""), TAB["check" if side == "issuer" else "sent"])
    found = queries.box(actor, side).filter(tab.condition)
    other = "issuer" if side == "addressee" else "addressee"
    organs = sorted({(row[0], row[1]) for row in found.values_list(f"{other}_id", f"{other}__name")})
    clauses = sorted(set(found.values_list("clause", flat=True)))
    asked = {name: given.get(name, "") for name in ("organ", "clause", "step")}
    if (organ := _whole(asked["organ"])) is not None:
        found = found.filter(**{other: organ})
    if asked["clause"] in clauses:
        found = found.filter(clause=asked["clause"])
    if (number := _whole(asked["step"])) is not None:
        found = found.filter(number=number)
    rows = list(found.select_related(*WITH_ALL)[: MOST + 1])
    numbers = queries.counts(actor, side)
    today = clock.today()
    context = {
        "side": side,
        "tab": tab,
        "tabs": [(one, numbers[one.code]) for one in TABS if side == "issuer" or not one.step],
        "lines": [
            (line, matter_url(line.reminder.matter_id), (today - line.reminder.lapsed_on).days)
            for line in queries.lines(actor, rows[:MOST])
        ],
        "more": len(rows) > MOST,
        "most": MOST,
        "organs": organs,
        "clauses": clauses,
        "asked": asked,
        "batch": uuid.uuid4().hex,
        "today": today,
    }
    return render(request, "reminders/list.html", context)


@dataclass
class Outcome:
    """What came of one reminder: done, or refused with the reasons."""

    line: Line
    url: str
    done: bool = False
    faults: tuple[Fault, ...] = ()


def _chosen(request: HttpRequest) -> set[uuid.UUID]:
    found = set()
    for text in request.POST.getlist("ids")[: MOST * 2]:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _data(request: HttpRequest, step: str, line: Line) -> dict[str, Any]:
    post = request.POST
    data = {"happened_on": clock.today().isoformat()}
    if step == "withdraw":
        reason = post.get("reason", "").strip()[:500] or line.moot
        return {**data, "reminder": str(line.reminder.pk), "reason": reason}
    return {**data, "paper": str(line.reminder.paper_id), "way": post.get("way", "system")}


def _do(request: HttpRequest, actor: Actor, step: str, batch: str, outcome: Outcome) -> None:
    reminder = outcome.line.reminder
    try:
        perform(
            STEPS[step],
            actor,
            reminder.matter_id,
            _data(request, step, outcome.line),
            key=f"{batch}-{step[:5]}-{reminder.pk}",
        )
    except Refused as refused:
        outcome.faults = refused.faults
    else:
        outcome.done = True


def _faults(request: HttpRequest, step: str, number: int) -> list[Fault]:
    if step not in STEPS:
        return [Fault("step", _("No step is chosen."), _("Choose what is to be done with them."))]
    if not number:
        none = _("No reminder is chosen that you may see.")
        return [Fault("ids", none, _("Go back to the list and choose again."))]
    if number > MOST:
        many = _("More than %(most)s reminders are chosen.") % {"most": MOST}
        return [Fault("ids", many, _("Go back to the list and choose again."))]
    if registry.get(STEPS[step]).grave and request.POST.get("confirmed") != "1":
        reason = _("Signing gives each letter its number and cannot be taken back.")
        return [Fault("confirmed", reason, _("Confirm it and submit."))]
    return []


@require_POST
@in_post
def do(request: HttpRequest) -> HttpResponse:
    """Do one step with many reminders: each is an act of its own, and one that is refused stops no other."""
    actor, step = actor_of(request), request.POST.get("step", "")
    batch = request.POST.get("batch", "")
    batch = batch if BATCH.fullmatch(batch) else uuid.uuid4().hex
    chosen = Reminder.objects.filter(pk__in=_chosen(request)).select_related(*WITH_ALL)
    outcomes = [
        Outcome(line, matter_url(line.reminder.matter_id))
        for line in queries.lines(actor, chosen[: MOST + 1])
    ]
    faults = _faults(request, step, len(outcomes))
    if not faults:
        for outcome in outcomes:
            _do(request, actor, step, batch, outcome)
    context = {
        "outcomes": outcomes,
        "faults": faults,
        "step": step,
        "label": registry.get(STEPS[step]).label if step in STEPS else "",
        "asks_confirmation": [one.field for one in faults] == ["confirmed"],
        "batch": batch,
        "done": sum(one.done for one in outcomes),
        "next": TAB.get({"check": "sign", "sign": "dispatch"}.get(step, "")),
        "tab": request.POST.get("tab", ""),
    }
    return render(request, "reminders/done.html", context, status=422 if faults else 200)

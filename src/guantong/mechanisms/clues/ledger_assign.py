"""Proposing the assignment of many clues at once (批量分办; CZ-3.2): each with its own result.

All go to one department, or each to the one that the routing table proposes for it.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, Refused, refuse
from guantong.kernel.acts.perform import perform
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues import ledger_sql as sql
from guantong.mechanisms.clues.acts.assignment import Proposal, proposals
from guantong.mechanisms.clues.filters import TAB, Filters
from guantong.mechanisms.clues.ledger import chosen_ids, departments
from guantong.mechanisms.clues.ledger_rows import Row, rows_of
from guantong.mechanisms.clues.models import Clue
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

ACT = "clue.propose_assignment"
MOST = 100
AT_ONCE = 10
BY_RULE = "rule"
"""Instead of a department: each clue goes where the routing table proposes."""
BATCH = re.compile(r"[0-9a-f]{32}")


@dataclass
class Outcome:
    """What came of one clue: done, refused with the reasons, or not yet tried.

    `same`: the other clues of the ledger about one of its persons, by number.
    """

    row: Row
    url: str
    proposal: Proposal | None = None
    same: tuple[str, ...] = ()
    done: bool = False
    faults: tuple[Fault, ...] = ()

    def with_result_of(self, tried: Outcome) -> Outcome:
        """Return this, as it stands now, with what came of it."""
        return replace(self, done=tried.done, faults=tried.faults)


@dataclass(frozen=True)
class Wish:
    """To whom the chosen clues are to be assigned, and why; `batch` makes a repetition harmless."""

    handler: str
    reason: str
    batch: str
    query: str

    def faults(self, actor: Actor) -> list[Fault]:
        """Return what is missing."""
        if self.handler == BY_RULE:
            return []
        found = []
        if self.handler not in {str(organ.pk) for organ in departments(actor)}:
            reason = _("No department is chosen.")
            found.append(Fault("handler", reason, _("Choose the department that is to handle them.")))
        if not self.reason:
            reason = _("The reason is missing.")
            found.append(Fault("reason", reason, _("Say on what ground these clues go there.")))
        return found


def _wish(request: HttpRequest) -> Wish:
    given = request.POST
    batch = given.get("batch", "")
    return Wish(
        given.get("handler", ""),
        given.get("reason", "").strip()[:500],
        batch if BATCH.fullmatch(batch) else uuid.uuid4().hex,
        given.get("query", ""),
    )


def listed(actor: Actor, ids: set[uuid.UUID]) -> list[Outcome]:
    """Return the chosen clues within the actor's sight, in the order in which their papers lie."""
    found = sql.page(actor, Filters(tab=TAB["all"]), limit=MOST + 1, only=ids)
    rows = rows_of(found.rows, english=get_language() == "en", with_duties=False)
    rows.sort(key=lambda row: (len(row.number), row.number, row.matter))
    return [Outcome(row, matter_url(row.matter)) for row in rows]


def _outcomes(actor: Actor, ids: set[uuid.UUID]) -> list[Outcome]:
    found = listed(actor, ids)
    clues = Clue.objects.filter(pk__in=[one.row.matter for one in found]).select_related(
        "matter__jurisdiction"
    )
    people: dict[uuid.UUID, list[Subject]] = defaultdict(list)
    for subject in Subject.objects.filter(matter__in=clues.values("pk")).order_by("id"):
        people[subject.matter_id].append(subject)
    proposed = proposals(actor, {clue: people[clue.pk] for clue in clues})
    same = _same(people)
    for one in found:
        one.proposal, one.same = proposed.get(one.row.matter), same.get(one.row.matter, ())
    return found


def _same(people: dict[uuid.UUID, list[Subject]]) -> dict[uuid.UUID, tuple[str, ...]]:
    """Return by clue the numbers of the others within sight that name a person of it with the same unit."""
    concerned = [one for subjects in people.values() for one in subjects]
    named = Subject.objects.filter(
        name__in={one.name for one in concerned}, unit__in={one.unit for one in concerned}
    ).exclude(matter__number="")
    numbers: dict[tuple[str, str], dict[uuid.UUID, str]] = defaultdict(dict)
    for name, unit, matter, number in named.values_list("name", "unit", "matter", "matter__number"):
        numbers[name, unit][matter] = number
    return {
        matter: tuple(
            sorted({no for one in subjects for pk, no in numbers[one.name, one.unit].items() if pk != matter})
        )
        for matter, subjects in people.items()
    }


def _given(wish: Wish, outcome: Outcome) -> dict[str, Any]:
    """Return what is proposed for a clue. Raises Refused where the rule was to say it and does not."""
    if wish.handler != BY_RULE:
        return {"handler": wish.handler, "reason": wish.reason}
    found = outcome.proposal
    if found is None:
        reason = _("The rule does not decide where this clue goes.")
        raise refuse("handler", reason, _("Choose its department by itself."))
    return {"handler": found.handler.pk, "rule": found.rule, "reason": wish.reason or found.reason}


def try_act(actor: Actor, code: str, outcome: Outcome, data: dict[str, Any], batch: str) -> None:
    """Do an act on one of the chosen clues and keep what came of it; done again, it is not done twice."""
    try:
        perform(code, actor, outcome.row.matter, data, key=f"{batch}-{outcome.row.matter}")
    except Refused as refused:
        outcome.faults = refused.faults
    else:
        outcome.done = True


def _do(actor: Actor, wish: Wish, outcome: Outcome) -> None:
    try:
        data = {"happened_on": clock.today().isoformat(), **_given(wish, outcome)}
    except Refused as refused:
        outcome.faults = refused.faults
    else:
        try_act(actor, ACT, outcome, data, wish.batch)


def _context(actor: Actor, wish: Wish, outcomes: list[Outcome], tried: int) -> dict[str, Any]:
    found = departments(actor)
    return {
        "wish": wish,
        "outcomes": outcomes,
        "departments": found,
        "department": next((one for one in found if str(one.pk) == wish.handler), None),
        "proposed": sum(one.proposal is not None for one in outcomes),
        "by_rule": wish.handler == BY_RULE or (not wish.handler and any(one.proposal for one in outcomes)),
        "tried": tried,
        "total": len(outcomes),
        "most": MOST,
    }


@require_POST
@in_post
def prepare(request: HttpRequest) -> HttpResponse:
    """Show the chosen clues and ask for department and reason; with both, begin."""
    actor, wish, ids = actor_of(request), _wish(request), chosen_ids(request)
    outcomes = _outcomes(actor, ids)
    faults = wish.faults(actor) if "run" in request.POST else []
    if not outcomes or len(outcomes) > MOST:
        many = _("More than %(most)s clues are chosen.") % {"most": MOST}
        none = _("No clue is chosen that you may see.")
        faults = [Fault("ids", many if outcomes else none, _("Go back to the ledger and choose again."))]
    running = "run" in request.POST and not faults
    context = {**_context(actor, wish, outcomes, 0), "faults": faults, "running": running}
    return render(request, "clues/ledger_assign.html", context, status=422 if faults else 200)


@require_POST
@in_post
def step(request: HttpRequest) -> HttpResponse:
    """Do the next few; without scripts, all at once. The rest follows in further steps, as progress."""
    actor, wish, ids = actor_of(request), _wish(request), chosen_ids(request)
    by_htmx = request.headers.get("HX-Request") == "true"
    outcomes = _outcomes(actor, ids)[:MOST]
    faults = wish.faults(actor)
    now = outcomes[:AT_ONCE] if by_htmx else outcomes
    if not faults:
        for outcome in now:
            _do(actor, wish, outcome)
    total = min(max(len(outcomes), _whole(request.POST.get("total", ""))), MOST)
    rest = outcomes[len(now) :]
    context = {
        **_context(actor, wish, now if by_htmx else outcomes, total - len(rest)),
        "rest": rest,
        "total": total,
        "faults": faults,
        "running": True,
    }
    template = "clues/ledger_assign_step.html" if by_htmx else "clues/ledger_assign.html"
    return render(request, template, context, status=422 if faults else 200)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0

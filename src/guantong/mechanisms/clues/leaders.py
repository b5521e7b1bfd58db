"""What a leader looks after among the clues (领导关注): what to instruct on, what supervised is due."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility, seen_by
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.models import LEADERS
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.supervision import SUPERVISED_IN
from guantong.mechanisms.clues.models import Instruction, Supervision
from guantong.web.desk_work import soon_until
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SHOWN = 100
INSTRUCT, SUPERVISED = "instruct", "supervised"


@dataclass
class Row:
    """One clue in the list: what is owed first, by whom, what was last instructed."""

    matter: Matter
    due_on: date
    state: str
    duty: Duty | None = None
    instructions: list[Instruction] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The clue's page."""
        return matter_url(self.matter.pk)


def _seen(actor: Actor) -> QuerySet[Visibility]:
    return seen_by(actor.principals).filter(
        kind="clue", is_open=True, depth__gte=Depth.FULL, state__in=SUPERVISED_IN
    )


def _owed_by_others(actor: Actor) -> QuerySet[Duty]:
    """Return the open duties that are not the leader's own: his decisions wait in the stack."""
    own = Q(holder_party=PartyRole.APPROVER) | Q(holder=actor.organ.pk)
    return Duty.objects.filter(state=DutyState.OPEN).exclude(own)


def to_instruct(actor: Actor) -> QuerySet[Visibility]:
    """Return the clues with which others are late, no instruction being open or given since (待阅示)."""
    known = Instruction.objects.filter(
        Q(answered_on__isnull=True) | Q(given_on__gte=OuterRef("due_on")), matter=OuterRef("matter")
    )
    late = _owed_by_others(actor).filter(matter=OuterRef("matter"), due_on__lt=clock.today())
    return _seen(actor).filter(Exists(late), due_on__lt=clock.today()).exclude(Exists(known))


def supervised(actor: Actor) -> QuerySet[Visibility]:
    """Return the clues under key supervision on which something is late or due within days (督办)."""
    marked = Supervision.objects.filter(matter=OuterRef("matter"), lifted_on__isnull=True)
    return _seen(actor).filter(Exists(marked), due_on__lte=soon_until(clock.today()))


LISTS = {INSTRUCT: to_instruct, SUPERVISED: supervised}


def figures(actor: Actor, what: str) -> dict[str, Any]:
    """Return how many there are and the oldest due date, in one query."""
    return LISTS[what](actor).aggregate(number=Count("matter", distinct=True), oldest=Min("due_on"))


def rows(found: QuerySet[Visibility]) -> list[Row]:
    """Return the most urgent, each once, in four queries."""
    due: dict[uuid.UUID, date] = {}
    for matter, due_on in found.order_by("due_on", "matter").values_list("matter", "due_on")[: 2 * SHOWN]:
        due.setdefault(matter, due_on)
    chosen = list(due)[:SHOWN]
    matters = Matter.objects.in_bulk(chosen)
    listed = [
        Row(matters[pk], due[pk], lifecycle.state_label(Depth.FULL, matters[pk].state)) for pk in chosen
    ]
    _add_owed(listed, chosen)
    return listed


def _add_owed(listed: Iterable[Row], chosen: list[uuid.UUID]) -> None:
    duties: dict[uuid.UUID, Duty] = {}
    owed = Duty.objects.filter(matter__in=chosen, state=DutyState.OPEN).select_related("holder__body")
    for duty in owed.defer("explanation").order_by("-due_on", "-id"):
        duties[duty.matter_id] = duty
    given: dict[uuid.UUID, list[Instruction]] = {}
    for one in Instruction.objects.filter(matter__in=chosen):
        given.setdefault(one.matter_id, []).append(one)
    for row in listed:
        row.duty, row.instructions = duties.get(row.matter.pk), given.get(row.matter.pk, [])


@require_safe
@in_post
def leaders_list(request: HttpRequest, what: str) -> HttpResponse:
    """List what needs an instruction, or what is supervised and due."""
    if what not in LISTS:
        raise Http404
    actor = actor_of(request)
    found = LISTS[what](actor)
    context = {
        "what": what,
        "rows": rows(found),
        "total": figures(actor, what)["number"],
        "may_instruct": actor.rank in LEADERS,
    }
    return render(request, "clues/leaders.html", context)


urlpatterns = [path("clues/leaders/<slug:what>/", leaders_list, name="leaders_list")]

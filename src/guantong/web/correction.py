"""What a correction would bring about (更正预览), found out by doing it and taking it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter, Party, PartyRole
from guantong.kernel.papers.models import Paper
from guantong.web.guard import actor_of, in_post, seen_matter
from guantong.web.matter import explained


@dataclass(frozen=True)
class Moved:
    """A duty whose date the correction moves."""

    duty: Duty
    old: date
    new: date
    explained: str


@dataclass
class Effects:
    """What a correction would change.

    `redone`: duties fulfilled on another day than was typed. `sender`: who sees it as its sender, before and
    after.
    """

    moved: list[Moved] = field(default_factory=list)
    opened: list[Duty] = field(default_factory=list)
    ended: list[Duty] = field(default_factory=list)
    redone: list[Duty] = field(default_factory=list)
    flagged: list[Paper] = field(default_factory=list)
    sender: tuple[str, str] | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def none(self) -> bool:
        """Whether nothing follows but the new value."""
        return not (self.moved or self.opened or self.ended or self.redone or self.flagged or self.sender)


@dataclass(frozen=True)
class _Standing:
    """What the trial is compared with."""

    duties: dict[uuid.UUID, Duty]
    flagged: dict[uuid.UUID, Paper]
    sender: str

    @classmethod
    def of(cls, matter: Matter) -> _Standing:
        duties = Duty.objects.filter(matter=matter).select_related("holder", "claimant")
        papers = Paper.objects.filter(matter=matter).exclude(flagged="")
        senders = Party.objects.filter(matter=matter, role=PartyRole.SENDER, until__isnull=True)
        sender = senders.select_related("organ__body").first()
        return cls(
            {duty.pk: duty for duty in duties},
            {paper.pk: paper for paper in papers},
            sender.organ.full_name if sender else "",
        )

    def until(self, then: _Standing) -> Effects:
        """Return what has changed until then."""
        found = Effects(flagged=[one for key, one in then.flagged.items() if key not in self.flagged])
        for key, duty in then.duties.items():
            before = self.duties.get(key)
            if before is None or (before.ended_on and not duty.ended_on):
                found.opened.append(duty)
                continue
            if before.ended_on != duty.ended_on:
                (found.redone if before.ended_on else found.ended).append(duty)
            if before.due_on != duty.due_on and not (duty.ended_on and not before.ended_on):
                found.moved.append(Moved(duty, before.due_on, duty.due_on, explained(duty.explanation)))
        if self.sender != then.sender:
            found.sender = (self.sender, then.sender)
        return found


class _Undo(Exception):  # noqa: N818 - not an error: it takes the trial back
    pass


def effects(actor: Actor, matter: Matter, data: Any) -> Effects:
    """Do the correction, read what it changed, and take it back whole."""
    before = _Standing.of(matter)
    found = Effects()
    try:
        with transaction.atomic():
            perform("matter.correct", actor, matter.pk, data)
            found = before.until(_Standing.of(matter))
            raise _Undo
    except _Undo:
        return found
    except Refused as refused:
        return Effects(faults=refused.faults)


@in_post
@require_POST
def preview(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Answer with the part of the page that says what the correction would move and flag."""
    actor = actor_of(request)
    matter = seen_matter(actor, matter_id)
    data = request.POST.copy()
    if not data.get("reason", "").strip():
        data["reason"] = "…"  # the trial needs one; the form itself still asks for it
    return render(request, "web/parts/effects.html", {"effects": effects(actor, matter, data)})

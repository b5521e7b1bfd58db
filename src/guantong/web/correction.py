"""What a correction would bring about (更正预览), found out by doing it and taking it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
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
from guantong.kernel.matters.models import Matter
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
    """What a correction would change."""

    moved: list[Moved]
    flagged: list[Paper]
    faults: tuple[Fault, ...] = ()


class _Undo(Exception):  # noqa: N818 - not an error: it takes the trial back
    pass


def effects(actor: Actor, matter: Matter, data: Any) -> Effects:
    """Do the correction, read what it changed, and take it back whole."""
    before = {duty.pk: duty.due_on for duty in Duty.objects.filter(matter=matter)}
    flagged_before = set(Paper.objects.filter(matter=matter).exclude(flagged="").values_list("pk", flat=True))
    found = Effects([], [])
    try:
        with transaction.atomic():
            perform("matter.correct", actor, matter.pk, data)
            for duty in Duty.objects.filter(matter=matter).select_related("holder"):
                if before.get(duty.pk) != duty.due_on:
                    old = before.get(duty.pk, duty.first_due_on)
                    found.moved.append(Moved(duty, old, duty.due_on, explained(duty.explanation)))
            papers = Paper.objects.filter(matter=matter).exclude(flagged="")
            found.flagged = [paper for paper in papers if paper.pk not in flagged_before]
            raise _Undo
    except _Undo:
        return found
    except Refused as refused:
        return Effects([], [], refused.faults)


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

"""The page of a meeting in session (会议进行页): attendance, items, decisions, each saved by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Depth, Party
from guantong.kernel.organs.models import Organ
from guantong.mechanisms.meetings import lifecycle, queries
from guantong.mechanisms.meetings.acts.deciding import Decide
from guantong.mechanisms.meetings.models import (
    Attendance,
    Decision,
    Follows,
    FollowUp,
    Invitee,
    ItemState,
    Meeting,
)
from guantong.web.guard import actor_of, in_post, seen_matter

DONE_HERE = frozenset(
    {
        "meeting.attendance",
        "meeting.review",
        "meeting.hear",
        "meeting.decide",
        "meeting.amend",
        "meeting.strike",
    }
)
BESIDE = "i-beside"
OUTCOMES = ("settled", "go_on", "released")


@dataclass
class Place:
    """A part of the page that is saved and shown anew by itself (会议进行页的一栏).

    `faults`, `typed`: what is wrong with what was sent, and what that was. `amended`: the decision it was
    about.
    """

    key: str
    template: str
    row: Any
    decisions: list[Decision] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)
    amended: str = ""


@dataclass
class Sheet:
    """All places of the page, and what they have in common."""

    meeting: Meeting
    follow_ups: list[Place]
    invitees: list[Place]
    items: list[Place]
    owners: list[Organ]
    may: bool

    @property
    def places(self) -> dict[str, Place]:
        """Every place by its key."""
        return {one.key: one for one in (*self.follow_ups, *self.invitees, *self.items)}

    def context(self) -> dict[str, Any]:
        """What the templates need."""
        agenda = [one for one in self.items if one.key != BESIDE]
        touched = [one for one in agenda if one.decisions or one.row.item.outcome]
        return {
            "sheet": self,
            "meeting": self.meeting,
            "matter": self.meeting.matter,
            "state": lifecycle.KIND.state_label(Depth.FULL, self.meeting.matter.state),
            "came": sum(bool(one.row.attendance) for one in self.invitees),
            "touched": len(touched),
            "agenda": len(agenda),
            "decided": sum(len(one.decisions) for one in self.items),
            "attendances": Attendance.choices,
            "follows": Follows.choices,
            "outcomes": [("settled", _("Done, struck off")), ("go_on", _("Goes on")),
                         ("released", _("No longer pursued"))],
            "ready": len(touched) == len(agenda) and all(one.row.attendance for one in self.invitees),
        }  # fmt: skip


def _meeting(request: HttpRequest, matter_id: uuid.UUID) -> tuple[Actor, Meeting]:
    actor = actor_of(request)
    matter = seen_matter(actor, matter_id)
    if matter.kind != "meeting" or matter.seen < Depth.FULL:
        raise Http404(_("There is no such meeting, or you may not see what is said at it."))
    return actor, lifecycle.load(matter)


def _sheet(actor: Actor, meeting: Meeting) -> Sheet:
    matter = meeting.matter
    lines = [one for one in queries.agenda(matter) if one.item.state == ItemState.ACCEPTED]
    beside = [one for one in queries.decisions(matter) if one.item_id is None]
    parties = Party.objects.filter(matter=matter, until__isnull=True).select_related("organ")
    may = matter.state == lifecycle.SITTING and bool(
        entitling(Decide.by, actor, {one.role: one for one in parties})
    )
    invited = Invitee.objects.filter(matter=matter, left_out=False)
    items = [Place(f"i-{one.item.pk}", "meetings/item.html", one, one.decisions) for one in lines]
    invitees = [Place(f"a-{one.pk}", "meetings/invitee.html", one) for one in invited]
    follow_ups = FollowUp.objects.filter(matter=matter)
    return Sheet(
        meeting,
        [Place(f"f-{one.pk}", "meetings/follow_up.html", one) for one in follow_ups],
        invitees,
        [*items, Place(BESIDE, "meetings/item.html", None, beside)],
        _first(list(queries.owners(matter)), {one.row.organ_id for one in invitees}) if may else [],
        may,
    )  # fmt: skip


def _first(organs: list[Organ], invited: set[int | None]) -> list[Organ]:
    """Put those who are at the table before all others."""
    return sorted(organs, key=lambda one: one.pk not in invited)


@in_post
@require_safe
def sitting(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Show attendance, agenda and decisions to those who attend; the convener types while it sits."""
    actor, meeting = _meeting(request, matter_id)
    note(actor, "open", meeting.pk, user_id=request.user.pk)
    return render(request, "meetings/sitting.html", _sheet(actor, meeting).context())


@in_post
@require_POST
def do(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Do one act of the page and answer with its place; without scripts, with the page at that place."""
    actor, meeting = _meeting(request, matter_id)
    code, key = request.POST.get("act", ""), request.POST.get("place", "")
    if code not in DONE_HERE:
        raise Http404
    day = (meeting.begun_on or clock.today()).isoformat()
    faults: tuple[Fault, ...] = ()
    status = 200
    try:
        given = {**request.POST.dict(), "happened_on": day}
        perform(code, actor, matter_id, given, key=request.POST.get("key", "")[:80])
    except Refused as refused:
        faults, status = refused.faults, refused.status
    by_htmx = request.headers.get("HX-Request") == "true"
    if not by_htmx and not faults:
        return redirect(f"{reverse('meeting_sitting', args=[matter_id])}#{key}")
    sheet = _sheet(actor, lifecycle.load(meeting.matter))
    place = sheet.places.get(key)
    if place is not None and faults:
        _put(place, faults, request.POST)
    context = sheet.context()
    if not by_htmx:
        return render(request, "meetings/sitting.html", context, status=status)
    if place is None:
        raise Http404(_("There is no such row in this meeting."))
    return render(request, place.template, {**context, "place": place, "oob": True}, status=status)


def _put(place: Place, faults: tuple[Fault, ...], sent: Mapping[str, str]) -> None:
    place.faults = faults
    place.typed = {name: str(value) for name, value in sent.items()}
    place.amended = sent.get("decision", "")

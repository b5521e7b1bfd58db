"""One matter, and what can be done with it (事项接口)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router

from guantong.api.callers import actor_of
from guantong.api.facts import detail_of, facts_of, masked
from guantong.api.offers import offers
from guantong.api.shapes import (
    ActOut,
    AttachmentOut,
    DutyOut,
    EntryOut,
    LinkOut,
    MatterOut,
    OrganRef,
    PaperOut,
    PartyOut,
)
from guantong.api.states import state_code, state_label
from guantong.kernel import clock
from guantong.kernel.acts import registry
from guantong.kernel.calendar import Explanation
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.journal.models import Entry
from guantong.kernel.journal.reading import note
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Attachment, Depth, Link, Matter, Party
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.models import Paper
from guantong.web.guard import seen_matter


def make_router() -> Router:
    """Return the router of matters, worded in the present language."""
    router = Router(tags=[_("All matters")])
    router.get(
        "/matters/{uuid:matter_id}",
        response=MatterOut,
        operation_id="matter",
        summary=_("One matter, as deep as you see it"),
    )(matter)
    router.get(
        "/matters/{uuid:matter_id}/acts",
        response=list[ActOut],
        operation_id="matter_acts",
        summary=_("What can be done with a matter, and why not what cannot"),
    )(acts)
    return router


def matter(request: HttpRequest, response: HttpResponse, matter_id: uuid.UUID) -> MatterOut:
    """Return a matter; its opening is noted."""
    actor = actor_of(request)
    found = seen_matter(actor, matter_id)
    depth: int = found.seen
    note(actor, "open", found.pk, "api", user_id=request.user.pk)
    version = found.version_told(depth)
    if version is not None:
        response["ETag"] = f'"{version}"'
    return MatterOut(
        id=found.pk,
        kind=found.kind,
        number=found.number,
        title=found.title,
        state=state_code(found.kind, depth, found.state),
        state_label=state_label(found.kind, depth, found.state),
        is_open=found.is_open,
        secrecy=found.secrecy,
        happened_on=found.happened_on,
        jurisdiction=found.jurisdiction.code,
        organ=organ_ref(found.organ),
        depth=depth,
        version=version,
        facts=facts_of(found, detail_of(found, depth), depth),
        parties=_parties(found),
        duties=_duties(found),
        timeline=_timeline(found, depth),
        papers=_papers(found),
        attachments=_attachments(found),
        links=_links(found),
    )


def acts(request: HttpRequest, matter_id: uuid.UUID) -> list[ActOut]:
    """Return the acts of a matter: those possible, and what is missing for the others."""
    actor = actor_of(request)
    found = seen_matter(actor, matter_id)
    return offers(actor, found, found.seen)


def organ_ref(organ: Organ) -> OrganRef:
    """Return an organ by id and full name; its body must have been selected with it."""
    return OrganRef(id=organ.pk, name=organ.full_name)


def _parties(found: Matter) -> list[PartyOut]:
    rows = Party.objects.filter(matter=found, until__isnull=True).select_related(
        "organ", "organ__body", "officer"
    )
    return [
        PartyOut(
            role=row.role,
            label=kinds.get(found.kind).party_label(row.role),
            organ=organ_ref(row.organ),
            officer=row.officer.name if row.officer else None,
        )
        for row in rows
    ]


WITH_ORGANS = ("holder", "holder__body", "claimant", "claimant__body")


def _duties(found: Matter) -> list[DutyOut]:
    rows = Duty.objects.filter(matter=found).select_related(*WITH_ORGANS)
    return [DutyOut(**duty_values(row)) for row in rows]


def duty_values(duty: Duty) -> dict[str, Any]:
    """Return what is said of a duty, its date explained in the caller's language."""
    english = (get_language() or "").startswith("en")
    return {
        "id": duty.pk,
        "matter": duty.matter_id,
        "clause": duty.clause,
        "rule": duty.rule,
        "name": duty.name_en if english else duty.name,
        "holder": organ_ref(duty.holder) if duty.holder else None,
        "claimant": organ_ref(duty.claimant) if duty.claimant else None,
        "starts_on": duty.starts_on,
        "due_on": duty.due_on,
        "first_due_on": duty.first_due_on,
        "provisional": duty.provisional,
        "overdue": duty.state == DutyState.OPEN and duty.due_on < clock.today(),
        "state": duty.state,
        "ended_on": duty.ended_on,
        "explanation": Explanation.model_validate(duty.explanation).text("en" if english else "zh"),
    }


def _timeline(found: Matter, depth: int) -> list[EntryOut]:
    full = depth >= Depth.FULL
    rows = Entry.objects.filter(matter=found).select_related("content").order_by("id")
    return [
        EntryOut(
            id=row.pk,
            seq=row.seq if full else None,
            hash=row.hash if full else None,
            act=row.act,
            label=_label(row.act),
            happened_on=row.happened_on,
            recorded_at=row.recorded_at,
            officer=row.officer_name,
            capacity=row.capacity,
            clauses=list(row.clauses),
            state_from=state_code(found.kind, depth, row.state_from),
            state_to=state_code(found.kind, depth, row.state_to),
            content=masked(row.content.body) if hasattr(row, "content") else None,
        )
        for row in rows
    ]


def _label(code: str) -> str:
    try:
        return str(registry.get(code).label)
    except KeyError:
        return code


def _papers(found: Matter) -> list[PaperOut]:
    return [
        PaperOut(
            id=row.pk,
            kind=row.kind,
            label=str(paper_kinds.get(row.kind).label),
            title=row.title,
            number=row.number,
            state=row.state,
            signed_on=row.signed_on,
            dispatched_on=row.dispatched_on,
            signed_for_on=row.signed_for_on,
            flagged=row.flagged,
            pdf=f"/api/v1/papers/{row.pk}.pdf",
        )
        for row in Paper.objects.filter(matter=found)
    ]


def _attachments(found: Matter) -> list[AttachmentOut]:
    return [
        AttachmentOut(
            id=row.pk,
            name=row.name,
            size=row.size,
            media_type=row.media_type,
            purpose=row.purpose,
            href=f"/api/v1/attachments/{row.pk}",
        )
        for row in Attachment.objects.filter(matter=found)
    ]


def _links(found: Matter) -> list[LinkOut]:
    rows = Link.objects.filter(source=found) | Link.objects.filter(target=found)
    made = []
    for row in rows.select_related("source", "target").order_by("id"):
        outgoing = row.source_id == found.pk
        other = row.target if outgoing else row.source
        made.append(
            LinkOut(
                kind=row.kind,
                outgoing=outgoing,
                matter=other.pk,
                matter_kind=other.kind,
                number=other.number,
                title=other.title,
            )
        )
    return made

"""The page of one matter (事项页): what it is, what happened, who owes what, what can be done and why not."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Grant
from guantong.kernel.archive.models import Volume
from guantong.kernel.calendar import Explanation
from guantong.kernel.duties.models import Duty, DutyChange, DutyState
from guantong.kernel.journal.models import Entry
from guantong.kernel.journal.reading import note
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Attachment, Depth, Link, Matter, Party, PartyRole
from guantong.kernel.measures.catalogue import shipped_measures
from guantong.kernel.organs.models import Officer, Organ
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.models import Paper
from guantong.kernel.prepared import Given, Prepared
from guantong.web import can, timeline
from guantong.web.guard import actor_of, in_post, seen_matter

if TYPE_CHECKING:
    from guantong.web.guard import SeenMatter

SHOWN_TO_PARTIES = (
    PartyRole.SENDER, PartyRole.FORWARDER, PartyRole.RECEIVER, PartyRole.RECIPIENT, PartyRole.AUTHOR,
    PartyRole.EXECUTING,
)  # fmt: skip

OF_MATTER = {"matter": Given("matter")}
PARTIES = Prepared(
    lambda: Party.objects.filter(**OF_MATTER).select_related("organ", "organ__body", "officer")
)
PAPERS = Prepared(
    lambda: Paper.objects.filter(**OF_MATTER).select_related("organ", "addressee", "drafted_by__organ")
)
ENTRIES = Prepared(
    lambda: Entry.objects.filter(**OF_MATTER).order_by("seq").select_related("content", "expunction")
)
DUTIES = Prepared(
    lambda: (
        Duty.objects.filter(**OF_MATTER)
        .select_related("holder", "holder__body", "claimant", "claimant__body")
        .prefetch_related("changes")
    )
)
LINKS = Prepared(
    lambda: Link.objects.filter(Q(source=Given("matter")) | Q(target=Given("matter"))).select_related(
        "source__organ", "target__organ"
    )
)
ATTACHMENTS = Prepared(
    lambda: Attachment.objects.filter(**OF_MATTER).select_related(
        "recorded_by__officer", "recorded_by__organ"
    )
)
GRANTS = Prepared(lambda: Grant.objects.filter(**OF_MATTER))


@dataclass(frozen=True)
class DutyLine:
    """A duty with its date explained in the reader's language."""

    duty: Duty
    explained: str
    changes: list[tuple[DutyChange, str]]
    mine: bool


@dataclass(frozen=True)
class PaperLine:
    """A paper, the name of its kind, and what can be done with it."""

    paper: Paper
    label: str
    offers: list[can.Offer]


@dataclass(frozen=True)
class GrantLine:
    """Who may see the matter, how deep, why, since and until when."""

    who: str
    depth: str
    grant: Grant


@cache
def clause_url(clause: str) -> str:
    """Return where a clause of a shipped measure stands, or '' where none has it."""
    for measure in shipped_measures():
        if clause in measure.clauses:
            return f"{reverse('measure', args=[measure.id])}#{clause}"
    return ""


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def explained(explanation: Any) -> str:
    """Return a stored explanation in the reader's language."""
    return Explanation.model_validate(explanation).text(_language())


def duty_lines(actor: Actor, duties: Iterable[Duty]) -> list[DutyLine]:
    """Return duties as shown: alive ones first, by date."""
    alive = (DutyState.OPEN, DutyState.PAUSED)
    own = {actor.organ.pk, actor.body_id}
    lines = [
        DutyLine(
            duty,
            explained(duty.explanation),
            [(change, explained(change.old_explanation)) for change in duty.changes.all()],
            duty.holder_id in own,
        )
        for duty in duties
    ]
    return sorted(lines, key=lambda line: (line.duty.state not in alive, line.duty.due_on))


def _names() -> QuerySet[Any, Any]:
    organs = Organ.objects.filter(pk__among=Given("organs")).annotate(
        who=F("pk"), called=Concat(Coalesce("body__name", Value("")), "name", output_field=CharField())
    )
    officers = Officer.objects.filter(pk__among=Given("officers")).annotate(who=-F("pk"), called=F("name"))
    return organs.values_list("who", "called").union(officers.values_list("who", "called"), all=True)


NAMES = Prepared(_names)


def names_of(principals: Iterable[int]) -> dict[int, str]:
    """Return the names of organs (positive) and officers (negative) in one query."""
    wanted = set(principals)
    organs, officers = [one for one in wanted if one > 0], [-one for one in wanted if one < 0]
    return dict(NAMES(organs=organs, officers=officers))


def grant_lines(grants: list[Grant]) -> list[GrantLine]:
    """Return grants with names, those in force first."""
    names = names_of(grant.principal for grant in grants) if grants else {}
    ordered = sorted(grants, key=lambda grant: (grant.revoked_at is not None, grant.pk))
    return [GrantLine(names.get(one.principal, "—"), str(Depth(one.depth).label), one) for one in ordered]


def next_due(lines: list[DutyLine]) -> DutyLine | None:
    """Return the duty whose date comes first."""
    return next((line for line in lines if line.duty.ended_on is None), None)


def _others(matter: Matter) -> list[tuple[Link, Matter, str, bool]]:
    made = []
    for link in LINKS(matter=matter.pk):
        outgoing = link.source_id == matter.pk
        other = link.target if outgoing else link.source
        made.append((link, other, str(kinds.get(other.kind).label), outgoing))
    return made


def _sections(actor: Actor, matter: Matter) -> list[tuple[str, dict[str, Any]]]:
    made = [(one.template, one.context(actor, matter)) for one in kinds.all_sections()]
    return [(template, block) for template, block in made if block]


@in_post
@require_safe
def page(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Show a matter to who may see it; the opening is noted once."""
    actor = actor_of(request)
    matter = seen_matter(actor, matter_id)
    note(actor, "open", matter.pk, user_id=request.user.pk)
    return render(request, "web/matter.html", matter_context(actor, matter))


def matter_context(actor: Actor, matter: SeenMatter) -> dict[str, Any]:
    """Return everything the page shows, in a number of queries that does not depend on the matter."""
    kind, depth = kinds.get(matter.kind), matter.seen
    parties = PARTIES(matter=matter.pk)
    current = {party.role: party for party in parties if party.until is None}
    papers = PAPERS(matter=matter.pk)
    items = timeline.items(ENTRIES(matter=matter.pk), kind, {paper.pk: paper for paper in papers})
    detail = kind.load(matter) if depth >= Depth.FEEDBACK else None
    standing = can.Standing(actor, matter, depth, current, detail)
    offers: list[can.Offer] = []
    denied: list[can.Denied] = []
    drafts: list[can.Offer] = []
    if detail is not None:
        offers, denied = can.acts_now(standing)
        drafts, undrafted = can.drafts_now(standing)
        denied += undrafted
    lines = duty_lines(actor, DUTIES(matter=matter.pk))
    full = depth >= Depth.FULL
    return {
        "matter": matter,
        "kind": kind,
        "depth": Depth(depth) if depth else Depth.OUTLINE,
        "full": full,
        "feedback": depth >= Depth.FEEDBACK,
        "state": kind.state_label(depth, matter.state),
        "parties": [party for party in parties if full or party.role in SHOWN_TO_PARTIES],
        "timeline": items,
        "corrections": timeline.changes_of(items),
        "correct_urls": can.corrections_now(standing) if detail is not None else {},
        "duties": lines,
        "next_due": next_due(lines),
        "papers": [
            PaperLine(paper, str(paper_kinds.get(paper.kind).label), can.paper_acts(standing, paper)[0])
            for paper in papers
        ],
        "sections": _sections(actor, matter) if depth >= Depth.FEEDBACK else [],
        "others": _others(matter),
        "attachments": ATTACHMENTS(matter=matter.pk),
        "grants": grant_lines(GRANTS(matter=matter.pk)) if full else [],
        "offers": [offer for offer in offers if not offer.grave],
        "grave_offers": [offer for offer in offers if offer.grave],
        "denied": denied,
        "drafts": drafts,
        "may_file": can.may_file(standing) and not Volume.objects.filter(matter=matter).exists(),
        "today": clock.today(),
        "may_transfer": can.may_create(actor, ["clue.draft"])["clue.draft"],
        **(kind.context(detail, depth) if detail is not None else {}),
    }

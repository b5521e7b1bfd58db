"""What acts, pages and papers read of meetings (会议查询), in numbers of queries that stay the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Deed
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Section
from guantong.kernel.matters.models import Attachment, Depth, Matter, Party
from guantong.kernel.organs.models import Body, Organ
from guantong.mechanisms.meetings import lifecycle
from guantong.mechanisms.meetings.models import (
    Decision,
    DecisionState,
    FollowUp,
    Invitee,
    Item,
    ItemPaper,
    ItemState,
    Meeting,
)

ALIVE = (DecisionState.OPEN, DecisionState.REPORTED)


def _now(day: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}since__lte": day}) & (
        Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gte": day})
    )


def seats(body: Body, actor: Actor, on: date | None = None) -> QuerySet[Organ]:
    """Return the organs that have a seat on a body besides the actor's own department (成员单位)."""
    day = on or clock.today()
    seated = body.seats.filter(_now(day)).exclude(organ=actor.organ.pk).values("organ")
    return Organ.objects.filter(pk__in=seated).select_related("body").order_by("pk")


def invited(matter: Matter) -> dict[int, Invitee]:
    """Return those invited by organ; those the platform does not know under numbers below zero (参会单位)."""
    found = Invitee.objects.filter(matter=matter, left_out=False)
    return {one.organ_id or -index: one for index, one in enumerate(found, start=1)}


def organs_of(matter: Matter) -> QuerySet[Organ]:
    """Return the organs of the place that exist today, bodies before their departments (本地机构)."""
    here = Organ.objects.filter(_now(clock.today()), jurisdiction=matter.jurisdiction_id)
    return here.select_related("body").order_by("body__name", "pk")


def others(matter: Matter) -> QuerySet[Organ]:
    """Return the organs of the place that are not invited (可邀请单位)."""
    known = Invitee.objects.filter(matter=matter, left_out=False, organ__isnull=False).values("organ")
    return organs_of(matter).exclude(pk__in=known).exclude(pk=matter.organ_id)


def owners(matter: Matter) -> QuerySet[Organ]:
    """Return the organs that a decision may charge (责任单位)."""
    return organs_of(matter)


def earlier(meeting: Meeting) -> QuerySet[Meeting]:
    """Return the meetings of the same body held before, newest first, within the reader's sight."""
    same = Meeting.objects.filter(
        kind=meeting.kind, company=meeting.company_id, matter__state__in=lifecycle.AFTER,
        matter__jurisdiction=meeting.matter.jurisdiction_id,
    )  # fmt: skip
    return same.exclude(pk=meeting.pk).select_related("matter").order_by("-begun_on", "-matter")


def take_up(deed: Deed, meeting: Meeting) -> None:
    """Put at the head of the agenda what was decided before, as it stands now (上次议定事项落实情况).

    All that the last meeting charged somebody with, and of those before it what is still open.
    """
    before = {one.pk: one for one in earlier(meeting)}
    last = next(iter(before), None)
    owed = Q(charged=True) | Q(task__isnull=False)
    charged = list(Decision.objects.filter(owed, matter__in=before, struck=False).select_related("owner"))
    _as_their_tasks(charged)
    wanted = [one for one in charged if one.matter_id == last or one.state in ALIVE]
    known = {one.decision: one for one in FollowUp.objects.filter(matter=deed.matter)}
    for place, one in enumerate(sorted(wanted, key=lambda one: (str(one.matter_id), one.number)), start=1):
        says = {"state": one.state, "report": one.report, "seen_on": deed.happened_on}
        if one.pk in known:
            deed.change(known[one.pk], **says)
            continue
        owner = one.owner.full_name if one.owner else ""
        deed.add(
            FollowUp(
                matter=deed.matter, meeting_id=one.matter_id, decision=one.pk, number=place, text=one.text,
                owner=owner, due_on=one.due_on, **says,
            )
        )  # fmt: skip


def _as_their_tasks(found: list[Decision]) -> None:
    """Give decisions that became tasks the state of these, as far as one sees them; nothing is written."""
    tasks = Matter.objects.in_bulk([one.task for one in found if one.task])
    for one in found:
        task = tasks.get(one.task) if one.task else None
        if task is not None:
            one.state = DecisionState.OPEN if task.is_open else DecisionState.SETTLED


@dataclass
class ItemLine:
    """An item with what is laid before the meeting on it, and what was decided (议题及材料)."""

    item: Item
    texts: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def agenda(matter: Matter) -> list[ItemLine]:
    """Return the items within the reader's sight, those on the agenda first, in four queries."""
    rows = list(Item.objects.filter(matter=matter).select_related("proposer__body"))
    order = {ItemState.ACCEPTED: 0, ItemState.PROPOSED: 1, ItemState.DECLINED: 2}
    rows.sort(key=lambda one: (order[ItemState(one.state)], one.position or 0, str(one.pk)))
    lines = {one.pk: ItemLine(one) for one in rows}
    files = {one.digest: one for one in Attachment.objects.filter(matter=matter)}
    for paper in ItemPaper.objects.filter(matter=matter):
        line = lines.get(paper.item_id)
        if line is None:
            continue
        if paper.text:
            line.texts.append(paper.text)
        if paper.digest in files:
            line.files.append(files[paper.digest])
    for decision in decisions(matter):
        if decision.item_id in lines:
            lines[decision.item_id].decisions.append(decision)
    return list(lines.values())


def decisions(matter: Matter) -> QuerySet[Decision]:
    """Return what was decided and stands (议定事项)."""
    found = Decision.objects.filter(matter=matter, struck=False)
    return found.select_related("owner__body", "paper")


def with_tasks(matter: Matter) -> list[Decision]:
    """Return what was decided, with the state of the tasks that came of it (议定事项落实情况)."""
    found = list(decisions(matter))
    _as_their_tasks(found)
    return found


def offers(actor: Actor, matter: Any, meeting: Meeting) -> dict[str, list[tuple[str, str]]]:
    """Return by row what the actor can do with it now: label and address (逐行可办)."""
    from guantong.mechanisms.meetings.acts.offers import of_rows

    parties = {
        one.role: one
        for one in Party.objects.filter(matter=matter, until__isnull=True).select_related("organ")
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for one in of_rows(matter, meeting):
        act = one.act
        if act.page or matter.seen < act.sight or act.awaits(matter, meeting):
            continue
        if entitling(act.entitled(matter, one.detail), actor, parties) is None:
            continue
        [(name, key)] = one.data.items()
        found.setdefault(key, []).append(
            (str(act.label), f"{reverse('act', args=[matter.pk, act.code])}?{name}={key}")
        )
    return found


@dataclass
class Row:
    """A row of the meeting's page, with the acts offered beside it."""

    one: Any
    offers: list[tuple[str, str]]


def _waits_for(actor: Actor, one: Invitee) -> bool:
    """Say whether the reader's organ has not answered the notice yet, or not signed for the minutes."""
    asked = not one.reply or (one.minutes_sent_on is not None and one.minutes_received_on is None)
    return asked and one.organ_id in (actor.organ.pk, actor.body_id)


def section(actor: Actor, matter: Any) -> dict[str, Any]:
    """Return what the meeting's page shows besides its facts (会议页)."""
    if matter.kind != "meeting":
        return {}
    meeting = lifecycle.load(matter)
    beside = offers(actor, matter, meeting)
    lines = agenda(matter)

    def with_offers(rows: Any) -> list[Row]:
        return [Row(one, beside.get(str(one.pk), [])) for one in rows]

    invitees = with_offers(Invitee.objects.filter(matter=matter, left_out=False))
    return {
        "meeting": meeting,
        "full": matter.seen >= Depth.FULL,
        "invitees": invitees,
        "own": [offer for row in invitees if _waits_for(actor, row.one) for offer in row.offers],
        "lines": [(line, beside.get(str(line.item.pk), [])) for line in lines],
        "follow_ups": list(FollowUp.objects.filter(matter=matter)),
        "decisions": with_offers(with_tasks(matter)),
        "sits": matter.state in (lifecycle.SITTING, *lifecycle.AFTER) and not meeting.on_paper,
        "before": matter.state in (lifecycle.DUE, *lifecycle.BEFORE),
    }


kinds.add_section(Section("meetings/section.html", section))

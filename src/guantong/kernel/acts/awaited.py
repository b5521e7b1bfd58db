"""Decisions that are awaited from an actor (待批): found from the acts and the states, never from a list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity, Waiting
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Party, PartyRole


@dataclass(frozen=True)
class Awaited:
    """One decision that is awaited (待批事项): what is laid before whom, by whom since when, due by when.

    `capacity` says whether the actor decides himself or records what was decided on paper.
    """

    act: Act
    waiting: Waiting
    capacity: Capacity
    duty: Duty | None = None
    laid: Entry | None = None

    @property
    def key(self) -> str:
        """What the sheet is called in an address: act, matter, and the row of it."""
        return "~".join([self.act.code, str(self.waiting.matter.pk), *self.waiting.item.values()])

    @property
    def title(self) -> str:
        """What it is about."""
        return self.waiting.title or self.waiting.matter.title

    @property
    def due_on(self) -> date | None:
        """By when the decision is owed; None where no duty is known."""
        return self.duty.due_on if self.duty else None

    @property
    def since(self) -> date | None:
        """Since when it has been lying there."""
        return self.laid.happened_on if self.laid else None


def deciding_acts() -> list[Act]:
    """Return the acts that are decisions somebody awaits (审批类行为)."""
    return [act for act in registry.all_acts() if act.send_back]


def awaited_from(actor: Actor, *, recorded: bool = False) -> list[Awaited]:
    """Return what the actor decides in his post, the most urgent first; the statements do not grow with it.

    `recorded`: instead what he records for a leader who decides on paper.
    """
    found = [
        (act, one) for act in deciding_acts() if _might(act, actor, recorded) for one in _once(act, actor)
    ]
    parties = _parties(one.matter.pk for _act, one in found)
    mine: list[Awaited] = []
    for act, one in found:
        by = act.entitled(one.matter, one.subject)
        capacity = entitling(by, actor, parties.get(one.matter.pk, {}))
        if capacity is not None and capacity.recorded is recorded:
            mine.append(Awaited(act, one, capacity))
    return _dated(actor, mine)


def _might(act: Act, actor: Actor, recorded: bool) -> bool:
    """Whether somebody of this rank and these roles may decide at all; of papers only their kind knows."""
    return not act.by or any(
        one.recorded is recorded
        and (not one.role or one.role in actor.roles)
        and (not one.ranks or actor.rank in one.ranks)
        for one in act.by
    )


def _once(act: Act, actor: Actor) -> Iterable[Waiting]:
    """Each only once, however many principals of the actor see the matter."""
    return {(one.matter.pk, *one.item.values()): one for one in act.waiting(actor)}.values()


def _parties(matters: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Party]]:
    found: dict[uuid.UUID, dict[str, Party]] = {}
    now = Party.objects.filter(matter__in=set(matters), until__isnull=True)
    for party in now.select_related("organ", "officer"):
        found.setdefault(party.matter_id, {})[party.role] = party
    return found


def _dated(actor: Actor, found: list[Awaited]) -> list[Awaited]:
    """Put to each by when it is owed and who laid it there, and order by that, in two statements."""
    matters = {one.waiting.matter.pk for one in found}
    owed = Duty.objects.filter(
        Q(holder__in=(actor.organ.pk, actor.body_id)) | Q(holder_party=PartyRole.APPROVER),
        matter__in=matters,
        ended_on__isnull=True,
    ).defer("explanation")
    duties: dict[uuid.UUID, Duty] = {}
    for duty in owed.order_by("-due_on", "-id"):
        duties[duty.matter_id] = duty
    laid = {
        (entry.matter_id, entry.act): entry
        for entry in Entry.objects.filter(
            matter__in=matters, act__in={one.act.laid_by for one in found}
        ).order_by("id")
    }
    dated = [
        Awaited(
            one.act,
            one.waiting,
            one.capacity,
            duties.get(one.waiting.matter.pk),
            laid.get((one.waiting.matter.pk, one.act.laid_by)),
        )
        for one in found
    ]
    return sorted(dated, key=lambda one: (one.due_on or date.max, one.since or date.max, one.key))

"""How the calendar goes through many matters (日历批处理): locked, in the sight of those concerned."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from guantong.kernel.access.models import Visibility
from guantong.kernel.access.scope import scope_of
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Depth, Matter, PartyRole

log = logging.getLogger(__name__)
BATCH = 500
AT_MOST = 100_000


@dataclass
class Noted:
    """How many duties were noted, and how many not, for want of anybody concerned who sees the matter."""

    noted: int = 0
    unseen: int = 0


@dataclass(frozen=True)
class Found:
    """A duty the calendar has something to say of, and the organ in whose sight that is noted."""

    duty: uuid.UUID
    matter: uuid.UUID
    reader: int


def in_batches(found: list[Found], work: Callable[[list[Found]], Noted]) -> Noted:
    """Do the work batch by batch, each in one transaction, and add up what was noted."""
    total = Noted()
    for batch in _batches(found):
        with scope_of({one.reader for one in batch}):
            done = work(batch)
        total.noted += done.noted
        total.unseen += done.unseen
    if total.unseen:
        log.warning("%s duties cannot be noted: neither side sees the matter", total.unseen)
    return total


def _batches(found: list[Found]) -> list[list[Found]]:
    """Cut into batches of about BATCH; a matter's duties stay together, for they share a chain."""
    batches: list[list[Found]] = []
    for one in found:
        if not batches or (len(batches[-1]) >= BATCH and batches[-1][-1].matter != one.matter):
            batches.append([])
        batches[-1].append(one)
    return batches


def locked(batch: list[Found]) -> dict[uuid.UUID, Matter]:
    """Lock the matters, in one order for all; one that somebody is changing now waits for the next sweep."""
    ids = sorted({one.matter for one in batch})
    matters = Matter.objects.select_for_update(skip_locked=True).filter(pk__in=ids).order_by("pk")
    return {matter.pk: matter for matter in matters}


def sights_of(batch: list[Found]) -> dict[tuple[uuid.UUID, int], int]:
    """How deep each reader sees each matter."""
    rows = Visibility.objects.filter(
        matter__in={one.matter for one in batch}, principal__in={one.reader for one in batch}
    ).values_list("matter_id", "principal", "depth")
    return {(matter, principal): depth for matter, principal, depth in rows}


def depth_of(duty: Duty) -> Depth:
    """Lateness of what is owed to or by the sender is told to it; what is owed within the house is not."""
    outside = PartyRole.SENDER in (duty.holder_party, duty.claimant_party)
    return Depth.FEEDBACK if outside else Depth.FULL


def said_of(duty: Duty, **more: str) -> dict[str, str]:
    """Return what an entry says of a duty."""
    return {
        "duty": str(duty.pk),
        "clause": duty.clause,
        "rule": duty.rule,
        "name": duty.name,
        "name_en": duty.name_en,
        "due_on": duty.due_on.isoformat(),
        **more,
    }

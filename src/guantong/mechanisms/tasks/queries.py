"""What pages, papers and API read of tasks (交办查询)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.kernel.organs.models import Organ, RoleBinding
from guantong.mechanisms.tasks.models import Field, Task

SAME_LEVEL = ("audit_bureau",)
LOCAL = ("party_committee", "government", "commission")
"""Who divides the work in audit matters: audit of the unifying level, the rest in the place (CZ-1.2)."""


@dataclass(frozen=True)
class Part:
    """A part as whoever unifies may know it (分工情况); title and progress only where he sees the part."""

    root: uuid.UUID
    whole: uuid.UUID
    task: uuid.UUID
    level: int
    number: str
    holder: str
    state: str
    is_open: bool
    due_on: date
    title: str = ""
    progress: str = ""
    progress_on: date | None = None
    seen: bool = False

    @property
    def state_label(self) -> str:
        """The state in words."""
        return kinds.get("task").state_label(Depth.OUTLINE, self.state)

    @property
    def steps(self) -> range:
        """One for each level below the first, as the tree is drawn."""
        return range(self.level - 1)

    @property
    def late(self) -> bool:
        """Whether its day has passed while it is open."""
        return self.is_open and self.due_on < clock.today()


def parts_of(tasks: Collection[uuid.UUID]) -> list[Part]:
    """Return the parts below these tasks at every level, each under its whole, in three queries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guantong_task_parts(%s::uuid[])", [[str(one) for one in tasks]])
        rows = cursor.fetchall()
    if not rows:
        return []
    names = _names({row[5] for row in rows})
    seen = {
        one.pk: one for one in Task.objects.filter(pk__in=[row[2] for row in rows]).select_related("matter")
    }
    found = [_part(row, names, seen.get(row[2])) for row in rows]
    return _in_order(found, tasks)


def _part(row: tuple[Any, ...], names: dict[int, str], seen: Task | None) -> Part:
    root, whole, task, level, number, holder, state, is_open, due_on = row
    told = (
        {"title": seen.matter.title, "progress": seen.progress, "progress_on": seen.progress_on, "seen": True}
        if seen
        else {}
    )
    return Part(
        root,
        whole,
        task,
        level,
        number,
        names.get(holder, "—"),
        state,
        is_open,
        due_on,
        **told,  # type: ignore[arg-type]
    )


def _names(organs: Iterable[int | None]) -> dict[int, str]:
    wanted = [one for one in organs if one]
    return {one.pk: one.full_name for one in Organ.objects.filter(pk__in=wanted).select_related("body")}


def _in_order(found: list[Part], roots: Iterable[uuid.UUID]) -> list[Part]:
    """Put each part after its whole, as a tree is read."""
    below: dict[tuple[uuid.UUID, uuid.UUID], list[Part]] = {}
    for part in found:
        below.setdefault((part.root, part.whole), []).append(part)
    ordered: list[Part] = []

    def walk(root: uuid.UUID, whole: uuid.UUID) -> None:
        for part in below.get((root, whole), []):
            ordered.append(part)
            walk(root, part.task)

    for root in roots:
        walk(root, root)
    return ordered


def holder_of(task: uuid.UUID) -> Organ:
    """Return the organ that holds a task now."""
    party = Party.objects.select_related("organ", "organ__body").get(
        matter=task, role=PartyRole.HANDLER, until__isnull=True
    )
    return party.organ


def proposed_parts(actor: Actor, task: Task) -> list[dict[str, Any]]:
    """Return who divides the work in an audit matter, as rows to be filled in, by the roles bound."""
    if task.field != Field.AUDIT or task.parts_made:
        return []
    own = actor.organ.jurisdiction_id
    wanted = [(role, own) for role in SAME_LEVEL] + [(role, task.place_id or own) for role in LOCAL]
    bound = RoleBinding.objects.filter(
        role__in=SAME_LEVEL + LOCAL, jurisdiction__in={place for _role, place in wanted}, until__isnull=True
    ).select_related("organ", "organ__body")
    found = {(one.role, one.jurisdiction_id): one.organ for one in bound}
    return [
        {"holder": organ.full_name, "title": task.matter.title, "due_on": task.due_on.isoformat()}
        for organ in (found.get(one) for one in wanted)
        if organ is not None and organ.pk != actor.body_id
    ]


def block(task: Task) -> dict[str, Any]:
    """Return what the task's block on the page of the matter shows: itself, and what is below it."""
    parts = parts_of([task.pk])
    direct = [part for part in parts if part.whole == task.pk]
    return {
        "task": task,
        "parts": parts,
        "closed": sum(not part.is_open for part in parts),
        "late": sum(part.late for part in parts),
        "direct": direct,
        "whole": Matter.objects.filter(pk=task.whole_id).first() if task.whole_id else None,
    }

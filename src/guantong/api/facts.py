"""What the mechanisms know of a matter, as JSON (事项内容): as deep as the reader sees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models

from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.people.codes import mask_id
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues import lifecycle as clues
from guantong.mechanisms.clues.models import Clue, Feedback
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from guantong.mechanisms.reports.models import Report
from guantong.mechanisms.rounds.models import Round
from guantong.mechanisms.rounds.queries import Row, rows_of
from guantong.mechanisms.tasks.models import Task
from guantong.mechanisms.tasks.queries import Part, parts_of

MASKED = "id_number"


def facts_of(matter: Matter, detail: Any, depth: int) -> dict[str, Any]:
    """Return the matter's content; empty for who sees the outline only. `detail`: the mechanism's own row."""
    if detail is None or depth < Depth.FEEDBACK:
        return {}
    facts = columns(detail)
    if isinstance(detail, Clue):
        facts |= _clue(matter, detail, depth)
    elif isinstance(detail, Report):
        facts["findings"] = [columns(finding) for finding in detail.findings.all()]
    elif isinstance(detail, Correspondence):
        facts["turns"] = [columns(turn) for turn in Turn.objects.filter(matter=matter)]
        facts["subjects"] = [columns(subject) for subject in Subject.objects.filter(matter=matter)]
    elif isinstance(detail, Round):
        facts["clues"] = [_of_round(row) for row in rows_of(detail)]
    elif isinstance(detail, Task):
        facts["parts"] = [_of_task(part) for part in parts_of([matter.pk])]
    return facts


def _of_task(part: Part) -> dict[str, Any]:
    """Return a part of a task; whoever has no grant on it reads its outline, without a way to it."""
    return {
        "task": str(part.task) if part.seen else None,
        "level": part.level,
        "number": part.number,
        "holder": part.holder,
        "state": part.state,
        "due_on": plain(part.due_on),
        "title": part.title,
        "progress": part.progress,
    }


def _of_round(row: Row) -> dict[str, Any]:
    clue = row.line.matter if row.line else None
    return {
        "position": row.position,
        "clue": str(clue.pk) if clue else None,
        **{name: row.said.get(name) for name in ("person", "unit", "post", "text", "pages", "told")},
        "number": clue.number if clue else "",
        "state": row.state,
    }


def detail_of(matter: Matter, depth: int) -> Any:
    """Return the mechanism's own row of a matter, or None for who sees the outline only."""
    return kinds.get(matter.kind).load(matter) if depth >= Depth.FEEDBACK else None


def _clue(matter: Matter, clue: Clue, depth: int) -> dict[str, Any]:
    told = Feedback.objects.filter(matter=matter, told_on__isnull=False).order_by("told_on", "id")
    handling = clues.handling_of(clue) if depth >= Depth.FULL else None
    return {
        "subjects": [columns(subject) for subject in Subject.objects.filter(matter=matter)],
        "feedback": [columns(feedback) for feedback in told],
        "handling": columns(handling) if handling else None,
    }


def columns(row: models.Model) -> dict[str, Any]:
    """Return a row's own columns as JSON values; the matter itself is left out, identity numbers masked."""
    made: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        if column.name in ("matter", "report", "import_key"):
            continue
        made[column.name] = plain(getattr(row, column.attname))
    return {name: masked_item(name, value) for name, value in made.items()}


def plain(value: Any) -> Any:
    """Return a value as JSON takes it; amounts as text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or isinstance(value, (str, int, list, dict)) else str(value)


def masked(value: Any) -> Any:
    """Return JSON with each identity number masked, as on the pages."""
    if isinstance(value, dict):
        return {name: masked_item(name, item) for name, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value


def masked_item(name: str, value: Any) -> Any:
    """Return one member with identity numbers masked."""
    return mask_id(str(value)) if name == MASKED and value else masked(value)

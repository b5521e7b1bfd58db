"""What pages and API read of clues (线索查询): the block of a clue, and clues like it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from guantong.kernel.matters.kinds import Digest
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.organs.models import Organ
from guantong.kernel.people.codes import mask_id
from guantong.kernel.people.models import Subject
from guantong.kernel.search.text import normalise_name
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.models import Clue, Feedback, Handling

CANDIDATES = 20
SHOWN = 5
WHYS = ("letter", "person", "unit")


@dataclass(frozen=True)
class PersonLine:
    """A person concerned, with the identity number masked."""

    subject: Subject
    masked: str


@dataclass
class Likeness:
    """Another clue and in what it is like this one: 'letter', 'person', 'unit'."""

    clue: Clue
    subjects: list[Subject]
    why: list[str] = field(default_factory=list)
    state: str = ""
    same_names: set[str] = field(default_factory=set)


def persons(matter: Matter) -> list[PersonLine]:
    """Return the persons of a clue as they may be shown."""
    return [PersonLine(one, mask_id(one.id_number)) for one in Subject.objects.filter(matter=matter)]


def block(clue: Clue, depth: int) -> dict[str, Any]:
    """Return what the clue's block on the page of the matter shows, at the reader's depth."""
    full = depth >= Depth.FULL
    people = persons(clue.matter)
    handling = lifecycle.handling_of(clue) if full else None
    return {
        "clue": clue,
        "persons": people,
        "handling": handling,
        "book": getattr(clue.matter, "book_record", None) if full else None,
        "proposed_to": _organ_name(handling),
        "feedback_given": list(
            Feedback.objects.filter(matter=clue.matter, told_on__isnull=False).order_by("told_on")
        ),
        "alike": (
            like(clue, [one.subject for one in people])
            if full and clue.matter.state in lifecycle.WITH_CASE_SUPERVISION
            else []
        ),
        "can_link": full and clue.matter.state == lifecycle.RECEIVED,
    }


def digests(matters: Collection[uuid.UUID]) -> dict[uuid.UUID, Digest]:
    """Return what others list of these clues (线索摘要): old from receipt on, waiting for whose answer."""
    rows = Clue.objects.filter(matter__in=matters).values_list(
        "matter", "received_on", "matter__happened_on", "matter__handling__paused_for"
    )
    return {matter: Digest(received or begun, waits or "") for matter, received, begun, waits in rows}


def _organ_name(handling: Handling | None) -> str:
    if handling is None or handling.proposed_handler_id is None:
        return ""
    organ = Organ.objects.filter(pk=handling.proposed_handler_id).first()
    return organ.name if organ else ""


def like(clue: Clue, subjects: Iterable[Subject]) -> list[Likeness]:
    """Return the clues within the reader's sight that may be about the same (查重)."""
    return find_like(
        letter_number=clue.letter_number,
        names=[subject.name for subject in subjects],
        unit=clue.unit,
        category=clue.category,
        but=clue.matter_id,
    )


def find_like(
    *, letter_number: str, names: Iterable[str], unit: str, category: str, but: uuid.UUID | None = None
) -> list[Likeness]:
    """Return clues with the same letter number, person, or unit and category, the likest first.

    A constant number of queries: one for the candidates, one for the clues, one for their persons.
    """
    wanted = {name for name in (normalise_name(one) for one in names) if name}
    number, unit_name = normalise_name(letter_number), normalise_name(unit)
    found = _candidates([*wanted, *([number] if number else []), *([unit_name] if unit_name else [])])
    if but:
        found.discard(but)
    if not found:
        return []
    clues = {
        clue.pk: Likeness(clue, [])
        for clue in Clue.objects.filter(pk__in=found).select_related("matter", "matter__organ")
    }
    for subject in Subject.objects.filter(matter__in=list(clues)):
        clues[subject.matter_id].subjects.append(subject)
    for one in clues.values():
        _judge(one, number, wanted, unit_name, category)
    found_like = [one for one in clues.values() if one.why]
    return sorted(found_like, key=lambda one: (-len(one.why), WHYS.index(one.why[0])))[:SHOWN]


def _candidates(names: list[str]) -> set[uuid.UUID]:
    if not names:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT matter FROM guantong_same_names(%s::text[], ARRAY['clue'], %s)",
            [names[:50], CANDIDATES],
        )
        return {row[0] for row in cursor.fetchall()}


def _judge(one: Likeness, number: str, names: set[str], unit: str, category: str) -> None:
    clue = one.clue
    if number and normalise_name(clue.letter_number) == number:
        one.why.append("letter")
    one.same_names = {subject.name for subject in one.subjects if normalise_name(subject.name) in names}
    if one.same_names:
        one.why.append("person")
    units = {normalise_name(clue.unit), *(normalise_name(subject.unit) for subject in one.subjects)}
    if unit and unit in units and clue.category == category:
        one.why.append("unit")
    one.state = str(lifecycle.STATES.get(clue.matter.state, clue.matter.state))

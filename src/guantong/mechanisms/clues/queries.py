"""What pages and API read of clues (线索查询): the block of a clue, and clues like it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.forms import standard_number
from guantong.kernel.matters.kinds import Digest, Line, Stage
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.organs.models import Organ
from guantong.kernel.people.codes import mask_id
from guantong.kernel.people.models import Subject
from guantong.kernel.prepared import Given, Prepared
from guantong.kernel.search.text import normalise_name
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.models import Clue, Feedback, Handling, Instruction

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


SUBJECTS = Prepared(lambda: Subject.objects.filter(matter=Given("matter")))
SUBJECTS_OF = Prepared(lambda: Subject.objects.filter(matter__among=Given("matters")))
INSTRUCTIONS = Prepared(lambda: Instruction.objects.filter(matter=Given("matter")))
FEEDBACK = Prepared(
    lambda: Feedback.objects.filter(matter=Given("matter"), told_on__isnull=False).order_by("told_on")
)


def _seen_clues() -> QuerySet[Any, Any]:
    sight = Visibility.objects.filter(matter=OuterRef("pk"), until__gte=Given("today")).order_by("-depth")
    found = Clue.objects.filter(pk__among=Given("clues")).select_related("matter", "matter__organ")
    return found.annotate(seen=Coalesce(Subquery(sight.values("depth")[:1]), 0))


SEEN_CLUES: Prepared[Any] = Prepared(_seen_clues)


def persons(matter: Matter) -> list[PersonLine]:
    """Return the persons of a clue as they may be shown."""
    return [PersonLine(one, mask_id(one.id_number)) for one in SUBJECTS(matter=matter.pk)]


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
        "supervision": lifecycle.supervision_of(clue) if full else None,
        "instructions": INSTRUCTIONS(matter=clue.matter_id) if full else [],
        "feedback_given": FEEDBACK(matter=clue.matter_id),
        "alike": (
            like(clue, [one.subject for one in people])
            if full and clue.matter.state in lifecycle.WITH_CASE_SUPERVISION
            else []
        ),
        "can_link": full and clue.matter.state == lifecycle.RECEIVED,
    }


STAGES = {
    lifecycle.DRAFTED: Stage.PREPARED,
    lifecycle.SENT: Stage.WAITING,
    **dict.fromkeys(lifecycle.WITH_CASE_SUPERVISION | lifecycle.WITH_HANDLER, Stage.TAKEN),
}


def listed(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Line]:
    """Return what a hand-over list says of these clues, in three queries (移交清单)."""
    clues = list(Clue.objects.filter(pk__in=list(ids)).select_related("matter"))
    people: dict[uuid.UUID, list[Subject]] = defaultdict(list)
    for one in Subject.objects.filter(matter__in=[clue.pk for clue in clues]):
        people[one.matter_id].append(one)
    given = Feedback.objects.filter(matter__in=[clue.pk for clue in clues], told_on__isnull=False)
    told = dict(given.order_by("told_on", "id").values_list("matter", "progress"))
    return {clue.pk: _line(clue, people[clue.pk], told.get(clue.pk, "")) for clue in clues}


def _line(clue: Clue, people: list[Subject], told: str) -> Line:
    first = people[0] if people else None
    return Line(
        matter=clue.matter,
        stage=STAGES.get(clue.matter.state, Stage.ENDED),
        person="、".join(one.name for one in people),
        unit=first.unit if first else clue.unit,
        post=first.post if first else "",
        text=clue.allegation,
        pages=sum(int(row.get("pages") or 0) for row in clue.evidence),
        letter_number=clue.letter_number,
        told=told,
    )


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
    number, unit_name = normalise_name(standard_number(letter_number)), normalise_name(unit)
    found = _candidates([*wanted, *([number] if number else []), *([unit_name] if unit_name else [])])
    if but:
        found.discard(but)
    if not found:
        return []
    clues = {
        clue.pk: Likeness(clue, [], state=lifecycle.state_label(clue.seen, clue.matter.state))
        for clue in SEEN_CLUES(clues=list(found), today=clock.today())
    }
    for subject in SUBJECTS_OF(matters=list(clues)):
        clues[subject.matter_id].subjects.append(subject)
    for one in clues.values():
        _judge(one, number, wanted, unit_name, category)
    found_like = [one for one in clues.values() if one.why]
    return sorted(found_like, key=lambda one: (-len(one.why), WHYS.index(one.why[0])))[:SHOWN]


@dataclass(frozen=True)
class Kept:
    """How many clues about a person of this one another organ keeps, and since which year."""

    organ: Organ
    is_open: bool
    count: int
    since: int


def elsewhere(actor: Actor, matter_id: uuid.UUID, user_id: int | None) -> list[Kept]:
    """Return which other organs keep clues about a person of this one (跨机关查重), in two queries.

    The database answers only case supervision, about its own ledger, and notes that it was asked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organ, is_open, clues, since FROM guantong_clues_elsewhere(%s, %s, %s, %s)",
            [matter_id, actor.post.pk, user_id, clock.now()],
        )
        rows = cursor.fetchall()
    organs = Organ.objects.in_bulk({row[0] for row in rows}) if rows else {}
    return [Kept(organs[organ], is_open, count, since) for organ, is_open, count, since in rows]


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
    if number and normalise_name(standard_number(clue.letter_number)) == number:
        one.why.append("letter")
    one.same_names = {subject.name for subject in one.subjects if normalise_name(subject.name) in names}
    if one.same_names:
        one.why.append("person")
    units = {normalise_name(clue.unit), *(normalise_name(subject.unit) for subject in one.subjects)}
    if unit and unit in units and clue.category == category:
        one.why.append("unit")

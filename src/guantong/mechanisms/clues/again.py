"""The same export again (同一平台重复导入): each row beside the clue that has its key, as a batch.

A row is found by the key its platform gives it, and compared three ways: what the file said last time, what
it says now, what stands here. The number of queries does not grow with the rows.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.forms import standard_number
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.journal.models import Entry as Deed
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.kernel.people.models import Subject
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.kernel.sheets.differences import Change, compare
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.import_rows import Entry, plain
from guantong.mechanisms.clues.import_words import squeezed
from guantong.mechanisms.clues.models import Category, Clue, Platform, Source, SourceRecord

FACTS = {
    "sender_name": "sender", "source": "source", "category": "category", "letter_number": "letter_number",
    "letter_date": "letter_date", "letter_signer": "letter_signer", "received_on": "received_on",
    "allegation": "allegation", "amount": "amount", "unit": "unit", "concluded_on": "concluded_on",
    "persons": "subjects",
}  # fmt: skip
"""Columns that are compared, and the fact that is corrected where one is taken."""
PERSON_COLUMNS = {"unit": "person_units", "post": "person_posts", "authority": "person_authorities",
                  "id_number": "person_id_numbers"}  # fmt: skip
UNSAID = {"source": Source.OTHER, "category": Category.OTHER, "authority": "unknown"}
"""What a word that is empty or not understood was taken as: it says nothing."""
OWN_NAME = {"received_on": "happened_on"}


@dataclass(frozen=True)
class Line:
    """One field that differs (差异): where it was changed, what stands here, what the file says."""

    name: str
    label: str
    change: Change
    here: str
    there: str
    who: str = ""


@dataclass
class Found:
    """The clue a row is about, and how the two differ. `here`: digests of what stands here now."""

    matter: UUID
    number: str
    record: UUID | None
    base: dict[str, str]
    left: dict[str, str]
    here: dict[str, str] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    hint: str = ""


def find(actor: Actor, platform: Platform, entries: Sequence[Entry]) -> dict[str, Found]:
    """Return what is known of each key of a file, compared (按来源编号比对)."""
    by_key = {entry.data["book_number"]: entry for entry in entries if entry.data["book_number"]}
    found = _records(actor, platform, by_key)
    matters = [one.matter for one in found.values()]
    clues = {clue.pk: clue for clue in Clue.objects.filter(pk__in=matters).select_related("matter")}
    persons: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for row in Subject.objects.filter(matter__in=matters).order_by("id").values("matter", *lifecycle.PERSON):
        persons[row.pop("matter")].append(row)
    said = {key: _said(by_key[key]) for key in found}
    stands = {key: _stands(clues[one.matter], persons[one.matter], by_key[key]) for key, one in found.items()}
    for key, one in found.items():
        one.there = {name: digest(name, value) for name, (value, _shown) in said[key].items()}
        one.here = {name: digest(name, stands[key][name][0]) for name in one.there}
        one.number = clues[one.matter].matter.number
        one.hint = _newer(by_key[key], clues[one.matter])
    unlike = [one.matter for one in found.values() if compare(one.base, one.here, one.there, one.left)]
    touched = _touched(unlike, platform)
    for key, one in found.items():
        who = touched.get(one.matter, {})
        changes = compare(one.base, one.here, one.there, one.left, who)
        for name in (name for name in FACTS if name in changes):
            now, new = stands[key][name][1], said[key][name][1]
            one.lines.append(Line(name, _label(name), changes[name], now, new, who.get(name, "")))
    return found


def gone(platform: Platform, keys: Collection[str]) -> list[list[str]]:
    """Return number and key of each clue the platform gave us and no longer lists (对方已无的记录)."""
    rows = SourceRecord.objects.filter(platform=platform).exclude(key__in=list(keys)).order_by("key")
    return [list(row) for row in rows.values_list("matter__number", "key")]


def digest(name: str, value: str) -> str:
    """Return what is kept of a value: enough to see that it is the same."""
    return sm3(f"{name}\0{value}".encode())[-32:] if value else ""


def base_of(entry: Entry) -> dict[str, str]:
    """Return what a row says, as it is remembered for the next time."""
    return {name: digest(name, value) for name, (value, _shown) in _said(entry).items()}


def corrections(
    entry: Entry, known: Iterable[Mapping[str, str]], names: Iterable[str]
) -> list[dict[str, Any]]:
    """Return what the correction act is given for each column that is taken (采用的更正)."""
    return [{"fact": FACTS[name], "value": _raw(entry, known, name)} for name in names]


def _records(actor: Actor, platform: Platform, keys: Mapping[str, Entry]) -> dict[str, Found]:
    """Clues by the key of the platform, or by the number an earlier import kept of the old book."""
    found = {}
    for one in SourceRecord.objects.filter(platform=platform, key__in=list(keys)):
        found[one.key] = Found(one.matter_id, "", one.pk, one.base, one.left)
    rest = [key for key in keys if key not in found]
    earlier = Clue.objects.filter(
        book_number__in=rest,
        matter__parties__role=PartyRole.RECEIVER,
        matter__parties__organ=actor.organ,
        matter__parties__until__isnull=True,
        matter__source_records__isnull=True,
    )
    numbers: dict[str, list[UUID]] = defaultdict(list)
    for pk, number in earlier.values_list("pk", "book_number"):
        numbers[number].append(pk)
    for key, matters in numbers.items():
        if len(matters) == 1:
            found[key] = Found(matters[0], "", None, {}, {})
    return found


def _said(entry: Entry) -> dict[str, tuple[str, str]]:
    """What a row says in each column it has: as compared, and as shown. What is empty says nothing."""
    data = entry.data
    found = {}
    for name in FACTS:
        if name == "persons":
            rows = data["subjects"] if "persons" in entry.mapped else []
            found[name] = (_persons(rows, entry), _persons_shown(rows))
        elif name in entry.mapped:
            value = data[OWN_NAME.get(name, name)]
            if value != UNSAID.get(name):
                found[name] = (_normal(name, value), _shown(name, value))
    return {name: pair for name, pair in found.items() if pair[0]}


def _stands(clue: Clue, persons: list[dict[str, str]], entry: Entry) -> dict[str, tuple[str, str]]:
    found = {}
    for name in FACTS:
        if name == "persons":
            found[name] = (_persons(persons, entry), _persons_shown(persons))
        else:
            value = getattr(clue, name)
            found[name] = (_normal(name, value), _shown(name, value))
    return found


def _normal(name: str, value: Any) -> str:
    text = plain(Decimal(value)) if name == "amount" and value not in (None, "") else plain(value)
    if name == "letter_number":
        return squeezed(standard_number(text))
    return squeezed(text) if name in ("sender_name", "unit", "letter_signer") else text


def _shown(name: str, value: Any) -> str:
    choices = {"source": Source, "category": Category}.get(name)
    if choices and value:
        return str(choices(value).label)
    return _normal(name, value) if name == "amount" else plain(value)


def _columns(entry: Entry) -> list[str]:
    return ["name", *(one for one, column in PERSON_COLUMNS.items() if column in entry.mapped)]


def _persons(rows: Iterable[Mapping[str, Any]], entry: Entry) -> str:
    columns = _columns(entry)
    listed = sorted([squeezed(plain(row.get(one) or "")) for one in columns] for row in rows)
    return json.dumps(listed, ensure_ascii=False) if listed else ""


def _persons_shown(rows: Iterable[Mapping[str, Any]]) -> str:
    told = ((row["name"], row["unit"], row["post"]) for row in rows)
    return "；".join(" ".join(part for part in one if part) for one in told)


def _raw(entry: Entry, known: Iterable[Mapping[str, str]], name: str) -> Any:
    if name != "persons":
        return entry.data[OWN_NAME.get(name, name)]
    mine = {row["name"]: row for row in known}
    told = _columns(entry)
    return [
        {one: (row if one in told else mine.get(row["name"], row)).get(one) for one in lifecycle.PERSON}
        for row in entry.data["subjects"]
    ]


def _touched(matters: list[UUID], platform: Platform) -> dict[UUID, dict[str, str]]:
    """Who corrected which column here since the two were last compared, in one query.

    What a comparison itself corrected comes right after it, and is no change of ours.
    """
    columns = {fact: name for name, fact in FACTS.items()}
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    own: dict[UUID, int] = defaultdict(int)
    rows = Deed.objects.filter(matter__in=matters, act__in=["matter.correct", "clue.compare_source"])
    body = ("fact", "corrected", "data__platform__id")
    fields = ("matter", "officer_name", "recorded_at", *(f"content__body__{name}" for name in body))
    for matter, officer, at, fact, corrected, told in rows.order_by("id").values_list(*fields):
        if corrected is not None:
            own[matter] = corrected
            if told == str(platform.pk):
                found[matter].clear()
        elif own[matter]:
            own[matter] -= 1
        elif fact in columns:
            found[matter][columns[fact]] = f"{officer} {timezone.localtime(at).date()}"
    return found


def _newer(entry: Entry, clue: Clue) -> str:
    """Say that the platform is further than we are; it is a hint, nothing follows from it."""
    matter: Matter = clue.matter
    if not entry.closed or not matter.is_open:
        return ""
    state = entry.data["book_state"] or _("closed")
    return _("There it is “%(there)s”, here “%(here)s”: see whether it can be closed here too.") % {
        "there": state,
        "here": lifecycle.state_label(3, matter.state),
    }


def _label(name: str) -> str:
    return str(lifecycle.CORRECTABLES[FACTS[name]].label)


def workbook(rows: Iterable[tuple[int, str, str, Line, str]], lost: Iterable[Sequence[str]]) -> bytes:
    """Return the differences as a workbook, one line for each field (差异清单)."""
    columns = [
        OutColumn("row", _("Row"), "integer"),
        OutColumn("key", _("Number there"), width=24),
        OutColumn("number", _("Ledger number"), width=26),
        OutColumn("field", _("Field")),
        OutColumn("change", _("Changed where"), width=18),
        OutColumn("here", _("Here"), width=40),
        OutColumn("there", _("There"), width=40),
        OutColumn("who", _("Changed here by"), width=22),
        OutColumn("decided", _("Decided"), width=14),
    ]
    told: list[dict[str, Any]] = [
        {
            "row": row, "key": key, "number": number, "field": line.label, "change": line.change.label,
            "here": line.here, "there": line.there, "who": line.who, "decided": decided,
        }
        for row, key, number, line, decided in rows
    ]  # fmt: skip
    told += [{"key": key, "number": number, "change": _("gone there")} for number, key in lost]
    return write_workbook(columns, told, sheet_name=_("Differences"))

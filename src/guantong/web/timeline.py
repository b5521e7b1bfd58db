"""The timeline of a matter (办理过程): what each journal entry says, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from guantong.kernel.acts import registry
from guantong.kernel.duties import calendar_acts
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.kinds import MatterKind
from guantong.kernel.papers.models import Paper

UNSAID = frozenset({"happened_on", "paper", "kind", "fact", "value", "origin", "signer", "scan"})
FOLDED = frozenset({"paper.draft", "paper.revise", "session.decide"})
ROW_COLUMNS_HIDDEN = frozenset({"id_number", "import_key"})


@dataclass(frozen=True)
class Said:
    """One thing an entry says: label and value, or rows of a list."""

    label: str
    value: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Change:
    """A fact as it stood and as it stands (更正前后)."""

    fact: str
    label: str
    old: str
    new: str
    on: date


@dataclass
class Item:
    """One entry of the timeline."""

    entry: Entry
    label: str
    recorded_at: datetime | None
    clauses: list[str]
    said: list[Said] = field(default_factory=list)
    change: Change | None = None
    paper: Paper | None = None
    number: str = ""
    recorded_for: str = ""
    expunged: str = ""
    corrected: bool = False
    right_day: str = ""
    folded: bool = False
    grave: bool = False


def items(entries: Iterable[Entry], kind: MatterKind, papers: Mapping[uuid.UUID, Paper]) -> list[Item]:
    """Return the timeline, oldest first; entries whose facts were corrected later are marked."""
    made = [_item(entry, kind, papers) for entry in entries]
    corrected = {item.change.fact: item.change.new for item in made if item.change}
    days = {act: corrected[fact] for fact in corrected for act in _day_of(kind, fact)}
    for item in made:
        names = set() if item.change else set(_body(item.entry).get("data", {}))
        item.right_day = days.get(item.entry.act, "")
        item.corrected = bool(item.right_day or names & set(corrected))
    return made


def _day_of(kind: MatterKind, fact: str) -> frozenset[str]:
    correctable = kind.correctables.get(fact)
    return correctable.day_of if correctable else frozenset()


def changes_of(timeline: Iterable[Item]) -> dict[str, list[Change]]:
    """Return the corrections by fact, oldest first."""
    found: dict[str, list[Change]] = {}
    for item in timeline:
        if item.change:
            found.setdefault(item.change.fact, []).append(item.change)
    return found


def _body(entry: Entry) -> dict[str, Any]:
    content = getattr(entry, "content", None)
    return content.body if content else {}


def _item(entry: Entry, kind: MatterKind, papers: Mapping[uuid.UUID, Paper]) -> Item:
    act = _act(entry.act)
    body = _body(entry)
    data = body.get("data", {})
    same_day = timezone.localtime(entry.recorded_at).date() == entry.happened_on
    item = Item(
        entry=entry,
        label=str(act.label) if act else calendar_acts.label(entry.act, body),
        recorded_at=None if same_day else entry.recorded_at,
        clauses=sorted(entry.clauses, key=lambda clause: not (act and clause in act.clauses)),
        recorded_for=str(body.get("recorded_for", "")),
        number=str(body.get("number", "")),
        grave=bool(act and act.grave),
    )
    expunction = getattr(entry, "expunction", None)
    if expunction is not None:
        item.expunged = expunction.reason
    if "fact" in body:
        item.change = _change(entry, kind, body)
    paper_id = data.get("paper") or body.get("paper")
    if paper_id:
        item.paper = papers.get(uuid.UUID(str(paper_id)))
    fields = labelled_fields(entry.act)
    ordered = [*(name for name in fields if name in data), *(name for name in data if name not in fields)]
    if data.get("sender_name"):
        ordered = [name for name in ordered if name != "sender"]  # its department alone would not say whose
    item.said = [said for name in ordered if (said := _said(fields, name, data[name]))]
    item.folded = entry.act in FOLDED
    if body.get("until") and "until" not in data:
        item.said.append(Said(_("Extended until"), str(body["until"])))
    return item


def _act(code: str) -> Any:
    try:
        return registry.get(code)
    except KeyError:
        return None


def _change(entry: Entry, kind: MatterKind, body: dict[str, Any]) -> Change:
    fact = str(body["fact"])
    correctable = kind.correctables.get(fact)
    label = str(correctable.label) if correctable else fact
    return Change(fact, label, str(body.get("old", "")), str(body.get("new", "")), entry.happened_on)


@cache
def labelled_fields(code: str) -> dict[str, forms.Field]:
    """Return the fields an act's entry may hold, in the order of its form."""
    act = _act(code)
    found = dict(act.asks.base_fields) if act else {}
    order = getattr(act.asks, "field_order", None) or () if act else ()
    fields: dict[str, forms.Field] = {name: found[name] for name in order if name in found} | found
    if code in FOLDED:
        fields |= act.further_fields()
    return fields


def _said(fields: Mapping[str, forms.Field], name: str, value: Any) -> Said | None:
    if name in UNSAID:
        return None
    found = fields.get(name)
    if found is None:
        return Said(_("Reason"), str(value)) if name == "reason" else None
    if not found.label:  # hidden and without a label: an id, nothing to read
        return None
    label = str(found.label)
    row_form = getattr(found, "row_form", None)
    if row_form is not None and isinstance(value, list):
        return _rows(label, row_form, value)
    return Said(label, _text(found, value))


def _rows(label: str, row_form: type[forms.Form], value: list[Any]) -> Said:
    fields = {
        name: one
        for name, one in row_form.base_fields.items()
        if name not in ROW_COLUMNS_HIDDEN and any(row.get(name) for row in value)
    }
    rows = tuple(tuple(_text(one, row.get(name)) for name, one in fields.items()) for row in value)
    return Said(label, columns=tuple(str(one.label) for one in fields.values()), rows=rows)


def _text(found: forms.Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return _(", ").join(_text(found, one) for one in value)
    if isinstance(value, dict):
        return str(value.get("name", ""))
    if isinstance(found, forms.ChoiceField) and not isinstance(found, forms.ModelChoiceField):
        return str({str(key): label for key, label in _flat(found.choices)}.get(str(value), value))
    if isinstance(found, forms.DecimalField):
        return amount(value)
    return str(value)


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield key, label


def amount(value: Any) -> str:
    """Return an amount with thousands parted, or what was given where it is none."""
    try:
        return f"{float(value):,.2f}" if abs(float(value)) < 1e13 else str(value)
    except (TypeError, ValueError):
        return str(value)

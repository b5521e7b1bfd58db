"""Records of administrators as people read them (管理记录的读法): labels, names and words for codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.accounts.models import Administers, AdminRecord
from guantong.kernel.acts.entitlement import role_name
from guantong.web.admin_kept import Register
from guantong.web.admin_words import done

WORDS = {
    "officer": gettext_lazy("Officer"),
    "administers": gettext_lazy("Administers"),
    "active": gettext_lazy("Account open"),
    "factors": gettext_lazy("Second factors"),
    "attempts": gettext_lazy("Failed attempts"),
    "revoked_at": gettext_lazy("Revoked at"),
    "post": gettext_lazy("Post"),
    "expires_on": gettext_lazy("Expires on"),
    "at": gettext_lazy("When"),
    "key": gettext_lazy("Key"),
    "fingerprint": gettext_lazy("Fingerprint"),
    "name in the file": gettext_lazy("Name in the file"),
    "spoken to": gettext_lazy("Spoken to"),
    "reason": gettext_lazy("Reason"),
    "digest": gettext_lazy("Digest"),
    "entries": gettext_lazy("Entries"),
    "checkpoints": gettext_lazy("Checkpoints"),
    "faults": gettext_lazy("Faults"),
    "since": gettext_lazy("Since"),
    "until": gettext_lazy("Until"),
    "version": gettext_lazy("Version"),
    "versions": gettext_lazy("Measures"),
    "on_trial": gettext_lazy("On trial"),
    "review_on": gettext_lazy("Review on"),
    "values": gettext_lazy("Values of the place"),
    "bindings": gettext_lazy("Roles of the measures"),
    "acknowledged": gettext_lazy("Contradictions acknowledged"),
    "clauses": gettext_lazy("Clauses"),
    "value": gettext_lazy("Value"),
    "by": gettext_lazy("Decided by"),
    "on": gettext_lazy("Decided on"),
}
INTERNAL = frozenset({"id"})


@dataclass(frozen=True)
class Told:
    """One thing that a step changed (变更项)."""

    label: str
    before: str
    after: str


def tell(records: Iterable[AdminRecord], registers: Mapping[str, Register]) -> list[dict[str, Any]]:
    """Return records with what each did and what it changed in words; names of rows in a query a table."""
    kept = list(records)
    names = _names(kept, registers)
    return [
        {
            "record": row,
            "what": done(row.what),
            "about": _about(row),
            "changes": _changes(row, registers, names),
        }
        for row in kept
    ]


def _about(row: AdminRecord) -> str:
    """Return what a record is about; the journal names itself."""
    return "" if row.about == "journal" else row.about


def _fields(row: AdminRecord, registers: Mapping[str, Register]) -> dict[str, models.Field[Any, Any]]:
    kept = registers.get(row.what.partition(".")[0])
    return {one.name: one for one in kept.model._meta.fields} if kept else {}


def _names(
    rows: list[AdminRecord], registers: Mapping[str, Register]
) -> dict[type[models.Model], dict[int, str]]:
    """Return the rows that records point to, by table and id."""
    wanted: dict[type[models.Model], set[int]] = {}
    for row in rows:
        for name, one in _fields(row, registers).items():
            ids = {values.get(name) for values in (row.before, row.after)}
            if isinstance(one, models.ForeignKey):
                wanted.setdefault(one.related_model, set()).update(pk for pk in ids if isinstance(pk, int))
    return {
        table: {pk: str(row) for pk, row in table._default_manager.in_bulk(list(ids)).items()}
        for table, ids in wanted.items()
        if ids
    }


def _changes(
    row: AdminRecord, registers: Mapping[str, Register], names: Mapping[type[models.Model], Mapping[int, str]]
) -> list[Told]:
    fields = _fields(row, registers)
    kept = registers.get(row.what.partition(".")[0])
    labels = {name: one.label for name, one in kept.form.base_fields.items() if one.label} if kept else {}
    found = []
    for name in dict.fromkeys([*row.before, *row.after]):
        old, new = (
            _said(values.get(name), name, fields.get(name), names) for values in (row.before, row.after)
        )
        if name not in INTERNAL and old != new:
            found.append(Told(_label(name, labels), old, new))
    return found


def _label(name: str, labels: Mapping[str, Any]) -> str:
    if name in labels:
        said = str(labels[name])
        return said[:1].upper() + said[1:]
    return str(WORDS[name]) if name in WORDS else name


def _said(
    value: Any,
    name: str,
    one: models.Field[Any, Any] | None,
    names: Mapping[type[models.Model], Mapping[int, str]],
) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(one, models.ForeignKey):
        return names.get(one.related_model, {}).get(value, str(value))
    if one is not None and one.choices:
        return str(dict(one.flatchoices).get(value, value))
    if name == "role":
        return role_name(str(value))
    if name == "administers":
        return str(Administers(value).label) if value in Administers.values else str(value)
    return _plain(value, name)


def _plain(value: Any, name: str) -> str:
    if isinstance(value, bool) or value in ("True", "False"):
        return _("yes") if value in (True, "True") else _("no")
    if isinstance(value, list):
        return _(", ").join(_plain(one, "") for one in value)
    if isinstance(value, dict):
        key = role_name if name == "bindings" else lambda key: str(WORDS.get(key, key))
        return _("; ").join(
            f"{key(k)}{_(': ')}{_plain(v, k)}" for k, v in value.items() if v not in (None, "")
        )
    return str(value)

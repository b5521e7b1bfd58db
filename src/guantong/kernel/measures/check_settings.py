"""Checks of settings (参数的检查)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.schema import Clause, MeasureFile, Setting
from guantong.kernel.measures.settings import fits, value_remedy
from guantong.kernel.measures.vocabulary import Vocabulary


def check_settings(clause: Clause, here: Loc, vocabulary: Vocabulary | None) -> Iterator[Finding]:
    """Faults of a clause's settings: values, open readings, what may be overridden (参数检查)."""
    for name, setting in clause.settings.items():
        loc = (*here, "settings", name)
        yield from _check_values(name, setting, loc)
        yield from _check_pending(name, setting, loc)
        if vocabulary is not None and setting.governs is not None:
            yield from _check_purpose(name, setting, setting.governs, loc, vocabulary)
    yield from _check_override(clause, here)


def check_governing(files: Iterable[MeasureFile]) -> Iterator[tuple[int, Finding]]:
    """Settings that decide the same (用途重复), with the number of the file each later one stands in."""
    first: dict[str, str] = {}
    for number, file in enumerate(files):
        for at, clause in enumerate(file.clauses):
            for name, setting in clause.settings.items():
                if setting.governs is None:
                    continue
                key = f"{clause.id}/{name}"
                earlier = first.setdefault(setting.governs, key)
                if earlier != key:
                    loc = ("clauses", at, "settings", name, "governs")
                    yield number, _governed_twice(loc, setting.governs, earlier, key)


def _governed_twice(loc: Loc, purpose: str, earlier: str, later: str) -> Finding:
    reason = Message(
        _("'{earlier}' and '{later}' both govern '{purpose}'."),
        earlier=earlier, later=later, purpose=purpose,
    )  # fmt: skip
    remedy = Message(_("Let one of them govern it; a city that wants another value decides it locally."))
    return Finding(loc, "governed_twice", reason, remedy)


def _check_purpose(
    name: str, setting: Setting, purpose: str, loc: Loc, vocabulary: Vocabulary
) -> Iterator[Finding]:
    kind = vocabulary.purposes.get(purpose)
    if kind is None:
        reason = Message(_("There is nothing '{purpose}' that a setting could govern."), purpose=purpose)
        known = ", ".join(sorted(vocabulary.purposes))
        yield Finding(
            (*loc, "governs"), "unknown_purpose", reason, Message(_("Use one of: {known}."), known=known)
        )
    elif kind != setting.kind:
        reason = Message(
            _("'{purpose}' takes a setting of kind {kind}, and '{name}' is of another."),
            purpose=purpose, kind=kind, name=name,
        )  # fmt: skip
        remedy = Message(_("Give the setting that kind, or let it govern something else."))
        yield Finding((*loc, "governs"), "wrong_setting_kind", reason, remedy)


def _check_values(name: str, setting: Setting, loc: Loc) -> Iterator[Finding]:
    values: list[tuple[Loc, object]] = [((*loc, "value"), setting.value)]
    values += [((*loc, "alternatives", at, "value"), it.value) for at, it in enumerate(setting.alternatives)]
    for place, value in values:
        if isinstance(value, dict) and setting.kind == "period" and len(value) > 1:
            reason = Message(_("The period '{name}' has more than one unit."), name=name)
            yield Finding(place, "two_units", reason, value_remedy(setting))
        elif not fits(setting, value):
            reason = Message(_("'{value}' is not a value for '{key}'."), value=value, key=name)
            yield Finding(place, "wrong_value", reason, value_remedy(setting))


def _check_pending(name: str, setting: Setting, loc: Loc) -> Iterator[Finding]:
    if setting.pending and (not setting.alternatives or setting.reading is None):
        yield Finding(
            (*loc, "pending"),
            "pending_without_alternative",
            Message(
                _("Setting '{name}' is to be confirmed, but its reading or the alternative is missing."),
                name=name,
            ),
            Message(_("Give 'reading' and at least one entry under 'alternatives'.")),
        )
    if not setting.pending and setting.source.standing != "verified":
        yield Finding(
            (*loc, "source"),
            "unverified_but_settled",
            Message(
                _("Setting '{name}' rests on a source that was not read, yet counts as settled."), name=name
            ),
            Message(_("Write pending: true with its reading and alternative.")),
        )


def _check_override(clause: Clause, here: Loc) -> Iterator[Finding]:
    for at, name in enumerate(clause.override_fields):
        if name not in clause.settings:
            reason = Message(
                _("Setting '{name}' is named but not defined in clause '{clause}'."),
                name=name,
                clause=clause.id,
            )
            remedy = Message(_("Define it under 'settings', or correct the name."))
            yield Finding((*here, "override_fields", at), "undefined_setting", reason, remedy)
    if clause.override == "forbidden" and clause.override_fields:
        yield Finding(
            (*here, "override"),
            "override_contradicts",
            Message(_("Clause '{clause}' forbids local decisions and lists some."), clause=clause.id),
            Message(_("Write override: allowed, or remove override_fields.")),
        )

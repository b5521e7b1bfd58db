"""Checks of settings (参数的检查)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.schema import Clause, Setting
from guantong.kernel.measures.settings import fits, value_remedy


def check_settings(clause: Clause, here: Loc) -> Iterator[Finding]:
    """Faults of a clause's settings: values, open readings, what may be overridden (参数检查)."""
    for name, setting in clause.settings.items():
        loc = (*here, "settings", name)
        yield from _check_values(name, setting, loc)
        yield from _check_pending(name, setting, loc)
    yield from _check_override(clause, here)


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

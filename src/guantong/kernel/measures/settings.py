"""Values of settings (参数值): reading them, and a jurisdiction's own instead (本地调整, CD-1.2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from guantong.kernel.measures.problems import MeasureError, Message, Problem
from guantong.kernel.measures.rules import Term
from guantong.kernel.measures.schema import Clause, MeasureFile, Period, Setting
from guantong.kernel.measures.table_schema import Scalar

_KINDS: dict[str, type] = {"int": int, "bool": bool, "choice": str, "text": str}


def as_term(value: object) -> Term | None:
    """A period written as {unit: number} (期限), or None where it is not exactly one known unit."""
    if not isinstance(value, Mapping):
        return None
    try:
        period = Period.model_validate(dict(value))
    except ValidationError:
        return None
    return Term.of(period)


def fits(setting: Setting, value: object) -> bool:
    """Whether `value` is of the kind the setting declares, and among its choices."""
    if setting.kind == "period":
        return as_term(value) is not None
    if type(value) is not _KINDS[setting.kind]:
        return False
    return setting.kind != "choice" or value in setting.choices


def decided(setting: Setting) -> Term | Scalar:
    """The value of a checked setting: a Term for a period. TypeError where it was not checked."""
    if setting.kind == "period":
        term = as_term(setting.value)
        if term is not None:
            return term
    elif isinstance(setting.value, str | int):
        return setting.value
    raise TypeError(f"setting value {setting.value!r} is not a {setting.kind}")


def overridden(file: MeasureFile, overrides: Mapping[str, object]) -> MeasureFile:
    """The file with values decided for some settings, which are then confirmed. Raises MeasureError.

    The measure's own value can be confirmed of any setting, another only where the clause lets it.
    """
    problems = [problem for key, value in overrides.items() for problem in _refusals(file, key, value)]
    if problems:
        raise MeasureError(problems)
    clauses = [_with(clause, overrides) for clause in file.clauses]
    return file.model_copy(update={"clauses": clauses})


def _with(clause: Clause, overrides: Mapping[str, object]) -> Clause:
    changed = {
        name: setting.model_copy(update={"value": overrides[f"{clause.id}/{name}"], "pending": False})
        for name, setting in clause.settings.items()
        if f"{clause.id}/{name}" in overrides
    }
    return clause.model_copy(update={"settings": {**clause.settings, **changed}}) if changed else clause


def _refusals(file: MeasureFile, key: str, value: object) -> list[Problem]:
    clause_id, _slash, name = key.partition("/")
    clause = next((clause for clause in file.clauses if clause.id == clause_id), None)
    if clause is None or name not in clause.settings:
        reason = Message(_("'{key}' is no setting of this measure."), key=key)
        return [_refusal(file, "unknown_setting", reason, Message(_("Write it as clause/setting.")))]
    setting = clause.settings[name]
    if not clause.may_override(name) and value != setting.value:
        reason = Message(
            _("Clause {clause} does not let '{name}' be decided locally."), clause=clause_id, name=name
        )
        return [_refusal(file, "override_forbidden", reason, Message(_("Leave the measure's own value.")))]
    if fits(setting, value):
        return []
    reason = Message(_("'{value}' is not a value for '{key}'."), value=value, key=key)
    return [_refusal(file, "wrong_value", reason, value_remedy(setting))]


def _refusal(file: MeasureFile, code: str, reason: Message, remedy: Message) -> Problem:
    return Problem(file.id, 1, 1, code, reason, remedy)


def value_remedy(setting: Setting) -> Message:
    """How a value of this setting is written (写法)."""
    if setting.kind == "choice":
        return Message(_("Write one of: {choices}."), choices=", ".join(setting.choices))
    if setting.kind == "period":
        return Message(_("Write exactly one unit, as {{working_days: 10}} or {{months: 3}}."))
    return Message(_("Write a value of kind {kind}."), kind=setting.kind)

"""Faults of shape, in words an official understands (结构错误)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from guantong.kernel.measures.forms import EXAMPLES
from guantong.kernel.measures.places import Places, Side
from guantong.kernel.measures.problems import Message, Problem


class _Wording(NamedTuple):
    code: str
    reason: object
    remedy: object


_GUIDE = _("See 'Writing a measure' for what stands here.")
_WORDINGS = {
    "missing": _Wording("missing_field", _("Field '{field}' is missing."), _("Add it.")),
    "extra_forbidden": _Wording(
        "unknown_field",
        _("Field '{field}' is not known here."),
        _("Correct its spelling or remove it; text with a comma inside braces needs quotation marks."),
    ),
    "literal_error": _Wording(
        "not_a_choice", _("'{value}' is not allowed for '{field}'."), _("Write one of: {expected}.")
    ),
    "string_pattern_mismatch": _Wording(
        "badly_written",
        _("'{value}' is not written as '{field}' must be."),
        _("Write it like this: {example}."),
    ),
    "string_type": _Wording("not_text", _("'{field}' must be text."), _("Put the value in quotation marks.")),
    "bool_type": _Wording("not_bool", _("'{field}' must be true or false."), _("Write true or false.")),
    "int_type": _Wording("not_int", _("'{field}' must be a whole number."), _("Write digits only.")),
    "date_type": _Wording("not_a_date", _("'{field}' must be a date."), _("Write it as 2026-01-31.")),
    "list_type": _Wording("not_a_list", _("'{field}' must be a list."), _("Write it as [one, two].")),
    "dict_type": _Wording("not_a_block", _("'{field}' must be a block of named values."), _GUIDE),
    "model_type": _Wording("not_a_block", _("'{field}' must be a block of named values."), _GUIDE),
    "too_short": _Wording("empty_list", _("'{field}' must not be empty."), _("Give at least one entry.")),
    "greater_than_equal": _Wording(
        "too_small", _("'{value}' is too small for '{field}'."), _("Write {ge} or more.")
    ),
}
_TRANSLATION = _Wording(
    "missing_translation",
    _("The text lacks its '{field}' version."),
    _("Give every text in Chinese (zh) and in English (en)."),
)
_OTHER = _Wording("not_right", _("'{field}' is not right: {message}."), _GUIDE)


def shape_problems(error: ValidationError, places: Places, file: str) -> list[Problem]:
    """The faults pydantic found, each with its place; several about one place count once (结构错误)."""
    found: dict[tuple[int, int], Problem] = {}
    for detail in error.errors(include_url=False):
        problem = _problem(detail, places, file)
        found.setdefault((problem.line, problem.column), problem)
    return sorted(found.values(), key=lambda problem: (problem.line, problem.column))


def _problem(detail: ErrorDetails, places: Places, file: str) -> Problem:
    kind = detail["type"]
    steps = [step for step in detail["loc"] if not str(step).startswith("<")]
    side: Side = "key" if kind == "extra_forbidden" or steps[-1:] == ["[key]"] else "value"
    loc = [step for step in steps if step != "[key]"]
    place: Callable[[], tuple[int, int]] = (
        (lambda: places.holder(loc)) if kind == "missing" else (lambda: places.find(loc, side))
    )
    line, column = place()
    wording = _wording(kind, loc)
    values = {"field": _field(loc), "value": detail["input"], "message": detail["msg"]}
    values |= {name: value for name, value in detail.get("ctx", {}).items() if name not in values}
    values["example"] = EXAMPLES.get(str(values.get("pattern")), values.get("pattern"))
    return Problem(
        file, line, column, wording.code, Message(wording.reason, **values), Message(wording.remedy, **values)
    )


def _wording(kind: str, loc: list[str | int]) -> _Wording:
    if loc[-1:] in (["zh"], ["en"]) and kind in ("missing", "string_too_short"):
        return _TRANSLATION
    return _WORDINGS.get(kind, _OTHER)


def _field(loc: list[str | int]) -> str:
    names = [str(step) for step in loc if isinstance(step, str)]
    return names[-1] if names else "—"

"""What settings of the adopted measures govern beyond duties and tables (参数的用途).

The platform declares a purpose and asks for it; a measure says of one of its settings that it `governs` that
purpose. So neither knows the other: no clause id stands in code, and a city's own measure may decide what the
general rules leave out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.rules import Term
from guantong.kernel.measures.schema import SettingKind
from guantong.kernel.measures.table_schema import Scalar


@dataclass(frozen=True)
class Purpose:
    """Something of the platform that a setting may decide (用途), and the kind of setting it takes."""

    code: str
    kind: SettingKind


_declared: dict[str, Purpose] = {}


def purpose(code: str, kind: SettingKind) -> Purpose:
    """Declare a purpose, where it is read (声明用途)."""
    return _declared.setdefault(code, Purpose(code, kind))


def all_purposes() -> list[Purpose]:
    """Return every purpose declared so far."""
    return list(_declared.values())


REST_DAY_MOVES = purpose("calendar.rest_day_moves", "bool")
FIRST_DAY_COUNTS = purpose("calendar.first_day_counts", "bool")
LONGEST_EXTENSION = purpose("duty.longest_extension", "period")


@dataclass(frozen=True)
class Governing:
    """A setting that governs a purpose (起作用的参数): where it stands and its value."""

    clause: str
    name: str
    value: Term | Scalar

    @property
    def key(self) -> str:
        """As 'GR-0.1/rest_day_moves'."""
        return f"{self.clause}/{self.name}"


class Contradiction(ValueError):  # noqa: N818 - named for what it says
    """Two settings of the measures in force govern one purpose (参数相互矛盾). `str()` is text for people."""

    def __init__(self, code: str, settings: Iterable[Governing]) -> None:
        self.code = code
        self.settings = tuple(settings)
        super().__init__(code)

    def __str__(self) -> str:
        named = _(", ").join(one.key for one in self.settings)
        return _("The settings %(settings)s of the measures applied here both decide %(purpose)s.") % {
            "settings": named,
            "purpose": self.code,
        }


def governing(measures: Iterable[Measure]) -> Mapping[str, tuple[Governing, ...]]:
    """Return by purpose the settings of carried clauses that govern it; one, where all is in order."""
    found: dict[str, tuple[Governing, ...]] = {}
    for measure in measures:
        for clause in measure.file.clauses:
            for name, setting in clause.settings.items():
                if setting.governs is not None and clause.status == "carried":
                    one = Governing(clause.id, name, measure.setting(clause.id, name))
                    found[setting.governs] = (*found.get(setting.governs, ()), one)
    return found


def the_one(found: Mapping[str, tuple[Governing, ...]], wanted: Purpose) -> Governing | None:
    """Return the setting that governs a purpose, None where no measure does. Raises Contradiction."""
    settings = found.get(wanted.code, ())
    if len(settings) > 1:
        raise Contradiction(wanted.code, settings)
    return settings[0] if settings else None

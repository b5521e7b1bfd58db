"""The forms that come along, and the cross-checks of every form (内置报表与校验关系), as data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.insight import returns
from guantong.insight.returns import ALL, PERIODS, SOURCES, Cell
from guantong.kernel import counting
from guantong.kernel.access.actors import Actor
from guantong.kernel.counting import Cells, CountedForm, FormSet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class CheckRule:
    """A cross-check (校验关系): the sum of the figures on the left is that of those on the right."""

    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    def fails(self, values: Mapping[str, int]) -> str:
        """Return in words how it fails; '' where it holds, or where a figure of it was not counted."""
        if not all(name in values for name in (*self.left, *self.right)):
            return ""
        left, right = (sum(values[name] for name in side) for side in (self.left, self.right))
        return "" if left == right else f"{self.label}: {left} ≠ {right}"


INTO = (returns.CARRIED, returns.RECEIVED, returns.TAKEN_BACK)
OUT = (returns.CLOSED, returns.TRANSFERRED, returns.RETURNED, returns.MERGED, returns.OPEN)
DUTIES = (returns.KEPT, returns.LATE, returns.MISSED)


def built_in_checks() -> list[CheckRule]:
    """Return the cross-checks that hold of every form: within a source, and the total over the sources."""
    rules = []
    for period in PERIODS:
        for source in SOURCES:
            named = {"source": returns.source_label(source), "period": PERIODS[period]}
            names = partial(_names, source=source, period=period)
            rules.append(
                CheckRule(
                    _("%(source)s, %(period)s: carried over + received + taken back"
                      " = closed + transferred + returned + merged + open") % named,
                    names(INTO), names(OUT),
                )
            )  # fmt: skip
            label = _("%(source)s, %(period)s: fallen due = in time + late + not done") % named
            rules.append(CheckRule(label, names((returns.DUE,)), names(DUTIES)))
        for measure in (*returns.LEDGER, *returns.DEADLINES):
            label = _("%(measure)s, %(period)s: total = sum of the sources") % {
                "measure": returns.measure_label(measure), "period": PERIODS[period],
            }  # fmt: skip
            each = tuple(Cell(measure, source, period).name for source in SOURCES if source != ALL)
            rules.append(CheckRule(label, (Cell(measure, ALL, period).name,), each))
    return rules


def _names(measures: Iterable[str], source: str, period: str) -> tuple[str, ...]:
    return tuple(Cell(measure, source, period).name for measure in measures)


def failing(values: Mapping[str, int], more: Iterable[CheckRule] = ()) -> list[str]:
    """Return in words which cross-checks do not hold of these figures."""
    return [said for rule in (*built_in_checks(), *more) if (said := rule.fails(values))]


@dataclass(frozen=True)
class BuiltIn:
    """A form that comes along (内置报表): a row for each source and the total, a column for each measure."""

    code: str
    version: str
    label: str | _StrPromise
    columns: tuple[tuple[str, str], ...]
    every: int = 1

    def cells(self) -> list[Cell]:
        """Return its figures, row by row."""
        return [Cell(measure, source, period) for source in SOURCES for measure, period in self.columns]

    def heads(self) -> list[str]:
        """Return the headings of its columns; the period is named where it differs from the first one's."""
        first = self.columns[0][1]
        return [
            returns.measure_label(measure) + ("" if period == first else f"（{PERIODS[period]}）")
            for measure, period in self.columns
        ]

    def rows(self, values: Mapping[str, int]) -> list[dict[str, Any]]:
        """Return its rows with the figures, for pages and exports."""
        return [
            {
                "source": source,
                "label": returns.source_label(source),
                "cells": [
                    {"name": cell.name, "label": cell.label, "value": values.get(cell.name, 0)}
                    for measure, period in self.columns
                    for cell in [Cell(measure, source, period)]
                ],
            }
            for source in (*SOURCES[1:], ALL)
        ]


MONTHLY = BuiltIn(
    "monthly",
    "2026-1",
    gettext_lazy("Clues by source (monthly)"),
    (
        *((measure, "month") for measure in returns.LEDGER),
        (returns.RECEIVED, "year"),
        (returns.CLOSED, "year"),
    ),
)
QUARTERLY = BuiltIn(
    "quarterly",
    "2026-1",
    gettext_lazy("Deadlines kept (quarterly)"),
    (
        *((measure, "quarter") for measure in returns.DEADLINES),
        *((measure, "year") for measure in (returns.DUE, returns.KEPT)),
    ),
    every=3,
)
FORMS = {form.code: form for form in (MONTHLY, QUARTERLY)}


def _count(actor: Actor, wanted: Mapping[date, Collection[str]]) -> Mapping[date, Cells]:
    cells = {end: [cell for code in codes for cell in FORMS[code].cells()] for end, codes in wanted.items()}
    return returns.counted(actor, cells)


def _is_due(form: BuiltIn, month: date) -> bool:
    return month.month % form.every == 0


def enter() -> None:
    """Enter the forms, so that a close can freeze them."""
    forms = (
        CountedForm(form.code, form.version, form.label, partial(_is_due, form)) for form in FORMS.values()
    )
    counting.register(FormSet(tuple(forms), _count, failing))

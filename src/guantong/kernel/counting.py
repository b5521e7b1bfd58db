"""What can be counted and frozen (统计口径): forms that others declare, a close keeps.

A set of forms gives, for some months and one reader, each of its figures together with the matters that stand
behind it. The kernel knows no figure; whoever declares forms and whoever freezes them meet here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from guantong.kernel.calendar.periods import add_calendar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from guantong.kernel.access.actors import Actor

Cells = Mapping[str, "Counter[UUID]"]
"""Name of a figure -> the matters behind it, each as often as it counts."""


@dataclass(frozen=True)
class CountedForm:
    """A form of figures (统计报表): its code and version; `due` says for which months it is made."""

    code: str
    version: str
    label: str | _StrPromise
    due: Callable[[date], bool] = lambda month: True


@dataclass(frozen=True)
class FormSet:
    """Forms that are counted together (报表组).

    `count` takes the reader and, by the last day of each month, the codes of the forms wanted; it reads
    all of them at once. `fails` names the cross-checks that do not hold of some figures.
    """

    forms: tuple[CountedForm, ...]
    count: Callable[[Actor, Mapping[date, Collection[str]]], Mapping[date, Cells]]
    fails: Callable[[Mapping[str, int]], list[str]]


_sets: list[FormSet] = []


def register(forms: FormSet) -> FormSet:
    """Enter a set of forms. Raises ValueError where a code is taken."""
    for form in forms.forms:
        if form.code in {one.code for one in all_forms()}:
            raise ValueError(f"two forms are called {form.code}")
    _sets.append(forms)
    return forms


def all_forms() -> list[CountedForm]:
    """Return the forms, by code."""
    return sorted((form for one in _sets for form in one.forms), key=lambda form: form.code)


def due_forms(month: date) -> list[CountedForm]:
    """Return the forms that are made for a month."""
    return [form for form in all_forms() if form.due(month)]


def count(actor: Actor, months: Collection[date]) -> dict[date, dict[str, Counter[UUID]]]:
    """Count the forms that are made for each of these months, by name of figure."""
    found: dict[date, dict[str, Counter[UUID]]] = {month: {} for month in months}
    for one in _sets:
        due = {month: [form.code for form in one.forms if form.due(month)] for month in months}
        wanted = {month_end(month): codes for month, codes in due.items() if codes}
        for end, cells in one.count(actor, wanted).items() if wanted else ():
            found[end.replace(day=1)].update(cells)
    return found


def failing(figures: Mapping[str, int]) -> list[str]:
    """Return in words which cross-checks do not hold."""
    return [said for one in _sets for said in one.fails(figures)]


def values(cells: Cells) -> dict[str, int]:
    """Return the figures alone (指标值)."""
    return {name: behind.total() for name, behind in cells.items()}


def month_end(month: date) -> date:
    """Return the last day of a month."""
    return add_calendar(month.replace(day=1), 1, "months") - timedelta(days=1)

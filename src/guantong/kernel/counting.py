"""What can be counted and frozen (统计口径): forms that others declare, a close keeps.

A form gives, for a month and one reader, each of its figures together with the matters that stand behind
it. The kernel knows no figure; whoever declares a form and whoever freezes one meet here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from guantong.kernel.access.actors import Actor

Cells = Mapping[str, "Counter[UUID]"]
"""Name of a figure -> the matters behind it, each as often as it counts."""


@dataclass(frozen=True)
class CountedForm:
    """A form of figures (统计报表): its code and version, what it counts.

    `count` takes the reader and the last days of some months, and reads all of them at once; `fails` names
    the cross-checks that do not hold; `due` says for which months the form is made.
    """

    code: str
    version: str
    label: str | _StrPromise
    count: Callable[[Actor, Sequence[date]], Mapping[date, Cells]]
    fails: Callable[[Mapping[str, int]], list[str]]
    due: Callable[[date], bool] = lambda month: True


_forms: dict[str, CountedForm] = {}


def register(form: CountedForm) -> CountedForm:
    """Enter a form. Raises ValueError where its code is taken."""
    if form.code in _forms:
        raise ValueError(f"two forms are called {form.code}")
    _forms[form.code] = form
    return form


def all_forms() -> list[CountedForm]:
    """Return the forms, by code."""
    return [_forms[code] for code in sorted(_forms)]


def values(cells: Cells) -> dict[str, int]:
    """Return the figures alone (指标值)."""
    return {name: behind.total() for name, behind in cells.items()}

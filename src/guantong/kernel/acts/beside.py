"""Acts offered beside a row of their matter (逐行可办的行为): a paper, a fact, a reminder, a message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from guantong.kernel.acts.act import Act
from guantong.kernel.matters.models import Matter


@dataclass(frozen=True)
class Beside:
    """An act beside a row: what names the row to it, the row in words, and what its `load` would return.

    `awaited` says in words what must come first; '' where nothing must.
    """

    act: Act
    data: dict[str, str]
    label: str
    detail: Any
    awaited: str = ""


Source = Callable[[Matter, Any], Iterable[Beside]]

_sources: list[Source] = []


def beside_rows(source: Source) -> Source:
    """Enter a function that returns, of a matter and its kind's own row, what is offered beside rows."""
    _sources.append(source)
    return source


def all_beside(matter: Matter, detail: Any) -> Iterator[Beside]:
    """Return all acts offered beside rows of a matter, a constant number of queries in all."""
    for source in _sources:
        yield from source(matter, detail)

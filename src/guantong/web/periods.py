"""Tables of what is owed for each period of a year (期次表): the year asked for, how a period counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django.http import HttpRequest

from guantong.kernel import clock

YEARS = 6
"""So many years back can be chosen."""
TONES = {
    "in_time": "done",
    "told": "done",
    "late": "stopped",
    "missing": "stopped",
    "due": "wait",
    "extra": "active",
}


class PeriodCell:
    """A cell of such a table (期次); `WORDS`: what each standing is called there."""

    WORDS: ClassVar[Mapping[str, Any]]
    standing: str

    @property
    def words(self) -> str:
        """How it counts, in words."""
        return str(self.WORDS[self.standing])

    @property
    def tone(self) -> str:
        """Colour of the state."""
        return TONES[self.standing]


def standing(done_on: date | None, due_on: date) -> str:
    """Return how a period counts today: done in time or late, missing, or not due yet (期次情况)."""
    if done_on is not None:
        return "late" if done_on > due_on else "in_time"
    return "missing" if due_on < clock.today() else "due"


def year_asked(request: HttpRequest) -> int:
    """Return the year named in the address, else this one (年度)."""
    given = request.GET.get("year", "")
    return int(given) if given.isdecimal() and len(given) == 4 else clock.today().year


def years_offered() -> range:
    """Return the years to choose from, this one first."""
    this_year = clock.today().year
    return range(this_year, this_year - YEARS, -1)


def counted(cells: Iterable[PeriodCell], words: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return each standing with its words and how many cells have it."""
    standings = [one.standing for one in cells]
    return [(code, str(label), standings.count(code)) for code, label in words.items()]

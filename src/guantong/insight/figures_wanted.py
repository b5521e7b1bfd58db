"""Which records are behind a figure (统计数字对应的记录), as it stands in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from guantong.insight.figures_asked import day_of

NOBODY = 0
"""Stands for 'no organ' in the address; no organ has this id."""
WORD = re.compile(r"[A-Za-z0-9_./-]{1,60}")


@dataclass(frozen=True)
class Place:
    """The last row of a page of records: its day and id."""

    day: date
    row: UUID | int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.row}"


@dataclass(frozen=True)
class Wanted:
    """Filters of a list of records. `of`: which list; the rest narrows it, each list by its own."""

    of: str = "duties"
    first: date | None = None
    last: date | None = None
    clause: str = ""
    rule: str = ""
    outcome: str = ""
    holder: int | None = None
    claimant: int | None = None
    organ: int | None = None
    source: str = ""
    hop: str = ""
    kind: str = ""
    sender: str = ""
    band: int | None = None
    state: str = ""
    measure: str = ""
    after: Place | None = None

    def after_row(self, place: Place | None) -> Wanted:
        """Return the same list from after a row."""
        return replace(self, after=place)

    def query(self, after: Place | None = None) -> str:
        """Return the address's query of the same list from its beginning, or from after a row."""
        values = {
            "of": self.of,
            "from": self.first,
            "to": self.last,
            "clause": self.clause,
            "rule": self.rule,
            "outcome": self.outcome,
            "holder": self.holder,
            "claimant": self.claimant,
            "organ": self.organ,
            "source": self.source,
            "hop": self.hop,
            "kind": self.kind,
            "sender": self.sender,
            "band": self.band,
            "state": self.state,
            "measure": self.measure,
            "after": after,
        }
        return urlencode({name: str(value) for name, value in values.items() if value not in (None, "")})


def read_wanted(query: Mapping[str, str], lists: tuple[str, ...]) -> Wanted:
    """Read the address; what cannot be is left out, and a list that is none is that of duties."""

    def word(name: str) -> str:
        value = query.get(name, "")
        return value if WORD.fullmatch(value) else ""

    def whole(name: str) -> int | None:
        value = query.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

    return Wanted(
        of=query.get("of", "") if query.get("of") in lists else lists[0],
        first=day_of(query.get("from", "")),
        last=day_of(query.get("to", "")),
        clause=word("clause"),
        rule=word("rule"),
        outcome=word("outcome"),
        holder=whole("holder"),
        claimant=whole("claimant"),
        organ=whole("organ"),
        source=word("source"),
        hop=word("hop"),
        kind=word("kind"),
        sender=query.get("sender", "").replace("\x00", "")[:120],
        band=whole("band"),
        state=word("state"),
        measure=word("measure"),
        after=place_of(query.get("after", "")),
    )


def place_of(text: str) -> Place | None:
    """Return the place a text names, None where it names none."""
    day, _dot, row = text[:60].partition(".")
    found = day_of(day)
    if found is None:
        return None
    if row.isascii() and row.isdigit():
        return Place(found, int(row))
    try:
        return Place(found, UUID(row))
    except ValueError:
        return None

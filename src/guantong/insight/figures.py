"""What a figure is (统计数字): a cell with its value, its words, and the way to the records behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.utils.translation import gettext as _

from guantong.kernel.organs.models import Organ

LEAST_FOR_RATE = 5
"""Below so many records neither rate nor median is told."""
LEAST_FOR_P90 = 10
"""Below so many records no ninth decile is told: it would be the slowest of them."""
TENTH = Decimal("0.1")


class Enough:
    """Median and ninth decile of what is known, told only where there are enough (数量足够方列示)."""

    known: int
    median: int | None
    ninth: int | None

    @property
    def told_median(self) -> int | None:
        """The median, where there are enough."""
        return self.median if self.known >= LEAST_FOR_RATE else None

    @property
    def told_ninth(self) -> int | None:
        """The ninth decile, where there are enough."""
        return self.ninth if self.known >= LEAST_FOR_P90 else None


@dataclass(frozen=True)
class Cell:
    """A figure as shown. `asks`: filters of the records behind it, none where there is nothing to open."""

    text: str
    value: float | None = None
    asks: Mapping[str, Any] = field(default_factory=dict)
    records: int = 0
    quiet: bool = False
    words: bool = False

    @cached_property
    def query(self) -> str:
        """The address's query of the records."""
        return urlencode({name: str(value) for name, value in self.asks.items()})


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, and its figures."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table of figures (统计表). `most`: how many of its rows a page shows; the export has them all."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    most: int | None = None

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows that a page shows."""
        return self.rows[: self.most]

    @property
    def left_out(self) -> int:
        """How many it does not show."""
        return len(self.rows) - len(self.shown)

    @property
    def words(self) -> bool:
        """Whether its cells are words, not figures."""
        return any(cell.words for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class Series:
    """One line or one colour of bars in a chart; None where too little is known."""

    name: str
    data: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """A chart of what a table says (统计图): 'bars', 'stack' or 'line'. `most`: where its axis ends."""

    key: str
    title: str
    kind: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    most: float | None = None

    @property
    def drawn(self) -> bool:
        """Whether there is anything to draw."""
        return any(value for one in self.series for value in one.data)

    def data(self) -> dict[str, Any]:
        """Return what the script draws, as JSON."""
        return {
            "kind": self.kind,
            "title": self.title,
            "names": self.names,
            "series": [{"name": one.name, "data": one.data} for one in self.series],
            "unit": self.unit,
            "most": self.most,
        }


@dataclass(frozen=True)
class Sheet:
    """All a page says of one subject (统计专题). `over`: what it counts; `headline`: what to read first."""

    over: str
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    definitions: tuple[str, ...] = ()
    headline: str = ""


def read_rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query, within the reader's sight."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def organ_names(present: Iterable[int]) -> dict[int, str]:
    """Return what organs are called in a table: the body in short, then the department; in one query."""
    organs = Organ.objects.filter(pk__in=set(present)).select_related("body").only("name", "body__short_name")
    return {organ.pk: called(organ) for organ in organs}


def called(organ: Organ | None) -> str:
    """Return what one organ is called in a table; a dash where there is none."""
    if organ is None:
        return "—"
    return f"{organ.body.short_name}{organ.name}" if organ.body else organ.name


def number(value: int, asks: Mapping[str, Any]) -> Cell:
    """Return the cell of a number of records; none leads nowhere."""
    return Cell(str(value), value, asks if value else {}, value, quiet=not value)


def too_few() -> str:
    """Say that there are too few records to compare."""
    return _("Too few for a rate")


def too_few_cell(asks: Mapping[str, Any], records: int) -> Cell:
    """Return the cell of a median that is not told: it opens what there is; a dash where there is nothing."""
    return Cell(_("Too few") if records else "—", None, asks if records else {}, records, quiet=True)


def share(part: int, whole: int) -> float | None:
    """Return a share in per cent with one decimal, None where there are too few records for one."""
    if whole < LEAST_FOR_RATE:
        return None
    return float((Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP))


def rate(part: int, whole: int, asks: Mapping[str, Any]) -> Cell:
    """Return the cell of a share; it opens the whole of which it is one."""
    found = share(part, whole)
    if found is None:
        return Cell(too_few() if whole else "—", None, asks if whole else {}, whole, quiet=True)
    return Cell(f"{found:.1f}%", found, asks, whole)


def difference(now: float | None, before: float | None, unit: str = "") -> Cell:
    """Return how a figure has changed; none where one of the two is unknown."""
    if now is None or before is None:
        return Cell("—", quiet=True)
    moved = round(now - before, 1)
    text = f"{moved:+.1f}" if moved % 1 else f"{moved:+.0f}"
    return Cell(f"{text}{unit}" if moved else "0", moved)

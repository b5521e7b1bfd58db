"""The space a decision table decides over (定义域): holes, overlaps and rows never reached.

Each column is cut into cells no row can tell apart; a row is a box of cells. What the boxes leave
of the whole space are the gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from guantong.kernel.measures.table_schema import Column, Condition, RowSpec, Scalar, Span, TableSpec

Box = tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Cell:
    """Values of a column that every row treats alike (单元): one value, a range, or 'any other text'."""

    low: Scalar | None
    high: Scalar | None = None
    other: bool = False

    def __str__(self) -> str:
        if self.other:
            return "…"
        if isinstance(self.low, bool):
            return "true" if self.low else "false"
        if self.high == self.low and self.low is not None:
            return str(self.low)
        if self.low is None:
            return "…" if self.high is None else f"≤ {self.high}"
        return f"≥ {self.low}" if self.high is None else f"{self.low}–{self.high}"

    @property
    def sample(self) -> Scalar:
        """A value inside the cell."""
        if self.other:
            return "\0"
        if self.low is not None:
            return self.low
        return 0 if self.high is None else self.high


def holds(condition: Condition, value: Scalar) -> bool:
    """Whether a row's condition on one column holds for `value` (条件成立)."""
    if isinstance(condition, Span):
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        above = condition.start is None or value >= condition.start
        return above and (condition.below is None or value < condition.below)
    wanted = condition if isinstance(condition, list) else [condition]
    return any(type(item) is type(value) and item == value for item in wanted)


def _mentioned(rows: Iterable[RowSpec], column: str) -> Iterator[Condition]:
    for row in rows:
        if column in row.when:
            yield row.when[column]


def _int_cells(column: Column, conditions: Iterable[Condition]) -> list[Cell]:
    cuts: set[int] = set()
    for condition in conditions:
        if isinstance(condition, Span):
            cuts |= {edge for edge in (condition.start, condition.below) if edge is not None}
            continue
        for value in condition if isinstance(condition, list) else [condition]:
            if isinstance(value, int):
                cuts |= {value, value + 1}
    inner = sorted(
        cut
        for cut in cuts
        if (column.min is None or cut > column.min) and (column.max is None or cut <= column.max)
    )
    lows: list[int | None] = [column.min, *inner]
    highs: list[int | None] = [*(cut - 1 for cut in inner), column.max]
    return [Cell(low, high) for low, high in zip(lows, highs, strict=True)]


def cells(table: TableSpec, column: str) -> list[Cell]:
    """The cells of a column, together its whole domain (列的全部单元)."""
    spec = table.inputs[column]
    if spec.kind == "bool":
        return [Cell(True, True), Cell(False, False)]
    if spec.kind == "enum":
        return [Cell(value, value) for value in spec.values]
    conditions = list(_mentioned(table.rows, column))
    if spec.kind == "int":
        return _int_cells(spec, conditions)
    named: dict[Scalar, None] = {}
    for condition in conditions:
        if not isinstance(condition, Span):
            named |= dict.fromkeys(condition if isinstance(condition, list) else [condition])
    return [*(Cell(value, value) for value in named), Cell(None, other=True)]


class Space:
    """All points a table must answer for (决策空间)."""

    def __init__(self, table: TableSpec) -> None:
        self.columns: Mapping[str, Sequence[Cell]] = {name: cells(table, name) for name in table.inputs}
        self.whole: Box = tuple(frozenset(range(len(found))) for found in self.columns.values())
        self.boxes: list[Box] = [self._box(row) for row in table.rows]

    def _box(self, row: RowSpec) -> Box:
        sides = []
        for name, found in self.columns.items():
            kept = range(len(found))
            if name in row.when:
                kept_cells = [at for at in kept if holds(row.when[name], found[at].sample)]
                sides.append(frozenset(kept_cells))
            else:
                sides.append(frozenset(kept))
        return tuple(sides)

    def gaps(self) -> list[Box]:
        """Boxes no row covers (空档), none overlapping another."""
        left = [self.whole]
        for box in self.boxes:
            left = [rest for piece in left for rest in subtract(piece, box)]
        return left

    def overlaps(self) -> Iterator[tuple[int, int, Box]]:
        """Pairs of rows that both hold somewhere (重叠), with where; rows count from 0."""
        for second, box in enumerate(self.boxes):
            for first in range(second):
                common = intersect(self.boxes[first], box)
                if common:
                    yield first, second, common

    def unreachable(self) -> Iterator[int]:
        """Rows that hold nowhere, or only where an earlier row holds (永不命中的行)."""
        for at, box in enumerate(self.boxes):
            left = [box] if all(box) else []
            for earlier in self.boxes[:at]:
                left = [rest for piece in left for rest in subtract(piece, earlier)]
            if not left:
                yield at

    def describe(self, box: Box) -> str:
        """A box in words, naming only columns it narrows (描述): 'source = audit|inspection; …'."""
        parts = []
        for (name, found), side, whole in zip(self.columns.items(), box, self.whole, strict=True):
            if side != whole:
                parts.append(f"{name} = {'|'.join(str(found[at]) for at in sorted(side))}")
        return "; ".join(parts) or "*"


def intersect(one: Box, two: Box) -> Box | None:
    """What two boxes share (交集), or None."""
    common = tuple(a & b for a, b in zip(one, two, strict=True))
    return common if all(common) else None


def subtract(piece: Box, box: Box) -> list[Box]:
    """What `box` leaves of `piece` (差集), as boxes that do not overlap."""
    common = intersect(piece, box)
    if common is None:
        return [piece]
    left = []
    for at, side in enumerate(piece):
        rest = side - common[at]
        if rest:
            left.append((*common[:at], rest, *piece[at + 1 :]))
    return left

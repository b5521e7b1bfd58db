"""Finding the table in an office's sheet (表头识别): titles, two-row headers, merged cells, notes, totals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .errors import SheetError
from .reading import Cell, Sheet

SEARCHED_ROWS = 40
MAX_LABEL = 40
UNIT = re.compile(r"[((\[【]\s*(?:单位\s*[::])?\s*(元|千元|万元|百万元|亿元)\s*[))\]】]")
SHEET_UNIT = re.compile(r"(?<!填报)(?:金额)?单位\s*[::]\s*(?:人民币)?\s*(元|千元|万元|百万元|亿元)(?!\w)")
SERIAL = frozenset({"序号", "序", "行号", "no", "no.", "№"})
TOTAL = re.compile(r"^(合计|总计|小计|累计|本页小计|本页合计|共计)[::]?$")
NOTE = re.compile(
    r"^(填表人|制表人|填报人|经办人|审核人|复核人|负责人|单位负责人|联系人|联系电话"
    r"|(?:填表|填报|制表)(?:日期|时间|单位|说明)|说明|备注|注|制表|审核|复核)\s*\d*\s*[::]"
)


class Skipped(StrEnum):
    """Why a row is no record (跳过原因)."""

    BLANK = "blank"
    TOTAL = "total"
    NOTE = "note"
    SECTION = "section"
    REPEATED_HEADER = "repeated_header"
    COLUMN_NUMBERS = "column_numbers"

    @property
    def label(self) -> str:
        """The reason in words, in the language of the reader."""
        return {
            Skipped.BLANK: _("blank row"),
            Skipped.TOTAL: _("row of totals"),
            Skipped.NOTE: _("note below the table"),
            Skipped.SECTION: _("section heading"),
            Skipped.REPEATED_HEADER: _("repeated headings"),
            Skipped.COLUMN_NUMBERS: _("column numbers"),
        }[self]


@dataclass(frozen=True)
class Column:
    """One column (列): position from 0, label in the last header row, group above it, unit of amounts in it.

    The unit is the heading's own or else the sheet's (单位:万元 above the table). A column with data but no
    heading has an empty label.
    """

    index: int
    label: str
    group: str = ""
    unit: str = ""

    @property
    def path(self) -> str:
        """Group and label, such as '被反映人姓名'."""
        return f"{self.group}{self.label}"


@dataclass(frozen=True)
class Record:
    """One data row (数据行): row position from 0, cells by column position, which were carried down."""

    row: int
    cells: tuple[Cell, ...]
    carried: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Header:
    """The table found in a sheet (表格结构).

    `records` and `skipped` together are every row below the header: nothing is dropped without a reason.
    """

    sheet: Sheet
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    records: tuple[Record, ...]
    skipped: dict[int, Skipped]
    titles: tuple[str, ...] = ()
    serial: int | None = None

    def column(self, label: str) -> Column | None:
        """The first column with this label or path."""
        return next((item for item in self.columns if label in (item.label, item.path)), None)


@dataclass
class _Grid:
    """A sheet with its merged areas looked up by cell."""

    sheet: Sheet
    master: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        height, width = len(self.sheet.rows), self.sheet.width
        for top, left, bottom, right in self.sheet.merged or ():
            for row in range(top, min(bottom + 1, height)):
                for column in range(left, min(right + 1, width)):
                    self.master[row, column] = (top, left)

    def own(self, row: int) -> dict[int, Cell]:
        return {at: value for at, value in enumerate(self.sheet.rows[row]) if value is not None}

    def value(self, row: int, column: int) -> Cell:
        top, left = self.master.get((row, column), (row, column))
        return self.sheet.rows[top][left]

    def spread(self, row: int, column: int) -> int:
        """How many columns the merged area of a cell takes."""
        origin = self.master.get((row, column))
        return (
            sum(1 for at in range(self.sheet.width) if origin and self.master.get((row, at)) == origin) or 1
        )

    def from_above(self, row: int, column: int) -> bool:
        top, _left = self.master.get((row, column), (row, column))
        return top < row


def plain(value: Cell) -> str:
    """A cell as a label: half-width, without any white space."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split()) if value is not None else ""


def heading(value: Cell) -> str:
    """A column heading without white space and without the unit behind it."""
    return UNIT.sub("", plain(value))


def find_header(sheet: Sheet, labels: Iterable[str] = ()) -> Header:
    """The table of a sheet: its header rows, columns and records.

    `labels` are names of fields that may occur; a row that has two of them is preferred. Raises `SheetError`
    where no row looks like a header.
    """
    grid = _Grid(sheet)
    known = {heading(label) for label in (*labels, *sheet.keys)}
    main = _main_row(grid, known)
    first, last = _upwards(grid, main), _downwards(grid, main)
    titles = tuple(str(value).strip() for row in sheet.rows[:first] for value in row if value is not None)
    columns = _columns(grid, first, last, next((m[1] for t in titles if (m := SHEET_UNIT.search(t))), ""))
    serial = next((item.index for item in columns if item.label.lower() in SERIAL), None)
    records, skipped = _records(grid, first, last, columns, serial)
    return Header(sheet, first, last, columns, records, skipped, titles, serial)


def _is_label(value: Cell) -> bool:
    return isinstance(value, str) and 0 < len(plain(value)) <= MAX_LABEL and not _is_subtitle(value)


def _is_subtitle(value: str) -> bool:
    text = plain(value)
    dated = text.endswith((":", "日")) and ":" in text
    return dated or bool(SHEET_UNIT.search(text) or NOTE.match(text))


def _main_row(grid: _Grid, known: set[str]) -> int:
    """The row with most known labels if it has two, else the first that is half filled, with texts only."""
    rows = range(min(SEARCHED_ROWS, len(grid.sheet.rows)))
    hits = {row: sum(heading(value) in known for value in grid.own(row).values()) for row in rows}
    best = max(rows, key=lambda row: (hits[row], -row), default=0)
    if hits.get(best, 0) >= (1 if grid.sheet.keys else 2):
        return best
    for row in rows:
        own = grid.own(row)
        covered = sum(grid.from_above(row, column) for column in range(grid.sheet.width))
        enough = len(own) + covered >= max(2, grid.sheet.width / 2) and len(own) >= 2
        if enough and all(_is_label(value) for value in own.values()):
            return row
    raise SheetError(
        "no_header",
        gettext_lazy("No row with column headings was found in the first {rows} rows."),
        gettext_lazy("Give the table one row of headings, such as 被反映人, 单位, above its first record."),
        sheet=grid.sheet.name,
        values={"rows": SEARCHED_ROWS},
    )


def _upwards(grid: _Grid, main: int) -> int:
    """The first header row: a row of groups above, which heads the columns that the main row leaves blank."""
    first = main
    while first > 0:
        above = grid.own(first - 1)
        blank = {at for at in range(grid.sheet.width) if grid.sheet.rows[first][at] is None}
        widest = max((grid.spread(first - 1, at) for at in above), default=0)
        texts = all(_is_label(value) for value in above.values())
        heads = bool(blank.intersection(above)) or any(grid.spread(first - 1, at) > 1 for at in above)
        if len(above) < 2 or widest > grid.sheet.width * 0.8 or not texts or not heads:
            break
        first -= 1
    return first


def _downwards(grid: _Grid, main: int) -> int:
    """The last header row: rows of sub-headings, which stand only below groups."""
    last = main
    while last + 1 < len(grid.sheet.rows) and last - main < 2:
        below = grid.own(last + 1)
        if not below or not all(_is_label(value) for value in below.values()):
            break
        if not set(below) <= _under_groups(grid, last):
            break
        last += 1
    return last


def _under_groups(grid: _Grid, row: int) -> set[int]:
    """Columns in which a sub-heading may stand below `row`."""
    merged = {at for at in range(grid.sheet.width) if grid.spread(row, at) > 1}
    if merged or grid.sheet.merged:
        return merged
    values = grid.sheet.rows[row]
    blank = {at for at in range(1, len(values)) if values[at] is None}
    return blank | {at - 1 for at in blank if at - 1 not in blank}


def _columns(grid: _Grid, first: int, last: int, sheet_unit: str) -> tuple[Column, ...]:
    columns = []
    for at in range(grid.sheet.width):
        parts: list[str] = []
        for row in range(first, last + 1):
            text = plain(_label(grid, row, at, last))
            if text and text not in parts:
                parts.append(text)
        if not parts and all(row[at] is None for row in grid.sheet.rows[last + 1 :]):
            continue
        found = UNIT.search("".join(parts))
        clean = [heading(part) for part in parts] or [""]
        columns.append(Column(at, clean[-1], "".join(clean[:-1]), found[1] if found else sheet_unit))
    return tuple(columns)


def _label(grid: _Grid, row: int, at: int, last: int) -> Cell:
    value = grid.value(row, at)
    if value is not None or grid.sheet.merged or row == last or grid.sheet.rows[last][at] is None:
        return value
    left = next((to for to in range(at - 1, -1, -1) if grid.sheet.rows[row][to] is not None), None)
    if left is None or any(grid.sheet.rows[last][to] is None for to in range(left, at)):
        return None
    return grid.sheet.rows[row][left]


def _records(
    grid: _Grid, first: int, last: int, columns: tuple[Column, ...], serial: int | None
) -> tuple[tuple[Record, ...], dict[int, Skipped]]:
    headings = [grid.own(row) for row in range(first, last + 1)]
    records: list[Record] = []
    skipped: dict[int, Skipped] = {}
    for row in range(last + 1, len(grid.sheet.rows)):
        reason = _skip(grid, row, columns, headings, bool(records))
        if reason is not None:
            skipped[row] = reason
        else:
            records.append(_record(grid, row, last, serial, records[-1] if records else None))
    return tuple(records), skipped


def _skip(
    grid: _Grid, row: int, columns: tuple[Column, ...], headings: list[dict[int, Cell]], begun: bool
) -> Skipped | None:
    own = grid.own(row)
    if not own or grid.sheet.keys:
        return None if own else Skipped.BLANK
    first_at, first = next(iter(own.items()))
    text = plain(first)
    wide = grid.spread(row, first_at) > max(1, grid.sheet.width / 2)
    reasons = {
        Skipped.REPEATED_HEADER: own in headings,
        Skipped.TOTAL: isinstance(first, str) and bool(TOTAL.match(text)),
        Skipped.NOTE: bool(NOTE.match(text)) and len(own) <= max(2, len(columns) // 2),
        Skipped.SECTION: len(own) == 1 and wide,
        Skipped.COLUMN_NUMBERS: not begun and len(columns) >= 3 and _counts(own, len(columns)),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _counts(own: dict[int, Cell], columns: int) -> bool:
    """Whether a row only numbers the columns 1, 2, 3 …, as official forms do."""
    return [plain(value).removesuffix(".0") for value in own.values()] == [
        str(number) for number in range(1, columns + 1)
    ]


def _record(grid: _Grid, row: int, last: int, serial: int | None, before: Record | None) -> Record:
    cells = list(grid.sheet.rows[row])
    carried: set[int] = set()
    for at, value in enumerate(cells):
        top, left = grid.master.get((row, at), (row, at))
        above = grid.sheet.rows[top][left]
        if value is None and above is not None and left == at and last < top < row:
            cells[at] = above
            carried.add(at)
    # Where the file does not say what is merged, a row without a serial number continues the one above.
    continues = grid.sheet.merged is None and serial is not None and cells[serial] is None
    if continues and before is not None:
        for at, value in enumerate(cells):
            if value is None and before.cells[at] is not None:
                cells[at] = before.cells[at]
                carried.add(at)
    return Record(row, tuple(cells), frozenset(carried))

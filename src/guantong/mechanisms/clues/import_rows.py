"""Rows of an old book as forms of acts (台账行的读取): which column is which, and what each row says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.journal.hashing import sm3
from guantong.kernel.sheets import (
    Column,
    Header,
    Match,
    Record,
    Sheet,
    SheetError,
    address,
    find_header,
    propose_mapping,
    to_amount,
    to_date,
    to_text,
)
from guantong.kernel.sheets.choosing import letter, taken_twice
from guantong.kernel.sheets.reading import Cell
from guantong.kernel.sheets.writing import ILLEGAL
from guantong.mechanisms.clues import import_words as words
from guantong.mechanisms.clues.columns import BOOK_FIELDS, PERSON_KEYS
from guantong.mechanisms.clues.models import Category, Source

FIELDS = {one.key: one for one in BOOK_FIELDS}
LABELS = [name for one in BOOK_FIELDS for name in (one.label, *one.synonyms)]
DAYS = ("letter_date", "received_on", "concluded_on", "closed_on")
PLAIN = ("title", "sender_name", "letter_number", "letter_signer", "allegation", "unit")
NOTES = {
    "handler": "handler",
    "custodian": "custodian",
    "due_on": "due",
    "state": "state",
    "result": "result",
}
LONGEST = {"number": 60, "handler": 200, "custodian": 200, "due_on": 60, "state": 200}
COLUMN_OF = {
    "happened_on": "received_on", "sender": "sender_name", "subjects": "persons", "book_number": "number",
    "book_result": "result", "book_remark": "remark", "": "",
}  # fmt: skip


def plain(value: Any) -> str:
    """Return a value as it would come back from a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return ILLEGAL.sub("", re.sub(r"\r\n?", "\n", str(value))).strip()


@dataclass(frozen=True)
class CellFault:
    """What is wrong in a row (单元格错误): the cell's address and heading, why, and what to do."""

    cell: str
    column: str
    reason: str
    remedy: str
    key: str = ""


@dataclass
class Entry:
    """One clue of the book (台账记录): where it stands, what its act is given, what had to be taken as."""

    sheet: str
    row: int
    data: dict[str, Any]
    closed: bool = False
    faults: list[CellFault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    mapped: frozenset[str] = frozenset()
    further_rows: list[int] = field(default_factory=list)

    @property
    def act(self) -> str:
        """The act that enters it."""
        return "clue.import_closed" if self.closed else "clue.import_open"

    def digest(self) -> str:
        """A digest of all that the row says, but not of where it stands."""
        left = ("book_file", "book_place", "sender")
        said = {name: value for name, value in self.data.items() if name not in left}
        return sm3(json.dumps([self.act, said], sort_keys=True, ensure_ascii=False, default=str).encode())


@dataclass(frozen=True)
class Skip:
    """A row that is no clue, and why (跳过的行)."""

    sheet: str
    row: int
    reason: str


@dataclass
class Table:
    """A sheet with its headings and the column of each field (工作表)."""

    header: Header
    matches: tuple[Match, ...]
    columns: dict[str, Column]

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return self.header.sheet.name

    @property
    def missing(self) -> list[str]:
        """Labels of the required fields without a column."""
        return [one.label for one in BOOK_FIELDS if one.required and one.key not in self.columns]


@dataclass(frozen=True)
class Unread:
    """A sheet in which no table was found (未识别的工作表)."""

    name: str
    reason: str


def tables(sheets: list[Sheet]) -> tuple[list[Table], list[Unread]]:
    """Find the table of each sheet and propose its columns; nothing is filled by it yet."""
    found, unread = [], []
    for sheet in sheets:
        try:
            header = find_header(sheet, LABELS)
        except SheetError as error:
            unread.append(Unread(sheet.name, f"{error.reason} {error.remedy}"))
            continue
        mapping = propose_mapping(header, BOOK_FIELDS)
        columns = {match.key: match.column for match in mapping.matches}
        found.append(Table(header, mapping.matches, columns))
    return found, unread


def remap(table: Table, wanted: Mapping[str, str]) -> None:
    """Take the columns that were chosen: field key → heading or letter of the column, '' for none.

    Raises `SheetError` for a field or column that is not there, or a column taken twice.
    """
    for key, name in wanted.items():
        if key not in FIELDS:
            raise SheetError("map", gettext_lazy("There is no field “{name}”."),
                             gettext_lazy("Known are: {known}."),
                             values={"name": key, "known": ", ".join(FIELDS)})  # fmt: skip
        if not name:
            table.columns.pop(key, None)
            continue
        column = _column(table.header, name)
        if column is None:
            raise SheetError("map", gettext_lazy("There is no column “{name}”."),
                             gettext_lazy("Give the letter of the column or its heading."),
                             sheet=table.name, values={"name": name})  # fmt: skip
        table.columns[key] = column
    twice = taken_twice(table.columns)
    if twice is not None:
        raise SheetError("map", gettext_lazy("The column “{name}” is chosen for two fields."),
                         gettext_lazy("Choose it for one of them only."),
                         sheet=table.name, values={"name": twice.path or twice.index})  # fmt: skip


def choose(tables: Iterable[Table], wanted: Mapping[str, Mapping[str, str]]) -> None:
    """Take the columns chosen for each sheet by name, or for all of them by `*`. Raises `SheetError`."""
    for table in tables:
        remap(table, {**wanted.get("*", {}), **wanted.get(table.name, {})})


def _column(header: Header, name: str) -> Column | None:
    for column in header.columns:
        if name in (column.path, column.label) or name.upper() == letter(column):
            return column
    return None


def entries(table: Table, file_name: str) -> Iterator[Entry]:
    """Read each clue of a table; a row whose clue began above gives it a further person."""
    before: Entry | None = None
    for group in _groups(table):
        before = _read(table, group, file_name)
        yield before


def skips(table: Table) -> list[Skip]:
    """Return the rows that are no clues."""
    return [Skip(table.name, row + 1, reason.label) for row, reason in sorted(table.header.skipped.items())]


def _groups(table: Table) -> list[list[Record]]:
    """Records by clue: merged cells carry a clue on over several rows, one for each person."""
    own = {column.index for key, column in table.columns.items() if key not in PERSON_KEYS}
    name = table.columns.get("persons")
    groups: list[list[Record]] = []
    for record in table.header.records:
        filled = {at for at in own if record.cells[at] is not None}
        goes_on = (
            bool(groups) and bool(filled) and filled <= record.carried
            and name is not None and name.index not in record.carried and record.cells[name.index] is not None
        )  # fmt: skip
        if goes_on:
            groups[-1].append(record)
        else:
            groups.append([record])
    return groups


class _Reader:
    """Reads the cells of one clue and gathers what is wrong with them."""

    def __init__(self, table: Table, group: list[Record]) -> None:
        self.table, self.group, self.record = table, group, group[0]
        self.faults: list[CellFault] = []

    def cell(self, key: str) -> Cell:
        column = self.table.columns.get(key)
        return None if column is None else self.record.cells[column.index]

    def fault(self, key: str, reason: str, remedy: str, row: int | None = None) -> None:
        column = self.table.columns.get(key)
        label = FIELDS[key].label if key in FIELDS else ""
        at = address(self.record.row if row is None else row, column.index) if column else ""
        self.faults.append(CellFault(at, (column.path if column else "") or label, reason, remedy, key))

    def take(self, key: str, how: Any) -> Any:
        try:
            return how(self.cell(key))
        except SheetError as error:
            self.fault(key, error.reason, error.remedy)
            return None

    def text(self, key: str) -> str:
        value = self.take(key, to_text) or ""
        longest = LONGEST.get(key)
        if longest and len(value) > longest:
            self.fault(key, _("The text is longer than %(most)s characters.") % {"most": longest},
                       _("Shorten it and put the rest into the remark."))  # fmt: skip
        return value

    def amount(self) -> Decimal | None:
        column = self.table.columns.get("amount")
        found: Decimal | None = self.take(
            "amount", lambda cell: to_amount(cell, column.unit if column else "")
        )
        return found

    def persons(self, unit: str) -> words.Persons:
        rows: list[dict[str, str]] = []
        left = ""
        for record in self.group:
            cells = {
                key: record.cells[self.table.columns[key].index]
                for key in PERSON_KEYS
                if key in self.table.columns
            }
            try:
                found = words.to_persons(cells, unit, exported=bool(self.table.header.sheet.keys))
            except SheetError as error:
                key = error.kind if error.kind in PERSON_KEYS else "person_id_numbers"
                self.fault(key, error.reason, error.remedy, record.row)
                continue
            rows += found.rows
            left += found.remainder
        return words.Persons(tuple(rows), left)


def _read(table: Table, group: list[Record], file_name: str) -> Entry:
    reader = _Reader(table, group)
    days = {key: reader.take(key, to_date) for key in DAYS}
    texts = {key: reader.text(key) for key in PLAIN}
    persons = reader.persons(texts["unit"])
    if not persons.rows and not texts["unit"]:
        texts["unit"] = reader.text("person_units")
    notices: list[str] = []
    remarks = [reader.text("remark")]
    if persons.remainder:
        remarks.append(_("Persons: “%(words)s”") % {"words": persons.remainder})
    source = _word(reader, "source", words.to_source, Source.OTHER, notices, remarks)
    if not reader.text("source"):
        source = words.to_source(texts["sender_name"]) or str(Source.OTHER)
    category = _word(reader, "category", words.to_category, Category.OTHER, notices, remarks)
    closed = _closed(reader, days["closed_on"], notices)
    row = reader.record.row + 1
    data: dict[str, Any] = {
        "happened_on": _iso(days["received_on"]),
        "letter_date": _iso(days["letter_date"]),
        "concluded_on": _iso(days["concluded_on"]),
        **texts,
        "source": source,
        "category": category,
        "amount": "" if (amount := reader.amount()) is None else str(amount),
        "subjects": list(persons.rows),
        "evidence": [],
        "book_number": reader.text("number"),
        **{f"book_{name}": _note(reader, key) for key, name in NOTES.items()},
        "book_remark": "\n".join(text for text in remarks if text),
        "book_file": file_name[-200:],
        "book_place": f"{table.name} {row}"[-80:],
    }
    if closed:
        data["closed_on"] = _iso(days["closed_on"])
    for key in ("received_on", "allegation"):
        if reader.cell(key) is None:
            reader.fault(key, _("Nothing stands here, and it is needed."), _("Fill it in from the paper."))
    further = [record.row + 1 for record in group[1:]]
    mapped = frozenset(table.columns)
    return Entry(table.name, row, data, closed, reader.faults, notices, mapped, further)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _note(reader: _Reader, key: str) -> str:
    cell = reader.cell(key)
    return cell.isoformat()[:10] if isinstance(cell, datetime | date) else reader.text(key)


def _word(
    reader: _Reader, key: str, known: Any, otherwise: str, notices: list[str], remarks: list[str]
) -> str:
    """Take a word of the book for one of ours; what is not known becomes 'other' and stays in the remark."""
    text = reader.text(key)
    if not text:
        return str(otherwise)
    found = str(known(text))
    label = FIELDS[key].label
    if not found:
        notices.append(_("%(column)s “%(text)s” is taken as “other”; the words are kept in the remark.")
                       % {"column": label, "text": text})  # fmt: skip
        remarks.append(f"{label}：{text}")
    return found or str(otherwise)


def _closed(reader: _Reader, closed_on: date | None, notices: list[str]) -> bool:
    state = reader.text("state")
    found = words.is_closed(state) if state else None
    if found is None and closed_on is None and state:
        notices.append(_("The state “%(state)s” is not known as a final one: the clue is taken as open.")
                       % {"state": state})  # fmt: skip
    return bool(found) if found is not None else closed_on is not None

"""Registers of papers (登记簿): what they list and how, for page, spreadsheet and print alike.

Nothing is entered here a second time: a row is what the acts on a paper have left.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.matters.models import Secrecy
from guantong.kernel.papers import attributes
from guantong.kernel.papers.models import Incoming, Paper, Urgency, Way
from guantong.kernel.sheets.writing import OutColumn

MOST_TEXT = 60


@dataclass(frozen=True)
class Column:
    """A column of a register (登记栏): `share` is its width in print, 0 keeps it off the paper.

    What `wraps` takes several lines on the page rather than push others off it.
    """

    key: str
    label: Any
    kind: Any = "text"
    share: float = 1.0
    width: int | None = None
    wraps: bool = False

    @property
    def out(self) -> OutColumn:
        """The column as a spreadsheet has it."""
        return OutColumn(self.key, str(self.label), self.kind, self.width)


@dataclass(frozen=True)
class Register:
    """A register (登记簿): its rows newest first by the day `on`, one set of cells a row."""

    code: str
    label: Any
    on: str
    columns: tuple[Column, ...]
    rows: Callable[[Actor], QuerySet[Any]]
    cells: Callable[[Any], dict[str, Any]]
    searched: tuple[str, ...]
    empty: Any

    def listed(self, actor: Actor, asked: Mapping[str, str]) -> QuerySet[Any]:
        """Return the rows a reader asks for, newest first."""
        found = self.rows(actor).filter(**{f"{self.on}__isnull": False})
        year = asked.get("year", "")
        if year.isdecimal() and 1990 <= int(year) <= 2999:
            found = found.filter(**{f"{self.on}__year": int(year)})
        for name, choices in (("secrecy", Secrecy), ("urgency", Urgency), ("way", Way)):
            if asked.get(name) in choices.values:
                found = found.filter(**{name: asked[name]})
        words = asked.get("q", "").strip()[:MOST_TEXT]
        if words:
            matching = Q()
            for field in self.searched:
                matching |= Q(**{f"{field}__icontains": words})
            found = found.filter(matching)
        return found.order_by(f"-{self.on}", "-id")

    def after(self, rows: QuerySet[Any], asked: Mapping[str, str]) -> QuerySet[Any]:
        """Return what follows the row that a page ended with (续页)."""
        try:
            day, row = parse_date(asked.get("day", "")), uuid.UUID(asked.get("row", ""))
        except ValueError:
            return rows
        if day is None:
            return rows
        earlier = {f"{self.on}__lt": day}
        return rows.filter(Q(**earlier) | Q(**{self.on: day, "id__lt": row}))

    def place(self, row: Any) -> dict[str, str]:
        """Return where a page ended."""
        day: date = getattr(row, self.on)
        return {"day": day.isoformat(), "row": str(row.pk)}

    def lines(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        """Return the cells of rows, with what links them."""
        return [
            {
                **self.cells(row),
                "_paper": _paper_of(row),
                "_matter": row.matter_id,
                "_of": row.matter.number or row.matter.title,
            }
            for row in rows
        ]


def _paper_of(row: Any) -> uuid.UUID | None:
    found: uuid.UUID | None = row.pk if isinstance(row, Paper) else row.paper_id
    return found


def secrecy_text(row: Any) -> str:
    """Return secrecy and term as papers and registers write them (密级和保密期限)."""
    mark = attributes.MARKS.get(Secrecy(row.secrecy), "")
    years = getattr(row, "secrecy_years", None)
    return (
        f"{mark}★{_('%(years)s years') % {'years': years}}"
        if mark and years
        else mark or str(Secrecy(row.secrecy).label)
    )


def urgency_text(row: Any) -> str:
    """Return the urgency as registers write it: what bears no mark is ordinary (紧急程度)."""
    return str(Urgency(row.urgency).label) if row.urgency else _("Ordinary")


def _papers(actor: Actor) -> QuerySet[Any]:
    found = Paper.objects.filter(organ_id=actor.body_id)
    return found.select_related("matter", "organ", "sealed_by__officer")


def _received(actor: Actor) -> QuerySet[Any]:
    return Incoming.objects.filter(organ_id=actor.body_id).select_related("matter", "received_by__officer")


def _dispatched_cells(paper: Paper) -> dict[str, Any]:
    return {
        "number": paper.number,
        "on": paper.dispatched_on,
        "title": paper.title,
        "addressee": paper.letter.get("addressee", ""),
        "copies": paper.copies,
        "copy_numbers": attributes.copy_range(paper),
        "secrecy": secrecy_text(paper),
        "urgency": urgency_text(paper),
        "way": paper.get_way_display(),
        "signed_for_on": paper.signed_for_on,
        "signed_for_by": paper.signed_for_by,
    }


def _received_cells(row: Incoming) -> dict[str, Any]:
    return {
        "number": row.number,
        "on": row.received_on,
        "sender": row.sender,
        "letter_number": row.letter_number,
        "title": row.title,
        "copies": row.copies,
        "secrecy": secrecy_text(row),
        "urgency": urgency_text(row),
        "way": row.get_way_display(),
        "received_by": row.received_by.officer.name,
    }


def _sealed_cells(paper: Paper) -> dict[str, Any]:
    return {
        "on": paper.sealed_on,
        "seal": paper.organ.name,
        "number": paper.number,
        "title": paper.title,
        "sealed_copies": paper.sealed_copies,
        "signed_by": paper.signed_by,
        "sealed_by": paper.sealed_by.officer.name if paper.sealed_by else "",
    }


_COMMON = (
    Column("copies", gettext_lazy("Copies"), "integer", 0.6),
    Column("secrecy", gettext_lazy("Secrecy"), share=1.0),
    Column("urgency", gettext_lazy("Urgency"), share=0.7),
    Column("way", gettext_lazy("Carrier"), share=1.0, wraps=True),
)

DISPATCHED = Register(
    "dispatched",
    gettext_lazy("Papers dispatched"),
    "dispatched_on",
    (
        Column("number", gettext_lazy("Number of the paper"), share=2.0, width=24),
        Column("on", gettext_lazy("Dispatched on"), "date", 1.4),
        Column("title", gettext_lazy("Title"), share=3.0, width=44),
        Column("addressee", gettext_lazy("To"), share=2.0, width=30, wraps=True),
        *_COMMON,
        Column("copy_numbers", gettext_lazy("Copy numbers"), share=0, width=20),
        Column("signed_for_on", gettext_lazy("Signed for on"), "date", 1.4),
        Column("signed_for_by", gettext_lazy("Signed for by"), share=1.0),
    ),
    _papers,
    _dispatched_cells,
    ("number", "title", "letter__addressee"),
    gettext_lazy("A paper stands here from its dispatch on: draft one on the page of its matter."),
)
RECEIVED = Register(
    "received",
    gettext_lazy("Papers received"),
    "received_on",
    (
        Column("number", gettext_lazy("Receipt number"), share=2.0, width=24),
        Column("on", gettext_lazy("Received"), "date", 1.4),
        Column("sender", gettext_lazy("Organ it came from"), share=2.0, width=30, wraps=True),
        Column("letter_number", gettext_lazy("Number of the letter"), share=2.0, width=24, wraps=True),
        Column("title", gettext_lazy("Title"), share=3.0, width=44),
        *_COMMON,
        Column("received_by", gettext_lazy("Taken in by"), share=1.0),
    ),
    _received,
    _received_cells,
    ("number", "title", "sender", "letter_number"),
    gettext_lazy("A letter that is registered, received or signed for stands here, under its own number."),
)
SEALED = Register(
    "seals",
    gettext_lazy("Seals applied"),
    "sealed_on",
    (
        Column("on", gettext_lazy("Sealed"), "date", 1.4),
        Column("seal", gettext_lazy("Seal"), share=2.0, width=30),
        Column("number", gettext_lazy("Number of the paper"), share=2.0, width=24),
        Column("title", gettext_lazy("Title"), share=3.0, width=44),
        Column("sealed_copies", gettext_lazy("Copies sealed"), "integer", 0.8),
        Column("signed_by", gettext_lazy("Approved by"), share=1.0),
        Column("sealed_by", gettext_lazy("Applied by"), share=1.0),
    ),
    _papers,
    _sealed_cells,
    ("number", "title", "signed_by"),
    gettext_lazy("The seal is entered with the dispatch, or before it where the adopted measures ask so."),
)
ALL = {one.code: one for one in (DISPATCHED, RECEIVED, SEALED)}

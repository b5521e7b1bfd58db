"""Rows of the ledger, ready to be shown or exported (台账行): one query a block, none a row."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.matters.models import Matter, Party, PartyRole
from guantong.kernel.people.models import Subject
from guantong.kernel.prepared import Given, Prepared
from guantong.mechanisms.clues import lifecycle as life
from guantong.mechanisms.clues.filters import FAR, WAN
from guantong.mechanisms.clues.ledger_sql import Listed
from guantong.mechanisms.clues.models import Category, Source

TONES = {
    **dict.fromkeys((life.DRAFTED, life.SENT, life.RECEIVED, life.ASSIGNED), "wait"),
    **dict.fromkeys((life.ASSIGNMENT_PROPOSED, life.HANDLING_PROPOSED), "wait"),
    **dict.fromkeys((life.ACCEPTED, life.HANDLING, life.CONCLUDED), "active"),
    **dict.fromkeys((life.PAUSED, life.WITHDRAWN, life.RETURNED, life.PASSED_ON), "stopped"),
    **dict.fromkeys((life.FORWARDED, life.MERGED), "stopped"),
    life.CLOSED: "done",
}
CLUE_FIELDS = (
    "source", "sender_name", "category", "amount", "received_on", "letter_number", "letter_date",
    "letter_signer", "unit", "concluded_on",
)  # fmt: skip


PERSON_FIELDS = ("name", "unit", "post", "authority", "id_number")
OF_ROWS = {"matter__among": Given("matters")}
PERSONS: Prepared[Any] = Prepared(
    lambda: Subject.objects.filter(**OF_ROWS).order_by("id").values_list("matter_id", *PERSON_FIELDS)
)
HANDLERS: Prepared[Any] = Prepared(
    lambda: Party.objects.filter(
        **OF_ROWS, until__isnull=True, role__in=(PartyRole.HANDLER, PartyRole.CUSTODIAN)
    ).values_list("matter", "role", "organ__name", "officer__name")
)
DUE: Prepared[Any] = Prepared(
    lambda: (
        Duty.objects.filter(**OF_ROWS, state__in=(DutyState.OPEN, DutyState.PAUSED))
        .order_by("-due_on")
        .values_list("matter", "name", "name_en", "state", "due_on", "provisional")
    )
)


@dataclass(frozen=True)
class Column:
    """A column of the ledger's page (台账列). `full_only`: it tells of the handling."""

    key: str
    label: Any
    full_only: bool = False
    always: bool = False


COLUMNS = (
    Column("persons", gettext_lazy("Persons")),
    Column("title", gettext_lazy("Matter"), always=True),
    Column("source", gettext_lazy("Source")),
    Column("sender_name", gettext_lazy("Sender")),
    Column("category", gettext_lazy("Category")),
    Column("unit", gettext_lazy("Unit concerned")),
    Column("letter_number", gettext_lazy("Letter number")),
    Column("received_on", gettext_lazy("Received")),
    Column("handler", gettext_lazy("Handled by"), full_only=True),
    Column("custodian", gettext_lazy("Custodian"), full_only=True),
    Column("amount", gettext_lazy("Amount (10,000 yuan)")),
    Column("state", gettext_lazy("State"), always=True),
    Column("duty", gettext_lazy("Next duty")),
    Column("due_on", gettext_lazy("Due on")),
    Column("badge", gettext_lazy("Deadline")),
)
STANDARD = ("persons", "title", "source", "handler", "amount", "state", "due_on", "badge")
STANDARD_TOLD = ("persons", "title", "received_on", "amount", "state", "due_on", "badge")


@dataclass
class Row:
    """One clue in the ledger. Amount in yuan."""

    matter: uuid.UUID
    depth: int
    state: str
    number: str = ""
    title: str = ""
    listed_on: date | None = None
    due_on: date | None = None
    duty: str = ""
    paused: bool = False
    provisional: bool = False
    closed: bool = False
    key: bool = False
    handler: str = ""
    custodian: str = ""
    persons: list[dict[str, str]] = field(default_factory=list)
    clue: dict[str, Any] = field(default_factory=dict)

    @property
    def state_label(self) -> str:
        """The state in words, as this reader may know it."""
        return life.state_label(self.depth, self.state)

    @property
    def tone(self) -> str:
        """How the state is marked."""
        return TONES[life.state_for(self.depth, self.state)]

    @property
    def names(self) -> str:
        """The persons, the first two by name."""
        names = [person["name"] for person in self.persons]
        if len(names) <= 2:
            return "、".join(names)
        return _("%(first)s and %(more)s more") % {"first": "、".join(names[:2]), "more": len(names) - 2}

    @property
    def all_names(self) -> str:
        """All persons by name."""
        return "、".join(person["name"] for person in self.persons)

    @property
    def source(self) -> str:
        """The source in words."""
        return str(Source(self.clue["source"]).label) if self.clue.get("source") else ""

    @property
    def category(self) -> str:
        """The category in words."""
        return str(Category(self.clue["category"]).label) if self.clue.get("category") else ""

    @property
    def amount(self) -> Decimal | None:
        """The amount in yuan."""
        return self.clue.get("amount")

    @property
    def amount_wan(self) -> str:
        """The amount in 10,000 yuan, with two places."""
        return f"{self.amount / WAN:,.2f}" if self.amount is not None else ""


def rows_of(
    listed: list[Listed], extra: tuple[str, ...] = (), *, english: bool = False, with_duties: bool = True
) -> list[Row]:
    """Return the listed clues with all that the ledger says of them. `extra`: further fields of the clue."""
    rows = {one.matter: _row(one) for one in listed}
    if not rows:
        return []
    names = (*CLUE_FIELDS, *extra)
    for values in _matters(names)(matters=list(rows)):
        row = rows[values["id"]]
        row.key = values["supervision__since"] is not None and values["supervision__lifted_on"] is None
        row.number, row.title = values["number"], values["title"]
        row.clue = {name: values[f"clue__{name}"] for name in names}
    for matter, *words in PERSONS(matters=list(rows)):
        rows[matter].persons.append(dict(zip(PERSON_FIELDS, words, strict=True)))
    _put_parties(rows)
    if with_duties:
        _put_duties(rows, english)
    return list(rows.values())


@cache
def _matters(names: tuple[str, ...]) -> Prepared[dict[str, Any]]:
    """Return how the matters of the rows are asked for, with these fields of their clues."""
    supervision = ("supervision__since", "supervision__lifted_on")
    wanted = ("id", "number", "title", *supervision, *(f"clue__{name}" for name in names))
    return Prepared(lambda: Matter.objects.filter(pk__among=Given("matters")).values(*wanted))


def _row(one: Listed) -> Row:
    due = None if one.due_on == FAR else one.due_on
    finished = one.state in life.FINAL
    return Row(one.matter, one.depth, one.state, listed_on=one.listed_on, due_on=due, closed=finished)


def _put_parties(rows: dict[uuid.UUID, Row]) -> None:
    for matter, role, organ, officer in HANDLERS(matters=list(rows)):
        if role == PartyRole.HANDLER:
            rows[matter].handler = organ
        else:
            rows[matter].custodian = officer or ""


def _put_duties(rows: dict[uuid.UUID, Row], english: bool) -> None:
    """Put the next duty of each clue that its reader may know; a paused one where no other runs."""
    for matter, name, name_en, state, due_on, provisional in DUE(matters=list(rows)):
        row, words = rows[matter], name_en if english else name
        if state == DutyState.PAUSED:
            if row.due_on is None:
                row.paused, row.duty = True, words
        elif due_on == row.due_on:
            row.duty, row.provisional, row.paused = words, provisional, False

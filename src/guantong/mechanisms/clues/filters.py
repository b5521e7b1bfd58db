"""What a reader asks of the ledger (台账筛选条件), as it stands in the address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Fault
from guantong.mechanisms.clues import lifecycle as life
from guantong.mechanisms.clues.models import Category, Source

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FAR = date(9999, 12, 31)
"""Due date of what has no deadline, as the visibility table keeps it."""
WAN = Decimal(10_000)
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Tab:
    """A group of states (状态分组). `full`: states for who sees everything; `told`: for everybody else."""

    code: str
    label: str | _StrPromise
    full: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether all of it is unfinished; then it is sorted by due date."""
        return not (self.full | self.told) & life.FINAL

    def has(self, depth: int, state: str) -> bool:
        """Whether a clue in this state, seen so deep, belongs here."""
        return state in (self.full if depth >= 3 else self.told)


OPEN = frozenset(life.STATES) - life.FINAL - {life.DRAFTED}
ENDED = life.FINAL - {life.CLOSED}
TABS = (
    Tab("open", gettext_lazy("Open clues"), OPEN, OPEN),
    Tab("drafts", gettext_lazy("Drafts"), frozenset({life.DRAFTED}), frozenset({life.DRAFTED})),
    Tab("receive", gettext_lazy("To be received"), frozenset({life.SENT})),
    Tab("assign", gettext_lazy("To be assigned"), frozenset({life.RECEIVED})),
    Tab(
        "approve",
        gettext_lazy("Awaiting approval"),
        frozenset({life.ASSIGNMENT_PROPOSED, life.HANDLING_PROPOSED}),
    ),
    Tab("accept", gettext_lazy("To be signed for"), frozenset({life.ASSIGNED})),
    Tab("handle", gettext_lazy("In handling"), frozenset({life.ACCEPTED, life.HANDLING, life.PAUSED})),
    Tab("feed_back", gettext_lazy("To be fed back"), frozenset({life.CONCLUDED})),
    Tab("told_sent", gettext_lazy("Transferred"), told=frozenset({life.SENT})),
    Tab("told_received", gettext_lazy("Received elsewhere"), told=life.WITH_CASE_SUPERVISION),
    Tab("told_handling", gettext_lazy("Handled elsewhere"), told=life.WITH_HANDLER),
    Tab("closed", gettext_lazy("Closed"), frozenset({life.CLOSED}), frozenset({life.CLOSED})),
    Tab("ended", gettext_lazy("Returned or passed on"), ENDED, ENDED),
    Tab("all", gettext_lazy("All"), frozenset(life.STATES), frozenset(life.STATES)),
)
TAB = {tab.code: tab for tab in TABS}
DUE = {
    "late": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Due within 5 days"),
    "none": gettext_lazy("No deadline"),
}
SIZES = (50, 100)
SORTS = ("first", "due", "listed")


@dataclass(frozen=True)
class Cursor:
    """A place between two rows of the ledger: turn, sort date and id of the row next to it."""

    turn: int
    day: date
    matter: uuid.UUID

    def __str__(self) -> str:
        return f"{self.turn}.{self.day.isoformat()}.{self.matter}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Return the place a text names. Raises ValueError where it names none."""
        turn, day, matter = text.split(".")
        if turn not in ("0", "1"):
            raise ValueError(turn)
        return cls(int(turn), date.fromisoformat(day), uuid.UUID(matter))


@dataclass(frozen=True)
class Filters:
    """What is asked, checked. Amounts are in 10,000 yuan."""

    tab: Tab = TAB["open"]
    source: str = ""
    category: str = ""
    handler: int | None = None
    custodian: int | None = None
    due: str = ""
    key: bool = False
    received_from: date | None = None
    received_to: date | None = None
    closed_from: date | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    text: str = ""
    sort: str = ""
    size: int = SIZES[0]
    after: Cursor | None = None
    before: Cursor | None = None
    faults: tuple[Fault, ...] = field(default=(), compare=False)

    @property
    def sorted_by(self) -> str:
        """'first' (what is handled first, then by due date), 'due' or 'listed'.

        What is finished has no due date any more.
        """
        if not self.tab.is_open:
            return "listed"
        return self.sort or "first"

    @property
    def narrowed(self) -> bool:
        """Whether more than the group of states is asked."""
        return bool(self.query(tab="", sort="", size=None))

    @property
    def more(self) -> bool:
        """Whether any of the conditions behind “more conditions” is set."""
        return any(
            value not in (None, "")
            for value in (
                self.custodian, self.received_from, self.received_to, self.amount_from, self.amount_to,
                self.category,
            )
        )  # fmt: skip

    def query(self, **changes: object) -> str:
        """Return the address's query of these filters with some changed; the page in the list is left out."""
        values: dict[str, object] = {
            "tab": self.tab.code,
            "source": self.source,
            "category": self.category,
            "handler": self.handler,
            "custodian": self.custodian,
            "due": self.due,
            "key": "1" if self.key else "",
            "received_from": self.received_from,
            "received_to": self.received_to,
            "closed_from": self.closed_from,
            "amount_from": self.amount_from,
            "amount_to": self.amount_to,
            "q": self.text,
            "sort": self.sort,
            "size": None if self.size == SIZES[0] else self.size,
        }
        values.update(changes)
        return urlencode({name: str(value) for name, value in values.items() if value not in (None, "")})

    def whole(self) -> Filters:
        """Return the same from the beginning of the list."""
        return replace(self, after=None, before=None)


class _Reader:
    """Reads one query; what cannot be is left out and told."""

    def __init__(self, query: QueryDict) -> None:
        self.query, self.faults = query, list[Fault]()

    def text(self, name: str) -> str:
        return self.query.get(name, "").replace("\x00", "").strip()[:100]

    def choice(self, name: str, allowed: object) -> str:
        value = self.text(name)
        return value if value in allowed else ""  # type: ignore[operator]

    def number(self, name: str) -> int | None:
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

    def day(self, name: str, label: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            reason = _("“%(value)s” is no date.") % {"value": value}
            self.faults.append(Fault(label, reason, _("Write it as 2026-09-28.")))
            return None

    def amount(self, name: str, label: str) -> Decimal | None:
        value = self.text(name)
        if not value:
            return None
        try:
            amount = Decimal(value.replace(",", ""))
            if not amount.is_finite() or not 0 <= amount < LARGEST:
                raise InvalidOperation
        except InvalidOperation:
            reason = _("“%(value)s” is no amount.") % {"value": value}
            self.faults.append(Fault(label, reason, _("Write digits only; the unit is 10,000 yuan.")))
            return None
        return amount

    def cursor(self, name: str) -> Cursor | None:
        try:
            return Cursor.read(self.text(name))
        except ValueError:
            return None


def read(query: QueryDict) -> Filters:
    """Read the filters of an address; conditions that cannot be are left out and stand in `faults`."""
    given = _Reader(query)
    received, amount = _("Received"), _("Amount")
    filters = Filters(
        tab=TAB.get(given.text("tab"), TAB["open"]),
        source=given.choice("source", Source.values),
        category=given.choice("category", Category.values),
        handler=given.number("handler"),
        custodian=given.number("custodian"),
        due=given.choice("due", DUE),
        key=given.text("key") == "1",
        received_from=given.day("received_from", received),
        received_to=given.day("received_to", received),
        closed_from=given.day("closed_from", _("Closed")),
        amount_from=given.amount("amount_from", amount),
        amount_to=given.amount("amount_to", amount),
        text=given.text("q"),
        sort=given.choice("sort", SORTS),
        size=100 if given.text("size") == "100" else SIZES[0],
        after=given.cursor("after"),
        before=given.cursor("before"),
    )
    if filters.received_from and filters.received_to and filters.received_from > filters.received_to:
        given.faults.append(
            Fault(received, _("The first day lies after the last."), _("Exchange the two days."))
        )
    if (
        filters.amount_from is not None
        and filters.amount_to is not None
        and filters.amount_from > filters.amount_to
    ):
        given.faults.append(
            Fault(amount, _("The least amount is more than the most."), _("Exchange the two amounts."))
        )
    return replace(filters, faults=tuple(given.faults))

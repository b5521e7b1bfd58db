"""What an act is (行为): the only thing that changes anything."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from guantong.kernel.matters.models import Depth, Matter, Party

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from guantong.kernel.access.actors import Actor

Row = TypeVar("Row", bound=models.Model)
WAITING_AT_MOST = 200
"""So many awaited decisions of one kind are read at once; whoever has more sees the most urgent."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, why, and what to do. `field` is '' for the whole."""

    field: str
    reason: str
    remedy: str


class Refused(Exception):  # noqa: N818 - named for what it says
    """An act that may not be done as asked; nothing of it has happened. `faults` says why."""

    status = 422

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.reason} {fault.remedy}" for fault in faults))
        self.faults = faults


class NotAllowed(Refused):
    """The actor's capacity, the matter's state or the sight does not allow the act."""

    status = 403


class NotVisible(NotAllowed):
    """There is no such matter, or the actor does not see it: the two cannot be told apart."""

    status = 404


class Conflict(Refused):
    """Somebody else changed the matter first, or the key was used for something else."""

    status = 409


class KeepNothing(Refused):
    """What was given may not be kept here at all: no draft, no scan, no trace of it.

    `rows`: field of rows -> the places of those rows alone; the others may be shown again (批量录入).
    """

    def __init__(self, *faults: Fault, rows: Mapping[str, frozenset[int]] | None = None) -> None:
        super().__init__(*faults)
        self.rows = rows or {}


@dataclass(frozen=True)
class Capacity:
    """One way of being entitled to an act; every condition given must hold (身份条件).

    `party`: the actor's organ is this party of the matter. `role`: the measures bind this role to it.
    `ranks`: the post has one of these ranks. `custodian`: the actor is the matter's custodian.
    `body_of`: the actor's body is the body of this party. `recorded`: done for a leader who signed paper;
    signer, date and scan are then required. `organ`, `body`: which one `party` and `body_of` name, where
    that is no party of the matter but issuer or addressee of a letter. `elsewhere`: this party
    works elsewhere, or is not known here.
    """

    party: str = ""
    role: str = ""
    ranks: frozenset[str] = frozenset()
    custodian: bool = False
    body_of: str = ""
    recorded: bool = False
    organ: int = 0
    body: int = 0
    elsewhere: str = ""


@dataclass(frozen=True)
class GrantAsked:
    """A grant that an act gives."""

    principal: int
    depth: Depth
    basis: str
    until: date | None = None


@dataclass(frozen=True)
class Waiting:
    """Where a decision may be awaited: the matter, and the row of it (a paper) where it is about one (待批).

    `item` names the row in the act's data; `subject` is what `entitled` takes.
    """

    matter: Matter
    item: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    subject: Any = None


@dataclass
class Deed:
    """An act while it is done: what it found, and what is to follow from it.

    `detail` is what the act's `load` returned, `about` the mechanism's own row of the matter, `origins` the
    matters from which this one arose or which it concerns, `began` the day the matter was listed under
    before. `follow`: acts that are done with it, on a matter or making one of that id. `items`: the rows of
    the matter that it is about (a reminder, an instruction): a duty opened for one of them ends with an act
    on that one. `letter_parties`: issuer and addressee of the letter it is about. `restated`: facts that
    were never true, with what they were taken for: the rules they decide are followed anew. `mistaken`:
    parties that were the wrong organ all along: what was answered to them is owed to the right one.
    `redated`: entries of acts that were done on another day than was typed: what they fulfilled was
    fulfilled on that one.
    """

    act: Act
    actor: Actor
    matter: Matter
    data: dict[str, Any]
    happened_on: date
    now: datetime
    capacity: Capacity
    parties: dict[str, Party] = field(default_factory=dict)
    detail: Any = None
    about: Any = None
    origins: list[uuid.UUID] = field(default_factory=list)
    state: str = ""
    began: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    grants: list[GrantAsked] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    new_parties: list[Party] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    words: list[dict[str, Any]] | None = None
    content: dict[str, Any] = field(default_factory=dict)
    corrected: dict[str, date] = field(default_factory=dict)
    redated: dict[int, date] = field(default_factory=dict)
    restated: dict[str, Any] = field(default_factory=dict)
    mistaken: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    extension_until: date | None = None
    reordered: bool = False
    items: set[uuid.UUID] = field(default_factory=set)
    letter_parties: dict[str, int | None] = field(default_factory=dict)
    rows: list[models.Model] = field(default_factory=list)
    changes: list[tuple[models.Model, list[str]]] = field(default_factory=list)
    follow: list[tuple[str, uuid.UUID | None, dict[str, Any]]] = field(default_factory=list)

    def add(self, *rows: models.Model) -> None:
        """Write new rows with the act."""
        self.rows += rows

    def change(self, row: models.Model, **values: Any) -> None:
        """Write new values into a row with the act, in one statement however often it is changed."""
        for name, value in values.items():
            setattr(row, name, value)
        known = next((fields for one, fields in self.changes if one is row), None)
        if known is None:
            self.changes.append((row, list(values)))
        else:
            known += [name for name in values if name not in known]

    def rows_of(self, model: type[Row]) -> list[Row]:
        """Return the new rows of one model."""
        return [row for row in self.rows if isinstance(row, model)]

    def organ_of(self, role: str) -> int | None:
        """Return the id of the organ that is this party now."""
        party = self.parties.get(role)
        return party.organ_id if party else None

    def name_party(
        self, role: str, organ_id: int, *, officer_id: int | None = None, reason: str = ""
    ) -> None:
        """Make an organ (and officer) this party from now on; who was it before stays on record."""
        party = Party(
            matter=self.matter,
            role=role,
            organ_id=organ_id,
            officer_id=officer_id,
            since=self.now,
            reason=reason,
        )
        if role in self.parties:
            self.replaced.append(role)
        self.new_parties.append(party)
        self.parties[role] = party

    def end_party(self, role: str) -> None:
        """Let nobody be this party from now on."""
        if self.parties.pop(role, None) is not None:
            self.replaced.append(role)

    def restate(self, **facts: Any) -> None:
        """Tell the rules that these facts were wrong from the beginning (情况更正)."""
        for name, value in facts.items():
            self.restated.setdefault(name, self.facts.get(name))
            self.facts[name] = value

    def put_first(self, first: bool) -> None:
        """Let the matter go before others in lists of those who see all of it, or no longer (优先办理)."""
        self.reordered = self.reordered or first is not self.matter.first
        self.matter.first = first

    def grant(self, principal: int, depth: Depth, basis: str, until: date | None = None) -> None:
        """Let a principal see the matter."""
        self.grants.append(GrantAsked(principal, depth, basis, until))

    def withdraw(self, principal: int) -> None:
        """Take a principal's sight away."""
        self.withdrawn.append(principal)

    def index(self, depth: Depth, texts: Iterable[str], names: Iterable[str] = ()) -> None:
        """Let the matter be found by these texts and names from `depth` on."""
        from guantong.kernel.search.index import entry

        self.words = [*(self.words or []), entry(depth, texts, names)]


class Act:
    """An act of one kind of matter. Subclasses declare; `do` is the only writer of its mechanism.

    `leads_from` empty: the act makes the matter. `leads_to` empty: the state stays, or `do` sets
    `deed.state`. `sight` is the depth the actor needs; `shown_at` the depth at which the entry is read.
    `asks` is the form; `template` a hand-made page for it. `grave` acts are confirmed. `hidden` acts
    follow from others; of them those `by_import` are done by reading a file in (导入), row by row. Those
    `on_item` are offered beside the row they are about. `page` names the address of a page of the matter on
    which the act is done for many rows, where there is one. `send_back`: code of the act that sends the same
    proposal back; an act that has one is a decision somebody awaits (待批), `laid_by` the act that laid it
    before him, `waits_where` what must hold of the matter beyond its state.
    """

    code: ClassVar[str]
    label: ClassVar[str | _StrPromise]
    kind: ClassVar[str]
    leads_from: ClassVar[frozenset[str]] = frozenset()
    leads_to: ClassVar[str] = ""
    by: ClassVar[tuple[Capacity, ...]]
    clauses: ClassVar[tuple[str, ...]] = ()
    asks: ClassVar[type[forms.Form]]
    sight: ClassVar[Depth] = Depth.FULL
    shown_at: ClassVar[Depth] = Depth.FULL
    grave: ClassVar[bool] = False
    template: ClassVar[str] = "web/act.html"
    page: ClassVar[str] = ""
    hidden: ClassVar[bool] = False
    on_item: ClassVar[bool] = False
    by_import: ClassVar[bool] = False
    send_back: ClassVar[str] = ""
    laid_by: ClassVar[str] = ""
    waits_where: ClassVar[models.Q] = models.Q()

    @property
    def only_follows(self) -> bool:
        """Whether the act follows from another and is never done by itself."""
        return self.hidden and not self.by_import

    @property
    def creates(self) -> bool:
        """Whether the act makes a new matter."""
        return not self.leads_from

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Any:
        """Return what `do` and the form need of the mechanism's own tables, in one query."""
        return None

    def about(self, matter: Matter, detail: Any) -> Any:
        """Return the mechanism's own row of the matter, of what `load` has returned."""
        return detail

    def under(self, detail: Any) -> tuple[str, ...]:
        """Return the clauses the act serves on this matter (依据条款); most serve the same on all."""
        return self.clauses

    def shown(self, deed: Deed) -> Depth:
        """Return the depth of sight from which the entry is read."""
        return self.shown_at

    def form_class(self, detail: Any) -> type[forms.Form]:
        """Return the form the act asks for; most have one for all matters."""
        return self.asks

    def further_fields(self) -> dict[str, forms.Field]:
        """Return the fields asked on some matters only, beside those of `asks`."""
        return {}

    def entitled(self, matter: Matter, detail: Any) -> tuple[Capacity, ...]:
        """Return the capacities that entitle to the act on this matter."""
        return self.by

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Return further arguments for the form, such as its choices."""
        return {}

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Return what the page proposes in the form; performing never asks for it."""
        return {}

    def blank_form(self, actor: Actor, matter: Matter | None, detail: Any) -> forms.Form:
        """Return the form as a page first shows it."""
        arguments = self.form_arguments(actor, matter, detail)
        return self.form_class(detail)(initial=self.initial(actor, matter, detail), **arguments)

    def awaits(self, matter: Matter, detail: Any) -> str:
        """Return in words what must come first although the state allows the act; '' where nothing must."""
        return ""

    def waiting(self, actor: Actor) -> list[Waiting]:
        """Return where the decision may be awaited of what the actor sees, the most urgent first (待批)."""
        from guantong.kernel.access.models import seen_by

        found = seen_by(actor.principals).filter(
            self.waits_where, kind=self.kind, state__in=self.leads_from, depth__gte=self.sight, is_open=True
        )
        rows = found.select_related("matter", "matter__organ", "matter__organ__body")
        return [Waiting(row.matter) for row in rows.order_by("due_on", "matter")[:WAITING_AT_MOST]]

    def deciding(self, matter: Matter, detail: Any) -> list[tuple[Any, Any]]:
        """Return in words what is decided on: label and value, as the approval sheet says it (呈批内容)."""
        return []

    def page_context(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Return what a hand-made page shows beside the form."""
        return {}

    def before_keeping(self, actor: Actor, data: Mapping[str, Any]) -> None:
        """Refuse what may not be kept here at all, before any file of it is stored. Raises KeepNothing."""

    def do(self, deed: Deed) -> None:
        """Change the mechanism's tables. Raises Refused."""
        raise NotImplementedError


def refuse(field_name: str, reason: str, remedy: str = "") -> Refused:
    """Return the refusal of one field; raise it."""
    return Refused(Fault(field_name, reason, remedy or _("Please correct it and submit again.")))

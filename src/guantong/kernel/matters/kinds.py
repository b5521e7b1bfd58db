"""Kinds of matters (事项类别): what the kernel must know of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from guantong.kernel.matters.models import Depth, PartyRole

if TYPE_CHECKING:
    from django.db.models import Model
    from django.utils.functional import _StrPromise

    from guantong.kernel.access.actors import Actor
    from guantong.kernel.acts.act import Capacity, Deed
    from guantong.kernel.duties.models import Occasion
    from guantong.kernel.matters.models import Matter


@dataclass(frozen=True)
class Correctable:
    """A fact that may be corrected (可更正事项): its field, how it is read, written and said, who may.

    `write` puts the new value into the deed's rows. `fact`: the name under which duties start from it.
    `day_of`: the acts whose day of happening it is. `depth`: who sees that it was corrected, and from what.
    `page`: what its page shows beside the field; `why_not`: why it is not corrected on this matter.
    """

    label: str | _StrPromise
    field: Callable[[], forms.Field]
    read: Callable[[Any], Any]
    write: Callable[[Deed, Any], None]
    by: tuple[Capacity, ...]
    fact: str = ""
    say: Callable[[Any], str] | None = None
    day_of: frozenset[str] = frozenset()
    depth: Depth = Depth.FEEDBACK
    page: Callable[[Actor], dict[str, Any]] = lambda actor: {}
    why_not: Callable[[Any], str] = lambda detail: ""


class Stage(StrEnum):
    """How far a matter is on its way from one body to the other (移交阶段)."""

    PREPARED = "prepared"
    WAITING = "waiting"
    TAKEN = "taken"
    ENDED = "ended"


@dataclass(frozen=True)
class Line:
    """What a list of matters says of one of them (清单条目). `told`: what its sender was told last.

    All of it may be read by whoever sees the matter at the depth of feedback.
    """

    matter: Matter
    stage: Stage
    person: str = ""
    unit: str = ""
    post: str = ""
    text: str = ""
    pages: int = 0
    letter_number: str = ""
    told: str = ""


@dataclass(frozen=True)
class Sides:
    """Ids of those concerned by what the calendar opens (期次各方): who holds and who claims the duty.

    `body`: the row of the body that is to sit. `owner`: who holds most of the company it was opened for.
    `form`: of what form the matter is to be.
    """

    holder: int
    claimant: int | None = None
    body: int | None = None
    owner: int | None = None
    form: str = ""


@dataclass(frozen=True)
class ByCalendar:
    """How the calendar makes matters of a kind (日历产生的事项): their first state, their own rows.

    `addressed`: they go to who claims the duty, and there is none where nobody does. `forms`: the forms of
    which one is named, where there are several.
    """

    state: str
    rows: Callable[[Occasion, Sides], list[Model]]
    addressed: bool = False
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Digest:
    """What other mechanisms may list of a matter (事项摘要): from when it is old, on whom it waits."""

    since: date
    waits_for: str = ""


@dataclass(frozen=True)
class MatterKind:
    """A kind of matter: labels of its states, which are final, its facts for the rules, its page.

    `template` and `context` (detail, depth) make its block on the matter's page; `gives` says what a matter
    that arises from one of this kind starts with; `told` words a state for readers of a depth.
    `answered`: the final states that may not be reached while a closing duty is owed; in the others (merged,
    returned) the matter ends here and what is still owed stays owed.
    `begets`: acts by which a matter may arise from one of this kind -> its states for it; `begets_at` the
    depth that takes. `listed` says of many matters what a list of them shows, in a few queries; `digests`
    what other mechanisms list of them, in one. `party_labels`: what its parties are called, where that is not
    what they are called elsewhere.
    """

    code: str
    label: str | _StrPromise
    states: Mapping[str, str | _StrPromise]
    final: frozenset[str]
    answered: frozenset[str]
    load: Callable[[Any], Any]
    facts: Callable[[Any], dict[str, Any]]
    fact_values: Mapping[str, frozenset[object]] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    correctables: Mapping[str, Correctable] = field(default_factory=dict)
    template: str = ""
    context: Callable[[Any, int], dict[str, Any]] = lambda detail, depth: {}
    gives: Callable[[Any], dict[str, Any]] = lambda matter: {}
    told: Callable[[int, str], str] | None = None
    begets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    begets_at: Depth = Depth.FULL
    listed: Callable[[Iterable[UUID]], dict[UUID, Line]] = lambda ids: {}
    by_calendar: ByCalendar | None = None
    digests: Callable[[Collection[UUID]], dict[UUID, Digest]] | None = None
    party_labels: Mapping[str, str | _StrPromise] = field(default_factory=dict)

    def party_label(self, role: str) -> str:
        """Return what a party is called in matters of this kind (当事方称谓)."""
        return str(self.party_labels.get(role) or PartyRole(role).label)

    def state_label(self, depth: int, state: str) -> str:
        """Return a state's name as a reader of this depth may know it (按知悉范围显示的状态)."""
        return self.told(depth, state) if self.told else str(self.states.get(state, state))


@dataclass(frozen=True)
class Section:
    """A block that a mechanism adds to the page of every matter (事项页附加栏).

    `context` takes the actor and the matter; what it returns is `block` in the template, nothing shows none.
    """

    template: str
    context: Callable[[Any, Any], dict[str, Any]]


_kinds: dict[str, MatterKind] = {}
_sections: list[Section] = []


def add_section(section: Section) -> None:
    """Enter a block for the page of every matter."""
    _sections.append(section)


def all_sections() -> list[Section]:
    """Return the blocks for the page of every matter."""
    return list(_sections)


def register(kind: MatterKind) -> MatterKind:
    """Enter a kind. Raises ValueError where its code is taken."""
    if kind.code in _kinds:
        raise ValueError(f"two kinds of matter are called {kind.code}")
    _kinds[kind.code] = kind
    return kind


def get(code: str) -> MatterKind:
    """Return the kind of this code. Raises KeyError."""
    return _kinds[code]


def all_kinds() -> list[MatterKind]:
    """Return all kinds, by code."""
    return [_kinds[code] for code in sorted(_kinds)]

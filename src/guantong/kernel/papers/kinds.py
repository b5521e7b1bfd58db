"""Kinds of papers (文种): who drafts, checks and signs them, and what their dispatch brings about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms

from guantong.kernel.acts.act import Capacity
from guantong.kernel.matters.models import Depth
from guantong.kernel.papers.attributes import marked
from guantong.kernel.papers.language import language_of_papers

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from guantong.kernel.access.actors import Actor
    from guantong.kernel.acts.act import Deed
    from guantong.kernel.matters.models import Matter
    from guantong.kernel.papers.letter import Letter
    from guantong.kernel.papers.models import Paper


@dataclass(frozen=True)
class Proposal:
    """What the platform proposes for a paper's draft: wording a clerk may change, and fixed annexes."""

    title: str
    addressee: str
    body: str
    addressee_id: int | None = None
    facts: tuple[str, ...] = ()


def _nothing(deed: Deed, paper: Paper) -> None:
    return None


def _nothing_kept(paper: Paper) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper. `compose` makes the whole letter of a paper row; number and date come at sign-off.

    `matter`: the kind of matter it belongs to, '*' for any. `states`: states of the matter in which it may be
    drafted by hand; without any it is drafted by the calendar alone. `depth` while internal, `sent_depth`
    once dispatched (None: as before). `drafted` to `voided` do what the mechanism needs beside (grants,
    states, own rows). Capacities may name ISSUER and ADDRESSEE: the paper's own. `extra`: further fields of
    its wording, asked when it is drafted and when it is revised; the mechanism writes them in `drafted` and
    `revised`, and `kept` says what they hold now. `series_of`: the series by the mechanism's own row of the
    matter, where not all papers of the kind are numbered in one.
    """

    code: str
    label: str | _StrPromise
    matter: str
    series: str
    states: frozenset[str]
    propose: Callable[[Matter, Actor], Proposal]
    compose: Callable[[Paper, Matter], Letter]
    drafters: tuple[Capacity, ...]
    checkers: tuple[Capacity, ...]
    signers: tuple[Capacity, ...]
    recipients: tuple[Capacity, ...] = ()
    depth: Depth = Depth.FULL
    sent_depth: Depth | None = Depth.FEEDBACK
    extra: Mapping[str, Callable[[], forms.Field]] = field(default_factory=dict)
    kept: Callable[[Paper], Mapping[str, Any]] = _nothing_kept
    drafted: Callable[[Deed, Paper], None] = _nothing
    revised: Callable[[Deed, Paper], None] = _nothing
    checked: Callable[[Deed, Paper], None] = _nothing
    signed: Callable[[Deed, Paper], None] = _nothing
    dispatched: Callable[[Deed, Paper], None] = _nothing
    voided: Callable[[Deed, Paper], None] = _nothing
    sign_in_states: frozenset[str] = frozenset()
    series_of: Callable[[Any], str] | None = None

    def proposal(self, matter: Matter, actor: Actor) -> Proposal:
        """Return what is proposed for its draft (拟稿)."""
        with language_of_papers():
            return self.propose(matter, actor)

    def letter(self, paper: Paper, matter: Matter) -> Letter:
        """Return the whole letter of a paper, with its attributes (成文)."""
        with language_of_papers():
            return marked(self.compose(paper, matter), paper)

    def further(self, paper: Paper) -> list[tuple[str, str]]:
        """Return the further fields of a paper as they stand, each with its label (文书附加内容)."""
        kept = self.kept(paper) if self.extra else {}
        return [(str(make().label), str(kept[name])) for name, make in self.extra.items() if name in kept]


_kinds: dict[str, PaperKind] = {}


def register(kind: PaperKind) -> PaperKind:
    """Enter a kind of paper. Raises ValueError where its code is taken."""
    if kind.code in _kinds:
        raise ValueError(f"two kinds of paper are called {kind.code}")
    _kinds[kind.code] = kind
    return kind


def get(code: str) -> PaperKind:
    """Return the kind of paper of this code. Raises KeyError."""
    return _kinds[code]


def kinds_of(matter_kind: str) -> list[PaperKind]:
    """Return the kinds of paper that may be drafted by hand in matters of a kind."""
    return [kind for kind in _kinds.values() if kind.matter in (matter_kind, "*") and kind.states]


def all_kinds() -> list[PaperKind]:
    """Return all kinds of papers, by code."""
    return [_kinds[code] for code in sorted(_kinds)]

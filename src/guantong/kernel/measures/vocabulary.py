"""The words a measure file may use for what the software can do (词汇)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Protocol

PAPER_STEPS = frozenset({"draft", "revise", "check", "sign", "dispatch", "sign_for", "void"})


class Vocabulary(Protocol):
    """What the measures may name (可用词汇): filled from the acts, parties, facts and papers that exist."""

    @property
    def acts(self) -> Set[str]:
        """Act codes, as 'clue.receive', without those of papers."""

    @property
    def papers(self) -> Set[str]:
        """Kinds of papers (文种), as 'feedback_letter'."""

    @property
    def parties(self) -> Set[str]:
        """Roles of parties in a matter, as 'sender'."""

    @property
    def dates(self) -> Set[str]:
        """Facts that are dates and may start a period, as 'received_on'."""

    @property
    def purposes(self) -> Mapping[str, str]:
        """What a setting may govern, as 'calendar.rest_day_moves', each with the kind of setting it takes."""

    @property
    def facts(self) -> Mapping[str, Set[object]]:
        """Facts that a rule may ask for, each with the values it can take (empty: any)."""

    @property
    def periods(self) -> Set[str]:
        """Periods a matter may have of its own, as 'progress_interval'."""

    @property
    def occasions(self) -> Mapping[str, Set[str]]:
        """Kinds of matter the calendar can open, as 'session', each with its forms to choose from, if any."""


@dataclass(frozen=True)
class Words:
    """A vocabulary given by hand (手写词汇)."""

    acts: Set[str] = frozenset()
    papers: Set[str] = frozenset()
    parties: Set[str] = frozenset()
    dates: Set[str] = frozenset({"happened_on"})
    purposes: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Set[object]] = field(default_factory=dict)
    periods: Set[str] = frozenset()
    occasions: Mapping[str, Set[str]] = field(default_factory=dict)


def knows_event(words: Vocabulary, event: str) -> bool:
    """Whether `event` is an act code, or 'paper.<step>:<kind>' of a known step and kind (事件)."""
    act, colon, kind = event.partition(":")
    if not colon:
        return act in words.acts
    mechanism, _, step = act.partition(".")
    return mechanism == "paper" and step in PAPER_STEPS and kind in words.papers

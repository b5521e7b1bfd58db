"""What comes round by the calendar, with its settings filled in (周期责任)."""

from __future__ import annotations

from dataclasses import dataclass

from guantong.kernel.measures.rules import Rule, Term, term_of
from guantong.kernel.measures.schema import CadenceRule, Clause

CALENDAR_YEAR, ADOPTION = "calendar_year", "adoption"
ALIGNMENTS = (CALENDAR_YEAR, ADOPTION)
BEGINS_ON = "begins_on"


@dataclass(frozen=True)
class Cadence:
    """A cadence ready for use (周期责任): its rule, which no act opens, and the kind of matter it opens.

    `least_share`: the least per cent by which the chain goes down along equity; None where it does not.
    `form`: the form of what it opens; `within`: how long after the period's last day it is owed.
    """

    rule: Rule
    opens: str
    every: Term
    aligned: str
    moves: bool
    body: str = ""
    shown_to: tuple[str, ...] = ()
    each: bool = False
    least_share: int | None = None
    form: str = ""
    within: Term | None = None

    @property
    def months(self) -> int:
        """Length of a period in months."""
        return self.every.count * (12 if self.every.unit == "years" else 1)


def resolve_cadence(clause: Clause, given: CadenceRule) -> Cadence:
    """The cadence with its clause's settings filled in. TypeError: the clause was not checked."""
    every = term_of(clause, given.every)
    used = list(given.settings())
    rule = Rule(
        code=f"{clause.id}/{given.code}",
        clause=clause.id,
        name=given.name,
        on=frozenset(),
        when={},
        holder=given.holder,
        claimant=given.claimant,
        start=BEGINS_ON,
        period=every,
        period_setting=given.every.setting,
        period_fact=None,
        per_item=False,
        discharged_by=frozenset(given.discharged_by),
        discharge_when={},
        cancelled_by=frozenset(),
        paused_by=frozenset(),
        resumed_by=frozenset(),
        extended_by=frozenset(),
        about="matter",
        closing=False,
        escalation=(),
        replaces=frozenset(),
        pending=tuple(name for name in used if clause.settings[name].pending),
    )
    aligned = str(clause.settings[given.aligned.setting].value)
    share = clause.settings[given.least_share.setting].value if given.least_share else None
    return Cadence(
        rule,
        given.opens,
        every,
        aligned,
        clause.settings[given.moves.setting].value is True,
        given.body or "",
        tuple(role.partition(":")[2] for role in given.shown_to),
        given.each,
        share if isinstance(share, int) else None,
        given.form or "",
        term_of(clause, given.within) if given.within else None,
    )

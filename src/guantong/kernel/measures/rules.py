"""Rules of duties with their settings filled in (责任规则), and which of them an event touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from guantong.kernel.measures.schema import (
    UNITS,
    Clause,
    DutyRule,
    Period,
    Scalar,
    SettingRef,
    Unit,
)
from guantong.kernel.measures.text import Text


@dataclass(frozen=True)
class Term:
    """A length of time in one unit (期限): 'years', 'months', 'days', 'working_days' or 'hours'."""

    unit: Unit
    count: int

    @classmethod
    def of(cls, period: Period) -> Term | None:
        """The term of a period that gives exactly one unit, else None."""
        given = period.given()
        if len(given) != 1 or given[0] not in UNITS:
            return None
        unit = cast(Unit, given[0])
        return cls(unit, int(getattr(period, unit)))

    def written(self) -> dict[str, int]:
        """As a measure file writes it: {'working_days': 10}."""
        return {self.unit: self.count}


@dataclass(frozen=True)
class EscalationRule:
    """One step when a duty is late (逾期处置): after so long, `act` is done by `by` and addressed to `to`."""

    after: Term
    to: str
    act: str | None
    by: str


Conditions = Mapping[str, tuple[Scalar, ...]]


@dataclass(frozen=True)
class Rule:
    """A duty rule ready for use (责任规则). `holder`, `claimant`: 'party:…' or 'role:…'.

    What renews a duty stands in `discharged_by` and `on`, what restarts it in `cancelled_by` and `on`.
    """

    code: str
    clause: str
    name: Text
    on: frozenset[str]
    when: Conditions
    holder: str
    claimant: str
    start: str
    period: Term
    period_setting: str | None
    period_fact: str | None
    discharged_by: frozenset[str]
    discharge_when: Conditions
    cancelled_by: frozenset[str]
    paused_by: frozenset[str]
    resumed_by: frozenset[str]
    extended_by: frozenset[str]
    about: str
    closing: bool
    per_item: bool
    escalation: tuple[EscalationRule, ...]
    replaces: frozenset[str]
    pending: tuple[str, ...] = ()
    before: bool = False
    done_before: Term | None = None


def resolve(clause: Clause, rule: DutyRule) -> Rule:
    """The rule with its clause's settings filled in. TypeError: the clause was not checked."""
    pausable = rule.pausable is None or _value(clause, rule.pausable.setting) is True
    return Rule(
        code=f"{clause.id}/{rule.code}",
        clause=clause.id,
        name=rule.name,
        on=frozenset([*rule.on, *rule.renewed_by, *rule.restarted_by]),
        when=_conditions(rule.when),
        holder=rule.holder,
        claimant=rule.claimant,
        start=_start(clause, rule),
        period=term_of(clause, rule.period),
        period_setting=rule.period.setting,
        period_fact=rule.period.fact,
        discharged_by=frozenset([*rule.discharged_by, *rule.renewed_by]),
        discharge_when=_conditions(rule.discharge_when),
        cancelled_by=frozenset([*rule.cancelled_by, *rule.restarted_by]),
        paused_by=frozenset(rule.paused_by if pausable else ()),
        resumed_by=frozenset(rule.resumed_by if pausable else ()),
        extended_by=frozenset(rule.extended_by),
        about=rule.about,
        closing=rule.closing,
        per_item=rule.per_item,
        escalation=_escalation(clause, rule),
        replaces=frozenset(rule.replaces),
        pending=tuple(name for name in rule.settings() if clause.settings[name].pending),
        before=rule.before,
        done_before=term_of(clause, rule.done_before) if rule.done_before else None,
    )


def _escalation(clause: Clause, rule: DutyRule) -> tuple[EscalationRule, ...]:
    return tuple(
        EscalationRule(term_of(clause, step.after), step.to, step.act, step.by or rule.claimant)
        for step in rule.escalation
    )


def _start(clause: Clause, rule: DutyRule) -> str:
    if isinstance(rule.start, SettingRef):
        return str(_value(clause, rule.start.setting))
    return rule.start


def _value(clause: Clause, name: str) -> object:
    return clause.settings[name].value


def term_of(clause: Clause, period: Period) -> Term:
    """The length of a period of a clause, its setting looked up (期限取值). TypeError: not checked."""
    if period.setting is not None:
        period = Period.model_validate(_value(clause, period.setting))
    term = Term.of(period)
    if term is None:
        raise TypeError(f"clause {clause.id}: a period in {len(period.given())} units")
    return term


def _conditions(raw: Mapping[str, list[Scalar] | Scalar]) -> Conditions:
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in raw.items()}


def conditions_hold(conditions: Conditions, facts: Mapping[str, object]) -> tuple[bool, tuple[str, ...]]:
    """Whether all conditions hold, and the facts needed but not known (条件是否成立).

    One that is known and fails settles the matter: then nothing is missing.
    """
    missing = []
    for name, wanted in conditions.items():
        value = facts.get(name)
        if value is None:
            missing.append(name)
        elif not any(type(item) is type(value) and item == value for item in wanted):
            return False, ()
    return not missing, tuple(missing)


@dataclass(frozen=True)
class Matched:
    """Rules an event touches (匹配结果), and those that cannot be judged for want of the facts named."""

    rules: tuple[Rule, ...]
    undecided: tuple[tuple[Rule, tuple[str, ...]], ...] = field(default=())


class RuleSet:
    """The rules of all measures a jurisdiction has adopted (适用规则)."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(rules)

    def opened_by(self, event: str, facts: Mapping[str, object]) -> Matched:
        """Rules whose duty `event` opens (产生的责任): one that replaces another sets it aside.

        `facts` by name; absent or None means not known, and the rule is then undecided, never skipped.
        """
        matched = _judge((rule for rule in self.rules if event in rule.on), "when", facts)
        candidates = [*matched.rules, *(rule for rule, _missing in matched.undecided)]
        aside = {code for rule in candidates for code in rule.replaces}
        return Matched(
            tuple(rule for rule in matched.rules if rule.code not in aside),
            tuple(pair for pair in matched.undecided if pair[0].code not in aside),
        )

    def discharged_by(self, event: str, facts: Mapping[str, object]) -> Matched:
        """Rules whose duty `event` discharges (履行的责任); `facts` as they are after the event."""
        return _judge((rule for rule in self.rules if event in rule.discharged_by), "discharge_when", facts)

    def get(self, code: str) -> Rule:
        """The rule of a full code, as 'CZ-3.3/feedback'. KeyError where there is none."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)


def _judge(rules: Iterable[Rule], which: str, facts: Mapping[str, object]) -> Matched:
    sure: list[Rule] = []
    undecided: list[tuple[Rule, tuple[str, ...]]] = []
    for rule in rules:
        holds, missing = conditions_hold(getattr(rule, which), facts)
        if holds:
            sure.append(rule)
        elif missing:
            undecided.append((rule, missing))
    return Matched(tuple(sure), tuple(undecided))


def clauses_of_act(clauses: Sequence[Clause], act: str) -> list[Clause]:
    """The carried clauses an act serves (行为所依条款): those that name it, and those that name '*'."""
    return [
        clause
        for clause in clauses
        if clause.status == "carried" and (act in clause.acts or "*" in clause.acts)
    ]

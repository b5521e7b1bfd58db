"""Escalations that never end (循环的逾期处置)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.schema import DutyRule, MeasureFile


@dataclass(frozen=True)
class _Node:
    code: str
    rule: DutyRule
    loc: Loc


def check_escalation(files: Sequence[MeasureFile], place: Callable[[int, Loc], Loc]) -> Iterator[Finding]:
    """Duties whose lateness calls up an act that opens another, and so on round to the first (循环).

    `place` turns the number of a file and a path in it into the path of the finding.
    """
    nodes = [
        _Node(f"{clause.id}/{rule.code}", rule, place(number, ("clauses", at, "duties", rule_at)))
        for number, file in enumerate(files)
        for at, clause in enumerate(file.clauses)
        for rule_at, rule in enumerate(clause.duties)
    ]
    follows = {node.code: [next_ for next_ in nodes if _calls_up(node.rule, next_.rule)] for node in nodes}
    reported: set[str] = set()
    for node in nodes:
        yield from _to_itself(node)
        if node.code not in reported:
            circle = _circle(node, follows)
            reported.update(circle)
            if circle:
                yield _circular(node, circle)


def _calls_up(late: DutyRule, other: DutyRule) -> bool:
    return late.escalation is not None and late.escalation.act is not None and late.escalation.act in other.on


def _circle(start: _Node, follows: dict[str, list[_Node]]) -> list[str]:
    """The codes on a way from `start` back to it, `start` first; empty where there is none."""
    paths = [[start.code]]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        for node in follows[path[-1]]:
            if node.code == start.code:
                return path
            if node.code not in seen:
                seen.add(node.code)
                paths.append([*path, node.code])
    return []


def _circular(node: _Node, circle: list[str]) -> Finding:
    reason = Message(_("The escalation runs in a circle: {circle}."), circle=" → ".join([*circle, circle[0]]))
    remedy = Message(_("Let one of them end with an act that opens none of these duties."))
    return Finding((*node.loc, "escalation", "act"), "circular_escalation", reason, remedy)


def _to_itself(node: _Node) -> Iterator[Finding]:
    escalation = node.rule.escalation
    if escalation is not None and escalation.to == node.rule.holder:
        yield Finding(
            (*node.loc, "escalation", "to"),
            "circular_escalation",
            Message(_("Duty '{code}' escalates to the one who is late."), code=node.rule.code),
            Message(_("Name another who takes it up.")),
        )

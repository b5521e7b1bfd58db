"""Escalations that never end, or lead nowhere (循环、落空的逾期处置)."""

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
    follows = {
        node.code: [next_ for next_ in nodes if _step_to(node.rule, next_.rule) is not None] for node in nodes
    }
    by_code = {node.code: node for node in nodes}
    reported: set[str] = set()
    for node in nodes:
        yield from _to_itself(node)
        if node.code not in reported:
            circle = _circle(node, follows)
            reported.update(circle)
            if circle:
                yield _circular(node, by_code[circle[1] if len(circle) > 1 else circle[0]], circle)


def _step_to(late: DutyRule, other: DutyRule) -> int | None:
    """The step of `late` whose act opens `other` (所引出的责任)."""
    opens = {*other.on, *other.renewed_by, *other.restarted_by}
    return next((at for at, step in enumerate(late.escalation) if step.act in opens), None)


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


def _circular(node: _Node, next_: _Node, circle: list[str]) -> Finding:
    reason = Message(_("The escalation runs in a circle: {circle}."), circle=" → ".join([*circle, circle[0]]))
    remedy = Message(_("Let one of them end with an act that opens none of these duties."))
    step = _step_to(node.rule, next_.rule) or 0
    return Finding((*node.loc, "escalation", step, "act"), "circular_escalation", reason, remedy)


def _to_itself(node: _Node) -> Iterator[Finding]:
    """Steps that nobody but the late one would take, or that are addressed to who takes them.

    A letter may go to the one who is late: that is what a reminder is. Anything else is for another to do.
    """
    late = node.rule.holder
    for at, step in enumerate(node.rule.escalation):
        here = (*node.loc, "escalation", at)
        letter = bool(step.act and ":" in step.act)
        by = step.by or node.rule.claimant
        if letter and by in (late, step.to):
            reason = _("Duty '{code}': the reminder would go from one organ to itself.")
            yield _itself((*here, "by" if step.by else "to"), reason, node)
        elif not letter and step.to == late:
            yield _itself((*here, "to"), _("Duty '{code}' escalates to the one who is late."), node)


def _itself(loc: Loc, reason: object, node: _Node) -> Finding:
    said = Message(reason, code=node.rule.code)
    return Finding(loc, "circular_escalation", said, Message(_("Name another who takes it up.")))

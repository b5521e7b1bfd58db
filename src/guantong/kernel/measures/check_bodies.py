"""Checks of bodies and of concurrent posts (议事协调机构和兼任规则的检查)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.check_duties import check_setting, unknown_role
from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.schema import BodyRule, Clause, ConcurrentRule, MeasureFile


def check_bodies(file: MeasureFile) -> Iterator[Finding]:
    """Faults of what a file says of bodies and concurrent posts (议事协调机构检查)."""
    kinds: dict[str, str] = {}
    for at, clause in enumerate(file.clauses):
        for number, body in enumerate(clause.bodies):
            loc: Loc = ("clauses", at, "bodies", number)
            if body.kind in kinds:
                reason = Message(
                    _("Body '{kind}' is described by clause {clause} already."),
                    kind=body.kind, clause=kinds[body.kind],
                )  # fmt: skip
                remedy = Message(_("Put its seats together in one clause, or name another body."))
                yield Finding((*loc, "kind"), "body_twice", reason, remedy)
            kinds[body.kind] = clause.id
            yield from _check_body(file, clause, body, loc)
    for at, clause in enumerate(file.clauses):
        codes: set[str] = set()
        for number, rule in enumerate(clause.concurrent):
            loc = ("clauses", at, "concurrent", number)
            if rule.code in codes:
                reason = Message(_("Code '{code}' stands twice in clause '{clause}'."), code=rule.code,
                                 clause=clause.id)  # fmt: skip
                yield Finding(
                    (*loc, "code"), "duplicate_code", reason, Message(_("Give each rule a code of its own."))
                )
            codes.add(rule.code)
            yield from _check_concurrent(file, clause, rule, loc, kinds)


def _check_body(file: MeasureFile, clause: Clause, body: BodyRule, loc: Loc) -> Iterator[Finding]:
    yield from _check_role(file, body.office, (*loc, "office"))
    taken: set[str] = set()
    chaired = False
    for at, seat in enumerate(body.seats):
        here = (*loc, "seats", at)
        yield from _check_role(file, seat.role, (*here, "role"))
        if seat.role in taken:
            reason = Message(_("'{role}' has two seats on '{kind}'."), role=seat.role, kind=body.kind)
            remedy = Message(_("Keep the higher one; a role has one seat on a body."))
            yield Finding((*here, "role"), "seat_twice", reason, remedy)
        taken.add(seat.role)
        if seat.seat == "chair" and chaired:
            reason = Message(_("'{kind}' has two chairs."), kind=body.kind)
            yield Finding(
                (*here, "seat"), "two_chairs", reason, Message(_("Make one of them deputy or member."))
            )
        chaired = chaired or seat.seat == "chair"
    yield from _check_settings(clause, body, loc)


def _check_concurrent(
    file: MeasureFile, clause: Clause, rule: ConcurrentRule, loc: Loc, kinds: dict[str, str]
) -> Iterator[Finding]:
    yield from _check_role(file, rule.whoever.role, (*loc, "whoever", "role"))
    if (rule.holds is None) == (rule.sits is None):
        reason = Message(_("'{code}' names no post to hold and no body to sit on, or both."), code=rule.code)
        remedy = Message(_("Give either 'holds' or 'sits'."))
        yield Finding((*loc, "code"), "holds_or_sits", reason, remedy)
    if rule.holds is not None:
        yield from _check_role(file, rule.holds.role, (*loc, "holds", "role"))
    if rule.sits is not None and rule.sits.body not in kinds:
        reason = Message(_("No clause of this file describes the body '{kind}'."), kind=rule.sits.body)
        remedy = Message(_("Correct the name, or describe the body under 'bodies'."))
        yield Finding((*loc, "sits", "body"), "unknown_body", reason, remedy)
    yield from _check_settings(clause, rule, loc)


def _check_role(file: MeasureFile, role: str, loc: Loc) -> Iterator[Finding]:
    name = role.partition(":")[2]
    if name not in file.roles:
        yield unknown_role(loc, name)


def _check_settings(clause: Clause, rule: BodyRule | ConcurrentRule, loc: Loc) -> Iterator[Finding]:
    if rule.required is not None:
        yield from check_setting(clause, rule.required.setting, "bool", (*loc, "required", "setting"))
    if isinstance(rule, BodyRule) and rule.meets is not None:
        yield from check_setting(clause, rule.meets.setting, "period", (*loc, "meets", "setting"))

"""Words of measure files for readers (办法用语): events, holders, dates, facts, terms, citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guantong.kernel.acts import registry
from guantong.kernel.duties.engine import period_of
from guantong.kernel.matters.models import PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.measures.roles import name_of
from guantong.kernel.measures.rules import Rule, Term
from guantong.kernel.measures.schema import BodyRule, Clause
from guantong.kernel.measures.settings import as_term
from guantong.kernel.measures.table_schema import Scalar, Span
from guantong.kernel.measures.text import Cite, Text
from guantong.kernel.organs.called import seat_name
from guantong.kernel.papers import kinds as paper_kinds

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STARTS: dict[str, _StrPromise] = {
    "happened_on": gettext_lazy("the day the act happened"),
    "received_on": gettext_lazy("the day of receipt"),
    "concluded_on": gettext_lazy("the date of the concluding opinion"),
    "sent_on": gettext_lazy("the day of dispatch"),
    "signed_on": gettext_lazy("the day the letter was signed"),
    "assigned_on": gettext_lazy("the day the assignment was approved"),
    "accepted_on": gettext_lazy("the day the handling department took it over"),
    "decided_until": gettext_lazy("the day set in the session"),
    "begins_on": gettext_lazy("the day the period begins"),
    "due_on": gettext_lazy("the day by which it is to be done"),
    "reply_by": gettext_lazy("the last day for answers to the notice"),
    "known_on": gettext_lazy("the day it became known"),
    "answer_by": gettext_lazy("the day by which an answer is asked"),
    "held_on": gettext_lazy("the day of the meeting"),
    "called_for": gettext_lazy("the day the meeting is called for"),
    "began_on": gettext_lazy("the day the inspection begins"),
}
VALUES: dict[str, _StrPromise] = {
    "calendar_year": gettext_lazy("by the calendar year"),
    "adoption": gettext_lazy("from the day of adoption"),
    "permanent": gettext_lazy("Permanently"),
    "years30": gettext_lazy("30 years"),
    "years10": gettext_lazy("10 years"),
    "own": gettext_lazy("one's own"),
    "forward_superior": gettext_lazy("to be forwarded to the superior organ"),
    "forward_subordinate": gettext_lazy("to be forwarded to a subordinate organ"),
    "forward_peer": gettext_lazy("to be forwarded to an organ of the same level"),
    "split": gettext_lazy("to be split"),
    "return_sender": gettext_lazy("to be returned to the sender"),
    "hand_up": gettext_lazy("to be handed up"),
    "sorting": gettext_lazy("Sorting"),
    "steering": gettext_lazy("Steering"),
    "continue": gettext_lazy("Go on as it is"),
    "speed_up": gettext_lazy("Speed up, by a day"),
    "instruct": gettext_lazy("Written instruction"),
    "answer": gettext_lazy("Ask for a written answer"),
    "extend": gettext_lazy("Propose an extension"),
    "other": gettext_lazy("Other"),
    "liaison_request": gettext_lazy("Liaison request"),
    "liaison_message": gettext_lazy("Liaison message"),
    "work_reminder": gettext_lazy("Reminder of work overdue"),
    "guidance_committee": gettext_lazy("Guidance of an enterprise's discipline body"),
    "guidance_stationed": gettext_lazy("Getting a regulator's department to guide its line"),
    "information_request": gettext_lazy("Request for information"),
    "important_matter": gettext_lazy("Notification of an important matter"),
    "work_report": gettext_lazy("Report of work to the discipline side"),
    "enforcement_return": gettext_lazy("Return of enforcement, collected"),
    "enforcement_summary": gettext_lazy("Summary of enforcement, for approval"),
    "enforcement_notice": gettext_lazy("Notice of enforcement to the shareholder"),
    "party_request": gettext_lazy("Request to the Party committee"),
    "party_report": gettext_lazy("Report to the Party committee"),
    "periodic_party_report": gettext_lazy("Periodic report to the Party committee"),
    "joint_meeting": gettext_lazy("Joint meeting"),
    "economic_audit_joint_meeting": gettext_lazy("Joint meeting on economic-responsibility audit"),
    "anti_corruption_coordination_group": gettext_lazy("Anti-corruption coordination group"),
    "audit_commission": gettext_lazy("Party audit commission"),
    "inspection_leading_group": gettext_lazy("Inspection leading group"),
    "audit": gettext_lazy("Audit matter"),
}
STANDINGS: dict[str, _StrPromise] = {
    "verified": gettext_lazy("read in the text"),
    "secondary": gettext_lazy("from a summary"),
    "unverified": gettext_lazy("to be confirmed"),
}
FACTS: dict[str, _StrPromise] = {
    "source": gettext_lazy("source of the clue"),
    "category": gettext_lazy("nature of the problem"),
    "jurisdiction": gettext_lazy("who has jurisdiction"),
    "on_paper": gettext_lazy("came on paper"),
    "concluded": gettext_lazy("handling is concluded"),
    "answered": gettext_lazy("the sender has been answered"),
    "result": gettext_lazy("result"),
    "supervised": gettext_lazy("under key supervision"),
    "in_handling": gettext_lazy("in handling"),
    "form": gettext_lazy("kind of session or letter"),
    "body": gettext_lazy("which body meets"),
    "of_company": gettext_lazy("held by a company"),
    "field": gettext_lazy("what the task is about"),
    "led": gettext_lazy("unified by who gives it"),
    "part": gettext_lazy("part of another task"),
    "decision": gettext_lazy("decided"),
    "dated": gettext_lazy("a day is set"),
    "handled": gettext_lazy("a department handles it"),
}


def said(text: Text | None) -> str:
    """Return a text of a measure in the reader's language; '' where there is none."""
    return text.in_language(get_language()) if text else ""


def measure_label(version: MeasureVersion) -> str:
    """Return a version of a measure by its title in the reader's language and its number (办法名称)."""
    return f"{said(engine.measure_of(version.pk).title)} {version.version}"


def event_label(event: str) -> str:
    """Return an event of a measure in words: an act, or what happens to a kind of paper."""
    code, _colon, paper = event.partition(":")
    try:
        label = str(registry.get(code).label)
        if not paper:
            return label
        return _("%(act)s: %(paper)s") % {"act": label, "paper": paper_kinds.get(paper).label}
    except KeyError:
        return event


def listed(words: Iterable[str]) -> str:
    """Join words as the reader's language does."""
    return _(", ").join(dict.fromkeys(words))


def holder_label(who: str) -> str:
    """Return 'party:sender' or 'role:case_supervision' in words."""
    how, _colon, name = who.partition(":")
    if how == "party":
        return str(PartyRole(name).label) if name in PartyRole.values else name
    return name_of(name)


def term_label(term: Term) -> str:
    """Return a period in words; hours are said as such, and none is the day that the act itself names."""
    if term.count == 0:
        return _("the day named")
    if term.unit == "hours":
        return _("%(n)d hours") % {"n": term.count}
    return period_of(term).text("en" if (get_language() or "").startswith("en") else "zh")


def period_label(rule: Rule) -> str:
    """Return a rule's period in words: after the day it counts from, or so long before a planned day."""
    period = term_label(rule.period)
    if rule.before:
        period = _("at least %(period)s before") % {"period": period}
    if rule.done_before is None:
        return period
    earlier = _("what was done up to %(period)s before counts") % {"period": term_label(rule.done_before)}
    return _("; ").join((period, earlier))


def value_label(value: object, kind: str = "") -> str:
    """Return a setting's value in words."""
    term = as_term(value) if kind == "period" else None
    if term is not None:
        return term_label(term)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    code = str(value)
    return str(STARTS.get(code) or VALUES.get(code) or value)


def setting_label(measure: Measure, clause: str, name: str, value: object) -> str:
    """Return a value of a setting in words; a choice as the table that asks for it names it."""
    setting = measure.clauses[clause].settings[name]
    if setting.kind == "choice":
        for table in measure.file.tables.values():
            for column in table.inputs.values():
                if column.setting == f"{clause}/{name}" and str(value) in column.values:
                    return said(column.values[str(value)])
    return value_label(value, setting.kind)


def _known_values(measure: Measure) -> dict[str, Mapping[str, Text]]:
    """Return the labels that the measure's own tables give to values of facts."""
    known: dict[str, Mapping[str, Text]] = {}
    for table in measure.file.tables.values():
        for name, labels in [
            *((name, column.values) for name, column in table.inputs.items()),
            *((name, output.values) for name, output in table.outputs.items()),
        ]:
            known[name] = {**known.get(name, {}), **labels}
    return known


def condition_label(measure: Measure, conditions: Mapping[str, tuple[Scalar, ...]]) -> str:
    """Return the conditions of a rule in words."""
    known = _known_values(measure)
    parts = []
    for name, values in conditions.items():
        words = [
            said(known.get(name, {}).get(str(value))) or value_label(value)
            for value in values
            if not isinstance(value, bool)
        ]
        label = str(FACTS.get(name, name))
        if words:
            parts.append(_("%(fact)s: %(values)s") % {"fact": label, "values": listed(words)})
        else:
            wanted = value_label(values[0])
            parts.append(_("%(fact)s: %(values)s") % {"fact": label, "values": wanted})
    return _("; ").join(parts)


def cell_label(condition: Any, labels: Mapping[str, Text]) -> str:
    """Return one cell of a decision table in words."""
    if isinstance(condition, Span):
        low = "" if condition.start is None else f"≥ {condition.start}"
        high = "" if condition.below is None else f"< {condition.below}"
        return f"{low} {high}".strip()
    values = condition if isinstance(condition, list) else [condition]
    return listed(_scalar(value, labels) for value in values)


def _scalar(value: Scalar, labels: Mapping[str, Text]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if str(value) in labels:
        return said(labels[str(value)])
    return str(value)


def cite_label(measure: Measure, cite: Cite) -> dict[str, Any]:
    """Return a citation in words with its standing."""
    source = measure.file.sources.get(cite.source)
    return {
        "source": said(source.title) if source else cite.source,
        "number": source.number if source else "",
        "at": said(cite.at),
        "note": said(source.note) if source else "",
        "standing": STANDINGS[cite.standing],
        "certain": cite.standing == "verified",
    }


def body_rule(measure: Measure, clause: Clause, rule: BodyRule) -> dict[str, Any]:
    """Return what a clause requires of a body in words: office, seats, how often it meets (机构要求)."""
    meets = measure.setting(clause.id, rule.meets.setting) if rule.meets else None
    return {
        "name": said(rule.name),
        "office": holder_label(rule.office),
        "meets": term_label(meets) if isinstance(meets, Term) else "",
        "seats": [
            {
                "role": holder_label(seat.role),
                "seat": seat_name(seat.seat, rule.kind),
                "principal": seat.principal,
            }
            for seat in rule.seats
        ],
    }

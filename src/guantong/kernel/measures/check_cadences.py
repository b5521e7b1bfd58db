"""Checks of what comes round by the calendar (周期责任的检查)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.cadences import ALIGNMENTS, CALENDAR_YEAR
from guantong.kernel.measures.check_duties import check_setting, listed, unknown_event, unknown_role
from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.rules import term_of
from guantong.kernel.measures.schema import CadenceRule, Clause, MeasureFile
from guantong.kernel.measures.vocabulary import Vocabulary, knows_event


def check_cadences(
    file: MeasureFile, clause: Clause, here: Loc, vocabulary: Vocabulary | None
) -> Iterator[Finding]:
    """Faults of a clause's cadences (周期责任检查)."""
    taken = {rule.code for rule in clause.duties}
    for at, rule in enumerate(clause.cadences):
        loc = (*here, "cadences", at)
        if rule.code in taken:
            reason = Message(
                _("Duty code '{code}' stands twice in clause '{clause}'."), code=rule.code, clause=clause.id
            )
            remedy = Message(_("Give each duty a code of its own."))
            yield Finding((*loc, "code"), "duplicate_duty", reason, remedy)
        taken.add(rule.code)
        for field in ("holder", "claimant"):
            name = str(getattr(rule, field)).partition(":")[2]
            if name not in file.roles:
                yield unknown_role((*loc, field), name)
        for index, role in enumerate(rule.shown_to):
            if role.partition(":")[2] not in file.roles:
                yield unknown_role((*loc, "shown_to", index), role.partition(":")[2])
        yield from check_setting(clause, rule.aligned.setting, "choice", (*loc, "aligned", "setting"))
        yield from check_setting(clause, rule.moves.setting, "bool", (*loc, "moves", "setting"))
        yield from _check_each(clause, rule, loc)
        yield from _check_every(clause, rule, loc)
        yield from _check_within(clause, rule, loc)
        if vocabulary is not None:
            yield from _check_words(rule, loc, vocabulary)


def _check_each(clause: Clause, rule: CadenceRule, loc: Loc) -> Iterator[Finding]:
    if rule.least_share is None:
        return
    place = (*loc, "least_share", "setting")
    yield from check_setting(clause, rule.least_share.setting, "int", place)
    if not rule.each:
        reason = Message(_("'{code}' goes down along equity, but is not opened for each."), code=rule.code)
        yield Finding(
            (*loc, "least_share"), "share_of_one", reason, Message(_("Write each: true beside it."))
        )


def _check_every(clause: Clause, rule: CadenceRule, loc: Loc) -> Iterator[Finding]:
    place = (*loc, "every")
    if len(rule.every.given()) != 1:
        reason = Message(_("How often '{code}' comes round is not given in one unit."), code=rule.code)
        yield Finding(place, "two_units", reason, Message(_("Write months or years, as {{months: 3}}.")))
        return
    if rule.every.setting is not None:
        found = list(check_setting(clause, rule.every.setting, "period", (*place, "setting")))
        yield from found
        if found:
            return
    term, aligned = term_of(clause, rule.every), clause.settings.get(rule.aligned.setting)
    if term.unit not in ("months", "years"):
        reason = Message(_("'{code}' comes round in {unit}, which no calendar year holds."), code=rule.code,
                         unit=term.unit)  # fmt: skip
        yield Finding(place, "uneven_cadence", reason, Message(_("Write months or years, as {{months: 3}}.")))
    elif aligned and aligned.value == CALENDAR_YEAR and term.unit == "months" and 12 % term.count:
        reason = Message(
            _("A calendar year does not divide into periods of {count} months."), count=term.count
        )
        remedy = Message(_("Write 1, 2, 3, 4, 6 or 12 months, or count from the adoption."))
        yield Finding(place, "uneven_cadence", reason, remedy)
    if aligned is not None and not set(aligned.choices) <= set(ALIGNMENTS):
        reason = Message(
            _("Setting '{name}' offers what periods cannot be counted by."), name=rule.aligned.setting
        )
        remedy = Message(_("Use one of: {known}."), known=listed(ALIGNMENTS))
        yield Finding((*loc, "aligned", "setting"), "unknown_alignment", reason, remedy)


def _check_within(clause: Clause, rule: CadenceRule, loc: Loc) -> Iterator[Finding]:
    if rule.within is None:
        return
    place = (*loc, "within")
    if len(rule.within.given()) != 1:
        reason = Message(
            _("How long after its period '{code}' is owed is not given in one unit."), code=rule.code
        )
        yield Finding(place, "two_units", reason, Message(_("Write one unit, as {{working_days: 10}}.")))
    elif rule.within.setting is not None:
        yield from check_setting(clause, rule.within.setting, "period", (*place, "setting"))


def _check_words(rule: CadenceRule, loc: Loc, vocabulary: Vocabulary) -> Iterator[Finding]:
    for at, event in enumerate(rule.discharged_by):
        if not knows_event(vocabulary, event):
            yield unknown_event((*loc, "discharged_by", at), event)
    bodies = vocabulary.facts.get("body", frozenset())
    if rule.body is not None and rule.body not in bodies:
        reason = Message(_("No body of kind '{kind}' is known."), kind=rule.body)
        remedy = Message(_("Use one of: {known}."), known=listed(str(one) for one in bodies))
        yield Finding((*loc, "body"), "unknown_body", reason, remedy)
    if rule.opens not in vocabulary.occasions:
        reason = Message(_("The calendar opens no matter of kind '{kind}'."), kind=rule.opens)
        remedy = Message(_("Use one of: {known}."), known=listed(vocabulary.occasions))
        yield Finding((*loc, "opens"), "unknown_occasion", reason, remedy)
        return
    forms = vocabulary.occasions[rule.opens]
    if forms and rule.form not in forms:
        reason = Message(_("The calendar opens no form '{form}'."), form=rule.form or "")
        remedy = Message(_("Use one of: {known}."), known=listed(forms))
        yield Finding((*loc, "form") if rule.form else loc, "unknown_form", reason, remedy)
    if not forms and rule.form is not None:
        reason = Message(_("Matters of kind '{kind}' have no forms."), kind=rule.opens)
        yield Finding((*loc, "form"), "no_forms", reason, Message(_("Drop this key.")), "key")

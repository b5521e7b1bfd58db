"""What an act makes of duties (责任规则引擎): opens, discharges, pauses, extends, derives anew."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Deed, Refused, refuse
from guantong.kernel.calendar import (
    CIVIL_CODE,
    Deadline,
    Explanation,
    Period,
    Reading,
    UnknownYear,
    before,
    deadline,
    extend,
    shift,
)
from guantong.kernel.calendar import get_calendar as calendar
from guantong.kernel.duties.governing import calendar_reading
from guantong.kernel.duties.models import Duty, DutyChange, DutyState
from guantong.kernel.duties.past import Past, done_beside
from guantong.kernel.matters.models import Depth, Party, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.measures.engine import RulesInForce
from guantong.kernel.measures.rules import Rule, Term, clauses_of_act, conditions_hold

OWING = (
    PartyRole.HANDLER, PartyRole.RECEIVER, PartyRole.RECIPIENT, PartyRole.SENDER, PartyRole.APPROVER,
    PartyRole.EXECUTING,
)  # fmt: skip
AS_COUNTED = Reading(rest_day_moves=False)


@dataclass
class Consequences:
    """Rows that follow from an act."""

    opened: list[Duty] = field(default_factory=list)
    changed: dict[uuid.UUID, Duty] = field(default_factory=dict)
    changes: list[DutyChange] = field(default_factory=list)
    origins: set[uuid.UUID] = field(default_factory=set)
    undecided: list[str] = field(default_factory=list)


def period_of(term: Term) -> Period:
    """Return a rule's term as the calendar counts it; hours end with the day they end in."""
    if term.unit == "hours":
        return Period(days=math.ceil(term.count / 24))
    return Period(**{term.unit: term.count})


def due(start: date, term: Term, reading: Reading = CIVIL_CODE) -> Deadline:
    """Return the deadline of a period. Raises Refused where the calendar cannot know it.

    Hours run at once: there is no first day to count or to leave out.
    """
    if term.unit == "hours":
        reading = replace(reading, first_day_counts=False)
    try:
        return deadline(start, period_of(term), calendar(), reading=reading)
    except UnknownYear as error:
        raise unknown_year(error) from error


def due_before(planned: date, term: Term, arose_on: date | None, reading: Reading = CIVIL_CODE) -> Deadline:
    """Return the last day that lies so long before a planned day (事前期限). Raises Refused as `due` does."""
    try:
        return before(planned, period_of(term), calendar(), arose_on=arose_on, reading=reading)
    except UnknownYear as error:
        raise unknown_year(error) from error


def unknown_year(error: UnknownYear) -> Refused:
    """Return the refusal of an act whose deadline lies beyond the calendar."""
    return refuse(
        "happened_on",
        _("The working days up to the deadline are not in the calendar: %(error)s") % {"error": error},
        _("Check the date, or ask the system administrator to add the year to the calendar."),
    )


def rederived(starts_on: date, explanation: Any) -> tuple[date, Deadline]:
    """Derive a date anew, its pauses and extensions included: the first due date, and the one now (重新推算).

    From the start given and the calendar of today, by the reading it was counted by, which the explanation
    holds. Raises Refused where the calendar cannot know it.
    """
    found = Explanation.model_validate(explanation)
    period = found.steps[0]
    term = Term(period.unit, period.count)
    if period.kind == "before":
        made = due_before(starts_on, term, period.arose_on, found.reading)
        return made.due_on, made
    made = due(starts_on, term, found.reading)
    first = made.due_on
    for step in found.steps[1:]:
        if step.kind == "extension" and made.due_on < step.nominal:
            made = extend(made, Period(days=(step.nominal - made.due_on).days), calendar())
        elif step.paused_from and step.resumed_on and starts_on <= step.paused_from <= made.due_on:
            made = shift(made, step.paused_from, step.resumed_on, calendar())
    return first, made


def put(duty: Duty, made: Deadline) -> None:
    """Give a duty its date with the explanation; a date that moves can lapse again."""
    if made.due_on != duty.due_on:
        duty.overdue_noted, duty.escalated, duty.escalates_on = False, 0, None
    duty.due_on, duty.provisional = made.due_on, made.provisional
    duty.explanation = made.explanation.model_dump(mode="json")


def rule_of(duty: Duty, force: RulesInForce) -> Rule | None:
    """Return the rule a duty was born under, in that version and with the own values of that time."""
    code = f"{duty.clause}/{duty.rule}"
    return engine.rule_born(force, code, duty.measure_version_id, duty.adoption_id)


def role_in(parties: Mapping[str, Party], organ_id: int | None) -> str:
    """Return what an organ is to the matter, so that a duty follows its party; '' where it is none."""
    return next((role for role in OWING if role in parties and parties[role].organ_id == organ_id), "")


class Follower:
    """Follows the rules of one act through the duties of its matter."""

    def __init__(
        self, deed: Deed, force: RulesInForce, duties: list[Duty], past: Sequence[Past] = ()
    ) -> None:
        self.deed = deed
        self.force = force
        self.duties = duties
        self.past = past
        self.events = set(deed.events)
        self.found = Consequences()

    def clauses(self) -> list[str]:
        """Return the ids of the clauses the act serves, for its entry; no rule of other matters counts.

        What comes round is opened by no act: its rule counts where it is owed on this matter.
        """
        owed = {f"{duty.clause}/{duty.rule}" for duty in self.duties}
        carried = {clause.id for clause in self.force.clauses if clause.status == "carried"}
        acts = {clause.id for clause in clauses_of_act(self.force.clauses, self.deed.act.code)}
        acts |= carried & set(self.deed.act.under(self.deed.detail))
        touched = {
            rule.clause
            for rule in self.force.rules.rules
            if self.events & (rule.on | rule.discharged_by | rule.extended_by)
            and (rule.on or rule.code in owed)
            and self._may_apply(rule)
        }
        return sorted(acts | touched)

    def _may_apply(self, rule: Rule) -> bool:
        holds, missing = conditions_hold(rule.when, self.deed.facts)
        return holds or bool(missing)

    def follow(self, entry_id: int) -> Consequences:
        """Return everything that follows; nothing is written here."""
        self.entry_id = entry_id
        try:
            if self.deed.restated:
                self._follow_anew()
            for duty in self.duties:
                self._move(duty)
        except UnknownYear as error:
            raise unknown_year(error) from error
        for event in sorted(self.events):
            matched = self.force.rules.opened_by(event, self.deed.facts)
            for rule in matched.rules:
                self._open(rule)
            self.found.undecided += [rule.code for rule, _missing in matched.undecided]
        return self.found

    def _move(self, duty: Duty) -> None:
        rule = self._rule(duty)
        own = duty.matter_id == self.deed.matter.pk
        if own and duty.start_fact in self.deed.corrected:
            self._derive_anew(duty)
        if own and duty.ended_by in self.deed.redated:
            duty.ended_on = self.deed.redated[duty.ended_by]
            self.found.changed[duty.pk] = duty
        if own and duty.claimant_party in self.deed.mistaken:
            self._owe_again(duty)
        if duty.state not in (DutyState.OPEN, DutyState.PAUSED):
            return
        if rule is not None and own == (rule.about == "matter"):
            self._apply(duty, rule)
        elif rule is not None and own and self.events & rule.cancelled_by:
            self._end(duty, DutyState.CANCELLED)
        if own:
            self._follow_parties(duty)

    def _rule(self, duty: Duty) -> Rule | None:
        return rule_of(duty, self.force)

    def _apply(self, duty: Duty, rule: Rule) -> None:
        items = self.deed.items
        others = duty.item is not None and duty.item not in items
        if (
            self.events & rule.discharged_by
            and not others
            and conditions_hold(rule.discharge_when, self.deed.facts)[0]
        ):
            self._end(duty, DutyState.DISCHARGED)
        elif self.events & rule.cancelled_by and not (others and items):
            self._end(duty, DutyState.CANCELLED)
        elif self.events & rule.paused_by and duty.state == DutyState.OPEN:
            duty.state, duty.paused_on = DutyState.PAUSED, self.deed.happened_on
            self._changed(duty, "pause", duty.due_on, duty.explanation)
        elif self.events & rule.resumed_by and duty.state == DutyState.PAUSED:
            self._resume(duty)
        elif self.events & rule.extended_by and self.deed.extension_until:
            self._extend(duty, self.deed.extension_until)

    def _follow_anew(self) -> None:
        """Follow the rules a restated fact decides again, through all that has happened (重新推算责任).

        What is done stays done; a duty that should not have been is no longer owed, one that should have
        been is owed from its day, unless a later act would have ended it.
        """
        taken = {**self.deed.facts, **self.deed.restated}
        for at, event in enumerate(self.past):
            rules = engine.rules_on(self.deed.matter.jurisdiction_id, event.happened_on).rules
            was = {rule.code for name in event.events for rule in rules.opened_by(name, taken).rules}
            now = {
                rule.code: rule
                for name in event.events
                for rule in rules.opened_by(name, self.deed.facts).rules
            }
            for duty in self.duties:
                code = f"{duty.clause}/{duty.rule}"
                if duty.opened_by == event.entry and code in was - now.keys() and duty.ended_on is None:
                    self._end(duty, DutyState.CANCELLED)
            if self.deed.matter.is_open:
                for code in sorted(now.keys() - was):
                    self._open_late(now[code], event, self.past[at + 1 :])

    def _open_late(self, rule: Rule, event: Past, later: Sequence[Past]) -> None:
        ends = rule.discharged_by | rule.cancelled_by
        if any(one.events & ends for one in later):
            return
        self._open(rule, event)
        duty = self.found.opened[-1]
        for one in later:
            if one.events & rule.paused_by and duty.state == DutyState.OPEN:
                duty.state, duty.paused_on = DutyState.PAUSED, one.happened_on
            elif one.events & rule.resumed_by and duty.state == DutyState.PAUSED:
                self._go_on(duty, one.happened_on)
            elif one.events & rule.extended_by and one.until and one.until > duty.due_on:
                put(
                    duty,
                    extend(self._deadline(duty), Period(days=(one.until - duty.due_on).days), calendar()),
                )

    def _owe_again(self, duty: Duty) -> None:
        """What a letter to the wrong organ answered is owed to the right one, by the same day."""
        answered = duty.state == DutyState.DISCHARGED and getattr(duty, "by_letter", False)
        if answered and self.deed.matter.is_open:
            duty.state, duty.ended_on, duty.ended_by = DutyState.OPEN, None, None
            self._changed(duty, "correct", duty.due_on, duty.explanation)

    def _open(self, rule: Rule, event: Past | None = None) -> None:
        on = event.happened_on if event else self.deed.happened_on
        start = on if rule.start == "happened_on" else self.deed.facts.get(rule.start)
        if start is None:
            raise refuse(
                rule.start if rule.start in self.deed.data else "happened_on",
                _("Clause %(clause)s counts from a date that is missing here.") % {"clause": rule.clause},
                _("Give the date, or have the measure's administrator check the clause."),
            )
        force = engine.rules_on(self.deed.matter.jurisdiction_id, on) if event else self.force
        reading = calendar_reading(force)
        if rule.before:
            made = due_before(start, rule.period, on, reading)
        else:
            made = due(start, self._period(rule), reading)
        applied = force.applied[rule.code]
        holder, holder_party = self._resolve(rule.holder)
        claimant, claimant_party = self._resolve(rule.claimant)
        self.found.opened.append(
            Duty(
                matter=self.deed.matter,
                clause=rule.clause,
                rule=rule.code.partition("/")[2],
                measure_version_id=applied.version,
                adoption_id=applied.adoption,
                name=rule.name.zh,
                name_en=rule.name.en,
                holder_id=holder,
                claimant_id=claimant,
                holder_party=holder_party,
                claimant_party=claimant_party,
                opened_by=event.entry if event else self.entry_id,
                start_fact=rule.start,
                starts_on=start,
                due_on=made.due_on,
                first_due_on=made.due_on,
                provisional=made.provisional,
                explanation=made.explanation.model_dump(mode="json"),
                closing=rule.closing,
                item=next(iter(self.deed.items), None) if rule.per_item else None,
            )
        )
        if rule.done_before is not None and event is None:
            self._done_already(rule, rule.done_before)

    def _done_already(self, rule: Rule, within: Term) -> None:
        """What fulfils it was done at the same time and entered first: it arises fulfilled (同时办理)."""
        today, duty = self.deed.happened_on, self.found.opened[-1]
        since = due_before(today, within, None, AS_COUNTED).due_on
        if found := done_beside(self.deed.matter.pk, rule, since, today):
            duty.ended_by, duty.ended_on = found
            duty.state = DutyState.DISCHARGED

    def _period(self, rule: Rule) -> Term:
        """Return the rule's period, or the one this matter has of its own (自定期限; CZ-4.3)."""
        own = self.deed.facts.get(rule.period_fact) if rule.period_fact else None
        return own if isinstance(own, Term) else rule.period

    def _resolve(self, who: str) -> tuple[int | None, str]:
        how, _colon, name = who.partition(":")
        if how == "party":
            if name in self.deed.letter_parties:
                organ = self.deed.letter_parties[name]
                return organ, role_in(self.deed.parties, organ)
            return self.deed.organ_of(name), name
        place = self.deed.matter.jurisdiction_id
        return engine.organ_bound(name, place, self.deed.happened_on), ""

    def _end(self, duty: Duty, state: DutyState) -> None:
        duty.state, duty.ended_on, duty.ended_by = state, self.deed.happened_on, self.entry_id
        self.found.changed[duty.pk] = duty
        if duty.matter_id != self.deed.matter.pk:
            self.found.origins.add(duty.matter_id)

    def _deadline(self, duty: Duty) -> Deadline:
        return Deadline(duty.due_on, duty.provisional, Explanation.model_validate(duty.explanation))

    def _resume(self, duty: Duty) -> None:
        old = (duty.due_on, duty.explanation)
        self._go_on(duty, self.deed.happened_on)
        self._changed(duty, "resume", *old)

    def _go_on(self, duty: Duty, on: date) -> None:
        paused_on = duty.paused_on or on
        if paused_on <= duty.due_on:
            put(duty, shift(self._deadline(duty), paused_on, on, calendar()))
        duty.state, duty.paused_on = DutyState.OPEN, None

    def _extend(self, duty: Duty, until: date) -> None:
        days = (until - duty.due_on).days
        if days <= 0:
            return
        old = (duty.due_on, duty.explanation)
        put(duty, extend(self._deadline(duty), Period(days=days), calendar()))
        self._changed(duty, "extend", *old)

    def _derive_anew(self, duty: Duty) -> None:
        old = (duty.due_on, duty.explanation)
        duty.starts_on = self.deed.corrected[duty.start_fact]
        duty.first_due_on, made = rederived(duty.starts_on, duty.explanation)
        put(duty, made)
        self._changed(duty, "correct", *old)

    def _changed(self, duty: Duty, what: str, old_due: date, old_explanation: Any) -> None:
        self.found.changed[duty.pk] = duty
        self.found.changes.append(
            DutyChange(
                duty=duty,
                entry=self.entry_id,
                what=what,
                old_due_on=old_due,
                new_due_on=duty.due_on,
                old_explanation=old_explanation,
                reason=self._reason(),
                at=self.deed.now,
            )
        )

    def _reason(self) -> str:
        """Return the act's reason where all who read its entry may read the duty; else it stays in the entry.

        A sender sees that a date owed to him moved; why the handling stood still is the handler's (CZ-3.3).
        """
        if self.deed.act.shown(self.deed) > Depth.FEEDBACK:
            return ""
        return str(self.deed.data.get("reason") or "")[:500]

    def _follow_parties(self, duty: Duty) -> None:
        for role in {*self.deed.replaced, *(party.role for party in self.deed.new_parties)}:
            organ = self.deed.organ_of(role)
            if duty.holder_party == role and duty.holder_id != organ:
                duty.holder_id = organ
                self.found.changed[duty.pk] = duty
            if duty.claimant_party == role and duty.claimant_id != organ:
                duty.claimant_id = organ
                self.found.changed[duty.pk] = duty

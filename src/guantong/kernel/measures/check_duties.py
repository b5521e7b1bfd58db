"""Checks of duty rules (责任规则的检查)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.schema import Clause, DutyRule, MeasureFile, Period, Scalar, SettingRef
from guantong.kernel.measures.vocabulary import Vocabulary, knows_event


def check_duties(
    file: MeasureFile, clause: Clause, here: Loc, vocabulary: Vocabulary | None
) -> Iterator[Finding]:
    """Faults of a clause's duty rules (责任规则检查)."""
    seen: set[str] = set()
    for at, rule in enumerate(clause.duties):
        loc = (*here, "duties", at)
        if rule.code in seen:
            reason = Message(
                _("Duty code '{code}' stands twice in clause '{clause}'."), code=rule.code, clause=clause.id
            )
            yield Finding(
                (*loc, "code"), "duplicate_duty", reason, Message(_("Give each duty a code of its own."))
            )
        seen.add(rule.code)
        yield from _check_ends(rule, loc)
        yield from _check_periods(clause, rule, loc)
        yield from _check_before(clause, rule, loc)
        yield from _check_references(clause, rule, loc)
        yield from _check_holders(file, rule, loc, vocabulary)
        if vocabulary is not None:
            yield from _check_words(clause, rule, loc, vocabulary)


def _check_ends(rule: DutyRule, loc: Loc) -> Iterator[Finding]:
    if not rule.discharged_by:
        yield Finding(
            (*loc, "code"),
            "no_discharge",
            Message(_("Nothing discharges duty '{code}'."), code=rule.code),
            Message(_("Name the act that fulfils it under 'discharged_by'.")),
        )
    for at, event in enumerate(rule.on):
        if event in rule.discharged_by or event in rule.cancelled_by:
            reason = Message(_("'{event}' both opens and ends duty '{code}'."), event=event, code=rule.code)
            remedy = Message(_("Remove it from one of the two lists."))
            yield Finding((*loc, "on", at), "opens_and_ends", reason, remedy)
    if bool(rule.paused_by) != bool(rule.resumed_by) or (rule.pausable and not rule.paused_by):
        yield Finding(
            (*loc, "code"),
            "half_pause",
            Message(_("Duty '{code}' needs both what pauses and what resumes it."), code=rule.code),
            Message(_("Give 'paused_by' and 'resumed_by', or neither.")),
        )


def _check_periods(clause: Clause, rule: DutyRule, loc: Loc) -> Iterator[Finding]:
    periods: list[tuple[Loc, Period]] = [((*loc, "period"), rule.period)]
    periods += [((*loc, "done_before"), rule.done_before)] if rule.done_before else []
    periods += [((*loc, "escalation", at, "after"), step.after) for at, step in enumerate(rule.escalation)]
    for place, period in periods:
        given = period.given()
        if len(given) != 1:
            many = len(given) > 1
            reason = (
                Message(_("The period of duty '{code}' has more than one unit."), code=rule.code)
                if many
                else Message(_("The period of duty '{code}' has no unit."), code=rule.code)
            )
            remedy = Message(_("Write exactly one unit, as {{working_days: 10}} or {{months: 3}}."))
            yield Finding(place, "two_units" if many else "no_unit", reason, remedy)
        if period.setting is not None:
            yield from check_setting(clause, period.setting, "period", (*place, "setting"))


def _check_before(clause: Clause, rule: DutyRule, loc: Loc) -> Iterator[Finding]:
    """Faults of what is counted back from a planned day, or done at the same time (事前、同时办理)."""
    if rule.before:
        if rule.start == "happened_on":
            reason = Message(_("Duty '{code}' is to be done before the act that opens it."), code=rule.code)
            remedy = Message(_("Name under 'start' a planned day, which the act sets."))
            yield Finding((*loc, "before"), "before_itself", reason, remedy)
        for field in ("paused_by", "extended_by"):
            if getattr(rule, field):
                reason = Message(
                    _("Duty '{code}' ends with a planned day, which no pause moves."), code=rule.code
                )
                remedy = Message(_("Name what moves the planned day under 'restarted_by', and drop this."))
                yield Finding((*loc, field), "before_and_paused", reason, remedy)
        if rule.period.fact or _unit(clause, rule.period) == "hours":
            reason = Message(_("The period of duty '{code}' cannot be counted back."), code=rule.code)
            remedy = Message(_("Write days, working_days, months or years."))
            yield Finding((*loc, "period"), "not_counted_back", reason, remedy)
    if rule.done_before and (rule.per_item or rule.discharge_when):
        field = "per_item" if rule.per_item else "discharge_when"
        reason = Message(
            _("What was done before duty '{code}' arose is not known so exactly."), code=rule.code
        )
        remedy = Message(_("Drop '{field}' or 'done_before'."), field=field)
        yield Finding((*loc, field), "done_before_in_part", reason, remedy, "key")
    if rule.done_before and _unit(clause, rule.done_before) == "hours":
        reason = Message(_("The period of duty '{code}' cannot be counted back."), code=rule.code)
        remedy = Message(_("Write days, working_days, months or years."))
        yield Finding((*loc, "done_before"), "not_counted_back", reason, remedy)


def _unit(clause: Clause, period: Period) -> str:
    """The unit of a period, looked up in its setting; '' where that is another fault."""
    if period.setting is not None:
        found = clause.settings.get(period.setting)
        given = found.value if found else None
        return next(iter(given), "") if isinstance(given, dict) else ""
    return next(iter(period.given()), "")


def _check_references(clause: Clause, rule: DutyRule, loc: Loc) -> Iterator[Finding]:
    if isinstance(rule.start, SettingRef):
        yield from check_setting(clause, rule.start.setting, "choice", (*loc, "start", "setting"))
    if rule.pausable is not None:
        yield from check_setting(clause, rule.pausable.setting, "bool", (*loc, "pausable", "setting"))


def check_setting(clause: Clause, name: str, kind: str, loc: Loc) -> Iterator[Finding]:
    """Faults of naming a setting: not defined in the clause, or of another kind (参数引用)."""
    if name not in clause.settings:
        reason = Message(
            _("Setting '{name}' is named but not defined in clause '{clause}'."), name=name, clause=clause.id
        )
        remedy = Message(_("Define it under 'settings', or correct the name."))
        yield Finding(loc, "undefined_setting", reason, remedy)
    elif clause.settings[name].kind != kind:
        reason = Message(
            _("Setting '{name}' is not of kind {kind}, which is needed here."), name=name, kind=kind
        )
        yield Finding(loc, "wrong_setting_kind", reason, Message(_("Name a setting of that kind.")))


def _check_holders(
    file: MeasureFile, rule: DutyRule, loc: Loc, vocabulary: Vocabulary | None
) -> Iterator[Finding]:
    named: list[tuple[Loc, str]] = [((*loc, "holder"), rule.holder), ((*loc, "claimant"), rule.claimant)]
    for at, step in enumerate(rule.escalation):
        named += [((*loc, "escalation", at, "to"), step.to)]
        named += [((*loc, "escalation", at, "by"), step.by)] if step.by else []
    for place, who in named:
        kind, _colon, name = who.partition(":")
        if kind == "role" and name not in file.roles:
            yield unknown_role(place, name)
        if kind == "party" and vocabulary is not None and name not in vocabulary.parties:
            reason = Message(_("There is no party '{name}' in a matter."), name=name)
            remedy = Message(_("Use one of: {known}."), known=listed(vocabulary.parties))
            yield Finding(place, "unknown_party", reason, remedy)


def unknown_role(loc: Loc, name: str) -> Finding:
    """The fault of naming a role the file does not define (未定义的角色)."""
    reason = Message(_("There is no role '{name}' in this measure."), name=name)
    return Finding(loc, "unknown_role", reason, Message(_("Define it under 'roles', or correct the name.")))


def _check_words(clause: Clause, rule: DutyRule, loc: Loc, vocabulary: Vocabulary) -> Iterator[Finding]:
    for field, at, event in rule.events():
        if not knows_event(vocabulary, event):
            yield unknown_event((*loc, field, at), event)
    for at, step in enumerate(rule.escalation):
        if step.act is not None and not knows_event(vocabulary, step.act):
            yield unknown_event((*loc, "escalation", at, "act"), step.act)
    own = rule.period.fact
    if own is not None and own not in vocabulary.periods:
        reason = Message(_("There is no period '{name}' that a matter could have of its own."), name=own)
        remedy = Message(_("Use one of: {known}."), known=listed(vocabulary.periods))
        yield Finding((*loc, "period", "fact"), "unknown_fact", reason, remedy)
    yield from _check_start(clause, rule, loc, vocabulary)
    for field, conditions in (("when", rule.when), ("discharge_when", rule.discharge_when)):
        yield from _check_facts(conditions, (*loc, field), vocabulary)


def unknown_event(loc: Loc, event: str) -> Finding:
    """The fault of naming an act that does not exist (不存在的行为)."""
    reason = Message(_("There is no act '{act}'."), act=event)
    remedy = Message(_("Use the code of an act that exists; 'Writing a measure' lists them."))
    return Finding(loc, "unknown_event", reason, remedy)


def _check_start(clause: Clause, rule: DutyRule, loc: Loc, vocabulary: Vocabulary) -> Iterator[Finding]:
    named: list[tuple[Loc, str]]
    if isinstance(rule.start, str):
        named = [((*loc, "start"), rule.start)]
    else:
        setting = clause.settings.get(rule.start.setting)
        place = (*loc[:2], "settings", rule.start.setting, "choices")
        named = [((*place, at), choice) for at, choice in enumerate(setting.choices if setting else [])]
    for where, name in named:
        if name not in vocabulary.dates:
            reason = Message(_("There is no date '{name}' that a period could start from."), name=name)
            remedy = Message(_("Use one of: {known}."), known=listed(vocabulary.dates))
            yield Finding(where, "unknown_date", reason, remedy)


def _check_facts(
    conditions: Mapping[str, list[Scalar] | Scalar], loc: Loc, vocabulary: Vocabulary
) -> Iterator[Finding]:
    for name, wanted in conditions.items():
        if name not in vocabulary.facts:
            reason = Message(_("There is no fact '{name}' a rule could ask for."), name=name)
            remedy = Message(_("Use one of: {known}."), known=listed(vocabulary.facts))
            yield Finding((*loc, name), "unknown_fact", reason, remedy, "key")
            continue
        known = vocabulary.facts[name]
        for at, value in enumerate(wanted if isinstance(wanted, list) else [wanted]):
            if known and not any(type(it) is type(value) and it == value for it in known):
                place = (*loc, name, at) if isinstance(wanted, list) else (*loc, name)
                reason = Message(_("Fact '{name}' is never '{value}'."), name=name, value=value)
                yield Finding(
                    place, "unknown_value", reason, Message(_("Use one of: {known}."), known=listed(known))
                )


def listed(names: Iterable[object]) -> str:
    """Names in one line, sorted (并列写出)."""
    return ", ".join(sorted(str(name) for name in names))

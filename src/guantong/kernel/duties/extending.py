"""How far a duty may be extended at a time (延长上限), which the measures decide."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.calendar import Deadline, Explanation, UnknownYear, extend
from guantong.kernel.calendar import get_calendar as calendar
from guantong.kernel.duties.engine import period_of, rule_of, unknown_year
from guantong.kernel.duties.governing import governed
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.measures import engine
from guantong.kernel.measures.governing import LONGEST_EXTENSION, Governing
from guantong.kernel.measures.rules import Term


def require_within_longest(deed: Deed, until: date | None, by: str, remedy: str) -> None:
    """Refuse a date further beyond a duty's present one than the measure allows at a time (延长上限).

    `by` is the act that moves the dates; looked at is every open duty of the matter that it would move.
    Raises Refused, which names the clause; `remedy` says what can be done instead.
    """
    force = engine.rules_on(deed.matter.jurisdiction_id, deed.happened_on)
    limit = governed(force, LONGEST_EXTENSION)
    if until is None or limit is None or not isinstance(limit.value, Term):
        return
    for duty in Duty.objects.filter(matter=deed.matter, state=DutyState.OPEN, due_on__lt=until):
        rule = rule_of(duty, force)
        if rule is not None and by in rule.extended_by:
            last = _latest(duty, limit.value)
            if until > last:
                raise refuse("until", _too_far(duty, limit, limit.value, last), remedy % {"day": last})


def _latest(duty: Duty, term: Term) -> date:
    present = Deadline(duty.due_on, duty.provisional, Explanation.model_validate(duty.explanation))
    try:
        return extend(present, period_of(term), calendar()).due_on
    except UnknownYear as error:
        raise unknown_year(error) from error


def _too_far(duty: Duty, limit: Governing, term: Term, last: date) -> str:
    language = get_language() or "zh"
    return _(
        "Clause %(clause)s allows %(period)s at a time: “%(duty)s”, due on %(due)s, can be extended"
        " to %(last)s."
    ) % {
        "clause": limit.clause,
        "period": period_of(term).text(language),
        "duty": duty.name_en if language.startswith("en") else duty.name,
        "due": duty.due_on,
        "last": last,
    }

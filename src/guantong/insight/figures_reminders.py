"""Reminders in figures (提示函统计): drafted, sent, answered, withdrawn."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.insight.figures import (
    Cell,
    Chart,
    Row,
    Series,
    Sheet,
    Table,
    difference,
    number,
    organ_names,
    rate,
)
from guantong.insight.figures_asked import Asked, month_end
from guantong.insight.figures_duties import BEFORE, NOW, clause_titles
from guantong.insight.figures_wanted import Wanted
from guantong.kernel.access.actors import Actor
from guantong.mechanisms.reminders.models import Reminder, ReminderState

STATES = {
    "unsent": (Q(state=ReminderState.DRAFTED), gettext_lazy("Not sent yet")),
    "sent": (Q(sent_on__isnull=False), gettext_lazy("Sent")),
    "answered": (Q(state=ReminderState.ANSWERED), gettext_lazy("Answered")),
    "withdrawn": (Q(state=ReminderState.WITHDRAWN), gettext_lazy("Withdrawn")),
}


def wanted_reminders(actor: Actor, wanted: Wanted) -> QuerySet[Reminder]:
    """Return reminders within the reader's sight; one that is not out only to the organ that writes it."""
    own = Q(issuer=actor.body_id) | Q(issuer__body=actor.body_id)
    found = Reminder.objects.filter(own | Q(sent_on__isnull=False))
    if wanted.first and wanted.last:
        found = found.filter(drafted_for__range=(wanted.first, wanted.last))
    if wanted.clause:
        found = found.filter(clause=wanted.clause)
    if wanted.organ is not None:
        found = found.filter(Q(addressee=wanted.organ) | Q(issuer=wanted.organ))
    if wanted.holder is not None:
        found = found.filter(addressee=wanted.holder)
    if wanted.state in STATES:
        found = found.filter(STATES[wanted.state][0])
    return found


class Reminders:
    """The grouped reminders of a period, the one before and the trend, in one query."""

    def __init__(self, actor: Actor, asked: Asked) -> None:
        self.asked = asked
        period = asked.period
        span, before, trend = period.span, period.before, period.trend
        wanted = Wanted(first=min(before.first, trend.first), last=max(span.last, trend.last))
        when = Case(
            When(drafted_for__range=(span.first, span.last), then=Value(NOW)),
            When(drafted_for__range=(before.first, before.last), then=Value(BEFORE)),
            default=Value(""),
            output_field=CharField(),
        )
        counted = {code: Count("id", filter=condition) for code, (condition, _label) in STATES.items()}
        grouped: Any = (
            wanted_reminders(actor, wanted)
            .annotate(when=when, month=TruncMonth("drafted_for"))
            .order_by()
            .values("when", "month", "clause", "issuer", "addressee")
            .annotate(drafted=Count("id"), **{f"n_{code}": one for code, one in counted.items()})
        )
        self.all: list[dict[str, Any]] = list(grouped)
        self.groups = [one for one in self.all if self._passes(one)]
        present = {pk for one in self.all for pk in (one["issuer"], one["addressee"])}
        self.organs = organ_names(present)

    def _passes(self, one: dict[str, Any]) -> bool:
        asked = self.asked
        right = asked.organ is None or asked.organ in (one["issuer"], one["addressee"])
        return right and asked.clause in ("", one["clause"])

    def tally(self, key: str, when: str = NOW) -> dict[Any, Counter[str]]:
        """Count the reminders of a period by one of their columns; '' counts all together."""
        found: dict[Any, Counter[str]] = {}
        for one in self.groups:
            if one["when"] == when or not when:
                counter = found.setdefault(one[key] if key else "", Counter())
                counter["drafted"] += one["drafted"]
                for code in STATES:
                    counter[code] += one[f"n_{code}"]
        return found


def reminders(actor: Actor, found: Reminders) -> Sheet:
    """Return reminders by clause and by who was reminded, with the trend (提示函情况)."""
    asked, titles = found.asked, clause_titles(actor)
    clauses = _table(
        found,
        "clause",
        "reminder_clauses",
        _("Reminders by clause"),
        _("Clause"),
        lambda code: f"{code} {titles.get(code, '')}".strip(),
        "clause",
    )
    organs = _table(
        found,
        "addressee",
        "reminder_organs",
        _("Reminders by organ reminded"),
        _("Reminded"),
        lambda pk: found.organs.get(pk, "—"),
        "holder",
    )
    months = found.tally("month", "")
    rows = []
    for month in asked.period.months:
        asks = _asks(asked, **{"from": month, "to": month_end(month)})
        rows.append(Row(f"{month:%Y-%m}", _counts(months.get(month, Counter()), asks)))
    head = (_("Month"), _("Reminders drafted"), *(str(label) for _condition, label in STATES.values()))
    title = _("Reminders over twelve months")
    trend = Table("reminder_trend", title, head, tuple(rows))
    names = tuple(f"{month:%Y-%m}" for month in asked.period.months)
    shown = [(code, str(label)) for code, (_condition, label) in STATES.items() if code != "unsent"]
    series = [
        Series(label, tuple(months.get(month, Counter())[code] for month in asked.period.months))
        for code, label in [("drafted", _("Reminders drafted")), *shown]
    ]
    chart = Chart("reminder_trend", title, "bars", names, tuple(series))
    total = found.tally("").get("", Counter())["drafted"]
    over = _("Over what you may see in this post: %(n)s reminders drafted in this period.") % {"n": total}
    definitions = (
        _(
            "A reminder belongs to the period of the day it was drafted for; the other columns say what has"
            " become of it until today."
        ),
        _("Sent includes those answered, and those withdrawn after they were sent."),
        _("Reminders not sent count only with the organ that writes them."),
    )
    return Sheet(over, (clauses, organs, trend), (chart,), definitions)


def _asks(asked: Asked, **more: Any) -> dict[str, Any]:
    span = asked.period.span
    found = {
        "of": "reminders",
        "from": span.first,
        "to": span.last,
        "clause": asked.clause,
        "organ": asked.organ,
        **more,
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _counts(counter: Counter[str], asks: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        number(counter["drafted"], asks),
        *(number(counter[code], {**asks, "state": code}) for code in STATES),
    )


def _table(found: Reminders, column: str, key: str, title: str, what: str, put: Any, asked_as: str) -> Table:
    now, before = found.tally(column), found.tally(column, BEFORE)
    rows = []
    for one in sorted(now, key=lambda one: (-now[one]["drafted"], put(one))):
        asks = _asks(found.asked, **{asked_as: one})
        rows.append(Row(put(one), _line(now[one], before.get(one), asks)))
    if len(rows) > 1:
        every, earlier = (found.tally("", when).get("", Counter()) for when in (NOW, BEFORE))
        rows.append(Row(_("Total"), _line(every, earlier, _asks(found.asked))))
    head = (
        what,
        _("Reminders drafted"),
        *(str(label) for _condition, label in STATES.values()),
        _("Answered of those sent"),
        _("Drafted before"),
        _("Rise or fall"),
    )
    return Table(key, title, head, tuple(rows), _("No reminder that you may see was drafted in this period."))


def _line(now: Counter[str], before: Counter[str] | None, asks: dict[str, Any]) -> tuple[Cell, ...]:
    earlier = before["drafted"] if before else 0
    return (
        *_counts(now, asks),
        rate(now["answered"], now["sent"], {**asks, "state": "sent"}),
        Cell(str(earlier), earlier),
        difference(now["drafted"], earlier),
    )

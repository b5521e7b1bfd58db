"""Compliance of clauses (条款落实情况): applied, on time, late, open, by clause, pair of organs, quarter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guantong.insight.figures import Cell, Chart, Row, Series, Sheet, Table, number, rate
from guantong.insight.figures_asked import Asked, month_later, period_name, span_of
from guantong.insight.figures_duties import (
    LATE,
    ON_TIME,
    OPEN,
    OUTCOMES,
    OVERDUE,
    Duties,
    Group,
    Tally,
)
from guantong.insight.figures_wanted import NOBODY, Wanted
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.duties.cadence import Span
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.journal.models import Entry
from guantong.kernel.measures import engine
from guantong.kernel.measures.schema import Clause

QUARTERS = 4
PAIRS_SHOWN = 50
NEVER = gettext_lazy("Never, as far as you see")


@dataclass(frozen=True)
class Known:
    """A clause that is carried (在用条款): of which measure, how it counts, when it was last applied."""

    clause: Clause
    measure: str
    times: int = 0
    ever: int = 0
    last: date | None = None

    @property
    def owes(self) -> bool:
        """Whether it opens duties; one that opens none is counted by its acts."""
        return bool(self.clause.duties or self.clause.cadences)

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts that carry it, where acts are what is counted."""
        return () if self.owes else plain_acts(self.clause)

    @property
    def counts(self) -> bool:
        """Whether there is anything of it to count: duties, or acts."""
        return self.owes or bool(self.acts)

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.clause.id} {self.clause.title.in_language(get_language())}"


def plain_acts(clause: Clause) -> tuple[str, ...]:
    """Return the acts of a clause that stand in the journal under a name of their own."""
    return tuple(code for code in clause.acts if code != "*" and ":" not in code)


def measures(actor: Actor) -> dict[str, str]:
    """Return the measures that the reader's place applies, with their titles."""
    applied = engine.applied_on(actor.organ.jurisdiction_id, clock.today())
    files = [one.measure.file for one in applied]
    return {one.id: one.title.in_language(get_language()) for one in files}


def clauses(actor: Actor) -> dict[str, tuple[Clause, str]]:
    """Return the clauses carried that the reader's place applies, each with its measure."""
    applied = engine.applied_on(actor.organ.jurisdiction_id, clock.today())
    return {
        clause.id: (clause, one.measure.file.id)
        for one in applied
        for clause in one.measure.file.clauses
        if clause.status == "carried"
    }


def wanted_acts(actor: Actor, wanted: Wanted) -> QuerySet[Entry]:
    """Return the acts by which a clause without duties is carried, within the reader's sight."""
    found = clauses(actor).get(wanted.clause)
    codes = Known(*found).acts if found else ()
    entries = Entry.objects.filter(act__in=codes)
    if wanted.first and wanted.last:
        entries = entries.filter(happened_on__range=(wanted.first, wanted.last))
    if wanted.organ is not None:
        entries = entries.filter(organ=wanted.organ)
    return entries


class Compliance:
    """What became of each clause in a period: three queries, whatever there is."""

    def __init__(self, actor: Actor, asked: Asked) -> None:
        self.asked = asked
        self.quarters = _quarters(asked)
        self.duties = Duties(asked, Span(self.quarters[0].first, self.quarters[-1].last))
        carried = clauses(actor)
        shown = {
            code: one
            for code, one in carried.items()
            if asked.measure in ("", one[1]) and asked.clause in ("", code)
        }
        self.tallies: dict[str, Tally] = self.duties.tallies(lambda one: one.clause)
        self.clauses = self._known(shown)

    def _known(self, shown: Mapping[str, tuple[Clause, str]]) -> list[Known]:
        owed, done = self._owed(shown), self._done(shown)
        found = []
        for code, (clause, measure) in shown.items():
            one = Known(clause, measure)
            counts = [done[act] for act in one.acts if act in done]
            times = sum(now for now, _ever, _last in counts)
            ever, last = owed.get(code, (0, None))
            if not one.owes:
                ever = sum(number for _now, number, _last in counts)
                last = max((day for _now, _ever, day in counts), default=None)
            found.append(Known(clause, measure, times, ever, last))
        return found

    def _owed(self, shown: Iterable[str]) -> dict[str, tuple[int, date | None]]:
        """Count the duties there ever were, with the day from which the last of them ran, today at most."""
        begun = Max("starts_on", filter=Q(starts_on__lte=clock.today()))
        rows = Duty.objects.filter(self._organ("holder", "claimant"), clause__in=list(shown))
        if self.asked.measure:
            rows = rows.filter(measure_version__measure=self.asked.measure)
        rows = rows.exclude(state=DutyState.CANCELLED).order_by()
        found = rows.values_list("clause").annotate(ever=Count("pk"), last=begun)
        return {clause: (ever, last) for clause, ever, last in found}

    def _done(self, shown: Mapping[str, tuple[Clause, str]]) -> dict[str, tuple[int, int, date]]:
        """Count the acts of the clauses that open no duty: in the period, ever, and the day of the last."""
        codes = {act for clause, measure in shown.values() for act in Known(clause, measure).acts}
        span = self.asked.period.span
        now = Count("pk", filter=Q(happened_on__range=(span.first, span.last)))
        rows = Entry.objects.filter(self._organ("organ"), act__in=codes).order_by().values_list("act")
        found = rows.annotate(times=now, ever=Count("pk"), last=Max("happened_on"))
        return {act: (times, ever, last) for act, times, ever, last in found}

    def _organ(self, *names: str) -> Q:
        found = Q()
        if self.asked.organ is not None:
            for name in names:
                found |= Q(**{name: self.asked.organ})
        return found

    @property
    def never(self) -> list[Known]:
        """The clauses never applied, as far as the reader sees."""
        return [one for one in self.clauses if one.counts and not one.ever]

    @cached_property
    def total(self) -> Tally:
        """All clauses together."""
        return self.duties.tallies(lambda _one: "").get("", Tally())

    @cached_property
    def by_quarter(self) -> dict[tuple[str, int], Tally]:
        """Count by clause and quarter; clause '' is all of them."""
        found: dict[tuple[str, int], Tally] = {}
        for group in self.duties.groups:
            quarter = self._quarter(group)
            if quarter is not None:
                for clause in (group.clause, ""):
                    found.setdefault((clause, quarter), Tally()).add(group)
        return found

    def _quarter(self, group: Group) -> int | None:
        months = enumerate(self.quarters)
        return next((n for n, one in months if one.first <= group.month <= one.last), None)


def _quarters(asked: Asked) -> list[Span]:
    """Return the four quarters that end with the period, or with this quarter while it runs."""
    span = asked.period.span
    last = min(span.last, max(clock.today(), span.first))
    first = date(last.year, (last.month - 1) // 3 * 3 + 1, 1)
    return [span_of(month_later(first, -3 * back), 3) for back in reversed(range(QUARTERS))]


def compliance(found: Compliance) -> Sheet:
    """Return what became of the clauses (条款落实情况)."""
    tables = (_by_clause(found), *_by_quarter(found), _by_pair(found))
    total, words = found.total, _words(found)
    over = _("Over what you may see in this post: %(matters)s matters, %(duties)s duties in this period.")
    counted = {"matters": found.duties.matters, "duties": total.outcomes.total()}
    return Sheet(over % counted, tables, (_chart(found),), definitions(), words)


def _words(found: Compliance) -> str:
    total = found.total
    words = {
        "clauses": len(found.clauses),
        "never": len(found.never),
        "times": total.applied,
        "on_time": total.outcomes[ON_TIME],
        "late": total.outcomes[LATE],
        "open": total.open,
        "overdue": total.outcomes[OVERDUE],
    }
    return (
        _(
            "%(clauses)s clauses carried, %(never)s of them never applied that you see. In this period duties"
            " fell due %(times)s times: %(on_time)s on time, %(late)s late, %(open)s open, of which"
            " %(overdue)s overdue."
        )
        % words
    )


def head(first: str) -> tuple[str, ...]:
    """Return the headings of the figures of a clause."""
    return (
        first,
        _("Applied"),
        _("On time"),
        _("Done late"),
        _("Open"),
        _("Of these overdue"),
        _("On-time rate"),
    )


def _figures(tally: Tally, asks: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        number(tally.applied, {**asks, "outcome": "applied"}),
        number(tally.outcomes[ON_TIME], {**asks, "outcome": ON_TIME}),
        number(tally.outcomes[LATE], {**asks, "outcome": LATE}),
        number(tally.open, {**asks, "outcome": "open"}),
        number(tally.outcomes[OVERDUE], {**asks, "outcome": OVERDUE}),
        rate(tally.outcomes[ON_TIME], tally.counted, {**asks, "outcome": "counted"}),
    )


def _by_clause(found: Compliance) -> Table:
    rows = []
    for one in found.clauses:
        asks = found.duties.asks(clause=one.clause.id)
        if one.owes:
            cells = _figures(found.tallies.get(one.clause.id, Tally()), asks)
        else:
            acts = number(one.times, {**asks, "of": "acts"}) if one.counts else _none()
            cells = (acts, *(_none(),) * 5)
        rows.append(Row(one.label, (*cells, _standing(one))))
    known = {one.clause.id for one in found.clauses}
    for code in sorted(set(found.tallies) - known):
        rows.append(Row(code, (*_figures(found.tallies[code], found.duties.asks(clause=code)), _none())))
    if len(rows) > 1:
        rows.append(Row(_("Total of the duties"), (*_figures(found.total, found.duties.asks()), _none())))
    return Table(
        "compliance",
        _("Compliance by clause"),
        (*head(_("Clause")), _("Last applied")),
        tuple(rows),
        _("No clause is carried under these conditions."),
    )


def _none() -> Cell:
    return Cell("—", quiet=True)


def _standing(one: Known) -> Cell:
    if one.last is not None:
        return Cell(one.last.isoformat(), quiet=True)
    if one.counts:
        return _none() if one.ever else Cell(str(NEVER))
    return Cell(_("Nothing to count"), quiet=True)


def _by_pair(found: Compliance) -> Table:
    duties = found.duties
    tallies = duties.tallies(lambda one: (one.clause, one.holder, one.claimant))

    def label(key: tuple[str, int | None, int | None]) -> str:
        return f"{key[0]} {duties.organ(key[1])} → {duties.organ(key[2])}"

    rows = []
    for key in sorted(tallies, key=lambda key: (*_behind(tallies[key]), label(key))):
        clause, holder, claimant = key
        asks = duties.asks(clause=clause, holder=holder or NOBODY, claimant=claimant or NOBODY)
        if tallies[key].applied:
            rows.append(Row(label(key), _figures(tallies[key], asks)))
    return Table(
        "compliance_pairs",
        _("Compliance by clause and pair of organs"),
        head(_("Clause, who owes → who is owed")),
        tuple(rows),
        _("No duty that you may see falls due in this period."),
        most=PAIRS_SHOWN,
    )


def _behind(tally: Tally) -> tuple[int, int, int]:
    """Return by what pairs are ordered: those with the most overdue and late come first."""
    return -tally.outcomes[OVERDUE], -tally.outcomes[LATE], -tally.applied


def _name(quarter: Span) -> str:
    return period_name(quarter, english=(get_language() or "").startswith("en"))


def _by_quarter(found: Compliance) -> tuple[Table, Table]:
    tallies = found.by_quarter

    def asks(quarter: Span, clause: str = "") -> dict[str, Any]:
        span = {"from": quarter.first, "to": quarter.last}
        return found.duties.asks(**span, **({"clause": clause} if clause else {}))

    totals = tuple(
        Row(_name(quarter), _figures(tallies.get(("", n), Tally()), asks(quarter)))
        for n, quarter in enumerate(found.quarters)
    )
    each = []
    for one in (one for one in found.clauses if one.owes):
        cells: list[Cell] = []
        for n, quarter in enumerate(found.quarters):
            tally, filters = tallies.get((one.clause.id, n), Tally()), asks(quarter, one.clause.id)
            cells.append(number(tally.applied, {**filters, "outcome": "applied"}))
            cells.append(rate(tally.outcomes[ON_TIME], tally.counted, {**filters, "outcome": "counted"}))
        each.append(Row(one.label, tuple(cells)))
    columns = [
        _("%(who)s: %(what)s") % {"who": _name(quarter), "what": what}
        for quarter in found.quarters
        for what in (_("Applied"), _("On-time rate"))
    ]
    return (
        Table("compliance_quarters", _("Compliance by quarter"), head(_("Quarter")), totals),
        Table(
            "compliance_trend",
            _("Each clause by quarter"),
            (_("Clause"), *columns),
            tuple(each),
            _("No clause is carried under these conditions."),
        ),
    )


def _chart(found: Compliance) -> Chart:
    tallies = found.by_quarter
    whole = [tallies.get(("", n), Tally()) for n in range(QUARTERS)]
    series = [
        Series(str(OUTCOMES[one]), tuple(tally.outcomes[one] for tally in whole))
        for one in (ON_TIME, LATE, *OPEN)
    ]
    names = tuple(_name(quarter) for quarter in found.quarters)
    return Chart("compliance_quarters", _("Compliance by quarter"), "stack", names, tuple(series))


def definitions() -> tuple[str, ...]:
    """Say how clauses are counted, a sentence each (统计口径)."""
    return (
        _(
            "Every clause that is carried stands here, also one that was never applied: as far as you may see"
            " in this post."
        ),
        _(
            "Applied: how many of its duties fall due in the period and were not cancelled. A clause that"
            " opens no duty counts by its acts that happened in the period, without a deadline."
        ),
        _("Open: still within time, paused or overdue; overdue: not done, and the day has passed."),
        _(
            "On-time rate = on time ÷ (on time + done late + overdue); what still has time, is paused or no"
            " longer owed does not enter it."
        ),
        _(
            "Last applied: the day on which its newest duty began, or its newest act happened, whatever the"
            " period. A clause may be kept by bodies or pages that this does not count: “nothing to count”."
        ),
        _("A pair of organs is who owes and who is owed; one act may discharge the duties of two clauses."),
    )

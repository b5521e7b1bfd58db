"""Duties in figures (按期率): by clause, by duty, by pair of organs, over twelve months."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guantong.insight.figures import (
    LEAST_FOR_RATE,
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
    share,
    too_few,
)
from guantong.insight.figures_asked import Asked, month_end
from guantong.insight.figures_wanted import NOBODY, Wanted
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.duties.cadence import Span
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.measures import engine

ON_TIME, LATE, OVERDUE, RUNNING, PAUSED, CANCELLED = (
    "on_time",
    "late",
    "overdue",
    "running",
    "paused",
    "cancelled",
)
OUTCOMES = {
    ON_TIME: gettext_lazy("On time"),
    LATE: gettext_lazy("Done late"),
    OVERDUE: gettext_lazy("Overdue, not done"),
    RUNNING: gettext_lazy("Still within time"),
    PAUSED: gettext_lazy("Period paused"),
    CANCELLED: gettext_lazy("No longer owed"),
}
COUNTED = (ON_TIME, LATE, OVERDUE)
NOT_COUNTED = (RUNNING, PAUSED, CANCELLED)
OPEN = (OVERDUE, RUNNING, PAUSED)
SEVERAL = {"counted": COUNTED, "open": OPEN, "applied": (ON_TIME, LATE, *OPEN)}
"""What several outcomes are called together."""
DRAWN_AT_MOST = 12
NOW, BEFORE = "now", "before"


def outcome_of(today: date) -> Case:
    """Return what became of a duty, by its date with pauses and extensions (履责结果)."""
    done = Q(state=DutyState.DISCHARGED)
    return Case(
        When(done & Q(ended_on__lte=F("due_on")), then=Value(ON_TIME)),
        When(done, then=Value(LATE)),
        When(state=DutyState.CANCELLED, then=Value(CANCELLED)),
        When(state=DutyState.PAUSED, then=Value(PAUSED)),
        When(due_on__lt=today, then=Value(OVERDUE)),
        default=Value(RUNNING),
        output_field=CharField(),
    )


def wanted_duties(wanted: Wanted) -> QuerySet[Duty]:
    """Return the duties a list asks for, within the reader's sight; the figures count nothing else."""
    found = Duty.objects.annotate(outcome=outcome_of(clock.today()))
    if wanted.first and wanted.last:
        found = found.filter(due_on__range=(wanted.first, wanted.last))
    for name in ("clause", "rule"):
        if getattr(wanted, name):
            found = found.filter(**{name: getattr(wanted, name)})
    for name in ("holder", "claimant"):
        organ = getattr(wanted, name)
        if organ is not None:
            found = found.filter(**({f"{name}__isnull": True} if organ == NOBODY else {name: organ}))
    if wanted.organ is not None:
        found = found.filter(Q(holder=wanted.organ) | Q(claimant=wanted.organ))
    if wanted.measure:
        found = found.filter(measure_version__measure=wanted.measure)
    if wanted.outcome in SEVERAL:
        found = found.filter(outcome__in=SEVERAL[wanted.outcome])
    elif wanted.outcome == "provisional":
        found = found.filter(provisional=True)
    elif wanted.outcome in OUTCOMES:
        found = found.filter(outcome=wanted.outcome)
    return found


@dataclass(frozen=True)
class Group:
    """Duties that share a period, a month, a rule, an outcome and a pair of organs."""

    when: str
    month: date
    clause: str
    rule: str
    holder: int | None
    claimant: int | None
    outcome: str
    number: int
    unsure: int
    name: str
    name_en: str


class Tally:
    """How many duties came out how (履责统计)."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.unsure = 0

    def add(self, group: Group) -> None:
        """Count a group in."""
        self.outcomes[group.outcome] += group.number
        self.unsure += group.unsure

    @property
    def counted(self) -> int:
        """How many enter the rate."""
        return sum(self.outcomes[one] for one in COUNTED)

    @property
    def open(self) -> int:
        """How many are not done: within time, paused or overdue."""
        return sum(self.outcomes[one] for one in OPEN)

    @property
    def applied(self) -> int:
        """How many there are, but for those no longer owed."""
        return self.outcomes[ON_TIME] + self.outcomes[LATE] + self.open

    @property
    def share(self) -> float | None:
        """The on-time rate in per cent; None where there are too few."""
        return share(self.outcomes[ON_TIME], self.counted)


Key = Callable[[Group], Any]


class Duties:
    """The grouped duties of a period, the one before and the trend: one query for all the tables.

    `also`: a further span of which the months are needed.
    """

    def __init__(self, asked: Asked, also: Span | None = None) -> None:
        self.asked = asked
        period = asked.period
        spans = [period.span, period.before, period.trend, *([also] if also else [])]
        span, before = period.span, period.before
        when = Case(
            When(due_on__range=(span.first, span.last), then=Value(NOW)),
            When(due_on__range=(before.first, before.last), then=Value(BEFORE)),
            default=Value(""),
            output_field=CharField(),
        )
        wanted = Wanted(
            first=min(one.first for one in spans),
            last=max(one.last for one in spans),
            measure=asked.measure,
        )
        rows = (
            wanted_duties(wanted)
            .annotate(when=when, month=TruncMonth("due_on"))
            .order_by()
            .values_list("when", "month", "clause", "rule", "holder", "claimant", "outcome")
            .annotate(
                n=Count("id"),
                unsure=Count("id", filter=Q(provisional=True)),
                zh=Max("name"),
                en=Max("name_en"),
            )
        )
        self.all = [Group(*row) for row in rows]
        self.groups = [group for group in self.all if self._passes(group)]
        present = {one for group in self.all for one in (group.holder, group.claimant) if one}
        self.organs = organ_names(present)

    def _passes(self, group: Group) -> bool:
        asked = self.asked
        right = asked.organ is None or asked.organ in (group.holder, group.claimant)
        return right and asked.clause in ("", group.clause)

    @property
    def matters(self) -> int:
        """How many matters the duties of the period are about."""
        found = wanted_duties(self.wanted()).aggregate(n=Count("matter", distinct=True))
        return int(found["n"])

    def wanted(self) -> Wanted:
        """Return what lists the period's duties."""
        span, asked = self.asked.period.span, self.asked
        return Wanted(
            first=span.first,
            last=span.last,
            clause=asked.clause,
            organ=asked.organ,
            measure=asked.measure,
        )

    def tallies(self, key: Key, when: str = NOW) -> dict[Any, Tally]:
        """Count the groups of a period by some key."""
        found: dict[Any, Tally] = defaultdict(Tally)
        for group in self.groups:
            if group.when == when:
                found[key(group)].add(group)
        return dict(found)

    def by_month(self) -> dict[date, Tally]:
        """Count by month, for the trend."""
        found: dict[date, Tally] = defaultdict(Tally)
        for group in self.groups:
            found[group.month].add(group)
        return dict(found)

    def asks(self, **more: Any) -> dict[str, Any]:
        """Return the filters of the records of the period, with more of them."""
        span, asked = self.asked.period.span, self.asked
        kept = {"clause": asked.clause, "organ": asked.organ, "measure": asked.measure}
        found = {"of": "duties", "from": span.first, "to": span.last, **kept, **more}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def organ(self, pk: int | None) -> str:
        """Return what an organ is called."""
        return self.organs.get(pk, "—") if pk else "—"


HEAD = (
    gettext_lazy("Fell due"),
    gettext_lazy("On time"),
    gettext_lazy("Done late"),
    gettext_lazy("Overdue, not done"),
    gettext_lazy("On-time rate"),
    gettext_lazy("Period before"),
    gettext_lazy("Rise or fall"),
    gettext_lazy("Still within time"),
    gettext_lazy("Period paused"),
    gettext_lazy("No longer owed"),
    gettext_lazy("Provisional dates"),
)


def cells(tally: Tally, before: Tally | None, asks: dict[str, Any]) -> tuple[Cell, ...]:
    """Return the figures of a row of duties."""
    earlier = before.share if before else None
    return (
        number(tally.counted, {**asks, "outcome": "counted"}),
        *(number(tally.outcomes[one], {**asks, "outcome": one}) for one in COUNTED),
        rate(tally.outcomes[ON_TIME], tally.counted, {**asks, "outcome": "counted"}),
        Cell(f"{earlier:.1f}%", earlier) if earlier is not None else Cell("—", quiet=True),
        difference(tally.share, earlier),
        *(number(tally.outcomes[one], {**asks, "outcome": one}) for one in NOT_COUNTED),
        number(tally.unsure, {**asks, "outcome": "provisional"}),
    )


def clause_titles(actor: Actor) -> dict[str, str]:
    """Return the titles of the clauses the reader's jurisdiction applies."""
    applied = engine.applied_on(actor.organ.jurisdiction_id, clock.today())
    language = get_language()
    return {
        clause.id: clause.title.in_language(language)
        for one in applied
        for clause in one.measure.file.clauses
    }


def _table(
    duties: Duties,
    key: Key,
    title: str,
    what: tuple[str, str],
    put: Callable[[Any], tuple[str, dict[str, Any]]],
) -> Table:
    now, before = duties.tallies(key), duties.tallies(key, BEFORE)
    order = sorted(now, key=lambda one: (-now[one].counted, put(one)[0]))
    rows = []
    for one in order:
        label, asks = put(one)
        rows.append(Row(label, cells(now[one], before.get(one), duties.asks(**asks))))
    if len(rows) > 1:
        all_now, all_before = (duties.tallies(lambda _one: "", when) for when in (NOW, BEFORE))
        rows.append(Row(_("Total"), cells(all_now[""], all_before.get(""), duties.asks())))
    return Table(
        what[0],
        title,
        (what[1], *map(str, HEAD)),
        tuple(rows),
        _("No duty that you may see falls due in this period."),
    )


def _stack(key: str, title: str, named: Iterable[tuple[str, Tally]]) -> Chart:
    shown = list(named)[:DRAWN_AT_MOST]
    series = tuple(
        Series(str(OUTCOMES[one]), tuple(tally.outcomes[one] for _label, tally in shown)) for one in COUNTED
    )
    return Chart(key, title, "stack", tuple(label for label, _tally in shown), series)


def _months(duties: Duties) -> tuple[Table, Chart]:
    found, months = duties.by_month(), duties.asked.period.months
    rows = []
    for month in months:
        tally = found.get(month, Tally())
        last = month_end(month)
        asks = duties.asks(**{"from": month, "to": last})
        rows.append(
            Row(
                f"{month:%Y-%m}",
                (
                    number(tally.counted, {**asks, "outcome": "counted"}),
                    number(tally.outcomes[ON_TIME], {**asks, "outcome": ON_TIME}),
                    rate(tally.outcomes[ON_TIME], tally.counted, {**asks, "outcome": "counted"}),
                ),
            )
        )
    title = _("On-time rate over twelve months")
    head = (_("Month"), _("Fell due"), _("On time"), _("On-time rate"))
    shares = tuple(found.get(month, Tally()).share for month in months)
    chart = Chart(
        "trend",
        title,
        "line",
        tuple(f"{month:%Y-%m}" for month in months),
        (Series(_("On-time rate"), shares),),
        "%",
        100,
    )
    return Table("trend", title, head, tuple(rows)), chart


def definitions() -> tuple[str, ...]:
    """Say how duties are counted, a sentence each (统计口径)."""
    return (
        _(
            "A duty belongs to the period it falls due in, by its date as it stands now: extensions moved it,"
            " and a pause moved it by what the calendar says."
        ),
        _("On time: done by the due day; late: done after it; overdue: not done, and the day has passed."),
        _(
            "On-time rate = on time ÷ (on time + done late + overdue); what still has time, is paused or no"
            " longer owed does not enter it."
        ),
        _(
            "Days are working or calendar days as the clause counts; a date that holidays not yet announced"
            " may move counts as it stands and is listed as provisional."
        ),
        _("Fewer than %(least)s records: “%(words)s”.") % {"least": LEAST_FOR_RATE, "words": too_few()},
    )


def _over(duties: Duties) -> str:
    total = sum(group.number for group in duties.groups if group.when == NOW)
    words = {"matters": duties.matters, "duties": total}
    return (
        _("Over what you may see in this post: %(matters)s matters, %(duties)s duties in this period.")
        % words
    )


def by_clause(actor: Actor, duties: Duties) -> Sheet:
    """Return the on-time rate by clause and by duty, with its trend (分条款按期率)."""
    titles = clause_titles(actor)
    english = (get_language() or "").startswith("en")
    names = {(one.clause, one.rule): one.name_en if english else one.name for one in duties.all}

    def clause(code: str) -> tuple[str, dict[str, Any]]:
        return f"{code} {titles.get(code, '')}".strip(), {"clause": code}

    def duty(key: tuple[str, str]) -> tuple[str, dict[str, Any]]:
        return f"{key[0]} {names[key]}", {"clause": key[0], "rule": key[1]}

    table = _table(
        duties, lambda one: one.clause, _("On-time rate by clause"), ("clauses", _("Clause")), clause
    )
    each = _table(
        duties, lambda one: (one.clause, one.rule), _("On-time rate by duty"), ("rules", _("Duty")), duty
    )
    months, trend = _months(duties)
    tallies = sorted(
        duties.tallies(lambda one: one.clause).items(), key=lambda pair: (-pair[1].counted, pair[0])
    )
    drawn = _stack("clauses", _("What became of the duties, by clause"), tallies)
    return Sheet(_over(duties), (table, each, months), (drawn, trend), definitions())


def by_pair(duties: Duties) -> Sheet:
    """Return the on-time rate by pair of organs, who owes whom (分机构按期率)."""

    def pair(key: tuple[int | None, int | None]) -> tuple[str, dict[str, Any]]:
        label = f"{duties.organ(key[0])} → {duties.organ(key[1])}"
        return label, {"holder": key[0] or NOBODY, "claimant": key[1] or NOBODY}

    def holder(key: int | None) -> tuple[str, dict[str, Any]]:
        return duties.organ(key), {"holder": key or NOBODY}

    pairs = _table(
        duties,
        lambda one: (one.holder, one.claimant),
        _("On-time rate by pair of organs"),
        ("pairs", _("Who owes → who is owed")),
        pair,
    )
    holders = _table(
        duties,
        lambda one: one.holder,
        _("On-time rate by organ that owes"),
        ("holders", _("Who owes")),
        holder,
    )
    tallies = sorted(
        duties.tallies(lambda one: one.holder).items(), key=lambda pair: (-pair[1].counted, pair[0] or 0)
    )
    drawn = _stack(
        "holders",
        _("What became of the duties, by organ that owes"),
        [(duties.organ(one), tally) for one, tally in tallies],
    )
    return Sheet(_over(duties), (holders, pairs), (drawn,), definitions())

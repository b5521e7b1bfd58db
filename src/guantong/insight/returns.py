"""Figures over the ledger (台账统计口径): what each named figure counts, and the clues behind it.

A figure is named `clues_MEASURE__SOURCE__PERIOD`, `duties_MEASURE__SOURCE__PERIOD` for those about deadlines.
Everything is counted from acts (`insight_crossing`) and duties within the reader's sight, so that a figure
and the list behind it are the same thing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.duties.models import DutyState
from guantong.mechanisms.clues.models import Source

CARRIED, RECEIVED, TAKEN_BACK = "carried_over", "received", "taken_back"
CLOSED, TRANSFERRED, RETURNED, MERGED, OPEN = "closed", "transferred", "returned", "merged", "open"
DUE, KEPT, LATE, MISSED = "due", "kept", "late", "missed"
LEDGER = {
    CARRIED: pgettext_lazy("figure", "Carried over"),
    RECEIVED: pgettext_lazy("figure", "Received"),
    TAKEN_BACK: pgettext_lazy("figure", "Taken back"),
    CLOSED: pgettext_lazy("figure", "Closed"),
    TRANSFERRED: pgettext_lazy("figure", "Transferred out"),
    RETURNED: pgettext_lazy("figure", "Returned"),
    MERGED: pgettext_lazy("figure", "Merged"),
    OPEN: pgettext_lazy("figure", "Open at the end"),
}
DEADLINES = {
    DUE: pgettext_lazy("figure", "Fallen due"),
    KEPT: pgettext_lazy("figure", "Done in time"),
    LATE: pgettext_lazy("figure", "Done late"),
    MISSED: pgettext_lazy("figure", "Not done by the end"),
}
MEANINGS = {
    CARRIED: gettext_lazy("Clues open in the ledger when the period began."),
    RECEIVED: gettext_lazy("Clues entered in the ledger, by the day of receipt."),
    TAKEN_BACK: gettext_lazy("Clues transferred out earlier that came back and were taken up again."),
    CLOSED: gettext_lazy("Clues closed."),
    TRANSFERRED: gettext_lazy("Clues transferred to another organ as a whole."),
    RETURNED: gettext_lazy("Clues returned to their sender after they had been received."),
    MERGED: gettext_lazy("Clues merged into another."),
    OPEN: gettext_lazy("Clues open in the ledger when the period ended."),
    DUE: gettext_lazy("Deadlines about clues that fell into the period; paused and cancelled ones not."),
    KEPT: gettext_lazy("Of these, done by their date."),
    LATE: gettext_lazy("Of these, done after their date, by the end of the period."),
    MISSED: gettext_lazy("Of these, not done by the end of the period."),
}
PERIODS = {
    "month": pgettext_lazy("figure", "Month"),
    "quarter": gettext_lazy("Quarter to the month's end"),
    "year": gettext_lazy("Year to the month's end"),
}
ALL = "all"
SOURCES = (ALL, *Source.values)
NAME = re.compile(r"(clues|duties)_([a-z_]+?)__([a-z]+)__(month|quarter|year)")
_HOW = {"forwarded": TRANSFERRED}


@dataclass(frozen=True)
class Cell:
    """A named figure (指标): what, of which source, in which period."""

    measure: str
    source: str = ALL
    period: str = "month"

    @property
    def name(self) -> str:
        """The name as it stands in a template."""
        about = "clues" if self.measure in LEDGER else "duties"
        return f"{about}_{self.measure}__{self.source}__{self.period}"

    @property
    def label(self) -> str:
        """The figure in words."""
        return f"{source_label(self.source)} · {measure_label(self.measure)} · {PERIODS[self.period]}"


def measure_label(measure: str) -> str:
    """Return what a measure is called."""
    return str({**LEDGER, **DEADLINES}[measure])


def source_label(source: str) -> str:
    """Return what a source is called; all of them together are the total."""
    return pgettext("figure", "Total") if source == ALL else str(Source(source).label)


def catalogue() -> list[Cell]:
    """Return every figure there is (指标目录)."""
    return [
        Cell(measure, source, period)
        for measure in (*LEDGER, *DEADLINES)
        for source in SOURCES
        for period in PERIODS
    ]


def parse(name: str) -> Cell | None:
    """Return the figure of this name; None where there is none."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    cell = Cell(found[2], found[3], found[4])
    known = cell.measure in LEDGER or cell.measure in DEADLINES
    return cell if known and cell.source in SOURCES and cell.name == name else None


def first_day(end: date, period: str) -> date:
    """Return the first day of the period that a month's end is in."""
    month = {"month": end.month, "quarter": (end.month - 1) // 3 * 3 + 1, "year": 1}[period]
    return date(end.year, month, 1)


@dataclass(frozen=True)
class Crossing:
    """That a clue came into the ledger or left it (进出)."""

    matter: UUID
    source: str
    how: str
    step: int
    on: date


@dataclass(frozen=True)
class Term:
    """A deadline about a clue (期限): when it was due, when it was done."""

    matter: UUID
    source: str
    due_on: date
    ended_on: date | None


@dataclass(frozen=True)
class Facts:
    """All that the figures of a year's months are counted from. `opening`: what lay open when it began."""

    opening: Mapping[UUID, tuple[str, int]]
    crossings: tuple[Crossing, ...]
    terms: tuple[Term, ...] = ()


def count(facts: Facts, end: date, cells: Iterable[Cell]) -> dict[str, Counter[UUID]]:
    """Return the clues behind each figure for the period that ends with `end`."""
    tallies: dict[tuple[str, str], dict[str, Counter[UUID]]] = {}
    found = {}
    for cell in cells:
        about = "clues" if cell.measure in LEDGER else "duties"
        if (about, cell.period) not in tallies:
            tally = _ledger if about == "clues" else _deadlines
            tallies[about, cell.period] = tally(facts, first_day(end, cell.period), end)
        found[cell.name] = tallies[about, cell.period].get(f"{cell.measure}/{cell.source}", Counter())
    return found


def _ledger(facts: Facts, start: date, end: date) -> dict[str, Counter[UUID]]:
    tally: dict[str, Counter[UUID]] = defaultdict(Counter)
    net: dict[UUID, int] = {matter: step for matter, (_source, step) in facts.opening.items()}
    sources = {matter: source for matter, (source, _step) in facts.opening.items()}
    later = []
    for one in facts.crossings:
        sources[one.matter] = one.source
        if one.on < start:
            net[one.matter] = net.get(one.matter, 0) + one.step
        elif one.on <= end:
            later.append(one)
    _open(tally, CARRIED, net, sources)
    for one in later:
        net[one.matter] = net.get(one.matter, 0) + one.step
        _put(tally, _HOW.get(one.how, one.how), one.source, one.matter)
    _open(tally, OPEN, net, sources)
    return tally


def _open(
    tally: dict[str, Counter[UUID]], measure: str, net: Mapping[UUID, int], sources: Mapping[UUID, str]
) -> None:
    for matter, step in net.items():
        if step > 0:
            _put(tally, measure, sources[matter], matter)


def _deadlines(facts: Facts, start: date, end: date) -> dict[str, Counter[UUID]]:
    tally: dict[str, Counter[UUID]] = defaultdict(Counter)
    for one in facts.terms:
        if not start <= one.due_on <= end:
            continue
        _put(tally, DUE, one.source, one.matter)
        if one.ended_on is None or one.ended_on > end:
            _put(tally, MISSED, one.source, one.matter)
        else:
            _put(tally, LATE if one.ended_on > one.due_on else KEPT, one.source, one.matter)
    return tally


def _put(tally: dict[str, Counter[UUID]], measure: str, source: str, matter: UUID) -> None:
    for one in (source, ALL):
        figure = tally[f"{measure}/{one}"]
        figure[matter] = figure.get(matter, 0) + 1


FACTS = """
-- OFFSET 0: the day of a crossing takes looking up corrections, and is found once.
WITH mine AS (
  SELECT DISTINCT v.matter_id FROM access_visibility v
  JOIN matters_party p ON p.matter_id = v.matter_id AND p.role = 'receiver' AND p.until IS NULL
  JOIN organs_organ o ON o.id = p.organ_id AND coalesce(o.body_id, o.id) = %(body)s
  WHERE v.principal = ANY (%(mine)s) AND v.kind = 'clue' AND v.depth >= 3
    AND v.until >= (SELECT guantong_today())
)
SELECT how, matter_id, source, sum(step)::integer, day, NULL::date
FROM (
  SELECT x.matter_id, x.source, x.step,
    CASE WHEN x.on_day < %(since)s THEN 'opening' ELSE x.how END AS how,
    CASE WHEN x.on_day < %(since)s THEN NULL ELSE x.on_day END AS day,
    CASE WHEN x.on_day < %(since)s THEN NULL ELSE x.entry_id END AS entry
  FROM (SELECT k.* FROM mine JOIN insight_crossing k USING (matter_id) WHERE %(ledger)s OFFSET 0) x
  WHERE x.on_day <= %(until)s
) y
GROUP BY matter_id, source, how, day, entry HAVING how <> 'opening' OR sum(step) <> 0
UNION ALL
SELECT 'duty', d.matter_id, c.source, 0, d.due_on, d.ended_on
FROM mine JOIN duties_duty d USING (matter_id) JOIN clues_clue c USING (matter_id)
WHERE %(deadlines)s AND d.due_on BETWEEN %(since)s AND %(until)s AND d.state <> ALL (%(not_owed)s)
"""
NOT_OWED = [DutyState.CANCELLED.value, DutyState.PAUSED.value]


def facts_of(actor: Actor, ends: Collection[date], cells: Iterable[Cell]) -> Facts:
    """Read, in one query, what the reader sees wholly in the ledgers of his own body."""
    wanted = {cell.measure in LEDGER for cell in cells}
    asked: dict[str, Any] = {
        "mine": list(actor.principals),
        "body": actor.body_id,
        "since": first_day(min(ends), "year"),
        "until": max(ends),
        "not_owed": NOT_OWED,
        "ledger": True in wanted,
        "deadlines": False in wanted,
    }
    opening: dict[UUID, tuple[str, int]] = {}
    crossings, terms = [], []
    with connection.cursor() as cursor:
        cursor.execute(FACTS, asked)
        for how, matter, source, step, on, ended_on in cursor.fetchall():
            if how == "opening":
                opening[matter] = (source, step)
            elif how == "duty":
                terms.append(Term(matter, source, on, ended_on))
            else:
                crossings.append(Crossing(matter, source, how, step, on))
    return Facts(opening, tuple(crossings), tuple(terms))


def counted(actor: Actor, wanted: Mapping[date, Collection[Cell]]) -> dict[date, dict[str, Counter[UUID]]]:
    """Return the clues behind the figures wanted at the end of each of these months, in one query."""
    facts = facts_of(actor, list(wanted), [cell for cells in wanted.values() for cell in cells])
    return {end: count(facts, end, cells) for end, cells in wanted.items()}

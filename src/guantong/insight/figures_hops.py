"""The path of a clue in days (流转用时): from one hop to the next, median and ninth decile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.insight.figures import (
    LEAST_FOR_P90,
    LEAST_FOR_RATE,
    Cell,
    Chart,
    Enough,
    Row,
    Series,
    Sheet,
    Table,
    difference,
    number,
    read_rows,
    too_few_cell,
)
from guantong.insight.figures_asked import Asked, month_end
from guantong.insight.figures_wanted import Place, Wanted

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PROPOSED = """(SELECT min(e.happened_on) FROM journal_entry e WHERE e.matter_id = h.matter_id
    AND e.act = 'clue.propose_handling' AND e.happened_on >= h.assigned_on)"""
FIRST_FINAL = """f.final AND f.told_on BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT 1 FROM clues_feedback g WHERE g.matter_id = f.matter_id AND g.final
      AND (g.told_on, g.id) < (f.told_on, f.id))"""
STANDING_STILL = """greatest(0, coalesce((
    SELECT sum(least(coalesce(w.until, x.ended), x.ended) - w.since) FROM (
      SELECT e.happened_on AS since, lead(e.happened_on) OVER (ORDER BY e.seq) AS until, e.state_to
      FROM journal_entry e
      WHERE e.matter_id = x.matter_id AND (e.state_to = 'paused') <> (e.state_from = 'paused')
    ) w WHERE w.state_to = 'paused' AND w.since BETWEEN x.begun AND x.ended), 0))::integer"""
"""Days between a pause and what ended it; entries the reader may not know of count for nothing."""


@dataclass(frozen=True)
class Hop:
    """A stretch of the path (流转环节). `sql` gives matter, begin and end of those that ended in time."""

    code: str
    label: str | _StrPromise
    sql: str
    pauses: bool = False


HOPS = (
    Hop(
        "transfer",
        gettext_lazy("Concluding opinion → transfer"),
        "SELECT c.matter_id, c.concluded_on AS begun, c.sent_on AS ended FROM clues_clue c"
        " WHERE c.sent_on BETWEEN %(first)s AND %(last)s AND c.concluded_on IS NOT NULL",
    ),
    Hop(
        "receipt",
        gettext_lazy("Transfer → receipt"),
        "SELECT c.matter_id, c.sent_on AS begun, c.received_on AS ended FROM clues_clue c"
        " WHERE c.received_on BETWEEN %(first)s AND %(last)s",
    ),
    Hop(
        "assignment",
        gettext_lazy("Receipt → assignment"),
        "SELECT h.matter_id, c.received_on AS begun, h.assigned_on AS ended FROM clues_handling h"
        " JOIN clues_clue c ON c.matter_id = h.matter_id WHERE h.assigned_on BETWEEN %(first)s AND %(last)s",
    ),
    Hop(
        "proposal",
        gettext_lazy("Assignment → proposal"),
        "SELECT e.matter_id, h.assigned_on AS begun, min(e.happened_on) AS ended FROM journal_entry e"  # noqa: S608
        " JOIN clues_handling h ON h.matter_id = e.matter_id"
        " WHERE e.act = 'clue.propose_handling' AND e.happened_on BETWEEN %(first)s AND %(last)s"
        " AND e.happened_on = (" + PROPOSED + ") GROUP BY e.matter_id, h.assigned_on",
    ),
    Hop(
        "result",
        gettext_lazy("Proposal → result"),
        "SELECT h.matter_id, " + PROPOSED + " AS begun, h.concluded_on AS ended FROM clues_handling h"  # noqa: S608
        " WHERE h.concluded_on BETWEEN %(first)s AND %(last)s",
        pauses=True,
    ),
    Hop(
        "feedback",
        gettext_lazy("Result → feedback"),
        "SELECT f.matter_id, h.concluded_on AS begun, f.told_on AS ended FROM clues_feedback f"  # noqa: S608
        " JOIN clues_handling h ON h.matter_id = f.matter_id WHERE " + FIRST_FINAL,
    ),
    Hop(
        "whole",
        gettext_lazy("The whole: receipt → feedback"),
        "SELECT f.matter_id, c.received_on AS begun, f.told_on AS ended FROM clues_feedback f"  # noqa: S608
        " JOIN clues_clue c ON c.matter_id = f.matter_id WHERE " + FIRST_FINAL,
        pauses=True,
    ),
)
HOP = {hop.code: hop for hop in HOPS}


def _of(hop: Hop) -> str:
    """Return the SQL of a hop: matter, begin, end, days paused and taken; none where dates do not fit.

    OFFSET 0 keeps the planner from computing begin and pauses anew wherever they are named.
    """
    paused = STANDING_STILL if hop.pauses else "0"
    known = "x.begun IS NOT NULL AND x.begun <= x.ended"
    return (
        f"SELECT '{hop.code}' AS hop, y.*, y.ended - y.begun - y.paused AS days FROM ("  # noqa: S608
        f"SELECT x.matter_id, x.ended, CASE WHEN {known} THEN x.begun END AS begun, {paused} AS paused"
        f" FROM ({hop.sql} OFFSET 0) x WHERE {SOURCE} OFFSET 0) y"
    )


SOURCE = (
    "(%(source)s::text = '' OR EXISTS (SELECT 1 FROM clues_clue s WHERE s.matter_id = x.matter_id"
    " AND s.source = %(source)s::text))"
)
SPREAD = """
  count(days), percentile_disc(0.5) WITHIN GROUP (ORDER BY days),
  percentile_disc(0.9) WITHIN GROUP (ORDER BY days), max(days), count(*) - count(days)
"""
BY_HOP = (
    "WITH z AS MATERIALIZED ("  # noqa: S608
    + " UNION ALL ".join(_of(hop) for hop in HOPS)
    + ") SELECT hop, CASE WHEN ended >= %(span_first)s THEN 'now' ELSE 'before' END AS span,"
    + SPREAD
    + "FROM z WHERE ended >= %(span_first)s OR ended <= %(before_last)s GROUP BY 1, 2"
    " UNION ALL SELECT '', 'now', count(DISTINCT matter_id), 0, 0, 0, 0 FROM z WHERE ended >= %(span_first)s"
)
BY_MONTH = (
    "SELECT date_trunc('month', ended)::date," + SPREAD + "FROM (" + _of(HOP["whole"]) + ") z GROUP BY 1"
)
RECORDS = (
    "SELECT matter_id, ended, begun, paused, days FROM ({of}) z WHERE ({known})"
    " AND (%(day)s::date IS NULL OR (ended, matter_id) < (%(day)s::date, %(row)s::uuid))"
    " ORDER BY ended DESC, matter_id DESC LIMIT %(limit)s"
)
COUNT = "SELECT count(*) FROM ({of}) z WHERE ({known})"


@dataclass(frozen=True)
class Spread(Enough):
    """How long a hop took: how many known, their median, ninth decile and longest; how many unknown."""

    known: int = 0
    median: int | None = None
    ninth: int | None = None
    longest: int | None = None
    unknown: int = 0


@dataclass(frozen=True)
class Taken:
    """One clue on one hop (一件线索的一个环节)."""

    matter: UUID
    ended: date
    begun: date | None
    paused: int
    days: int | None


def _days(count: int | None, asks: dict[str, Any], records: int) -> Cell:
    if count is None:
        return too_few_cell(asks, records)
    return Cell(str(count), count, asks, records)


def by_hop(asked: Asked) -> Sheet:
    """Return median and ninth decile of each hop, with the period before and the trend (各环节用时)."""
    period = asked.period
    span, before = period.span, period.before
    values = {
        "first": before.first,
        "last": span.last,
        "span_first": span.first,
        "before_last": before.last,
        "source": asked.source,
    }
    found = {(hop, when): Spread(*rest) for hop, when, *rest in read_rows(BY_HOP, values)}
    matters = found["", "now"].known
    base = {"of": "hops", "from": span.first, "to": span.last}
    if asked.source:
        base["source"] = asked.source
    rows = tuple(_row(hop, found, {**base, "hop": hop.code}) for hop in HOPS)
    head = (
        _("Hop"),
        _("Number of clues"),
        _("Median, days"),
        _("Ninth decile, days"),
        _("Longest, days"),
        _("Median before"),
        _("Rise or fall"),
        _("Dates unknown"),
    )
    table = Table("hops", _("Days from hop to hop"), head, rows)
    drawn = Chart(
        "hops",
        _("Median and ninth decile by hop"),
        "bars",
        tuple(str(hop.label) for hop in HOPS),
        (
            Series(_("Median"), tuple(_now(found, hop).told_median for hop in HOPS)),
            Series(_("Ninth decile"), tuple(_now(found, hop).told_ninth for hop in HOPS)),
        ),
        _("days"),
    )
    months, trend = _trend(asked)
    over = _("Over the clues you may see in this post: %(n)s clues that ended a hop in this period.")
    return Sheet(over % {"n": matters}, (table, months), (drawn, trend), definitions())


def _now(found: dict[tuple[str, str], Spread], hop: Hop) -> Spread:
    return found.get((hop.code, "now"), Spread())


def _row(hop: Hop, found: dict[tuple[str, str], Spread], asks: dict[str, Any]) -> Row:
    now, before = _now(found, hop), found.get((hop.code, "before"), Spread())
    known = {**asks, "outcome": "known"}
    longest = Cell(str(now.longest), now.longest, known, now.known) if now.known else Cell("—", quiet=True)
    earlier = before.told_median
    return Row(
        str(hop.label),
        (
            number(now.known, known),
            _days(now.told_median, known, now.known),
            _days(now.told_ninth, known, now.known),
            longest,
            Cell(str(earlier), earlier) if earlier is not None else Cell("—", quiet=True),
            difference(now.told_median, earlier),
            number(now.unknown, {**asks, "outcome": "unknown"}),
        ),
    )


def _trend(asked: Asked) -> tuple[Table, Chart]:
    trend, months = asked.period.trend, asked.period.months
    values = {"first": trend.first, "last": trend.last, "source": asked.source}
    found = {month: Spread(*rest) for month, *rest in read_rows(BY_MONTH, values)}
    rows = []
    for month in months:
        one = found.get(month, Spread())
        asks = {"of": "hops", "from": month, "to": month_end(month), "hop": "whole", "outcome": "known"}
        if asked.source:
            asks["source"] = asked.source
        cells = (
            number(one.known, asks),
            _days(one.told_median, asks, one.known),
            _days(one.told_ninth, asks, one.known),
        )
        rows.append(Row(f"{month:%Y-%m}", cells))
    title = _("From receipt to feedback over twelve months")
    head = (_("Month"), _("Number of clues"), _("Median, days"), _("Ninth decile, days"))
    names = tuple(f"{month:%Y-%m}" for month in months)
    series = (
        Series(_("Median"), tuple(found.get(month, Spread()).told_median for month in months)),
        Series(_("Ninth decile"), tuple(found.get(month, Spread()).told_ninth for month in months)),
    )
    chart = Chart("hop_trend", title, "line", names, series, _("days"))
    return Table("hop_trend", title, head, tuple(rows)), chart


def definitions() -> tuple[str, ...]:
    """Say how hops are counted, a sentence each (统计口径)."""
    return (
        _(
            "A hop belongs to the period it ended in; it takes the calendar days from its first date to its"
            " last, the same day being 0."
        ),
        _("Days on which the handling was paused are taken off, as far as you may know of the pause."),
        _("Assignment is its approval, proposal the first put forward after it, feedback the final one."),
        _("Median: half of them took so many days or fewer; ninth decile: nine in ten did; both occurred."),
        _(
            "Where a date is missing, or the last lies before the first, the clue is counted as unknown, not"
            " guessed."
        ),
        _("Fewer than %(least)s records: no median; fewer than %(more)s: no ninth decile.")
        % {"least": LEAST_FOR_RATE, "more": LEAST_FOR_P90},
    )


def wanted_hops(wanted: Wanted, limit: int) -> tuple[int, list[Taken]]:
    """Return how many records of a hop there are, and a page of them, the latest first."""
    hop = HOP.get(wanted.hop, HOPS[-1])
    known = {"known": "days IS NOT NULL", "unknown": "days IS NULL"}.get(wanted.outcome, "TRUE")
    after = wanted.after if isinstance(wanted.after, Place) and isinstance(wanted.after.row, UUID) else None
    values = {
        "first": wanted.first or date.min,
        "last": wanted.last or date.max,
        "source": wanted.source,
        "day": after.day if after else None,
        "row": after.row if after else None,
        "limit": limit,
    }
    rows = read_rows(RECORDS.format(of=_of(hop), known=known), values)
    total = int(read_rows(COUNT.format(of=_of(hop), known=known), values)[0][0])
    return total, [Taken(*row) for row in rows]

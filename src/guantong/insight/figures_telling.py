"""Days from knowing to telling (知悉至告知天数; P3): by pair of organs, from side to side, by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.insight import figures_telling_sql as sql
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
    organ_names,
    read_rows,
    too_few_cell,
)
from guantong.insight.figures_asked import Asked, month_end
from guantong.insight.figures_wanted import NOBODY, Wanted
from guantong.kernel import clock
from guantong.kernel.organs.models import OrganKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HEADLINE = "shareholder-discipline"
"""From the shareholder's side to discipline inspection: what P3 complains of."""
SIDES: dict[str, str | _StrPromise] = {
    "shareholder": gettext_lazy("Shareholder's side (regulator, enterprises)"),
    OrganKind.DISCIPLINE: gettext_lazy("Discipline inspection"),
    OrganKind.AUDIT: gettext_lazy("Audit"),
    OrganKind.INSPECTION: gettext_lazy("Inspection office"),
    "other": gettext_lazy("Others, or not in the platform"),
}
WAYS = {"notice": gettext_lazy("Notification"), "transfer": gettext_lazy("Transfer of a clue")}
BY_ALL, BY_SIDES, BY_PAIR, BY_MONTH, BY_MONTH_SIDES = 0b0111, 0b0101, 0b0110, 0b1011, 0b1001
"""Which of when, month, sides and sender a line is summed over, as the database tells it."""
HEAD = (
    gettext_lazy("Told"),
    gettext_lazy("Median, days"),
    gettext_lazy("Ninth decile, days"),
    gettext_lazy("Longest, days"),
    gettext_lazy("With a last day"),
    gettext_lazy("Told late"),
    gettext_lazy("Known, not told yet"),
    gettext_lazy("Of these past the last day"),
    gettext_lazy("Day of knowing not recorded"),
)


@dataclass(frozen=True)
class Spread(Enough):
    """How long telling took between two organs or sides (告知用时)."""

    told: int = 0
    known: int = 0
    median: int | None = None
    ninth: int | None = None
    longest: int | None = None
    bound: int = 0
    late: int = 0
    untold: int = 0
    overdue: int = 0
    unknown: int = 0


NOTHING = Spread()
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class Telling:
    """One thing told, or known and not told yet (一次告知)."""

    row: UUID
    matter: UUID
    way: str
    sender: int | None
    recipient: int | None
    known: date | None
    told: date | None
    due: date | None
    days: int | None
    late: bool
    at: date


class Tellings:
    """What was told in a period, the one before and the trend, summed in one query."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        period = asked.period
        span, before, trend = period.span, period.before, period.trend
        values = {
            "first": min(before.first, trend.first),
            "last": max(span.last, trend.last),
            "span_first": span.first,
            "span_last": span.last,
            "before_first": before.first,
            "before_last": before.last,
            "today": clock.today(),
            "organ": asked.organ,
        }
        self.all: dict[str, Spread] = {}
        self.sides: dict[tuple[str, str], Spread] = {}
        self.pairs: dict[tuple[str, Pair], Spread] = {}
        self.months: dict[tuple[date, str], Spread] = {}
        for when, month, sides, sender, recipient, of, *rest in read_rows(sql.GROUPED, values):
            self._keep(of, when, month, sides, (sender, recipient), Spread(*rest))
        self.organs = organ_names(one for _when, pair in self.pairs for one in pair if one)

    def _keep(self, of: int, when: str, month: date, sides: str, pair: Pair, spread: Spread) -> None:
        if of == BY_ALL:
            self.all[when] = spread
        elif of == BY_SIDES:
            self.sides[when, sides] = spread
        elif of == BY_PAIR:
            self.pairs[when, pair] = spread
        else:
            self.months[month, sides if of == BY_MONTH_SIDES else ""] = spread

    def asks(self, **more: Any) -> dict[str, Any]:
        """Return the filters of the records of the period, with more of them."""
        span = self.asked.period.span
        found = {"of": "tellings", "from": span.first, "to": span.last, "organ": self.asked.organ, **more}
        return {name: value for name, value in found.items() if value is not None}


def by_telling(found: Tellings) -> Sheet:
    """Return days from knowing to telling, the headline first (知悉至告知用时)."""
    head = (*map(str, HEAD), _("Median before"), _("Rise or fall"))
    who = _("Who tells → who is told")
    sides = Table("telling_sides", _("From side to side"), (who, *head), _sides(found))
    pairs = Table(
        "telling_pairs",
        _("From organ to organ"),
        (who, *head),
        _pairs(found),
        _("Nothing that you may see was told or became known in this period."),
    )
    months, trend = _trend(found)
    words = {"n": found.all.get("now", NOTHING).told, "untold": found.all.get("now", NOTHING).untold}
    over = _(
        "Over what you may see in this post: %(n)s told in this period, %(untold)s known and not told yet."
    )
    return Sheet(over % words, (sides, pairs, months), (trend,), definitions(), _headline(found))


def _headline(found: Tellings) -> str:
    one = found.sides.get(("now", HEADLINE), NOTHING)
    words = {
        "n": one.told,
        "known": one.known,
        "late": one.late,
        "untold": one.untold,
        "days": one.told_median,
    }
    if not one.told and not one.untold:
        return _("From the shareholder's side nothing was told to discipline inspection in this period.")
    if one.told_median is None:
        return (
            _(
                "From the shareholder's side to discipline inspection: %(n)s told, too few for a median;"
                " %(late)s late, %(untold)s not told yet."
            )
            % words
        )
    return (
        _(
            "From the shareholder's side to discipline inspection: %(n)s told; of the %(known)s of which it"
            " is recorded when they were known, half within %(days)s days; %(late)s late, %(untold)s not told"
            " yet."
        )
        % words
    )


def sides_label(code: str) -> str:
    """Return what a pair of sides is called; '' where there is none such."""
    sender, _dash, recipient = code.partition("-")
    if sender not in SIDES or recipient not in SIDES:
        return ""
    return f"{SIDES[sender]} → {SIDES[recipient]}"


def _sides(found: Tellings) -> tuple[Row, ...]:
    present = {sides for when, sides in found.sides if when == "now"} - {HEADLINE}
    order = [HEADLINE, *sorted(present, key=lambda one: (-found.sides["now", one].told, one))]
    rows = [
        Row(
            sides_label(one),
            _cells(
                found.sides.get(("now", one), NOTHING),
                found.sides.get(("before", one), NOTHING),
                found.asks(kind=one),
            ),
        )
        for one in order
    ]
    if len(rows) > 1:
        rows.append(_total(found))
    return tuple(rows)


def _pairs(found: Tellings) -> tuple[Row, ...]:
    def label(pair: Pair) -> str:
        return " → ".join(found.organs.get(one, "—") if one else _("Not in the platform") for one in pair)

    present = [pair for when, pair in found.pairs if when == "now"]
    rows = [
        Row(
            label(pair),
            _cells(
                found.pairs["now", pair],
                found.pairs.get(("before", pair), NOTHING),
                found.asks(holder=pair[0] or NOBODY, claimant=pair[1] or NOBODY),
            ),
        )
        for pair in sorted(present, key=lambda one: (-found.pairs["now", one].told, label(one)))
    ]
    if len(rows) > 1:
        rows.append(_total(found))
    return tuple(rows)


def _total(found: Tellings) -> Row:
    now, before = found.all.get("now", NOTHING), found.all.get("before", NOTHING)
    return Row(_("Total"), _cells(now, before, found.asks()))


def _days(count: int | None, asks: dict[str, Any], records: int) -> Cell:
    if count is None:
        return too_few_cell(asks, records)
    return Cell(str(count), count, asks, records)


def _figures(one: Spread, asks: dict[str, Any]) -> tuple[Cell, ...]:
    known = {**asks, "outcome": "known"}
    none = Cell("—", quiet=True)
    return (
        number(one.told, {**asks, "outcome": "told"}),
        _days(one.told_median, known, one.known),
        _days(one.told_ninth, known, one.known),
        Cell(str(one.longest), one.longest, known, one.known) if one.known else none,
        number(one.bound, {**asks, "outcome": "bound"}),
        number(one.late, {**asks, "outcome": "late"}) if one.bound else none,
        number(one.untold, {**asks, "outcome": "untold"}),
        number(one.overdue, {**asks, "outcome": "overdue"}),
        number(one.unknown, {**asks, "outcome": "unknown"}),
    )


def _cells(now: Spread, before: Spread, asks: dict[str, Any]) -> tuple[Cell, ...]:
    earlier = before.told_median
    return (
        *_figures(now, asks),
        Cell(str(earlier), earlier) if earlier is not None else Cell("—", quiet=True),
        difference(now.told_median, earlier),
    )


def _of_month(one: Spread, asks: dict[str, Any]) -> tuple[Cell, ...]:
    known = {**asks, "outcome": "known"}
    return (
        number(one.told, {**asks, "outcome": "told"}),
        _days(one.told_median, known, one.known),
        _days(one.told_ninth, known, one.known),
        number(one.late, {**asks, "outcome": "late"}) if one.bound else Cell("—", quiet=True),
    )


def _trend(found: Tellings) -> tuple[Table, Chart]:
    months = found.asked.period.months
    rows = []
    for month in months:
        asks = found.asks(**{"from": month, "to": month_end(month)})
        cells = [
            cell
            for sides, filters in ((HEADLINE, {**asks, "kind": HEADLINE}), ("", asks))
            for cell in _of_month(found.months.get((month, sides), NOTHING), filters)
        ]
        rows.append(Row(f"{month:%Y-%m}", tuple(cells)))
    shareholder, everybody = _("Shareholder → discipline"), _("All")
    measures = (_("Told"), _("Median, days"), _("Ninth decile, days"), _("Told late"))
    columns = [
        _("%(who)s: %(what)s") % {"who": who, "what": what}
        for who in (shareholder, everybody)
        for what in measures
    ]
    title = _("From knowing to telling over twelve months")
    series = [
        Series(name, tuple(found.months.get((month, sides), NOTHING).told_median for month in months))
        for name, sides in ((shareholder, HEADLINE), (everybody, ""))
    ]
    names = tuple(f"{month:%Y-%m}" for month in months)
    chart = Chart("telling_trend", title, "line", names, tuple(series), _("days"))
    return Table("telling_trend", title, (_("Month"), *columns), tuple(rows)), chart


def definitions() -> tuple[str, ...]:
    """Say what counts as knowing and as telling, a sentence each (统计口径)."""
    return (
        _(
            "Knowing: of a notification, the day its writer states to have known (“known on”); of a clue, the"
            " day of the concluding opinion."
        ),
        _(
            "Telling: the day the notification, or the letter with which the clue is transferred, went out;"
            " not the day it arrived. The organ that tells and the one that is told are those of the matter."
        ),
        _("In calendar days, the same day being 0; it belongs to the period in which it was told."),
        _(
            "Late: told after the last day of the duty that ran from knowing, as far as you may see that"
            " duty; where no measure sets a last day, nothing is late."
        ),
        _(
            "Known, not told yet: a duty that runs from knowing and is still open; counted today, in the"
            " period that today belongs to, and in no median."
        ),
        _(
            "A clue without a concluding opinion is counted apart and not guessed; one passed on between"
            " discipline organs counts once, at its first telling."
        ),
        _("Fewer than %(least)s records: no median; fewer than %(more)s: no ninth decile.")
        % {"least": LEAST_FOR_RATE, "more": LEAST_FOR_P90},
    )


def wanted_tellings(wanted: Wanted, limit: int) -> tuple[int, list[Telling]]:
    """Return how many tellings there are, and a page of them, the latest first."""
    after = wanted.after if wanted.after and isinstance(wanted.after.row, UUID) else None
    values = {
        "first": wanted.first or date.min,
        "last": wanted.last or date.max,
        "today": clock.today(),
        "organ": wanted.organ,
        "sides": wanted.kind,
        "sender": wanted.holder,
        "recipient": wanted.claimant,
        "day": after.day if after else None,
        "after": after.row if after else None,
        "limit": limit,
    }
    filters = " AND ".join(_filters(wanted))
    total = int(read_rows(sql.COUNT.format(filters=filters), values)[0][0])
    return total, [Telling(*row) for row in read_rows(sql.RECORDS.format(filters=filters), values)]


def _filters(wanted: Wanted) -> Iterable[str]:
    yield sql.OUTCOMES.get(wanted.outcome, "TRUE")
    if sides_label(wanted.kind):
        yield "sides = %(sides)s"
    for name, value in (("sender", wanted.holder), ("recipient", wanted.claimant)):
        if value is not None:
            yield f"{name} IS NULL" if value == NOBODY else f"{name} = %({name})s"

"""What lies open, and what was sent back (在办时长、退回), in figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncMonth
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
    read_rows,
)
from guantong.insight.figures_asked import Asked, month_end
from guantong.insight.figures_duties import BEFORE, DRAWN_AT_MOST, NOW
from guantong.insight.figures_wanted import NOBODY, Wanted
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.journal.models import Entry

BANDS = (
    (30, gettext_lazy("30 days or fewer")),
    (60, gettext_lazy("31–60 days")),
    (90, gettext_lazy("61–90 days")),
    (180, gettext_lazy("91–180 days")),
    (365, gettext_lazy("181–365 days")),
    (None, gettext_lazy("Over 365 days")),
)
EDGES = [last + 1 for last, _label in BANDS if last is not None]
OPEN = """
SELECT o.matter_id, o.since, coalesce(p.organ_id, 0) AS handler,
  width_bucket(%(today)s::date - o.since, %(edges)s::integer[]) AS band
FROM (
  SELECT DISTINCT ON (v.matter_id) v.matter_id, coalesce(c.received_on, c.sent_on, v.listed_on) AS since
  FROM access_visibility v JOIN clues_clue c ON c.matter_id = v.matter_id
  WHERE v.principal = ANY (%(mine)s::bigint[]) AND v.kind = 'clue' AND v.is_open AND v.state <> 'drafted'
    AND v.until >= (SELECT guantong_today()) AND (%(source)s::text = '' OR c.source = %(source)s::text)
  ORDER BY v.matter_id
) o LEFT JOIN matters_party p ON p.matter_id = o.matter_id AND p.role = 'handler' AND p.until IS NULL
"""
BY_BAND = f"SELECT handler, band, count(*) FROM ({OPEN}) z GROUP BY 1, 2"  # noqa: S608
ASKED_FOR = (
    "(%(holder)s::bigint IS NULL OR handler = %(holder)s) AND (%(band)s::bigint IS NULL OR band = %(band)s)"
)
RECORDS = (
    f"SELECT * FROM ({OPEN}) z WHERE {ASKED_FOR}"  # noqa: S608
    " AND (%(day)s::date IS NULL OR (since, matter_id) > (%(day)s::date, %(row)s::uuid))"
    " ORDER BY since, matter_id LIMIT %(limit)s"
)
COUNT = f"SELECT count(*) FROM ({OPEN}) z WHERE {ASKED_FOR}"  # noqa: S608

RETURNS = {
    "clue.return": gettext_lazy("Returned to the sender"),
    "clue.take_return": gettext_lazy("Returned to us"),
    "clue.refuse_assignment": gettext_lazy("Assignment refused"),
}
REASONS_SHOWN = 10


@dataclass(frozen=True)
class Lying:
    """A clue that lies open, since when and with whom (在办线索); `handler` is 0 where nobody is known."""

    matter: UUID
    since: date
    handler: int
    band: int


def _open_values(actor: Actor, source: str) -> dict[str, Any]:
    return {"mine": list(actor.principals), "today": clock.today(), "edges": EDGES, "source": source}


def ageing(actor: Actor, asked: Asked) -> Sheet:
    """Return how old what lies open is today, by who handles it (在办线索时长分布)."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for handler, band, count in read_rows(BY_BAND, _open_values(actor, asked.source)):
        found[handler][band] += count
    organs = organ_names(found)
    order = sorted(found, key=lambda one: (-found[one].total(), organs.get(one, "")))
    base = {"of": "open", **({"source": asked.source} if asked.source else {})}
    nobody = _("Nobody yet, or not for you to know")
    rows = [
        Row(organs.get(one, nobody), _bands(found[one], {**base, "holder": one or NOBODY})) for one in order
    ]
    total: Counter[int] = sum(found.values(), Counter())
    if len(rows) > 1:
        rows.append(Row(_("Total"), _bands(total, base)))
    labels = tuple(str(label) for _last, label in BANDS)
    table = Table(
        "ageing",
        _("Age of what lies open"),
        (_("Handled by"), *labels, _("Total")),
        tuple(rows),
        _("No clue that you may see lies open."),
    )
    shown = order[:DRAWN_AT_MOST]
    chart = Chart(
        "ageing",
        _("Age of what lies open, by who handles it"),
        "stack",
        tuple(organs.get(one, nobody) for one in shown),
        tuple(Series(label, tuple(found[one][n] for one in shown)) for n, label in enumerate(labels)),
    )
    over = _("Over the clues you may see in this post: %(n)s lie open today, %(day)s.")
    definitions = (
        _("Age runs from receipt; before it is received, from transfer, else from the day it was entered."),
        _("As of today, whatever the period: how a thing stood earlier is not reckoned back."),
        _("In calendar days, pauses included: what stands still lies there too."),
    )
    words = {"n": total.total(), "day": clock.today().isoformat()}
    return Sheet(over % words, (table,), (chart,), definitions)


def _bands(counts: Counter[int], asks: dict[str, Any]) -> tuple[Cell, ...]:
    each = (number(counts[n], {**asks, "band": n}) for n in range(len(BANDS)))
    return (*each, number(counts.total(), asks))


def wanted_open(actor: Actor, wanted: Wanted, limit: int) -> tuple[int, list[Lying]]:
    """Return how many clues of a band lie open, and a page of them, the oldest first."""
    after = wanted.after if wanted.after and isinstance(wanted.after.row, UUID) else None
    values = {
        **_open_values(actor, wanted.source),
        "holder": wanted.holder,
        "band": wanted.band,
        "limit": limit,
        "day": after.day if after else None,
        "row": after.row if after else None,
    }
    total = int(read_rows(COUNT, values)[0][0])
    return total, [Lying(*row) for row in read_rows(RECORDS, values)]


def wanted_returns(wanted: Wanted) -> QuerySet[Any, Any]:
    """Return the entries by which something was sent back, within the reader's sight."""
    kinds = [wanted.kind] if wanted.kind in RETURNS else list(RETURNS)
    found = Entry.objects.filter(act__in=kinds)
    if wanted.first and wanted.last:
        found = found.filter(happened_on__range=(wanted.first, wanted.last))
    if wanted.source:
        found = found.filter(matter__clue__source=wanted.source)
    found = found.annotate(sender=Coalesce(F("matter__clue__sender_name"), Value("")))
    if wanted.sender:
        found = found.filter(sender="" if wanted.sender == NO_NAME else wanted.sender)
    return found


NO_NAME = "-"
"""Stands for a sender without a name in the address."""


def returns(actor: Actor, asked: Asked) -> Sheet:
    """Return what was sent back, by kind and sender, with the latest reasons (退回情况)."""
    period = asked.period
    span, before, trend = period.span, period.before, period.trend
    wanted = Wanted(
        first=min(before.first, trend.first), last=max(span.last, trend.last), source=asked.source
    )
    when = Case(
        When(happened_on__range=(span.first, span.last), then=Value(NOW)),
        When(happened_on__range=(before.first, before.last), then=Value(BEFORE)),
        default=Value(""),
        output_field=CharField(),
    )
    grouped = (
        wanted_returns(wanted)
        .annotate(when=when, month=TruncMonth("happened_on"))
        .order_by()
        .values_list("when", "month", "act", "sender")
        .annotate(n=Count("id"))
    )
    counts: Counter[tuple[str, str, str]] = Counter()
    months: Counter[tuple[date, str]] = Counter()
    for one, month, act, sender, n in grouped:
        counts[one, act, sender] += n
        months[month, act] += n
    base = {"of": "returns", "from": span.first, "to": span.last}
    if asked.source:
        base["source"] = asked.source
    rows = _by_sender(counts, base)
    head = (_("Kind and sender"), _("Sent back"), _("Period before"), _("Rise or fall"))
    empty = _("Nothing that you may see was sent back in this period.")
    table = Table("returns", _("What was sent back"), head, rows, empty)
    total = sum(n for (one, _act, _sender), n in counts.items() if one == NOW)
    names = tuple(f"{month:%Y-%m}" for month in period.months)
    chart = Chart(
        "return_trend",
        _("What was sent back, over twelve months"),
        "stack",
        names,
        tuple(
            Series(str(label), tuple(months[month, act] for month in period.months))
            for act, label in RETURNS.items()
        ),
    )
    over = _("Over the clues you may see in this post: %(n)s sent back in this period.") % {"n": total}
    definitions = (
        _("Each return counts on the day it happened; one sent back twice counts twice."),
        _("An assignment the handling department refuses is told apart from a clue returned to its sender."),
        _("Reasons are shown as they were written, the latest first; all of them stand behind the figures."),
    )
    tables = (table, _by_month(asked, months), _reasons(asked))
    return Sheet(over, tables, (chart,), definitions)


def _by_sender(counts: Counter[tuple[str, str, str]], base: dict[str, Any]) -> tuple[Row, ...]:
    keys = {(act, sender) for _when, act, sender in counts}
    keys = {key for key in keys if counts[NOW, *key] or counts[BEFORE, *key]}
    rows = []
    for act, sender in sorted(
        keys, key=lambda key: (list(RETURNS).index(key[0]), -counts[NOW, *key], key[1])
    ):
        now, before = counts[NOW, act, sender], counts[BEFORE, act, sender]
        asks = {**base, "kind": act, "sender": sender or NO_NAME}
        label = _("%(kind)s: %(sender)s") % {"kind": RETURNS[act], "sender": sender or "—"}
        rows.append(Row(label, (number(now, asks), Cell(str(before), before), difference(now, before))))
    if len(rows) > 1:
        now, before = (
            sum(n for (when, _act, _sender), n in counts.items() if when == one) for one in (NOW, BEFORE)
        )
        rows.append(Row(_("Total"), (number(now, base), Cell(str(before), before), difference(now, before))))
    return tuple(rows)


def _by_month(asked: Asked, months: Counter[tuple[date, str]]) -> Table:
    rows = []
    for month in asked.period.months:
        base = {"of": "returns", "from": month, "to": month_end(month)}
        if asked.source:
            base["source"] = asked.source
        cells = tuple(number(months[month, act], {**base, "kind": act}) for act in RETURNS)
        rows.append(Row(f"{month:%Y-%m}", cells))
    head = (_("Month"), *(str(label) for label in RETURNS.values()))
    return Table("return_trend", _("What was sent back, over twelve months"), head, tuple(rows))


def _reasons(asked: Asked) -> Table:
    span = asked.period.span
    found = wanted_returns(Wanted(first=span.first, last=span.last, source=asked.source))
    latest = found.order_by("-happened_on", "-id").values_list(
        "matter__number", "matter__title", "happened_on", "act", "sender", "content__body__data__reason"
    )
    rows = tuple(
        Row(
            f"{number_} {title}".strip(),
            _words(day.isoformat(), str(RETURNS[act]), sender, reason),
        )
        for number_, title, day, act, sender, reason in latest[:REASONS_SHOWN]
    )
    head = (_("Clue"), _("Day"), _("Kind of return"), _("Sender"), _("Reason"))
    return Table("reasons", _("The latest reasons"), head, rows, _("No reason in this period."))


def _words(*texts: str | None) -> tuple[Cell, ...]:
    return tuple(Cell(text or "—", words=True) for text in texts)

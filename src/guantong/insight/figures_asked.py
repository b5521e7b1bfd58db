"""For which period and of what figures are asked (统计期间与条件), as it stands in the address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.acts.act import Fault
from guantong.kernel.duties.cadence import Span
from guantong.mechanisms.clues.models import Source

DAY = timedelta(days=1)
CODE = re.compile(r"(19\d\d|20\d\d)(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?", re.ASCII)
TREND_MONTHS = 12
EARLIEST, LATEST = date(1949, 10, 1), date(2999, 12, 31)


def month_later(first: date, months: int) -> date:
    """Return the first day of the month so many months after that of `first`; earlier where negative."""
    place = first.year * 12 + first.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def month_end(month: date) -> date:
    """Return the last day of a month given by its first."""
    return month_later(month, 1) - DAY


def span_of(first: date, months: int) -> Span:
    """Return the period of so many whole months."""
    return Span(first, month_later(first, months) - DAY)


@dataclass(frozen=True)
class Period:
    """A period and the one before it (统计期间与上期). `code`: 2026, 2026-H1, 2026-Q3, 2026-09, '' if free.

    While it runs, the one before is cut at the same length, so that like is compared with like.
    """

    span: Span
    before: Span
    code: str = ""
    running: bool = False

    @property
    def trend(self) -> Span:
        """The twelve months that end with the period, or with this month while it runs."""
        last = min(self.span.last, max(clock.today(), self.span.first))
        end = date(last.year, last.month, 1)
        return Span(month_later(end, 1 - TREND_MONTHS), month_later(end, 1) - DAY)

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months of the trend."""
        return tuple(month_later(self.trend.first, number) for number in range(TREND_MONTHS))


def period_of(code: str, today: date) -> Period | None:
    """Return the period a code names, None where it names none."""
    found = CODE.fullmatch(code)
    if found is None:
        return None
    year, quarter, half, month = (int(part) if part else 0 for part in found.groups())
    months = 3 if quarter else 6 if half else 1 if month else 12
    first = date(year, (quarter - 1) * 3 + 1 if quarter else (half - 1) * 6 + 1 if half else month or 1, 1)
    span, before = span_of(first, months), span_of(month_later(first, -months), months)
    running = span.first <= today < span.last
    if running:
        before = Span(before.first, min(before.last, before.first + (today - span.first)))
    return Period(span, before, code, running)


def free_period(first: date, last: date) -> Period:
    """Return a period of chosen days; the one before is as long and ends the day before."""
    return Period(Span(first, last), Span(first - (last - first) - DAY, first - DAY))


def offered(today: date) -> Iterator[tuple[str, list[str]]]:
    """Yield the codes of the periods to choose from, by kind, the newest first."""
    this = date(today.year, today.month, 1)
    yield _("Year"), [str(today.year - number) for number in range(5)]
    half = date(today.year, 1 if today.month < 7 else 7, 1)
    halves = [month_later(half, -6 * number) for number in range(6)]
    yield _("Half year"), [f"{one.year}-H{1 if one.month == 1 else 2}" for one in halves]
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    quarters = [month_later(quarter, -3 * number) for number in range(8)]
    yield _("Quarter"), [f"{one.year}-Q{one.month // 3 + 1}" for one in quarters]
    months = [month_later(this, -number) for number in range(12)]
    yield _("Month"), [f"{one.year}-{one.month:02d}" for one in months]


def period_name(span: Span, *, english: bool) -> str:
    """Return what people call a period; a month too."""
    if span.first.day == 1 and month_later(span.first, 1) - DAY == span.last:
        return f"{span.first:%Y-%m}" if english else f"{span.first.year}年{span.first.month}月"
    return span.name(english=english)


@dataclass(frozen=True)
class Asked:
    """What is asked, checked (统计条件)."""

    period: Period
    show: str
    clause: str = ""
    organ: int | None = None
    source: str = ""
    measure: str = ""
    faults: tuple[Fault, ...] = field(default=(), compare=False)

    def query(self, **changes: Any) -> str:
        """Return the address's query of what is asked, with some of it changed."""
        days = {"from": self.period.span.first, "to": self.period.span.last}
        values: dict[str, Any] = {
            "show": self.show,
            **({"period": self.period.code} if self.period.code else days),
            "clause": self.clause,
            "organ": self.organ,
            "source": self.source,
            "measure": self.measure,
            **changes,
        }
        return urlencode({name: str(value) for name, value in values.items() if value not in (None, "")})


def read(query: QueryDict, subjects: Any) -> Asked:
    """Read the address: what cannot be is left out and stands in `faults`."""
    today = clock.today()
    faults: list[Fault] = []
    period = None if _chosen_anew(query) else _free(query, faults)
    period = period or period_of(query.get("period", ""), today)
    if period is None and query.get("period"):
        reason = _("“%(value)s” is no period.") % {"value": query["period"][:40]}
        faults.append(
            Fault(_("Reporting period"), reason, _("Choose it from the list, or give first and last day."))
        )
    usual = period_of(str(today.year), today)
    assert usual is not None  # noqa: S101 - a year is a period
    show, organ = query.get("show", ""), query.get("organ", "")
    source = query.get("source", "")
    asked = Asked(
        period or usual,
        show if show in subjects else next(iter(subjects)),
        clause=query.get("clause", "").replace("\x00", "").strip()[:16],
        organ=int(organ) if organ.isascii() and organ.isdigit() and len(organ) < 16 else None,
        source=source if source in Source.values else "",
        measure=query.get("measure", "").replace("\x00", "").strip()[:32],
    )
    return replace(asked, faults=tuple(faults))


def _chosen_anew(query: QueryDict) -> bool:
    """Whether the form was sent with another period than it showed: then days left in it do not count."""
    code = query.get("period", "")
    return bool(code) and code != query.get("shown", code)


def _free(query: QueryDict, faults: list[Fault]) -> Period | None:
    texts = [query.get(name, "").strip()[:20] for name in ("from", "to")]
    if not any(texts):
        return None
    days = [day_of(text) for text in texts]
    for text, day in zip(texts, days, strict=True):
        if not text:
            reason = _("Only one of the two days is given.")
            faults.append(Fault(_("Reporting period"), reason, _("Give first and last day.")))
        elif day is None:
            reason = _("“%(value)s” is no date.") % {"value": text}
            faults.append(Fault(_("Reporting period"), reason, _("Write it as 2026-09-28.")))
    first, last = days
    if first is None or last is None:
        return None
    if first > last:
        faults.append(
            Fault(_("Reporting period"), _("The first day lies after the last."), _("Exchange the two days."))
        )
        return None
    return free_period(first, last)


def day_of(text: str) -> date | None:
    """Return the day a text names, None where it names none that can be."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None

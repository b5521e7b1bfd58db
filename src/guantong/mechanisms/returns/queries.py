"""What acts and pages read of monthly closes (月结查询), in numbers of queries that stay the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from guantong.kernel import counting
from guantong.kernel.access.actors import Actor
from guantong.kernel.journal.models import Entry
from guantong.mechanisms.returns import lifecycle
from guantong.mechanisms.returns.models import Adjustment, Behind, Close

CORRECTION = "matter.correct"
KEPT = """
-- When the approved closes of a body were frozen, what they froze, and what later closes took as adjustments.
WITH closes AS (
  SELECT c.matter_id, c.turn, c.month, c.frozen_at FROM returns_close c
  JOIN matters_matter x ON x.id = c.matter_id AND x.state = 'closed'
  WHERE c.organ_id IN (SELECT id FROM organs_organ WHERE coalesce(body_id, id) = %(body)s)
)
SELECT month, frozen_at, NULL, NULL::uuid, NULL FROM closes
UNION ALL
SELECT c.month, NULL, b.name, b.about_id, b.times FROM closes c
JOIN returns_behind b ON b.matter_id = c.matter_id AND b.turn = c.turn
UNION ALL
SELECT a.month, NULL, a.name, a.about_id, a.by FROM returns_adjustment a
JOIN returns_close c ON c.matter_id = a.matter_id AND c.turn = a.turn
WHERE c.organ_id IN (SELECT id FROM organs_organ WHERE coalesce(body_id, id) = %(body)s)
  AND c.matter_id <> ALL (%(but)s::uuid[])
"""


@dataclass
class Kept:
    """What is on record of a closed month: when it was frozen, what counts in each figure by now."""

    frozen_at: datetime | None = None
    figures: dict[str, Counter[UUID]] = field(default_factory=lambda: defaultdict(Counter))


def kept(body: int, but: Collection[UUID] = ()) -> dict[date, Kept]:
    """Return the closed months of a body, without the adjustments that the closes `but` took."""
    found: dict[date, Kept] = defaultdict(Kept)
    with connection.cursor() as cursor:
        cursor.execute(KEPT, {"body": body, "but": list(but)})
        for month, frozen_at, name, about, times in cursor.fetchall():
            found[month].frozen_at = found[month].frozen_at or frozen_at
            if name is not None:
                figure = found[month].figures[name]
                figure[about] = figure.get(about, 0) + times
    return {month: one for month, one in found.items() if one.frozen_at}


@dataclass(frozen=True)
class Change:
    """A clue that counts otherwise now than when its month was closed (调整), and the act that made it so."""

    month: date
    name: str
    about: UUID
    by: int
    act: str = ""
    happened_on: date | None = None
    recorded_at: datetime | None = None


def changes(months: Mapping[date, Kept], now: Mapping[date, Mapping[str, Counter[UUID]]]) -> list[Change]:
    """Return how the figures counted `now` differ from those on record; both by month and name."""
    found = []
    for month in sorted(months):
        for name in sorted(now[month]):
            was, is_now = months[month].figures.get(name, Counter()), now[month][name]
            differing = {about for about, _times in was.items() ^ is_now.items()}
            found += [
                Change(month, name, about, is_now[about] - was[about])
                for about in sorted(differing, key=str)
                if is_now[about] != was[about]
            ]
    return found


def pending(actor: Actor) -> list[Change]:
    """Return the adjustments that no close has taken yet, each with the act that made it."""
    months = kept(actor.body_id)
    if not months:
        return []
    return with_acts(changes(months, counting.count(actor, sorted(months))), months)


def with_acts(found: list[Change], months: Mapping[date, Kept]) -> list[Change]:
    """Name the act behind each change: the first one recorded since that lies in the month or corrects it."""
    if not found:
        return []
    since = min(one.frozen_at for one in months.values() if one.frozen_at)
    entries: dict[UUID, list[tuple[str, date, datetime]]] = defaultdict(list)
    rows = Entry.objects.filter(matter__in={one.about for one in found}, recorded_at__gte=since)
    for entry in rows.order_by("id"):
        entries[entry.matter_id].append((entry.act, entry.happened_on, entry.recorded_at))
    return [_with_act(one, entries[one.about], months[one.month].frozen_at) for one in found]


def _with_act(change: Change, entries: list[tuple[str, date, datetime]], since: datetime | None) -> Change:
    later = [one for one in entries if since is None or one[2] > since]
    within = [one for one in later if one[1] <= counting.month_end(change.month) or one[0] == CORRECTION]
    for act, happened_on, recorded_at in within or later[-1:]:
        return Change(change.month, change.name, change.about, change.by, act, happened_on, recorded_at)
    return change


def frozen(close: Close, name: str) -> Counter[UUID]:
    """Return the matters behind a frozen figure that the reader may see, each as often as it counts."""
    rows = Behind.objects.filter(matter=close.pk, turn=close.turn, name=name)
    return Counter(dict(rows.values_list("about", "times")))


def adjustments(of: Collection[Close]) -> list[tuple[Close, Adjustment]]:
    """Return the adjustments of earlier months that these closes have taken, within the reader's sight."""
    closes_by = {close.pk: close for close in of}
    rows = Adjustment.objects.filter(matter__in=closes_by).select_related("about")
    taken = [(closes_by[one.matter_id], one) for one in rows]
    order = list(closes_by)
    kept_ones = [(close, one) for close, one in taken if one.turn == close.turn]
    return sorted(kept_ones, key=lambda pair: order.index(pair[0].pk))


def closes(body: int, year: int) -> list[Close]:
    """Return the closes of a year, newest first."""
    found = Close.objects.filter(organ__body=body, month__year=year).select_related("matter")
    return list(found.order_by("-month"))


def block(close: Close) -> dict[str, Any]:
    """Return what the close's block on the page of the matter shows."""
    return {
        "close": close,
        "forms": [form for form in counting.all_forms() if form.code in close.forms],
        "is_closed": close.matter.state == lifecycle.CLOSED,
    }

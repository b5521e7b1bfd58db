"""The ledger as SQL over the visibility table (台账查询): which clues, in which order, how many.

A reader has a few principals (department, body, himself) and may see one clue under several of them, at
several depths: the deepest counts, and each clue is listed once. Row-level security stays on throughout.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.search.text import to_tsquery
from guantong.mechanisms.clues.filters import FAR, WAN, Cursor, Filters, Tab
from guantong.web.due import SOON_DAYS

FOUND_AT_MOST = 1000
"""So many clues at most are taken from a search by text, the newest."""
COUNTED_AT_MOST = 500
"""Finished clues are counted up to here."""

BETTER = """NOT EXISTS (
    SELECT 1 FROM access_visibility b
    WHERE b.matter_id = v.matter_id AND b.principal = ANY (%(mine)s::bigint[]) AND b.principal <> v.principal
      AND b.until >= (SELECT guantong_today())
      AND (b.depth, v.due_on, v.principal) > (v.depth, b.due_on, b.principal))"""
PAGE = """
SELECT w.matter_id, w.depth, w.state, w.turn, w.due_on, w.listed_on
FROM unnest(%(mine)s::bigint[]) p (principal) CROSS JOIN LATERAL (
  SELECT v.matter_id, v.depth, v.state, v.turn, v.due_on, v.listed_on
  FROM (
    SELECT v.* FROM access_visibility v {joins}
    WHERE v.principal = p.principal AND v.kind = 'clue' AND v.until >= (SELECT guantong_today()) AND {where}
    ORDER BY {inner} OFFSET 0
  ) v
  WHERE {better}
  ORDER BY {inner} LIMIT %(limit)s
) w ORDER BY {outer} LIMIT %(limit)s
"""
"""OFFSET 0 keeps the inner list whole: whether a deeper row exists is asked of those listed, not of all."""
ORDERS = {
    "first": ("turn", "due_on", "matter_id"),
    "due": ("due_on", "matter_id"),
    "listed": ("listed_on", "matter_id"),
}
"""By what the ledger is sorted, always rising but for the newest first."""
COUNTS = "SELECT * FROM guantong_clue_counts(%(mine)s::bigint[], %(today)s, %(soon)s, %(most)s)"
SUPERVISED = (
    "EXISTS (SELECT 1 FROM clues_supervision s WHERE s.matter_id = v.matter_id AND s.lifted_on IS NULL)"
)
CLOSED_SINCE = """
SELECT count(DISTINCT e.matter_id) FROM journal_entry e
WHERE e.state_to = 'closed' AND e.state_from <> 'closed' AND e.happened_on >= %(since)s
  AND EXISTS (
    SELECT 1 FROM access_visibility v WHERE v.matter_id = e.matter_id AND v.kind = 'clue'
      AND v.state = 'closed' AND v.principal = ANY (%(mine)s::bigint[])
        AND v.until >= (SELECT guantong_today()))
"""


@dataclass(frozen=True)
class Listed:
    """A clue in the list: as deep as its reader sees it."""

    matter: uuid.UUID
    depth: int
    state: str
    turn: int
    due_on: date
    listed_on: date


@dataclass(frozen=True)
class Page:
    """A run of the list, and whether more lies before and after it."""

    rows: list[Listed]
    previous: Cursor | None
    next: Cursor | None


@dataclass(frozen=True)
class Counts:
    """How many clues of each state and depth; late and soon among the open ones."""

    by_state: dict[tuple[int, str], int]
    late: int
    soon: int

    def of(self, tab: Tab) -> int:
        """Return how many belong to a group of states."""
        return sum(number for (depth, state), number in self.by_state.items() if tab.has(depth, state))

    @property
    def sees_handling(self) -> bool:
        """Whether the reader sees any clue wholly."""
        return any(depth >= 3 for depth, _state in self.by_state)

    @property
    def is_told(self) -> bool:
        """Whether the reader sees any clue as its sender does."""
        return any(depth < 3 for depth, _state in self.by_state)

    @property
    def capped(self) -> bool:
        """Whether there are more finished ones than were counted."""
        from guantong.mechanisms.clues.lifecycle import FINAL

        return sum(n for (_d, state), n in self.by_state.items() if state in FINAL) >= COUNTED_AT_MOST


def counts(actor: Actor, today: date | None = None) -> Counts:
    """Count what the reader sees, in one query; his department comes first among his principals."""
    day = today or clock.today()
    values: dict[str, Any] = {
        "mine": list(actor.principals),
        "today": day,
        "soon": day + timedelta(days=SOON_DAYS),
        "most": COUNTED_AT_MOST,
    }
    by_state: Counter[tuple[int, str]] = Counter()
    late = soon = 0
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, values)
        for state, depth, number, is_late, is_soon in cursor.fetchall():
            by_state[min(depth, 3), state] += number
            late, soon = late + is_late, soon + is_soon
    return Counts(dict(+by_state), late, soon)


def closed_since(actor: Actor, day: date) -> int:
    """Count the clues closed since a day."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSED_SINCE, {"mine": list(actor.principals), "since": day})
        return int(cursor.fetchone()[0])


def page(
    actor: Actor, filters: Filters, limit: int | None = None, only: set[uuid.UUID] | None = None
) -> Page:
    """Return one page of the ledger, in one query.

    `limit`: so many rows instead of a page. `only`: of these clues, those that the filters let through.
    """
    size = limit or filters.size
    back = filters.before is not None
    place = filters.before or filters.after
    query, values = _statement(filters, back, place, only)
    values |= {"mine": list(actor.principals), "limit": size + 1}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = [Listed(*row) for row in cursor.fetchall()]
    more = len(rows) > size
    rows = rows[:size]
    if back:
        rows.reverse()
    first, last = (_place(filters, row) for row in (rows[0], rows[-1])) if rows else (None, None)
    has_previous = more if back else filters.after is not None
    has_next = True if back else more
    return Page(rows, first if has_previous else None, last if has_next else None)


def _place(filters: Filters, row: Listed) -> Cursor:
    return Cursor(row.turn, row.listed_on if filters.sorted_by == "listed" else row.due_on, row.matter)


def _statement(
    filters: Filters, back: bool, place: Cursor | None, only: set[uuid.UUID] | None
) -> tuple[str, dict[str, Any]]:
    newest_first = filters.sorted_by == "listed"
    columns, rising = ORDERS[filters.sorted_by], back is newest_first
    conditions, values = _conditions(filters)
    if only is not None:
        conditions.append("v.matter_id = ANY (%(only)s::uuid[])")
        values["only"] = list(only)
    if not newest_first:
        conditions.append("v.is_open")
    if place is not None:
        here = {"turn": place.turn, "due_on": place.day, "listed_on": place.day, "matter_id": place.matter}
        left = ", ".join(f"v.{column}" for column in columns)
        right = ", ".join(f"%(at_{column})s" for column in columns)
        conditions.append(f"({left}) {'>' if rising else '<'} ({right})")
        values |= {f"at_{column}": here[column] for column in columns}
    asks_clue = any("c." in condition for condition in conditions)
    query = PAGE.format(
        joins="JOIN clues_clue c ON c.matter_id = v.matter_id" if asks_clue else "",
        where=" AND ".join(conditions),
        better=BETTER,
        inner=_order("v", columns, rising),
        outer=_order("w", columns, rising),
    )
    return query, values


def _order(table: str, columns: tuple[str, ...], rising: bool) -> str:
    return ", ".join(f"{table}.{column} {'ASC' if rising else 'DESC'}" for column in columns)


def _conditions(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    today = clock.today()
    conditions, values = _of_states(filters.tab)
    simple: list[tuple[str, str, Any]] = [
        ("c.source = %(source)s", "source", filters.source or None),
        ("c.category = %(category)s", "category", filters.category or None),
        ("c.received_on >= %(received_from)s", "received_from", filters.received_from),
        ("c.received_on <= %(received_to)s", "received_to", filters.received_to),
        ("c.amount >= %(amount_from)s", "amount_from", _yuan(filters.amount_from)),
        ("c.amount <= %(amount_to)s", "amount_to", _yuan(filters.amount_to)),
        (_party("organ_id", "handler", "handler"), "handler", filters.handler),
        (_party("officer_id", "custodian", "custodian"), "custodian", filters.custodian),
        (_CLOSED, "closed_from", filters.closed_from),
    ]
    for condition, name, value in simple:
        if value is not None:
            conditions.append(condition)
            values[name] = value
    if filters.key:
        conditions.append(SUPERVISED)
    if filters.due:
        conditions.append(_DUE[filters.due])
        values |= {"today": today, "soon": today + timedelta(days=SOON_DAYS), "far": FAR}
    if filters.text:
        conditions.append(
            "v.matter_id = ANY (ARRAY(SELECT matter FROM"
            " guantong_search_words(%(words)s, ARRAY['clue'], %(found)s)))"
        )
        values |= {"words": to_tsquery(filters.text), "found": FOUND_AT_MOST}
    return conditions, values


_DUE = {
    "late": "v.is_open AND v.due_on < %(today)s",
    "soon": "v.is_open AND v.due_on BETWEEN %(today)s AND %(soon)s",
    "none": "v.due_on = %(far)s",
}
_CLOSED = (
    "v.matter_id IN (SELECT e.matter_id FROM journal_entry e WHERE e.state_to = 'closed'"
    " AND e.state_from <> 'closed' AND e.happened_on >= %(closed_from)s)"
)


def _party(column: str, role: str, name: str) -> str:
    party = f"p.role = '{role}' AND p.until IS NULL AND p.{column} = %({name})s"
    return f"EXISTS (SELECT 1 FROM matters_party p WHERE p.matter_id = v.matter_id AND {party})"  # noqa: S608


def _yuan(amount: Any) -> Any:
    return None if amount is None else amount * WAN


def _of_states(tab: Tab) -> tuple[list[str], dict[str, Any]]:
    if tab.code == "all":
        return ["TRUE"], {}
    values = {"full": sorted(tab.full), "told": sorted(tab.told)}
    if tab.full == tab.told:
        return ["v.state = ANY (%(full)s)"], values
    if not tab.told:
        return ["v.depth >= 3 AND v.state = ANY (%(full)s)"], values
    return ["v.depth < 3 AND v.state = ANY (%(told)s)"], values

"""How many clues a reader sees, and how deep, whatever he sees them by (台账计数)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guantong.kernel import clock
from guantong.mechanisms.clues import ledger_sql
from support.days import at

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 12)
STATES = ("received", "handling", "paused")
FIELDS = "matter_id, principal, depth, kind, state, is_open, due_on, listed_on, until"
Seen = tuple[int, int, int, int, bool]
"""Matter, principal, depth, days until it is due, whether the sight of it has ended."""

seen = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from((7, 1, -3, 99)), st.integers(1, 3), st.integers(-9, 9),
        st.booleans(),
    ),
    unique_by=lambda one: one[:2], max_size=14,
)  # fmt: skip


@pytest.fixture
def table() -> Any:
    """A visibility table of the test's own, which stands before the real one."""
    with connection.cursor() as cursor, clock.set_to(at(TODAY.isoformat())):
        cursor.execute("CREATE TEMPORARY TABLE access_visibility (LIKE public.access_visibility)")
        yield cursor
        cursor.execute("DROP TABLE pg_temp.access_visibility")


def counted_one_by_one(rows: list[Seen], mine: tuple[int, ...]) -> tuple[Counter[tuple[int, str]], int, int]:
    deepest: dict[int, tuple[int, int]] = {}
    for matter, principal, depth, days, ended in rows:
        if principal in mine and not ended:
            deepest[matter] = max(deepest.get(matter, (0, 0)), (depth, -days))
    found = Counter((depth, STATES[matter % 3]) for matter, (depth, _days) in deepest.items())
    late = sum(-days < 0 for _depth, days in deepest.values())
    soon = sum(0 <= -days <= ledger_sql.SOON_DAYS for _depth, days in deepest.values())
    return found, late, soon


@given(rows=seen, mine=st.permutations((7, 1, -3)).map(tuple))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_clue_is_counted_once_as_deep_as_it_is_seen(
    rows: list[Seen], mine: tuple[int, ...], table: Any
) -> None:
    table.execute("TRUNCATE pg_temp.access_visibility")
    for number, (matter, principal, depth, days, ended) in enumerate(rows):
        until = TODAY - timedelta(days=1) if ended else date(9999, 12, 31)
        table.execute(
            f"INSERT INTO pg_temp.access_visibility (id, turn, {FIELDS})"
            " VALUES (%s, 1, %s, %s, %s, 'clue', %s, true, %s, %s, %s)",
            [number, UUID(int=matter), principal, depth, STATES[matter % 3],
             TODAY + timedelta(days=days), TODAY, until],
        )  # fmt: skip
    actor: Any = SimpleNamespace(principals=mine)
    counts = ledger_sql.counts(actor, TODAY)
    assert (Counter(counts.by_state), counts.late, counts.soon) == counted_one_by_one(rows, mine)

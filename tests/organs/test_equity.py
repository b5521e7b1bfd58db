"""Holdings: sums by day, trees with circles (出资关系)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.organs.equity import WHOLE, Equity, Share, equity_on, most_held, over_whole
from guantong.kernel.organs.models import Jurisdiction, Organ, Stake

FIRST = date(2026, 1, 1)
DAYS = 12

spans = st.tuples(
    st.integers(1, 100), st.integers(0, DAYS - 1), st.one_of(st.none(), st.integers(0, DAYS - 1))
).filter(lambda it: it[2] is None or it[2] >= it[1])


def share(percent: int, since: int, until: int | None) -> Share:
    """Return a share by days counted from the first."""
    end = None if until is None else FIRST + timedelta(days=until)
    return Share(Decimal(percent), FIRST + timedelta(days=since), end)


@given(st.lists(spans, max_size=8))
def test_the_most_held_on_any_day_is_what_adding_up_each_day_gives(rows: list[Any]) -> None:
    shares = [share(*row) for row in rows]
    sums = {
        day: sum(
            (one.percent for one in shares if one.since <= day and (one.until is None or one.until >= day)),
            Decimal(0),
        )
        for day in (FIRST + timedelta(days=number) for number in range(DAYS))
    }
    found = most_held(shares)
    if not shares:
        assert found is None
        return
    assert found is not None
    assert found[1] == max(sums.values())
    assert found[0] == min(day for day, held in sums.items() if held == found[1])


@pytest.fixture
def place(db: None) -> Jurisdiction:
    """A place for enterprises."""
    return Jurisdiction.objects.create(code="990100", name="清川市", tier="prefecture")


def organ(place: Jurisdiction, code: str, kind: str = "enterprise") -> Organ:
    """Make an organ."""
    return Organ.objects.create(
        code=code, name=code, short_name=code, kind=kind, jurisdiction=place, since=date(2020, 1, 1)
    )


def own(owner: Organ, company: Organ, percent: str = "10", since: date = FIRST, **more: Any) -> Stake:
    """Enter a share."""
    return Stake.objects.create(owner=owner, company=company, percent=Decimal(percent), since=since, **more)


def test_more_than_the_whole_is_found_with_the_day_and_a_mistaken_or_ended_share_does_not_count(
    place: Jurisdiction,
) -> None:
    top, company = organ(place, "top", "regulator"), organ(place, "c")
    kept = own(top, company, "60")
    own(organ(place, "d"), company, "40", until=date(2026, 6, 30))
    own(organ(place, "e"), company, "90", mistake="录错")
    new = Share(Decimal(30), date(2026, 3, 1), None)
    assert over_whole(company, new) == (date(2026, 3, 1), Decimal(130))
    assert over_whole(company, Share(Decimal(40), date(2026, 7, 1), None)) is None
    assert over_whole(company, new, without=kept.pk) is None
    assert over_whole(company, Share(WHOLE, date(2026, 7, 1), None), without=kept.pk) is None


@given(edges=st.sets(st.tuples(st.integers(0, 6), st.integers(1, 6)).filter(lambda it: it[0] != it[1])))
@pytest.mark.django_db(transaction=False)
def test_every_holding_stands_once_in_the_tree_whatever_the_circles(edges: set[tuple[int, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        place = Jurisdiction.objects.create(code="990100", name="清川市", tier="prefecture")
        organs = [organ(place, f"o{number}", "enterprise" if number else "regulator") for number in range(7)]
        for owner, company in edges:
            own(organs[owner], organs[company], "5")
        found = equity_on(FIRST)
        transaction.set_rollback(True)
    _check(found, edges)


def _check(found: Equity, edges: set[tuple[int, int]]) -> None:
    """Compare the tree with the edges it was made of."""
    path: list[int] = []
    seen: Counter[tuple[int, int]] = Counter()
    unfolded: Counter[int] = Counter()
    for line in found.lines:
        number = int(line.organ.code[1:])
        del path[line.level :]
        if line.level:
            seen[path[-1], number] += 1
        if line.circle:
            assert reaches(number, path[-1], edges)
        path.append(number)
        unfolded[number] += bool(line.level == 0 or not line.again)
    assert seen == Counter(edges), "each holding once"
    below = {number for number in range(1, 7) if reaches(0, number, edges)}
    assert {int(one.code[1:]) for one in found.without_overseer} == set(range(1, 7)) - below
    looped = {number for number in range(1, 7) if any(
        a == number and reaches(b, number, edges) for a, b in edges)}  # fmt: skip
    assert bool(looped) == any(line.circle for line in found.lines)


def reaches(start: int, end: int, edges: set[tuple[int, int]]) -> bool:
    """Return whether a path leads from one to the other, itself included."""
    seen, grown = {start}, {start}
    while grown:
        grown = {b for a, b in edges if a in grown} - seen
        seen |= grown
    return end in seen


def test_the_tree_takes_two_statements_however_large(place: Jurisdiction) -> None:
    top = organ(place, "o0", "regulator")
    for number in range(1, 20):
        own(top, organ(place, f"o{number}"), "100")
    with CaptureQueriesContext(connection) as caught:
        found = equity_on(FIRST)
    assert len(found.lines) == 20
    assert len(caught) == 2

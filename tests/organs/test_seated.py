"""Bodies as of a day: what the rows say, day by day (成员以日期为准)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.organs.models import Body, Jurisdiction, Organ, Seat
from guantong.kernel.organs.seated import bodies_on, body_on

FIRST = date(2026, 1, 1)
DAYS = 10
spans = st.tuples(
    st.integers(0, DAYS - 1), st.one_of(st.none(), st.integers(0, DAYS - 1)), st.booleans()
).filter(lambda it: it[1] is None or it[1] >= it[0])


@given(st.lists(spans, max_size=6))
@pytest.mark.django_db
def test_on_each_day_exactly_those_sit_whose_days_hold_it(rows: list[tuple[int, int | None, bool]]) -> None:
    with transaction.atomic():
        place = Jurisdiction.objects.create(code="990100", name="清川市", tier="prefecture")
        organ = Organ.objects.create(
            code="o", name="o", short_name="o", kind="other", jurisdiction=place, since=FIRST
        )
        body = Body.objects.create(jurisdiction=place, kind="council", name="小组", office=organ, since=FIRST)
        made = [
            Seat.every.create(
                body=body, organ=organ, since=FIRST + timedelta(days=since),
                until=None if until is None else FIRST + timedelta(days=until),
                mistake="录错" if wrong else "",
            )
            for since, until, wrong in rows
        ]  # fmt: skip
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            expected = {
                seat.pk
                for seat, (since, until, wrong) in zip(made, rows, strict=True)
                if not wrong and since <= number and (until is None or until >= number)
            }
            assert {seat.pk for seat in body_on(body, day).seats} == expected
            assert {seat.pk for one in bodies_on(day, [place]) for seat in one.seats} == expected
        transaction.set_rollback(True)

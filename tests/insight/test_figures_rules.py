"""What the figures count, against plain recomputation (统计口径与逐条重算一致)."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guantong.insight import figures_clues
from guantong.insight.figures import LEAST_FOR_P90, LEAST_FOR_RATE
from guantong.insight.figures_asked import Asked, free_period, period_of
from guantong.insight.figures_duties import COUNTED, OUTCOMES, Duties, by_clause, by_pair
from guantong.insight.figures_hops import by_hop
from guantong.insight.figures_pages import SUBJECTS
from guantong.insight.figures_records import days_late
from guantong.insight.figures_reminders import Reminders, reminders
from guantong.insight.figures_wanted import NOBODY
from guantong.kernel import clock
from guantong.kernel.calendar import get_calendar
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.mechanisms.clues.models import Clue
from guantong.mechanisms.reminders.models import Reminder
from support.canaries import plant
from support.play import Player, at

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 20)
DAYS = st.dates(date(2025, 6, 1), date(2026, 12, 31))
RULES = (("CZ-3.2", "receipt"), ("CZ-3.2", "assignment"), ("GR-21", "proposal"), ("CZ-4.1", "handle"))
DUTIES = st.lists(
    st.tuples(
        st.sampled_from(RULES),
        st.sampled_from(["open", "paused", "discharged", "cancelled"]),
        DAYS,
        st.integers(-20, 40),
        st.sampled_from(["first", "supervision", None]),
        st.sampled_from(["executing", "supervision", None]),
        st.booleans(),
    ),
    max_size=40,
)
PERIODS = st.one_of(
    st.sampled_from(["2026", "2025", "2026-H1", "2026-H2", "2026-Q3", "2026-Q4", "2026-10", "2026-02"]).map(
        lambda code: period_of(code, TODAY)
    ),
    st.tuples(DAYS, DAYS).map(lambda pair: free_period(min(pair), max(pair))),
)
QUIET = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def naive(state: str, due: date, ended: date | None) -> str:
    if state == "discharged":
        assert ended
        return "on_time" if ended <= due else "late"
    if state == "open":
        return "overdue" if due < TODAY else "running"
    return state


class Rolled(Exception):  # noqa: N818 - no error
    """Ends an example without keeping it."""


@QUIET
@given(specs=DUTIES, period=PERIODS)
def test_on_time_is_what_a_clerk_would_count_by_hand(play: Player, specs: list[Any], period: Any) -> None:
    if not hasattr(play, "clue"):
        play.clue = play.registered()  # type: ignore[attr-defined]
    town = play.town
    with clock.set_to(at(TODAY.isoformat())), pytest.raises(Rolled), transaction.atomic(), play.see("clerk"):
        template = Duty.objects.filter(matter=play.clue).first()  # type: ignore[attr-defined]
        assert template is not None
        kept = []
        for (clause, rule), state, due, after, holder, claimant, unsure in specs:
            ended = due + timedelta(days=after) if state in ("discharged", "cancelled") else None
            kept.append((clause, rule, naive(state, due, ended), due, holder, claimant, unsure))
            Duty.objects.create(
                matter=template.matter, clause=clause, rule=rule, name=rule, name_en=rule, opened_by=1,
                measure_version_id=template.measure_version_id, start_fact="received_on", starts_on=due,
                first_due_on=due, due_on=due, explanation=template.explanation, state=state, ended_on=ended,
                holder=town.organs[holder] if holder else None,
                claimant=town.organs[claimant] if claimant else None, provisional=unsure,
            )  # fmt: skip
        Duty.objects.filter(rule__in=["receipt", "assignment"], name__contains="出").delete()
        Duty.objects.exclude(name__in=[rule for _clause, rule in RULES]).delete()
        asked = Asked(period, "clauses")
        duties, actor = Duties(asked), town.actor("clerk")
        span, before = period.span, period.before
        within = [one for one in kept if span.first <= one[3] <= span.last]
        earlier = [one for one in kept if before.first <= one[3] <= before.last]
        clauses = by_clause(actor, duties).tables[0]
        _compare(clauses, within, earlier, lambda one: one[0])
        pairs = by_pair(duties).tables[1]
        numbers = {name: organ.pk for name, organ in town.organs.items()}
        key = lambda one: (numbers.get(one[4], NOBODY), numbers.get(one[5], NOBODY))  # noqa: E731
        _compare(pairs, within, earlier, key)
        assert len(duties.groups) <= len(kept)
        raise Rolled


def _compare(table: Any, within: list[Any], earlier: list[Any], key: Any) -> None:
    wanted: dict[Any, Counter[str]] = {}
    for one in within:
        wanted.setdefault(key(one), Counter())[one[2]] += 1
        wanted[key(one)]["provisional"] += one[6]
    rows = [row for row in table.rows if row.label not in ("Total", "合计")]
    assert len(rows) == len(wanted)
    for row in rows:
        asks = next(cell.asks for cell in row.cells if cell.asks)
        found = asks.get("clause") if "holder" not in asks else (asks["holder"], asks["claimant"])
        counts = wanted[found]
        counted = sum(counts[one] for one in COUNTED)
        total, *three, rate, _before, _change, running, paused, cancelled, unsure = row.cells
        assert total.value == counted
        assert [cell.value for cell in three] == [counts[one] for one in COUNTED]
        assert [running.value, paused.value, cancelled.value] == [
            counts[one] for one in ("running", "paused", "cancelled")
        ]
        assert unsure.value == counts["provisional"]
        if counted < LEAST_FOR_RATE:
            assert rate.value is None
        else:
            assert rate.value == pytest.approx(100 * counts["on_time"] / counted, abs=0.0501)
        then = [one for one in earlier if key(one) == found and one[2] in COUNTED]
        assert (row.cells[5].value is None) == (len(then) < LEAST_FOR_RATE)


@pytest.fixture
def twelve(play: Player) -> Player:
    for number in range(12):
        play.registered(letter_number=f"{number}号")
    return play


@QUIET
@given(
    dates=st.lists(
        st.tuples(st.one_of(st.none(), DAYS), st.one_of(st.none(), st.integers(-5, 90))),
        min_size=12,
        max_size=12,
    ),
    period=PERIODS,
)
def test_hops_are_medians_of_days_that_occurred(twelve: Player, dates: list[Any], period: Any) -> None:
    play = twelve
    with clock.set_to(at(TODAY.isoformat())), pytest.raises(Rolled), transaction.atomic(), play.see("clerk"):
        taken, unknown, ages = [], 0, Counter[int]()
        for clue, (sent, after) in zip(Clue.objects.order_by("pk"), dates, strict=True):
            received = None if after is None else (sent or date(2026, 9, 28)) + timedelta(days=after)
            clue.sent_on, clue.received_on = sent, received
            clue.save()
            since = received or sent or clue.matter.happened_on
            ages[sum((TODAY - since).days > limit for limit in (30, 60, 90, 180, 365))] += 1
            if received and period.span.first <= received <= period.span.last:
                if sent is None or sent > received:
                    unknown += 1
                else:
                    taken.append((received - sent).days)
        asked = Asked(period, "hops")
        row = by_hop(asked).tables[0].rows[1]
        known, median, ninth, longest, _before, _change, not_known = row.cells
        ordered = sorted(taken)
        assert (known.value, not_known.value) == (len(taken), unknown)
        assert median.value == (
            ordered[math.ceil(len(taken) / 2) - 1] if len(taken) >= LEAST_FOR_RATE else None
        )
        assert ninth.value == (
            ordered[math.ceil(len(taken) * 0.9) - 1] if len(taken) >= LEAST_FOR_P90 else None
        )
        assert longest.value == (ordered[-1] if taken else None)
        [table] = figures_clues.ageing(play.town.actor("clerk"), asked).tables
        assert [cell.value for cell in table.rows[-1].cells] == [*(ages[n] for n in range(6)), 12]
        raise Rolled


CODES = st.integers(2024, 2030).flatmap(
    lambda year: st.sampled_from(
        [str(year), *(f"{year}-{part}" for part in ("H1", "H2", "Q1", "Q2", "Q3", "Q4", "02", "12"))]
    )
)


@given(day=st.dates(date(2024, 1, 1), date(2030, 12, 31)), code=CODES)
def test_the_period_before_is_its_like_and_touches_it(day: date, code: str) -> None:
    period = period_of(code, day)
    assert period is not None
    span, before = period.span, period.before
    assert before.first <= before.last < span.first
    whole = period_of(code, date(2040, 1, 1))
    assert whole is not None and whole.before.last == span.first - timedelta(days=1)
    if period.running:
        assert before.last - before.first == min(day - span.first, whole.before.last - before.first)
    else:
        assert before == whole.before


@given(first=DAYS, length=st.integers(0, 400))
def test_a_free_period_is_compared_with_as_many_days_before_it(first: date, length: int) -> None:
    period = free_period(first, first + timedelta(days=length))
    assert period.before.last == first - timedelta(days=1)
    assert period.before.last - period.before.first == timedelta(days=length)


def test_lateness_is_counted_in_the_unit_of_the_clause(play: Player) -> None:
    clue = play.registered("2026-09-24")
    receipt = play.duty("clerk", clue, "CZ-3.2/receipt")
    close = play.duty("clerk", clue, "CZ-3.3/feedback")
    end = receipt.due_on + timedelta(days=14)
    receipt.ended_on, close.ended_on = end, close.due_on + timedelta(days=14)
    working = get_calendar().working_days_between(receipt.due_on, end)
    late = days_late(receipt, TODAY)
    assert late is not None and late[0] == working < 14
    late = days_late(close, TODAY)
    assert late is not None and late[0] == 14
    close.ended_on = close.due_on
    assert days_late(close, TODAY) is None


def test_every_outcome_has_words_and_every_subject_a_default(play: Player) -> None:
    assert set(COUNTED) < set(OUTCOMES)
    with clock.set_to(at(TODAY.isoformat())), play.see("clerk"):
        for show, (_label, draw) in SUBJECTS.items():
            period = period_of("2026", TODAY)
            assert period is not None
            found, _choices = draw(play.town.actor("clerk"), Asked(period, show))
            assert found.over and found.definitions, show


def test_returns_and_reminders_are_recounted_month_by_month(play: Player) -> None:
    plant(play)
    for number in range(3):
        sent = play.sent(play.drafted("2026-07-01"), "2026-07-02", f"2026-0{7 + number % 2}-03")
        play.act(f"2026-0{8 + number % 2}-10", "clerk", "clue.return", sent, reason="材料不全")
    with clock.set_to(at("2026-10-15")), play.see("clerk"):
        note_lapses(clock.today())
        escalate(clock.today())
        acts = list(Entry.objects.filter(act__in=figures_clues.RETURNS).values_list("act", "happened_on"))
        own = {
            one.pk
            for one in play.town.organs.values()
            if one.body_id_or_own == play.town.actor("clerk").body_id
        }
        letters = [one for one in Reminder.objects.all() if one.issuer_id in own or one.sent_on is not None]
        assert len(acts) >= 4 and len(letters) >= 2
        for code in ("2026", "2026-H2", "2026-Q3", "2026-08", "2026-09", "2026-10"):
            period = period_of(code, TODAY)
            assert period is not None
            within = [day for _act, day in acts if period.span.first <= day <= period.span.last]
            actor = play.town.actor("clerk")
            [table, months, _reasons] = figures_clues.returns(actor, Asked(period, "returns")).tables
            rows = [row for row in table.rows if row.label != "合计"]
            assert sum(row.cells[0].records for row in rows) == len(within), code
            for row in months.rows:
                counted = Counter(act for act, day in acts if f"{day:%Y-%m}" == row.label)
                assert [cell.value for cell in row.cells] == [counted[act] for act in figures_clues.RETURNS]
            asked = Asked(period, "reminders")
            by_clause = reminders(actor, Reminders(actor, asked)).tables[0]
            drafted = Counter(
                one.clause for one in letters if period.span.first <= one.drafted_for <= period.span.last
            )
            found = {row.label.split(" ")[0]: row.cells[0].value for row in by_clause.rows}
            assert {clause: n for clause, n in found.items() if clause != "合计"} == drafted, code

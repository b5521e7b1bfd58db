"""Periods that come round: without gap or overlap, none lost, none twice (周期责任)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel import clock
from guantong.kernel.duties.cadence import FIRST_JANUARY, Span, open_due, spans
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.matters.models import Matter
from guantong.kernel.measures import engine
from guantong.kernel.measures.load import load_text
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.problems import MeasureError
from guantong.kernel.organs.models import RoleBinding
from guantong.measures.vocabulary import WORDS
from support.consistency import problems_now, sight_of_everybody
from support.play import Player, at
from support.town import MEASURES

DAY = timedelta(days=1)
days = st.dates(date(2001, 1, 1), date(2090, 12, 31))


@given(anchor=days, months=st.integers(1, 24), since=days, length=st.integers(0, 1200))
def test_periods_follow_each_other_without_gap_or_overlap(
    anchor: date, months: int, since: date, length: int
) -> None:
    until = since + timedelta(days=length)
    found = list(spans(months, anchor, since, until))
    assert found[0].first <= since <= found[0].last
    assert found[-1].first <= until <= found[-1].last
    assert all(one.last + DAY == after.first for one, after in pairwise(found))


@given(anchor=days, months=st.integers(1, 24), later=st.integers(0, 60))
def test_a_period_begins_on_the_anchor_s_day_or_the_month_s_last(
    anchor: date, months: int, later: int
) -> None:
    day = anchor + timedelta(days=30 * later)
    [one] = spans(months, anchor, day, day)
    assert one.first.day == anchor.day or (one.first + DAY).day == 1
    assert ((one.first.year - anchor.year) * 12 + one.first.month - anchor.month) % months == 0


@given(day=days)
def test_quarters_and_halves_are_those_of_the_calendar(day: date) -> None:
    [quarter] = spans(3, FIRST_JANUARY, day, day)
    [half] = spans(6, FIRST_JANUARY, day, day)
    assert (quarter.first.month, quarter.first.day) in {(1, 1), (4, 1), (7, 1), (10, 1)}
    assert (quarter.last.month, quarter.last.day) in {(3, 31), (6, 30), (9, 30), (12, 31)}
    assert (half.last.month, half.last.day) in {(6, 30), (12, 31)}


def test_what_began_on_a_31st_does_not_creep_after_april() -> None:
    found = list(spans(1, date(2026, 1, 31), date(2026, 1, 31), date(2026, 8, 31)))
    assert [one.first.day for one in found] == [31, 28, 31, 30, 31, 30, 31, 31]


def test_periods_are_called_as_people_call_them() -> None:
    assert Span(date(2026, 10, 1), date(2026, 12, 31)).name() == "2026年第四季度"
    assert Span(date(2026, 1, 1), date(2026, 6, 30)).name() == "2026年上半年"
    assert Span(date(2026, 7, 1), date(2026, 12, 31)).name(english=True) == "second half of 2026"
    assert Span(date(2026, 2, 15), date(2026, 5, 14)).name() == "2026-02-15至2026-05-14"


def opened(day: str) -> int:
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


@pytest.mark.django_db
def test_a_sweep_that_stood_still_opens_what_one_a_day_would_have_opened(play: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-07-01"))
    steady = [opened(day) for day in ("2026-07-01", "2026-08-01", "2026-10-01", "2026-12-31", "2027-01-01")]
    assert steady == [4, 0, 2, 0, 4]
    with sight_of_everybody():
        by_steps = set(Occasion.objects.values_list("jurisdiction", "cadence", "begins_on", "ends_on"))
        assert len(by_steps) == Matter.objects.filter(kind="session").count() == 10
    assert problems_now() == []


@pytest.mark.django_db
def test_nothing_is_asked_for_from_before_the_measure_was_known_here(play: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-11-25"))
    assert opened("2026-11-25") == 4
    with sight_of_everybody():
        begun = set(Occasion.objects.values_list("cadence", "begins_on"))
    assert begun == {("sorting", date(2026, 10, 1)), ("steering", date(2026, 7, 1))}


@pytest.mark.django_db
def test_an_ended_adoption_asks_for_nothing_that_begins_after_it(play: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-07-01"))
    Adoption.objects.filter(measure_version__measure="chenzhou").update(until=date(2026, 9, 30))
    engine.forget()
    assert opened("2027-03-01") == 4


@pytest.mark.django_db
def test_a_city_may_count_from_its_adoption_and_let_the_last_day_move(play: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-07-01"))
    Adoption.objects.filter(measure_version__measure="chenzhou", jurisdiction=play.town.place).update(
        since=date(2026, 7, 2), settings={"CZ-3.4/counted_from": "adoption", "CZ-3.4/last_day_moves": True}
    )
    engine.forget()
    opened("2026-07-02")
    with play.see("clerk"):
        duty = Duty.objects.get(rule="sorting")
    assert (duty.starts_on, duty.due_on) == (date(2026, 7, 2), date(2026, 10, 8)), "1 October is a holiday"


@pytest.mark.django_db
def test_where_nobody_is_bound_to_it_nothing_is_opened_until_somebody_is(play: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-07-01"))
    bound = RoleBinding.objects.filter(role="case_supervision", jurisdiction=play.town.place)
    bound.update(until=date(2026, 7, 31))
    engine.forget()
    assert opened("2026-09-01") == 2, "the county's"
    bound.update(until=None)
    engine.forget()
    assert opened("2026-09-02") == 2
    assert opened("2026-09-03") == 0


@pytest.mark.django_db
def test_a_period_not_held_lapses_once_in_the_chain_of_its_session(play: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-07-01"))
    assert opened("2026-10-09") == 6
    with clock.set_to(at("2026-10-09")):
        noted = [note_lapses(date(2026, 10, 9)) for _time in range(2)]
    assert [(one.noted, one.unseen) for one in noted] == [(2, 0), (0, 0)]
    with play.see("clerk"):
        late = Matter.objects.get(kind="session", happened_on="2026-07-01", title__contains="第三季度")
        assert late.chain_seq == 2


FAULTS = [
    ("value: {months: 3}", "value: {months: 5}", "uneven_cadence"),
    ("every: {setting: review_interval}", "every: {working_days: 60}", "uneven_cadence"),
    ("every: {setting: review_interval}", "every: {setting: nowhere}", "undefined_setting"),
    ("aligned: {setting: counted_from}", "aligned: {setting: last_day_moves}", "wrong_setting_kind"),
    ("choices: [calendar_year, adoption]", "choices: [calendar_year, adoption, moon]", "unknown_alignment"),
    ("opens: session", "opens: clue", "unknown_occasion"),
    ("discharged_by: [session.close]", "discharged_by: [session.end]", "unknown_event"),
    ("claimant: role:leadership", "claimant: role:nobody", "unknown_role"),
    ("- code: steering", "- code: sorting", "duplicate_duty"),
]


FAULTS_AFTER_A_PERIOD = [
    ("within: {setting: report_period}", "within: {days: 5, months: 1}", "two_units"),
    ("within: {setting: report_period}", "within: {setting: last_day_moves}", "wrong_setting_kind"),
    ("form: work_report", "form: love_letter", "unknown_form"),
    ("form: work_report", "form: liaison_request", "unknown_form"),
    ("        form: work_report\n", "", "unknown_form"),
    ("opens: correspondence", "opens: session", "no_forms"),
]


@pytest.mark.parametrize(("right", "wrong", "code"), FAULTS_AFTER_A_PERIOD)
def test_what_is_owed_after_a_period_is_checked(right: str, wrong: str, code: str) -> None:
    text = (MEASURES / "chengdu.yaml").read_text(encoding="utf-8")
    with pytest.raises(MeasureError) as refused:
        load_text(text.replace(right, wrong, 1), "chengdu.yaml", WORDS)
    assert code in {problem.code for problem in refused.value.problems}


@pytest.mark.parametrize(("right", "wrong", "code"), FAULTS)
def test_a_cadence_that_makes_no_sense_is_refused(right: str, wrong: str, code: str) -> None:
    text = (MEASURES / "chenzhou.yaml").read_text(encoding="utf-8")
    begins = text.index("id: CZ-3.4")
    place = text.index(right, begins)
    with pytest.raises(MeasureError) as refused:
        load_text(text[:place] + wrong + text[place + len(right) :], "chenzhou.yaml", WORDS)
    assert code in {problem.code for problem in refused.value.problems}

"""Provisional dates are derived anew when the calendar has learnt the year (暂定期限重算)."""

from __future__ import annotations

from datetime import date

import pytest

from guantong.kernel import clock
from guantong.kernel.access.models import Visibility
from guantong.kernel.calendar import Period, deadline, get_calendar
from guantong.kernel.duties.calendar_acts import REDERIVE, rederive_provisional
from guantong.kernel.duties.models import Duty, DutyChange
from guantong.kernel.journal.models import Entry
from support.play import Player, at
from support.town import build

pytestmark = pytest.mark.django_db


def test_a_provisional_date_moves_with_the_calendar_and_says_so() -> None:
    play = Player(build())
    clue = play.registered("2026-09-28")
    with play.see("clerk"):
        duty = Duty.objects.filter(matter=clue, clause="CZ-3.3").get()
        true = duty.due_on
        outdated = deadline(duty.starts_on, Period(months=3), get_calendar())
        explanation = outdated.explanation.model_dump(mode="json") | {"calendar_version": "of last year"}
        Duty.objects.filter(matter=clue).exclude(pk=duty.pk).update(state="discharged", ended_on=true)
        Duty.objects.filter(pk=duty.pk).update(
            due_on=date(2026, 12, 27), provisional=True, explanation=explanation, overdue_noted=True
        )
        organ = duty.holder_id
    with clock.set_to(at("2026-11-20")):
        assert rederive_provisional(get_calendar()).noted == 1
        assert rederive_provisional(get_calendar()).noted == 0
    with play.see("clerk"):
        duty.refresh_from_db()
        change = DutyChange.objects.get(duty=duty)
        entry = Entry.objects.get(pk=change.entry)
        seen = Visibility.objects.get(matter=clue, principal=organ)
    assert (duty.due_on, duty.overdue_noted) == (true, False)
    assert duty.explanation["calendar_version"] == get_calendar().version
    assert (change.what, change.old_due_on, change.new_due_on) == ("calendar", date(2026, 12, 27), true)
    assert (entry.act, entry.matter_id) == (REDERIVE, clue)
    assert seen.due_on == true

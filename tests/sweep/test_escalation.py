"""Steps of escalation are taken once, dated from the dates, whenever the sweep comes by (逾期处置)."""

from __future__ import annotations

import threading
from collections import Counter
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.reminders.models import Reminder
from guantong.mechanisms.reminders.queries import lines
from support.consistency import problems_now
from support.databases import TestDatabases
from support.play import Player, at
from support.town import build


def swept(day: str) -> int:
    with clock.set_to(at(day)):
        note_lapses(clock.today())
        return escalate(clock.today()).noted


def handled(play: Player) -> UUID:
    """A clue whose handling is due on 8 October."""
    clue = play.registered("2026-07-01", letter_date="2026-06-30")
    return play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")


def drafts(play: Player, clue: UUID) -> list[tuple[str, int, str]]:
    with play.see("clerk"):
        found = Reminder.objects.filter(matter=clue)
        return sorted((one.clause, one.number, one.drafted_for.isoformat()) for one in found)


def moot(play: Player, clue: UUID) -> str:
    with play.see("clerk"):
        found = Reminder.objects.filter(matter=clue, clause="CZ-4.1", number=1, duty__rule="handle")
        return lines(play.town.actor("clerk"), found.select_related("paper"))[0].moot


@pytest.mark.django_db
def test_a_week_missed_and_run_twice_gives_the_same_as_every_day(play: Player) -> None:
    daily, weekly = handled(play), handled(play)
    with play.see("clerk"):
        Duty.objects.filter(matter=weekly).update(overdue_noted=True)
    for day in range(9, 25):
        swept(f"2026-10-{day:02d}")
        swept(f"2026-10-{day:02d}")
    with play.see("clerk"):
        Duty.objects.filter(matter=weekly).update(overdue_noted=False)
    assert swept("2026-10-26") > 0
    assert swept("2026-10-26") == 0
    assert drafts(play, daily) == drafts(play, weekly)
    assert len(drafts(play, daily)) == 5, "two for the handling, one for the closing, two for the feedback"
    assert problems_now() == []


@pytest.mark.django_db
def test_a_correction_that_moves_the_date_back_makes_the_draft_moot(play: Player) -> None:
    clue = handled(play)
    swept("2026-10-09")
    assert moot(play, clue) == ""
    play.act(
        "2026-10-09", "clerk", "matter.correct", clue, fact="received_on", value="2026-07-31",
        reason="录入有误",
    )  # fmt: skip
    assert moot(play, clue), "the date is now 31 October"
    with play.see("clerk"):
        paper = Reminder.objects.get(matter=clue, duty__rule="handle").paper_id
        duty = Duty.objects.get(matter=clue, rule="handle", state="open")
        assert (duty.escalated, duty.escalates_on, duty.overdue_noted) == (0, None, False)
    with pytest.raises(Refused):
        play.act("2026-10-12", "clerk_head", "paper.check", clue, paper=str(paper))
    swept("2026-11-20")
    steps = Counter(number for clause, number, _day in drafts(play, clue) if clause == "CZ-4.1")
    assert steps[1] >= 2, "late again, it is reminded of again"


@pytest.mark.django_db
def test_nothing_is_drafted_while_the_clock_stands_still(play: Player) -> None:
    clue = handled(play)
    swept("2026-10-09")
    play.act("2026-10-12", "handler", "clue.pause", clue, awaited_from="银行", reason="调取")
    assert moot(play, clue)
    before = [one for one in drafts(play, clue) if one[0] == "CZ-4.1"]
    swept("2026-11-09")
    assert [one for one in drafts(play, clue) if one[0] == "CZ-4.1"] == before
    play.act("2026-11-10", "handler", "clue.resume", clue, progress="已答复")
    assert moot(play, clue) == ""
    swept("2026-11-10")
    assert len([one for one in drafts(play, clue) if one[0] == "CZ-4.1"]) > len(before)


@pytest.mark.django_db
def test_as_many_statements_for_twenty_as_for_two(play: Player) -> None:
    counts = []
    for number in (2, 20):
        for _each in range(number):
            handled(play)
        with clock.set_to(at("2026-10-09")):
            note_lapses(clock.today())
            with CaptureQueriesContext(connection) as queries:
                assert escalate(clock.today()).noted == 2 * number
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22


def test_two_sweeps_at_once_draft_each_reminder_once(committed: TestDatabases) -> None:
    with transaction.atomic():
        play = Player(build())
        clues = [handled(play) for _each in range(4)]
    with clock.set_to(at("2026-10-09")):
        note_lapses(clock.today())
        barrier = threading.Barrier(4)

        def run() -> None:
            barrier.wait()
            try:
                with clock.set_to(at("2026-10-09")):
                    escalate(clock.today())
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run) for _each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        escalate(clock.today())
    for clue in clues:
        assert [one[:2] for one in drafts(play, clue)] == [("CZ-3.3", 1), ("CZ-4.1", 1)]
        with play.see("clerk"):
            entries = Entry.objects.filter(matter=clue, act="duty.escalate")
            assert entries.count() == 2


def test_many_signed_twice_at_once_take_one_number_each(committed: TestDatabases) -> None:
    with transaction.atomic():
        play = Player(build())
        for _each in range(5):
            handled(play)
        swept("2026-10-09")
        with play.see("clerk"):
            rows = list(Reminder.objects.filter(clause="CZ-4.1").order_by("id"))
        for one in rows:
            play.act("2026-10-09", "clerk_head", "paper.check", one.matter_id, paper=str(one.paper_id))
    barrier = threading.Barrier(2)

    def run() -> None:
        barrier.wait()
        try:
            with clock.set_to(at("2026-10-09")):
                actor = play.town.actor("clerk_head")
                for one in rows:
                    with scope(actor):
                        data = {"happened_on": "2026-10-09", "paper": str(one.paper_id)}
                        perform("paper.sign", actor, one.matter_id, data, key=f"batch-{one.pk}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with play.see("clerk"):
        papers = Paper.objects.filter(pk__in=[one.paper_id for one in rows])
        assert sorted(paper.serial for paper in papers) == [1, 2, 3, 4, 5]
        signed = Entry.objects.filter(act="paper.sign", matter__in=[one.matter_id for one in rows])
        assert signed.count() == 5

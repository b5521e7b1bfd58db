"""What lapses is noted once, whenever the sweep comes by (到期巡检)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.duties.calendar_acts import LAPSE, note_lapses
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.hashing import EntryHeader, entry_hash
from guantong.kernel.journal.models import Content, Entry
from guantong.kernel.matters.models import Depth, Matter
from support.play import Player, at
from support.town import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def play() -> Player:
    return Player(build())


def swept(day: str):
    with clock.set_to(at(day)):
        return note_lapses(date.fromisoformat(day))


def lapses(play: Player, matter, who: str = "clerk"):
    with play.see(who):
        return list(Entry.objects.filter(matter=matter, act=LAPSE).order_by("seq"))


def test_late_duties_are_noted_once_as_of_the_day_they_lapsed(play: Player) -> None:
    clue = play.registered("2026-09-28")
    with play.see("clerk"):
        owed = {duty.due_on for duty in Duty.objects.filter(matter=clue, state="open")}
    late = {day for day in owed if day < date(2026, 10, 20)}
    assert len(late) < len(owed)
    first = swept("2026-10-20")
    assert first.noted > 0
    assert first.unseen == 0
    noted = lapses(play, clue)
    assert {entry.happened_on for entry in noted} == {day + timedelta(days=1) for day in late}
    assert all(entry.recorded_at.date() >= date(2026, 10, 20) for entry in noted)
    assert all(entry.post_id is None and entry.organ_id is None for entry in noted)
    assert swept("2026-10-20").noted == 0
    assert swept("2026-10-27").noted == 0
    assert lapses(play, clue) == noted


def test_a_week_without_a_sweep_loses_nothing(play: Player) -> None:
    daily, weekly = play.registered("2026-09-28"), play.registered("2026-09-28")
    with play.see("clerk"):
        Duty.objects.filter(matter=weekly).update(overdue_noted=True)
    for offset in range(14):
        swept(f"2026-10-{9 + offset:02d}")
    with play.see("clerk"):
        Duty.objects.filter(matter=weekly).update(overdue_noted=False)
    swept("2026-10-22")
    told = [[(entry.act, entry.happened_on, entry.clauses) for entry in lapses(play, clue)]
            for clue in (daily, weekly)]  # fmt: skip
    assert told[0]
    assert told[0] == told[1]


def test_the_chain_goes_on_through_lapses_and_later_acts(play: Player) -> None:
    clue = play.registered("2026-09-28")
    with play.see("clerk"):
        version = Matter.objects.get(pk=clue).version
    swept("2026-10-27")
    with play.see("clerk"):
        assert Matter.objects.get(pk=clue).version == version, "an open form must not be refused for a lapse"
    play.act(
        "2026-10-27", "clerk", "clue.propose_assignment", clue,
        handler=play.town.organs["first"].pk, reason="市管干部",
    )  # fmt: skip
    with play.see("clerk"):
        entries = list(Entry.objects.filter(matter=clue).order_by("seq"))
        head = Matter.objects.get(pk=clue)
    previous = ""
    for seq, entry in enumerate(entries, start=1):
        assert (entry.seq, entry.prev) == (seq, previous)
        assert entry_hash(header_of(entry)) == entry.hash
        previous = entry.hash
    assert (head.chain_seq, head.chain_head) == (len(entries), previous)
    assert LAPSE in {entry.act for entry in entries[:-1]}


def header_of(entry: Entry) -> EntryHeader:
    return EntryHeader(
        matter_id=str(entry.matter_id), seq=entry.seq, prev=entry.prev, act=entry.act,
        happened_on=entry.happened_on, recorded_at=entry.recorded_at, post_id=entry.post_id,
        organ_id=entry.organ_id, officer_name=entry.officer_name, capacity=entry.capacity,
        clauses=tuple(entry.clauses), depth=entry.depth, state_from=entry.state_from,
        state_to=entry.state_to, content_digest=entry.content_digest,
    )  # fmt: skip


def test_the_sender_hears_of_what_is_owed_to_it_and_nothing_else(play: Player) -> None:
    clue = play.registered("2026-06-01")
    swept("2026-10-27")
    inside, outside = lapses(play, clue, "clerk"), lapses(play, clue, "auditor")
    assert outside
    assert len(outside) < len(inside)
    with play.see("auditor"):
        said = [content.body for content in Content.objects.filter(entry__in=outside)]
        duties = Duty.objects.in_bulk([body["duty"] for body in said])
    assert len(duties) == len(outside)
    assert {duty.claimant_party for duty in duties.values()} == {"sender"}
    assert {entry.depth for entry in outside} == {Depth.FEEDBACK}


def test_paused_and_discharged_duties_do_not_lapse(play: Player) -> None:
    clue = play.registered("2026-09-28")
    with play.see("clerk"):
        Duty.objects.filter(matter=clue, clause="CZ-4.1").update(state="paused", due_on=date(2026, 10, 1))
        Duty.objects.filter(matter=clue).exclude(clause="CZ-4.1").update(
            state="discharged", ended_on=date(2026, 10, 2), due_on=date(2026, 10, 1)
        )
    assert swept("2026-10-20").noted == 0
    assert lapses(play, clue) == []


def test_a_duty_in_a_matter_that_neither_side_sees_holds_nothing_back(play: Player) -> None:
    blind, seen = play.registered("2026-09-28"), play.registered("2026-09-28")
    stranger = play.town.organs["second"]
    with play.see("clerk"):
        duty = Duty.objects.filter(matter=blind, state="open").first()
        Duty.objects.filter(matter=blind).exclude(pk=duty.pk).update(overdue_noted=True)
        Duty.objects.filter(pk=duty.pk).update(holder=stranger, claimant=None, due_on=date(2026, 10, 1))
    done = swept("2026-10-27")
    assert done.unseen == 1
    assert lapses(play, blind) == []
    assert lapses(play, seen)


def test_as_many_statements_for_fifty_as_for_five(play: Player) -> None:
    counts = []
    for number in (5, 50):
        for _each in range(number):
            play.registered("2026-09-28")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            done = swept("2026-10-27")
        assert done.noted >= number
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16

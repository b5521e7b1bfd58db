"""Several people at once, and a disk that is full."""

from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Conflict, NotAllowed, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.sessions.models import Item
from support.consistency import problems_committed, problems_now
from support.databases import TestDatabases
from support.play import Player, at, scan, uploads
from support.together import at_once, committed_town, work

THREADS = 8


@pytest.fixture
def together(committed: TestDatabases) -> Player:
    """A town that is committed, so that threads see it."""
    return committed_town()


@pytest.mark.parametrize("with_version", [True, False])
def test_of_two_who_assign_at_once_one_wins_and_the_other_is_told(
    together: Player, with_version: bool
) -> None:
    clue = together.registered()
    first, second = (together.town.organs[name].pk for name in ("first", "second"))
    seen = {"version": 1} if with_version else {}
    results = at_once(
        work(together, "clerk", "clue.propose_assignment", clue, handler=first, reason="甲", **seen),
        work(together, "clerk_head", "clue.propose_assignment", clue, handler=second, reason="乙", **seen),
    )
    lost = [one for one in results if isinstance(one, Refused)]
    assert len(lost) == 1, results
    assert isinstance(lost[0], Conflict if with_version else NotAllowed)
    assert all(fault.reason and fault.remedy for fault in lost[0].faults)
    with together.see("clerk"):
        assert Entry.objects.filter(matter=clue, act="clue.propose_assignment").count() == 1
    assert problems_committed() == []


def test_one_key_sent_twice_at_once_is_done_once(together: Player) -> None:
    data = {
        "sender_name": "某单位", "source": "audit", "letter_number": "1号", "letter_date": "2026-09-28",
        "category": "discipline", "allegation": "问题", "unit": "清川水务", "happened_on": "2026-09-29",
    }  # fmt: skip

    def send() -> Any:
        with clock.set_to(at("2026-09-29")):
            actor = together.town.actor("clerk")
            with scope(actor):
                return perform("clue.register", actor, None, data, key="same")

    results = at_once(*[send] * 4)
    assert len({one.matter_id for one in results}) == 1
    assert sorted(one.repeated for one in results) == [False, True, True, True]
    with together.see("clerk"):
        assert Matter.objects.count() == 1


def test_numbers_of_papers_have_no_doubles_and_no_gaps(together: Player) -> None:
    ready = []
    for number in range(THREADS):
        clue = together.registered(letter_number=f"{number}号")
        texts = {"title": "回执", "addressee": "清川市审计局", "body": "收悉。"}
        together.act("2026-09-29", "clerk", "paper.draft", clue, kind="receipt", **texts)
        paper = together.paper("clerk", clue, "receipt")
        together.act("2026-09-29", "clerk_head", "paper.check", clue, paper=paper)
        ready.append((clue, paper))
    results = at_once(
        *[work(together, "clerk_head", "paper.sign", clue, paper=paper) for clue, paper in ready]
    )
    assert not [one for one in results if isinstance(one, Refused)]
    clue, paper = ready[3]
    together.act("2026-09-29", "clerk", "paper.void", clue, paper=paper, reason="印制有误")
    with together.see("clerk"):
        taken = dict(Paper.objects.filter(kind="receipt").values_list("serial", "state"))
        numbers = set(Paper.objects.filter(kind="receipt").values_list("number", flat=True))
    assert sorted(serial or 0 for serial in taken) == list(range(1, THREADS + 1))
    assert sorted(taken.values()) == ["signed"] * (THREADS - 1) + ["voided"]
    assert numbers == {f"清纪回〔2026〕{serial}号" for serial in taken}
    assert problems_committed() == []


def test_ledger_numbers_have_no_doubles_and_no_gaps(together: Player) -> None:
    data = {
        "sender_name": "某单位", "source": "audit", "letter_date": "2026-09-28", "category": "discipline",
        "allegation": "问题", "unit": "清川水务",
    }  # fmt: skip
    refused = {**data, "letter_number": "误", "category": "no such"}
    works = [
        work(together, "clerk", "clue.register", None, **data, letter_number=f"{number}号")
        for number in range(THREADS - 1)
    ]
    results = at_once(*works, work(together, "clerk", "clue.register", None, **refused))
    assert [isinstance(one, Refused) for one in results] == [False] * (THREADS - 1) + [True]
    with together.see("clerk"):
        numbers = set(Matter.objects.values_list("number", flat=True))
    assert numbers == {f"清纪线索〔2026〕{number}号" for number in range(1, THREADS)}


def test_two_clerks_decide_on_one_item_of_a_session_at_once(together: Player) -> None:
    clue = together.registered()
    matter = together.act("2026-09-29", "clerk", "session.call", form="sorting", reason="清理")
    together.act("2026-09-29", "clerk", "session.begin", matter, chair="陆知行")
    with together.see("clerk"):
        item = str(Item.objects.get(matter=matter).pk)
    dated = {"decision": "speed_up", "due_on": "2026-10-20"}
    results = at_once(
        work(together, "clerk", "session.decide", matter, item=item, turn="0", **dated),
        work(together, "clerk_head", "session.decide", matter, item=item, turn="0", decision="continue"),
    )
    lost = [one for one in results if isinstance(one, Refused)]
    assert [type(one) for one in lost] == [Conflict], results
    assert "已就本件作出意见" in lost[0].faults[0].reason or "has decided" in lost[0].faults[0].reason
    with together.see("clerk"):
        assert Entry.objects.filter(matter=clue, act="session.note").count() == 1
    assert problems_committed() == []


def test_two_sweeps_at_once_open_a_period_once(together: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-07-20"))

    def look() -> Any:
        with clock.set_to(at("2026-09-29")):
            try:
                return open_due(date(2026, 9, 29))
            except IntegrityError:
                return 0

    assert sum(at_once(*[look] * 3)) >= 4
    with together.see("clerk"):
        assert Matter.objects.filter(kind="session").count() == 2
    assert look() == 0
    assert problems_committed() == []


@pytest.mark.django_db
def test_a_full_disk_refuses_the_act_and_keeps_nothing(play: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    clue = play.registered()
    handler = play.town.organs["first"].pk
    play.act("2026-09-29", "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
    before = kept()

    def full(source: Any, target: Any, **more: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(Refused) as refused:
        play.done(
            "2026-09-29",
            "clerk",
            "clue.approve_assignment",
            clue,
            signer="陆知行",
            files=uploads(scan=scan()),
        )
    monkeypatch.undo()
    [fault] = refused.value.faults
    assert (fault.field, bool(fault.reason), bool(fault.remedy)) == ("scan", True, True)
    assert kept() == before
    with play.see("clerk"):
        assert Matter.objects.get(pk=clue).state == "assignment_proposed"
        assert not Attachment.objects.exists()
    assert problems_now() == []


def kept() -> list[Path]:
    """Return the files in the store, unfinished ones too."""
    return sorted(path for path in (Path(settings.GUANTONG_DATA) / "files").rglob("*") if path.is_file())


@pytest.mark.django_db
def test_a_matter_is_locked_while_it_is_acted_on(play: Player) -> None:
    clue = play.registered()
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        play.act("2026-09-29", "clerk", "clue.return", clue, reason="不全")
    assert any("FOR UPDATE" in one["sql"] for one in captured.captured_queries)

"""The page of reminders: what waits for which step, many in one go, each with its own result."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.mechanisms.reminders.models import Reminder
from support.browse import signed_in, text
from support.play import Player, at

pytestmark = pytest.mark.django_db
TODAY = "2026-10-09"


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at(TODAY)):
        yield


def late(play: Player, number: int) -> list[Reminder]:
    """Clues whose handling is late since yesterday, and the reminders of it."""
    for _each in range(number):
        clue = play.registered("2026-07-01", letter_date="2026-06-30")
        play.in_handling(play.assigned(clue, "2026-07-02"), "2026-07-03")
    note_lapses(clock.today())
    escalate(clock.today())
    with play.see("clerk"):
        return list(Reminder.objects.filter(clause="CZ-4.1").select_related("matter").order_by("id"))


def done(who: str, step: str, rows: list[Reminder], **data: Any) -> Any:
    given = {"step": step, "ids": [str(one.pk) for one in rows], "batch": uuid.uuid4().hex, **data}
    return signed_in(who).post("/reminders/do/", given)


def states(play: Player) -> list[str]:
    with play.see("clerk"):
        return [one.paper.state for one in Reminder.objects.filter(clause="CZ-4.1").select_related("paper")]


def test_the_list_shows_what_waits_and_for_whom(play: Player) -> None:
    (one,) = late(play, 1)
    page = text(signed_in("clerk_head").get("/reminders/"))
    assert one.matter.number in page
    assert "CZ-4.1" in page
    assert one.matter.number not in text(signed_in("clerk_head").get("/reminders/?clause=CZ-4.1&step=2"))
    for who in ("stranger", "county_clerk", "auditor"):
        for side in ("issuer", "addressee"):
            assert "CZ-4.1" not in text(signed_in(who).get(f"/reminders/?side={side}")), who
    assert one.matter.number not in text(signed_in("handler").get("/reminders/?side=addressee")), (
        "not sent yet"
    )


def test_queries_do_not_grow_with_the_rows(play: Player) -> None:
    client = signed_in("clerk_head")
    late(play, 1)
    client.get("/reminders/")
    with CaptureQueriesContext(connection) as one:
        client.get("/reminders/")
    late(play, 5)
    with CaptureQueriesContext(connection) as six:
        page = text(client.get("/reminders/"))
    assert page.count("data-bulk-item") == 6
    assert len(six) == len(one) <= 16


def test_check_sign_and_dispatch_many(play: Player) -> None:
    rows = late(play, 3)
    assert done("clerk_head", "check", rows).status_code == 200
    assert states(play) == ["checked"] * 3
    unsure = done("clerk_head", "sign", rows)
    assert unsure.status_code == 422
    assert states(play) == ["checked"] * 3, "signing gives numbers: it is confirmed first"
    page = text(done("clerk_head", "sign", rows, confirmed="1"))
    assert "3件中已办3件" in page
    with play.see("clerk"):
        numbers = {
            one.paper.number for one in Reminder.objects.filter(clause="CZ-4.1").select_related("paper")
        }
    assert numbers == {f"清纪提示〔2026〕{n}号" for n in (1, 2, 3)}
    done("clerk", "dispatch", rows, way="system")
    assert states(play) == ["dispatched"] * 3
    assert text(signed_in("handler").get("/reminders/?side=addressee")).count("data-bulk-item") == 3


def test_one_that_is_refused_stops_no_other_and_says_why(play: Player) -> None:
    rows = late(play, 3)
    play.act(TODAY, "handler", "clue.conclude", rows[1].matter_id, result="closed", text="不实")
    page = text(done("clerk_head", "check", rows))
    assert "3件中已办2件" in page
    assert "该项工作已于2026-10-09完成" in page
    assert sorted(states(play)) == ["checked", "checked", "draft"]
    listed = text(signed_in("clerk").get("/reminders/"))
    assert "无需再发" in listed
    done("clerk", "withdraw", [rows[1]])
    with play.see("clerk"):
        dropped = Reminder.objects.get(pk=rows[1].pk)
    assert (dropped.state, dropped.reason) == ("withdrawn", "该项工作已于2026-10-09完成。")


def test_the_same_submit_again_does_nothing_twice(play: Player) -> None:
    rows = late(play, 2)
    done("clerk_head", "check", rows)
    batch = uuid.uuid4().hex
    for _again in range(2):
        page = text(done("clerk_head", "sign", rows, confirmed="1", batch=batch))
        assert "2件中已办2件" in page
    with play.see("clerk"):
        numbers = sorted(
            one.paper.serial for one in Reminder.objects.filter(clause="CZ-4.1").select_related("paper")
        )
    assert numbers == [1, 2]


@pytest.mark.parametrize("who", ["clerk", "handler_head", "stranger", "auditor"])
def test_the_server_refuses_who_may_not(play: Player, who: str) -> None:
    rows = late(play, 1)
    done(who, "check", rows)
    assert states(play) == ["draft"]


def test_the_matter_s_page_shows_the_reminder_and_its_answer(play: Player) -> None:
    rows = late(play, 1)
    for who, step, more in (("clerk_head", "check", {}), ("clerk_head", "sign", {"confirmed": "1"}),
                            ("clerk", "dispatch", {"way": "system"})):  # fmt: skip
        done(who, step, rows, **more)
    page = text(signed_in("handler").get(f"/matters/{rows[0].matter_id}/"))
    address = f"/matters/{rows[0].matter_id}/acts/reminder.answer/?reminder={rows[0].pk}"
    assert address in page
    form = signed_in("handler").get(address)
    assert form.status_code == 200
    answer = {
        "reminder": str(rows[0].pk),
        "answer": "十月底办结。",
        "happened_on": TODAY,
        "key": "k",
        "next": "",
    }
    assert signed_in("handler").post(address, answer).status_code == 302
    assert "十月底办结。" in text(signed_in("clerk").get(f"/matters/{rows[0].matter_id}/"))
    assert "十月底办结。" not in text(signed_in("auditor").get(f"/matters/{rows[0].matter_id}/"))

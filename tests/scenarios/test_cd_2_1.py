"""CD-2.1: liaison points write to one another, with receipt, answer and time taken (日常联络)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Link, LinkKind, Matter
from guantong.kernel.papers.models import Incoming, Paper
from guantong.mechanisms.correspondence import directory
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from guantong.mechanisms.correspondence.queries import Wanted, page, taken
from guantong.mechanisms.reminders.models import Reminder
from support.consistency import problems_now
from support.play import Player, at, scan, uploads
from support.shareholders import join
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
RECEIPT, ANSWER = "CD-2.1/receipt", "CD-2.1/answer"


@pytest.fixture
def sides(play: Player) -> Player:
    """The town with its shareholder's side."""
    join(play.town)
    return play


def drafted(play: Player, day: str = "2026-09-28", who: str = "liaison_clerk", **data: Any) -> UUID:
    given = {
        "form": "liaison_request",
        "recipient": play.town.organs["accountability"].pk,
        "title": "商请介绍水务集团招标情况",
        "text": "请介绍水务集团近三年工程招标的监管情况。",
    }
    return play.act(day, who, "correspondence.draft", **{**given, **data})


def sent(play: Player, day: str = "2026-09-28", **data: Any) -> UUID:
    matter = drafted(play, day, **data)
    return play.act(day, "liaison_clerk", "correspondence.send", matter)


def row(play: Player, matter: UUID, who: str = "liaison_clerk") -> Correspondence:
    with play.see(who):
        return Correspondence.objects.get(matter=matter)


def test_a_request_is_received_answered_and_its_time_counted(sides: Player) -> None:
    matter = sent(sides)
    assert sides.dates("regulator_clerk", matter, RECEIPT) == ("open", "2026-09-30", "")
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter, note="已收悉")
    assert sides.dates("liaison_clerk", matter, RECEIPT) == ("discharged", "2026-09-30", "2026-09-29")
    assert sides.dates("regulator_clerk", matter, ANSWER) == ("open", "2026-10-12", "")
    duty = sides.duty("regulator_clerk", matter, ANSWER)
    organs = sides.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["accountability"].pk, organs["liaison"].pk)
    sides.act("2026-10-12", "regulator_clerk", "correspondence.answer", matter, text="近三年共招标四十二项。")
    assert sides.dates("liaison_clerk", matter, ANSWER) == ("discharged", "2026-10-12", "2026-10-12")
    with sides.see("liaison_clerk"):
        assert Turn.objects.filter(matter=matter).latest("id").text == "近三年共招标四十二项。"
    found = row(sides, matter)
    assert (taken(found), found.outcome, sides.matter("liaison_clerk", matter).state) == (
        14,
        "answered",
        "closed",
    )
    assert problems_now() == []


def test_nobody_sees_what_is_not_sent_yet(sides: Player) -> None:
    matter = drafted(sides)
    with sides.see("regulator_clerk"):
        assert not Matter.objects.filter(pk=matter).exists()
    sides.act("2026-09-28", "liaison_clerk", "correspondence.send", matter)
    with sides.see("regulator_clerk"):
        assert Matter.objects.filter(pk=matter).exists()
    with sides.see("water_clerk"):
        assert not Matter.objects.filter(pk=matter).exists()


def test_a_message_ends_with_its_receipt(sides: Player) -> None:
    matter = sent(sides, form="liaison_message", title="通报联席会议筹备情况", text="会议材料已齐。")
    sides.act("2026-09-28", "regulator_clerk", "correspondence.receive", matter)
    assert sides.matter("liaison_clerk", matter).state == "closed"
    assert sides.dates("liaison_clerk", matter, RECEIPT)[0] == "discharged"
    with pytest.raises(NotAllowed):
        sides.act("2026-09-29", "regulator_clerk", "correspondence.answer", matter, text="收到")


def test_a_refusal_says_why_and_discharges(sides: Player) -> None:
    matter = sent(sides)
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    sides.act("2026-09-30", "regulator_clerk", "correspondence.refuse", matter, reason="涉及商业秘密。")
    assert sides.dates("liaison_clerk", matter, ANSWER)[::2] == ("discharged", "2026-09-30")
    assert row(sides, matter).outcome == "refused"
    with sides.see("liaison_clerk"):
        assert Turn.objects.filter(matter=matter, kind="refusal").get().text == "涉及商业秘密。"


def test_the_writer_may_set_a_day_and_ask_again(sides: Player) -> None:
    matter = sent(sides, answer_by="2026-10-09")
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    assert sides.dates("regulator_clerk", matter, "CD-2.1/answer_by") == ("open", "2026-10-09", "")
    sides.act("2026-10-08", "regulator_clerk", "correspondence.answer", matter, text="见附件。")
    sides.act("2026-10-09", "liaison_clerk", "correspondence.follow_up", matter, text="请补充分包情况。")
    assert sides.dates("regulator_clerk", matter, "CD-2.1/answer_again") == ("open", "2026-10-15", "")
    assert sides.matter("regulator_clerk", matter).is_open
    sides.act("2026-10-12", "regulator_clerk", "correspondence.answer", matter, text="分包三项。")
    assert sides.dates("liaison_clerk", matter, "CD-2.1/answer_again")[::2] == ("discharged", "2026-10-12")
    assert problems_now() == []


@pytest.mark.parametrize("day", ["2026-09-28", "2026-09-20"])
def test_a_day_that_is_not_ahead_is_refused(sides: Player, day: str) -> None:
    with pytest.raises(Refused) as refused:
        drafted(sides, answer_by=day)
    assert [fault.field for fault in refused.value.faults] == ["answer_by"]


def test_one_that_is_no_liaison_point_writes_none(sides: Player) -> None:
    with pytest.raises(NotAllowed):
        drafted(sides, who="handler")
    with pytest.raises(Refused) as refused:
        drafted(sides, recipient=sides.town.organs["executing"].pk)
    assert [fault.field for fault in refused.value.faults] == ["recipient"]


def test_only_the_recipient_receives_and_answers(sides: Player) -> None:
    matter = sent(sides)
    for who in ("liaison_clerk", "water_clerk", "handler"):
        with pytest.raises(NotAllowed):
            sides.act("2026-09-29", who, "correspondence.receive", matter)
    with pytest.raises(Refused):
        sides.act("2026-09-29", "regulator_clerk", "correspondence.answer", matter, text="未签收")


def test_it_goes_with_a_letter_where_one_is_wanted(sides: Player) -> None:
    matter = drafted(sides)
    hands = ["liaison_clerk", "liaison_head", "liaison_head", "liaison_clerk"]
    sides.letter(["2026-09-28"] * 4, matter, "correspondence_letter", hands)
    found = row(sides, matter)
    with sides.see("liaison_clerk"):
        letter = Paper.objects.get(matter=matter)
    assert found.letter_number == letter.number == sides.matter("liaison_clerk", matter).number
    assert sides.dates("regulator_clerk", matter, RECEIPT)[0] == "open"
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    with sides.see("regulator_clerk"):
        assert Paper.objects.get(matter=matter).state == "signed_for"
        assert Incoming.objects.get(matter=matter).letter_number == letter.number
    hands = ["regulator_clerk", "regulator_chief", "regulator_chief", "regulator_clerk"]
    sides.letter(["2026-09-30"] * 4, matter, "correspondence_answer", hands, body="共四十二项。")
    assert sides.dates("liaison_clerk", matter, ANSWER)[::2] == ("discharged", "2026-09-30")
    with sides.see("liaison_clerk"):
        assert Turn.objects.filter(matter=matter).latest("id").text == "共四十二项。"


def test_what_the_recipient_drafts_is_his_until_it_is_sent(sides: Player) -> None:
    matter = sent(sides)
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    sides.act(
        "2026-09-29", "regulator_clerk", "paper.draft", matter, kind="correspondence_answer", title="复函",
        addressee="联系室", body="初稿。",
    )  # fmt: skip
    with sides.see("liaison_clerk"):
        assert not Paper.objects.filter(matter=matter).exists()
        assert Turn.objects.filter(matter=matter).count() == 1
    with sides.see("regulator_clerk"):
        assert Turn.objects.filter(matter=matter).count() == 2


def test_a_letter_that_is_being_prepared_stands_in_the_way_until_it_is_voided(sides: Player) -> None:
    matter = drafted(sides)
    texts = {"title": "函", "addressee": "国资委", "body": "内容。"}
    sides.act("2026-09-28", "liaison_clerk", "paper.draft", matter, kind="correspondence_letter", **texts)
    with pytest.raises(Refused):
        sides.act("2026-09-28", "liaison_clerk", "correspondence.send", matter)
    letter = sides.paper("liaison_clerk", matter, "correspondence_letter")
    sides.act("2026-09-28", "liaison_clerk", "paper.void", matter, paper=letter, reason="改为直接发出")
    sides.act("2026-09-28", "liaison_clerk", "correspondence.send", matter)
    sides.act("2026-09-28", "regulator_clerk", "correspondence.receive", matter)
    sides.act("2026-09-28", "regulator_clerk", "paper.draft", matter, kind="correspondence_answer", **texts)
    with pytest.raises(Refused):
        sides.act("2026-09-28", "regulator_clerk", "correspondence.answer", matter, text="答复")
    answer = sides.paper("regulator_clerk", matter, "correspondence_answer")
    sides.act("2026-09-28", "regulator_clerk", "paper.void", matter, paper=answer, reason="改为直接答复")
    sides.act("2026-09-28", "regulator_clerk", "correspondence.answer", matter, text="答复")
    with sides.see("liaison_clerk"):
        assert list(Turn.objects.filter(matter=matter).values_list("kind", flat=True)) == ["ask", "answer"]


def test_what_came_on_paper_is_registered_and_answered_on_paper(sides: Player) -> None:
    sides.town.organs["water"].elsewhere = True
    sides.town.organs["water"].save()
    water = sides.town.organs["water"]
    given = {
        "form": "liaison_request", "sender": water.pk, "letter_number": "清水函〔2026〕7号",
        "letter_date": "2026-09-25", "letter_signer": "万鹏举", "title": "商请明确报送口径",
        "text": "请明确口径。",
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        sides.act("2026-09-28", "liaison_clerk", "correspondence.register", **given)
    assert [fault.field for fault in refused.value.faults] == ["scan"]
    matter = sides.act(
        "2026-09-28", "liaison_clerk", "correspondence.register", files=uploads(scan=scan()), **given
    )
    found = row(sides, matter)
    assert (found.on_paper, found.letter_signer, found.recipient_id) == (
        True, "万鹏举", sides.town.organs["liaison"].pk,
    )  # fmt: skip
    assert sides.dates("liaison_clerk", matter, ANSWER) == ("open", "2026-10-10", "")
    with pytest.raises(Refused):
        sides.act("2026-09-29", "liaison_clerk", "correspondence.answer", matter, text="按季报送。")
    hands = ["liaison_clerk", "liaison_head", "liaison_head", "liaison_clerk"]
    sides.letter(["2026-09-30"] * 4, matter, "correspondence_answer", hands, body="按季报送。")
    assert sides.dates("liaison_clerk", matter, ANSWER)[::2] == ("discharged", "2026-09-30")
    sides.done(
        "2026-10-08", "liaison_clerk", "correspondence.take_follow_up", matter, text="请再明确格式。",
        files=uploads(scan=scan()),
    )  # fmt: skip
    assert sides.dates("liaison_clerk", matter, "CD-2.1/answer_again")[0] == "open"


def test_receipt_and_answer_on_paper_are_recorded_by_the_writer(sides: Player) -> None:
    water = sides.town.organs["water_accountability"]
    water.elsewhere = True
    water.save()
    matter = drafted(sides, recipient=water.pk)
    with pytest.raises(Refused):
        sides.act("2026-09-28", "liaison_clerk", "correspondence.send", matter)
    hands = ["liaison_clerk", "liaison_head", "liaison_head", "liaison_clerk"]
    sides.letter(["2026-09-28"] * 4, matter, "correspondence_letter", hands)
    proof = uploads(scan=scan())
    with pytest.raises(Refused):
        sides.act(
            "2026-10-08", "liaison_clerk", "correspondence.take_receipt", matter, received_on="2026-09-29"
        )
    sides.done(
        "2026-10-08", "liaison_clerk", "correspondence.take_receipt", matter, received_on="2026-09-29",
        files=proof,
    )  # fmt: skip
    assert sides.dates("liaison_clerk", matter, ANSWER) == ("open", "2026-10-12", "")
    sides.done(
        "2026-10-10", "liaison_clerk", "correspondence.take_answer", matter, text="共四十二项。",
        files=uploads(scan=scan()),
    )  # fmt: skip
    assert sides.dates("liaison_clerk", matter, ANSWER)[::2] == ("discharged", "2026-10-10")


def test_a_wrong_day_of_receipt_is_corrected_and_the_duty_moves(sides: Player) -> None:
    matter = sent(sides)
    sides.act("2026-09-30", "regulator_clerk", "correspondence.receive", matter)
    sides.act(
        "2026-09-30", "regulator_clerk", "matter.correct", matter, fact="received_on", value="2026-09-29",
        reason="签收簿为准",
    )  # fmt: skip
    assert sides.dates("liaison_clerk", matter, ANSWER) == ("open", "2026-10-12", "")


def test_one_that_is_withdrawn_is_owed_no_more(sides: Player) -> None:
    matter = sent(sides)
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    sides.act("2026-09-29", "liaison_clerk", "correspondence.withdraw", matter, reason="已电话说明")
    assert sides.dates("regulator_clerk", matter, ANSWER)[0] == "cancelled"
    assert not sides.matter("regulator_clerk", matter).is_open


@BY_ACTS
def test_an_unanswered_request_is_reminded_of(sides: Player) -> None:
    matter = sent(sides)
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    with clock.set_to(at("2026-10-13")):
        note_lapses(clock.today())
        assert escalate(clock.today()).noted == 1
    with sides.see("liaison_clerk"):
        reminder = Reminder.objects.get(matter=matter)
    organs = sides.town.organs
    assert (reminder.issuer_id, reminder.addressee_id) == (organs["liaison"].pk, organs["accountability"].pk)


@BY_ACTS
def test_what_it_is_about_stays_unseen_by_the_recipient(sides: Player) -> None:
    clue = sides.registered(sender=sides.town.organs["accountability"].pk, source="shareholder")
    matter = sides.act(
        "2026-09-28", "regulator_clerk", "correspondence.draft", form="liaison_request", title="商请协助",
        recipient=sides.town.organs["liaison"].pk, text="请协调。", about=str(clue),
    )  # fmt: skip
    sides.act("2026-09-28", "regulator_clerk", "correspondence.send", matter)
    with sides.see("regulator_clerk"):
        assert Link.objects.get(source=matter, kind=LinkKind.ABOUT).target_id == clue
    with sides.see("liaison_clerk"):
        assert Matter.objects.filter(pk=matter).exists()
        assert not Matter.objects.filter(pk=clue).exists()
        assert not Link.objects.filter(source=matter).exists()
    with pytest.raises(Refused) as refused:
        drafted(sides, about=str(clue))
    assert [fault.field for fault in refused.value.faults] == ["about"]


@BY_ACTS
def test_the_directory_names_each_point_and_who_is_missing(sides: Player) -> None:
    with clock.set_to(at("2026-09-28")), scope(sides.town.actor("liaison_clerk")):
        places = directory.directory(sides.town.actor("liaison_clerk"))
    city = next(place for place in places if place.jurisdiction == sides.town.place)
    named = {(point.role, point.organ.code if point.organ else point.body) for point in city.points}
    assert {("liaison_office", "liaison"), ("accountability_department", "accountability")} <= named
    assert ("accountability_department", "清川水务管网工程有限公司") in named, "no department pursues there"
    head = {point.role: point.head for point in city.points}["liaison_office"]
    assert head is not None and head.officer.name == "苏慕白"
    own = {point.organ.code: point.may_write for point in city.points if point.organ}
    assert own["accountability"] and not own["liaison"]
    county = next(place for place in places if place.jurisdiction == sides.town.county)
    assert county.missing == 2


@BY_ACTS
def test_acts_and_lists_cost_the_same_whatever_there_is(sides: Player) -> None:
    costs, acts = [], []
    for number in (1, 4):
        for _one in range(number):
            matter = drafted(sides)
            actor = sides.town.actor("liaison_clerk")
            with clock.set_to(at("2026-09-28")), scope(actor), CaptureQueriesContext(connection) as said:
                perform("correspondence.send", actor, matter, {"happened_on": "2026-09-28"})
            acts.append(len(said))
        actor = sides.town.actor("regulator_clerk")
        with clock.set_to(at("2026-09-28")), scope(actor), CaptureQueriesContext(connection) as said:
            rows, _next = page(actor, Wanted("incoming"), 50)
        costs.append(len(said))
    assert len(rows) == 5 and costs[0] == costs[1] <= 4
    assert max(acts) <= 14, "twelve of the act, two of its savepoint"


@BY_ACTS
def test_an_entry_names_the_clause_of_its_form_and_of_no_other(sides: Player) -> None:
    matter = sent(sides)
    sides.act("2026-09-29", "regulator_clerk", "correspondence.receive", matter)
    with sides.see("liaison_clerk"):
        clauses = Entry.objects.get(matter=matter, act="correspondence.receive").clauses
    assert "CD-2.1" in clauses and "CZ-3.1" not in clauses

"""CD-2.2: every half year the liaison office convenes the joint meeting (半年联席会议)."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Any
from uuid import UUID

import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Conflict, NotAllowed, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.matters.models import Link, LinkKind, Matter
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.papers.letter import Letter
from guantong.kernel.papers.models import Paper
from guantong.kernel.papers.render_docx import render_docx
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.mechanisms.meetings.models import Decision, FollowUp, Invitee, Item, ItemPaper, Meeting
from guantong.mechanisms.meetings.papers import MINUTES, NOTICE
from support.browse import signed_in
from support.consistency import problems_now
from support.meetings import (
    DAY,
    MEETS,
    answered,
    attended,
    called,
    decision,
    invitee,
    item,
    minuted,
    notified,
    reply,
    table,
)
from support.play import Player, at, scan, uploads
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
QUOTA = "CD-2.2/joint_meeting"


@pytest.fixture
def city(play: Player) -> Player:
    """The town with its shareholder's side, which knows the measure since July 2026."""
    table(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    return play


def swept(day: str) -> int:
    """Let the calendar open what has begun by a day."""
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


def due(play: Player, begins: str = "2026-07-01", day: str = DAY) -> UUID:
    """Return the joint meeting of a half year, which the calendar has opened."""
    swept(day)
    with play.see("liaison_clerk"):
        return Occasion.objects.get(clause="CD-2.2", begins_on=begins).matter_id


def sitting(play: Player) -> UUID:
    """Bring the meeting of the second half year to its beginning, with one item of the regulator's."""
    matter = answered(play, notified(play, called(play, due(play))))
    play.act(
        "2026-09-23", "regulator_chief", "meeting.propose", matter, title="重大投资风险", text="情况说明"
    )
    play.act(
        "2026-09-24", "liaison_clerk", "meeting.accept", matter,
        item=item(play, "liaison_clerk", matter, "重大投资风险"),
    )  # fmt: skip
    return play.act(MEETS, "liaison_clerk", "meeting.begin", matter, chair="陆知行")


def decide(play: Player, matter: UUID, **data: Any) -> UUID:
    """Let a decision be typed that the regulator is to carry out by the end of October."""
    given = {
        "item": item(play, "liaison_clerk", matter, "重大投资风险"), "text": "开展专项排查",
        "follows": "task",
        "owner": play.town.organs["regulator"].pk, "due_on": "2026-10-30",
    }  # fmt: skip
    return play.act(MEETS, "liaison_clerk", "meeting.decide", matter, **{**given, **data})


def held(play: Player) -> UUID:
    """Bring the meeting to its end."""
    matter = sitting(play)
    decide(play, matter)
    attended(play, matter, "regulator")
    attended(play, matter, "committee", "deputy", came="谢令仪（综合处）")
    return play.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)


def test_every_half_year_the_liaison_office_owes_a_joint_meeting(city: Player) -> None:
    matter = due(city)
    assert swept(DAY) == 0
    assert city.dates("liaison_clerk", matter, QUOTA) == ("open", "2026-12-31", "")
    duty = city.duty("liaison_clerk", matter, QUOTA)
    organs = city.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["liaison"].pk, organs["leaders"].pk)
    swept("2027-01-04")
    assert city.dates("liaison_clerk", due(city, "2027-01-01", "2027-01-04"), QUOTA)[1] == "2027-06-30"
    assert problems_now() == []


def task_of(play: Player, who: str, matter: UUID) -> Matter:
    """Return the task that came of the meeting's only decision, as somebody sees it."""
    with play.see("liaison_clerk"):
        [link] = Link.objects.filter(target=matter, kind=LinkKind.DECIDED)
    with play.see(who):
        return Matter.objects.get(pk=link.source_id)


def test_one_meeting_from_its_call_to_the_next_one_s_agenda(city: Player) -> None:
    matter = held(city)
    assert city.dates("liaison_clerk", matter, QUOTA) == ("discharged", "2026-12-31", MEETS)
    task = task_of(city, "regulator_chief", matter)
    assert (task.kind, task.title) == ("task", "开展专项排查")
    with city.see("regulator_chief"):
        owed = Duty.objects.filter(matter=task, holder=city.town.organs["regulator"])
        assert date(2026, 10, 30) in {one.due_on for one in owed}
    with city.see("liaison_clerk"):
        decided = Decision.objects.get(matter=matter)
        assert (decided.task, decided.charged) == (task.pk, False)
    assert city.dates("liaison_clerk", matter, "CD-2.2/minutes")[:2] == ("open", "2026-10-10")
    minuted(city, matter)
    assert city.dates("liaison_clerk", matter, "CD-2.2/minutes")[2] == MEETS
    signed = {"invitee": invitee(city, "regulator_chief", matter, "regulator"), "received_by": "宋一诺"}
    city.act("2026-09-29", "regulator_clerk", "meeting.sign_for_minutes", matter, **signed)
    city.act("2026-09-29", "regulator_chief", "task.accept", task.pk)
    city.act("2026-10-20", "regulator_chief", "task.complete", task.pk, text="排查完毕")
    following = due(city, "2027-01-01", "2027-03-01")
    called(city, following, "2027-03-01", held_on="2027-03-15", reply_by="2027-03-10")
    with city.see("liaison_clerk"):
        [head] = FollowUp.objects.filter(matter=following)
    assert (head.text, head.state) == ("开展专项排查", "open")
    city.act("2027-03-02", "liaison_clerk", "task.close", task.pk)
    city.act("2027-03-15", "liaison_clerk", "meeting.begin", following, chair="陆知行")
    with city.see("liaison_clerk"):
        assert FollowUp.objects.get(matter=following).state == "settled", "as the task stands now"
    row = {"follow_up": str(head.pk), "outcome": "settled"}
    city.act("2027-03-15", "liaison_clerk", "meeting.review", following, **row)
    assert problems_now() == []


def test_who_is_invited_owes_its_answer_and_sees_the_outline_alone(city: Player) -> None:
    matter = notified(city, called(city, due(city)))
    assert city.dates("regulator_chief", matter, "CD-2.2/reply") == ("open", "2026-09-24", "")
    with city.see("regulator_chief"):
        assert Meeting.objects.get(pk=matter).place == "三楼会议室"
        assert [one.name for one in Invitee.objects.filter(matter=matter)] == [
            "清川市人民政府国有资产监督管理委员会"
        ], "its own row, not the others'"
    with pytest.raises(NotAllowed):
        city.act("2026-09-22", "regulator_chief", "meeting.propose", matter, title="议题", text="说明")
    reply(city, matter, "regulator_chief", "regulator")
    states = {one.holder_id: one.state for one in duties(city, "liaison_clerk", matter, "reply")}
    organs = city.town.organs
    assert states == {organs["regulator"].pk: "discharged", organs["committee"].pk: "open"}
    city.act("2026-09-22", "regulator_chief", "meeting.propose", matter, title="议题", text="说明")
    with city.see("water_chief"):
        assert not Meeting.objects.filter(pk=matter).exists(), "it was not invited"
    assert problems_now() == []


def duties(play: Player, who: str, matter: UUID, rule: str) -> list[Duty]:
    """Return the duties of a rule that somebody sees of a meeting."""
    with play.see(who):
        return list(Duty.objects.filter(matter=matter, rule=rule))


def test_others_are_invited_as_needed_also_after_the_notice(city: Player) -> None:
    matter = notified(city, called(city, due(city)))
    given = {"organ": city.town.organs["water"].pk, "reason": "列席第一项"}
    city.act("2026-09-22", "liaison_clerk", "meeting.invite", matter, **given)
    assert city.duty("water_chief", matter, "CD-2.2/reply").holder_id == city.town.organs["water"].pk
    row = invitee(city, "liaison_clerk", matter, "water")
    city.act("2026-09-23", "liaison_clerk", "meeting.leave_out", matter, invitee=row, reason="议题改期")
    with city.see("water_chief"):
        assert not Meeting.objects.filter(pk=matter).exists()
    [owed] = [
        one
        for one in duties(city, "liaison_clerk", matter, "reply")
        if one.holder_id == city.town.organs["water"].pk
    ]
    assert owed.state == "cancelled"


def test_papers_are_read_by_who_attends_and_no_longer_by_who_was_absent(city: Player) -> None:
    matter = sitting(city)

    def readers() -> set[str]:
        found = set()
        for who in ("liaison_clerk", "regulator_chief", "regulator_head", "committee_clerk", "water_chief"):
            with city.see(who):
                if ItemPaper.objects.filter(matter=matter, text="情况说明").exists():
                    found.add(who)
        return found

    assert readers() == {"liaison_clerk", "regulator_chief", "committee_clerk"}
    attended(city, matter, "committee", "absent", why_absent="另有公务")
    assert readers() == {"liaison_clerk", "regulator_chief"}
    attended(city, matter, "committee")
    assert "committee_clerk" in readers()


def test_the_convener_puts_items_in_order_and_declines_with_a_reason(city: Player) -> None:
    matter = answered(city, notified(city, called(city, due(city))))
    for title in ("甲", "乙", "丙"):
        city.act("2026-09-23", "regulator_chief", "meeting.propose", matter, title=title, text="说明")
    city.act("2026-09-23", "liaison_clerk", "meeting.propose", matter, title="丁", text="说明")
    for title, place in (("甲", 0), ("乙", 1)):
        row = {
            "item": item(city, "liaison_clerk", matter, title),
            **({"position": place} if place else {}),
        }
        city.act("2026-09-24", "liaison_clerk", "meeting.accept", matter, **row)
    left = item(city, "liaison_clerk", matter, "丙")
    city.act("2026-09-24", "liaison_clerk", "meeting.decline", matter, item=left, reason="条件不成熟")
    with city.see("regulator_chief"):
        agenda = Item.objects.filter(matter=matter, state="accepted").order_by("position")
        assert [one.title for one in agenda] == ["乙", "丁", "甲"]
        assert Item.objects.get(pk=left).reason == "条件不成熟"
    with pytest.raises(NotAllowed):
        city.act("2026-09-24", "regulator_chief", "meeting.accept", matter, item=left)


def test_nobody_s_attendance_and_no_item_is_left_open(city: Player) -> None:
    matter = sitting(city)
    with pytest.raises(Refused, match="国有资产监督管理委员会"):
        city.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)
    attended(city, matter, "regulator")
    attended(city, matter, "committee", "absent", why_absent="另有公务")
    with pytest.raises(Refused, match="重大投资风险"):
        city.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)
    row = item(city, "liaison_clerk", matter, "重大投资风险")
    city.act(MEETS, "liaison_clerk", "meeting.hear", matter, item=row, outcome="noted")
    city.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)
    assert city.dates("liaison_clerk", matter, QUOTA)[0] == "discharged"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"owner": ""}, "owner"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2026-09-01"}, "due_on"),
        ({"follows": "letter", "owner": ""}, "owner"),
        ({"text": ""}, "text"),
        ({"follows": "forget"}, "follows"),
    ],
)
def test_a_decision_that_is_to_be_done_has_owner_and_day(
    city: Player, data: dict[str, str], field: str
) -> None:
    matter = sitting(city)
    with pytest.raises(Refused) as refused:
        decide(city, matter, **data)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_of_two_who_word_a_decision_the_second_is_told(city: Player) -> None:
    matter = sitting(city)
    decide(city, matter)
    seen = {"decision": decision(city, "liaison_clerk", matter), "turn": 0, "follows": "note"}
    city.act(MEETS, "liaison_clerk", "meeting.amend", matter, text="甲", **seen)
    with pytest.raises(Conflict, match="甲"):
        city.act(MEETS, "liaison_head", "meeting.amend", matter, text="乙", **seen)
    city.act(MEETS, "liaison_clerk", "meeting.strike", matter, decision=seen["decision"])
    with city.see("liaison_clerk"):
        assert not Decision.objects.filter(matter=matter, struck=False).exists()


def test_a_meeting_called_off_is_still_owed_and_a_postponed_one_told_to_those_invited(city: Player) -> None:
    matter = answered(city, notified(city, called(city, due(city))))
    later = {"held_on": "2026-10-12", "starts_at": "下午3:00", "place": "二楼会议室", "reason": "场地调整"}
    city.act("2026-09-24", "liaison_clerk", "meeting.postpone", matter, **later)
    with city.see("regulator_head"):
        assert str(Meeting.objects.get(pk=matter).held_on) == "2026-10-12"
    city.act("2026-09-25", "liaison_clerk", "meeting.call_off", matter, reason="人员变动")
    assert city.dates("liaison_clerk", matter, QUOTA)[0] == "open"
    with city.see("regulator_chief"), pytest.raises(Item.DoesNotExist):
        Item.objects.get(matter=matter)
    called(city, matter, "2026-10-08", held_on="2026-10-20", reply_by="2026-10-15")
    city.act("2026-10-20", "liaison_clerk", "meeting.begin", matter, chair="陆知行")


def test_an_additional_meeting_discharges_no_quota_and_is_called_off_for_good(city: Player) -> None:
    quota = due(city)
    with city.see("liaison_clerk"):
        body = Meeting.objects.get(pk=quota).body_id
    given = {
        "body": body, "subject": "专题研究", "held_on": "2026-09-25", "starts_at": "9:00",
        "place": "三楼", "reply_by": "2026-09-24", "reason": "急需研究",
    }  # fmt: skip
    matter = city.act("2026-09-22", "liaison_clerk", "meeting.add", **given)
    with city.see("liaison_clerk"):
        assert Invitee.objects.filter(matter=matter).count() == 2, "the members of the body"
    city.act("2026-09-23", "liaison_clerk", "meeting.call_off", matter, reason="已并入例会")
    assert city.dates("liaison_clerk", quota, QUOTA)[0] == "open"
    assert city.matter("liaison_clerk", matter).state == "called_off"


def test_a_meeting_held_elsewhere_is_recorded_from_its_minutes(city: Player) -> None:
    matter = due(city)
    given = {
        "place": "三楼", "chair": "陆知行", "attended": "清川市人民政府国有资产监督管理委员会\n市财政局",
        "decisions": [
            {"text": "开展排查", "owner": "清川市人民政府国有资产监督管理委员会", "due_on": "2026-10-30"},
            {"text": "通报情况"},
        ],
    }  # fmt: skip
    city.done(
        "2026-09-18", "liaison_clerk", "meeting.record", matter, recorded="2026-09-21",
        files=uploads(scan=scan("纪要.pdf")), **given,
    )  # fmt: skip
    assert city.dates("liaison_clerk", matter, QUOTA) == ("discharged", "2026-12-31", "2026-09-18")
    assert task_of(city, "regulator_chief", matter).title == "开展排查"
    with city.see("liaison_clerk"):
        assert Invitee.objects.filter(matter=matter, attendance="present").count() == 2


def test_minutes_and_notice_are_drafted_from_what_was_typed(city: Player) -> None:
    matter = answered(city, notified(city, called(city, due(city))))
    with clock.set_to(at("2026-09-24")), city.see("liaison_clerk"):
        notice = NOTICE.propose(Matter.objects.get(pk=matter), city.town.actor("liaison_clerk"))
    assert "定于2026年9月28日上午9:00在三楼会议室召开" in notice.body and "国企重点领域监督" in notice.body


def test_the_minutes_say_who_came_and_what_was_decided_in_pdf_and_docx(city: Player) -> None:
    matter = held(city)
    with clock.set_to(at(MEETS)), city.see("liaison_clerk"):
        proposal = MINUTES.propose(Matter.objects.get(pk=matter), city.town.actor("liaison_clerk"))
    assert "一、重大投资风险" in proposal.body
    assert (
        "开展专项排查。由清川市人民政府国有资产监督管理委员会负责，于2026年10月30日前完成。" in proposal.body
    )
    minuted(city, matter, title=proposal.title, addressee=proposal.addressee, body=proposal.body)
    for who in ("regulator_clerk", "committee_head"):
        with city.see(who):
            paper = Paper.objects.get(matter=matter, kind="meeting_minutes")
            letter = Letter.model_validate(paper.letter["final"])
    with pdfplumber.open(io.BytesIO(render_pdf(letter))) as document:
        text = "".join(page.extract_text() or "" for page in document.pages)
    said = re.sub(r"\s", "", text)
    words = docx_text(render_docx(letter))
    for word in ("开展专项排查", "委托到会", "谢令仪（综合处）", "陆知行在三楼会议室主持召开"):
        assert word in said and word in words


def docx_text(content: bytes) -> str:
    """Return all words of a document."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return re.sub(r"<[^>]+>|\s", "", packed.read("word/document.xml").decode())


@BY_ACTS
def test_an_act_on_a_meeting_takes_few_statements(city: Player) -> None:
    matter = sitting(city)
    actor = city.town.actor("liaison_clerk")
    data = {
        "happened_on": MEETS, "text": "开展排查", "follows": "task", "due_on": "2026-10-30",
        "owner": city.town.organs["regulator"].pk, "item": "",
    }  # fmt: skip
    with clock.set_to(at(MEETS)), scope(actor), CaptureQueriesContext(connection) as captured:
        perform("meeting.decide", actor, matter, data)
    counted = [one for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(counted) <= 12, "\n".join(one["sql"][:200] for one in counted)


def test_a_decision_that_goes_by_letter_is_drafted_to_its_owner(city: Player) -> None:
    matter = sitting(city)
    decide(city, matter, follows="letter")
    attended(city, matter, "regulator")
    attended(city, matter, "committee")
    city.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)
    hands = ["liaison_clerk", "liaison_head", "deputy", "liaison_clerk"]
    paper = city.letter([MEETS] * 4, matter, "meeting_letter", hands)
    with city.see("regulator_chief"):
        sent = Paper.objects.get(pk=paper)
        assert (sent.addressee_id, sent.state) == (city.town.organs["regulator"].pk, "dispatched")
        assert str(Decision.objects.get(matter=matter).paper_id) == paper
    with pytest.raises(Refused, match="没有待发函"):
        city.letter([MEETS] * 4, matter, "meeting_letter", hands)


def corrected(play: Player, who: str, matter: UUID, day: str, on: str = "2026-10-08") -> UUID:
    """Let the day of a meeting be corrected."""
    given = {"fact": "held_on", "value": day, "reason": "签到簿载明另一日"}
    return play.act(on, who, "matter.correct", matter, **given)


def test_the_day_of_a_meeting_is_corrected_and_what_counts_from_it_follows(city: Player) -> None:
    matter = minuted(city, held(city))
    assert city.dates("liaison_clerk", matter, "CD-2.2/minutes") == ("discharged", "2026-10-10", MEETS)
    corrected(city, "liaison_clerk", matter, "2026-09-25")
    assert city.dates("liaison_clerk", matter, QUOTA) == ("discharged", "2026-12-31", "2026-09-25")
    minutes = city.duty("liaison_clerk", matter, "CD-2.2/minutes")
    assert (minutes.starts_on, minutes.due_on) == (date(2026, 9, 25), date(2026, 10, 9))
    with city.see("liaison_clerk"):
        [sent] = Paper.objects.filter(matter=matter, kind="meeting_minutes")
        meeting = Meeting.objects.get(matter=matter)
    assert sent.flagged
    assert (meeting.held_on, meeting.begun_on) == (date(2026, 9, 25), date(2026, 9, 25))
    assert problems_now() == []


def test_beforehand_the_page_says_what_a_corrected_day_changes(city: Player) -> None:
    matter = minuted(city, held(city))
    given = {"fact": "held_on", "value": "2026-09-25", "reason": "签到簿载明另一日"}
    with clock.set_to(at("2026-10-08")):
        answer = signed_in("liaison_clerk").post(f"/matters/{matter}/correct/preview/", given)
        shown = answer.content.decode()
    assert answer.status_code == 200
    assert "履行日期随之更正" in shown
    assert "<strong>2026-09-25</strong>" in shown, "the quota was met on that day"
    assert "<strong>2026-10-09</strong>" in shown, "and the minutes were due by that one"
    assert city.dates("liaison_clerk", matter, QUOTA)[2] == MEETS, "nothing is done yet"


def test_the_day_is_corrected_by_the_convener_alone_once_held_and_within_its_period(city: Player) -> None:
    matter = due(city)
    with pytest.raises(Refused) as refused:
        corrected(city, "liaison_clerk", matter, "2026-09-21", DAY)
    assert refused.value.faults[0].field == "value"
    matter = held(city)
    with pytest.raises(NotAllowed):
        corrected(city, "regulator_chief", matter, "2026-09-25")
    with pytest.raises(Refused) as refused:
        corrected(city, "liaison_clerk", matter, "2026-06-30")
    assert (refused.value.faults[0].field, "2026-07-01" in refused.value.faults[0].reason) == ("value", True)

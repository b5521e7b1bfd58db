"""Rules of other places at work (CD-1.2): before a planned day, at the same time, round by the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from guantong.kernel.acts.act import Refused
from guantong.kernel.duties import ahead
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.matters.models import Matter
from guantong.kernel.measures import engine
from guantong.kernel.measures.catalogue import FOLDER
from guantong.kernel.measures.load import load_text
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.publish import publish
from guantong.kernel.organs.models import Organ
from guantong.mechanisms.correspondence.models import Turn
from support.consistency import problems_now, sight_of_everybody
from support.play import Player, at
from support.rounds import ROUND, staff
from support.town import SINCE, bind

pytestmark = pytest.mark.django_db
BEFORE, TOGETHER = "LJ-1.3/ask_audit", "YC-1.2/ask_for_help"


def adopted(play: Player, name: str) -> MeasureVersion:
    """Let the town apply a measure of another place."""
    source = (FOLDER / "other" / f"{name}.yaml").read_text(encoding="utf-8")
    return applied(play, source)


def applied(play: Player, source: str) -> MeasureVersion:
    """Let the town apply a measure."""
    version = publish(source, "other.yaml")
    Adoption.objects.create(jurisdiction=play.town.place, measure_version=version, since=SINCE)
    engine.forget()
    return version


def asked(play: Player, about: UUID, day: str, who: str, recipient: str, **data: Any) -> UUID:
    """Let somebody ask for information about a matter, by wire."""
    given = {
        "form": "information_request", "wanted": "audit_report", "text": "请介绍有关情况。",
        "unit": "清川市水利局",
        "about": str(about),
        "recipient": play.town.organs[recipient].pk, "basis": "工作规则", "purpose": "巡察准备",
        "readers": "巡察组", "readable_until": "2027-12-31",
    }  # fmt: skip
    matter = play.act(day, who, "correspondence.draft", **{**given, **data})
    return play.act(day, who, "correspondence.send", matter)


@pytest.fixture
def inspected(play: Player) -> Player:
    """The town, which applies what Lijiang has."""
    adopted(staff(play), "lijiang")
    return play


def planned(play: Player, began_on: str = "2026-10-19", day: str = "2026-09-28") -> UUID:
    return play.act(day, "inspector", "round.open", **{**ROUND, "began_on": began_on, "ended_on": ""})


def test_before_the_teams_move_in_inspection_hears_from_audit(inspected: Player) -> None:
    matter = planned(inspected)
    assert inspected.dates("inspector", matter, BEFORE) == ("open", "2026-10-12", "")
    duty = inspected.duty("inspector", matter, BEFORE)
    assert (duty.start_fact, duty.starts_on) == ("began_on", date(2026, 10, 19))
    asked(inspected, matter, "2026-10-12", "inspector", "executing")
    assert inspected.dates("inspector", matter, BEFORE) == ("discharged", "2026-10-12", "2026-10-12")
    assert problems_now() == []


def test_a_letter_about_something_else_does_not_fulfil_it(inspected: Player) -> None:
    matter, other = planned(inspected), planned(inspected, "2026-11-16")
    asked(inspected, other, "2026-10-12", "inspector", "executing")
    assert inspected.dates("inspector", matter, BEFORE)[0] == "open"
    assert inspected.dates("inspector", other, BEFORE)[0] == "discharged"


def test_the_planned_day_is_moved_and_the_duty_with_it(inspected: Player) -> None:
    matter = planned(inspected)
    given = {"fact": "began_on", "value": "2026-11-16", "reason": "进驻推迟"}
    inspected.act("2026-09-29", "inspector", "matter.correct", matter, **given)
    assert inspected.dates("inspector", matter, BEFORE) == ("open", "2026-11-09", "")


def test_where_so_much_time_is_not_left_it_is_due_the_day_it_arises(inspected: Player) -> None:
    matter = planned(inspected, "2026-09-30")
    assert inspected.dates("inspector", matter, BEFORE) == ("open", "2026-09-28", "")


def test_a_round_withdrawn_asks_nobody(inspected: Player) -> None:
    matter = planned(inspected)
    inspected.act("2026-09-29", "inspector", "round.withdraw", matter, reason="计划调整")
    assert inspected.dates("inspector", matter, BEFORE)[0] == "cancelled"


def test_what_goes_with_the_report_is_due_on_its_day(play: Player) -> None:
    adopted(play, "yichun")
    report = play.concluded("2026-09-28")
    assert play.dates("auditor", report, TOGETHER) == ("open", "2026-09-28", "")
    asked(play, report, "2026-09-28", "auditor", "supervision", wanted="integrity")
    assert play.dates("auditor", report, TOGETHER) == ("discharged", "2026-09-28", "2026-09-28")


@pytest.mark.parametrize(("day", "state"), [("2026-09-28", "discharged"), ("2026-09-27", "open")])
def test_the_letter_may_be_entered_before_the_report_but_not_the_day_before(
    play: Player, day: str, state: str
) -> None:
    adopted(play, "yichun")
    finding = {"category": "违规采购", "summary": "拆分采购", "amount": "100000"}
    report = play.act(
        "2026-06-01", "team_member", "report.register", title="审计报告", unit="水务集团", findings=[finding]
    )
    asked(play, report, day, "auditor", "supervision", wanted="integrity")
    with play.see("team_member"):
        chosen = [str(one.pk) for one in Matter.objects.get(pk=report).report.findings.all()]
    given = {"findings": chosen, "opinion": "移送", "concluded_on": "2026-09-28"}
    play.act("2026-09-28", "team_member", "report.conclude", report, **given)
    assert play.dates("auditor", report, TOGETHER)[0] == state
    assert problems_now() == []


NOTICE = """      - code: notice
        name: {zh: 会前发出通知, en: Send the notice before the meeting}
        on: [meeting.call]
        holder: party:convener
        claimant: role:audit_executing_department
        start: called_for
        period: {working_days: 3}
        before: true
        discharged_by: ['paper.dispatch:meeting_notice']
        restarted_by: [meeting.postpone]
"""


def test_a_notice_is_due_before_the_day_a_meeting_is_called_for_wherever_that_moves(play: Player) -> None:
    text = (FOLDER / "other" / "lijiang.yaml").read_text(encoding="utf-8")
    version = applied(play, text.replace("    duties:\n", f"    duties:\n{NOTICE}", 1))
    MeasureVersion.objects.filter(pk=version.pk).update(published_at=at("2026-09-01"))
    engine.forget()
    open_due(date(2026, 9, 21))
    with sight_of_everybody():
        matter = Occasion.objects.get(clause="LJ-1.1").matter_id
    day = {"held_on": "2026-10-19", "starts_at": "9:00", "place": "三楼会议室", "reply_by": "2026-10-14"}
    play.act("2026-09-21", "inspector", "meeting.call", matter, **day, subject="", members=[])
    assert play.dates("inspector", matter, "LJ-1.3/notice") == ("open", "2026-10-14", "")
    moved = {**day, "held_on": "2026-11-02", "reason": "会场调整"}
    play.act("2026-09-22", "inspector", "meeting.postpone", matter, **moved)
    with play.see("inspector"):
        found = Duty.objects.filter(matter=matter, rule="notice").order_by("due_on")
        assert [(one.state, one.due_on.isoformat()) for one in found] == [
            ("cancelled", "2026-10-14"), ("open", "2026-10-28"),
        ]  # fmt: skip
    assert problems_now() == []


def test_the_preview_of_the_coming_year_counts_back_too() -> None:
    measure = load_text((FOLDER / "other" / "lijiang.yaml").read_text(encoding="utf-8"), "lijiang.yaml")
    day = date(2026, 10, 19)
    [shown] = [one for one in ahead.of_a_deed(measure, day, ahead.reading_of([measure])) if one.rule.before]
    assert (shown.starts_on, shown.due_on) == (day, date(2026, 10, 12))
    year = list(ahead.of_the_year(measure, date(2026, 1, 1)))
    assert [one.due_on for one in year] == [date(2026, 6, 30), date(2026, 12, 31)]


@pytest.mark.parametrize("name", ["lijiang", "xiajin", "diqing", "suixian", "yangzhou"])
def test_what_comes_round_elsewhere_is_opened_by_the_calendar_here(play: Player, name: str) -> None:
    version = adopted(staff(play), name)
    MeasureVersion.objects.filter(pk=version.pk).update(published_at=at("2026-09-01"))
    if name == "yangzhou":
        bind(play.town.organs["second"], "state_asset_regulator")
    engine.forget()
    open_due(date(2026, 9, 28))
    with sight_of_everybody():
        [found] = Occasion.objects.filter(clause__startswith=version.source.split("prefix: ")[1][:2])
        assert Matter.objects.get(pk=found.matter_id).kind == "meeting"
        assert Duty.objects.filter(matter=found.matter_id, ended_on__isnull=True).count() == 1


def test_a_yearly_report_to_the_party_committee_is_opened_by_the_calendar_and_told(play: Player) -> None:
    town = play.town
    party = Organ.objects.create(
        code="party", name="中共清川市委员会", short_name="市委", kind="other", jurisdiction=town.place,
        since=SINCE, elsewhere=True,
    )  # fmt: skip
    bind(party, "party_committee")
    version = adopted(play, "unnamed")
    MeasureVersion.objects.filter(pk=version.pk).update(published_at=at("2026-01-01"))
    engine.forget()
    open_due(date(2026, 9, 28))
    with sight_of_everybody():
        matter = Occasion.objects.get(clause="UN-1.1", begins_on=date(2026, 1, 1)).matter_id
    duty = play.duty("auditor", matter, "UN-1.1/yearly_report")
    assert (duty.due_on, duty.claimant_id) == (date(2027, 1, 29), party.pk)
    with pytest.raises(Refused) as refused:
        play.act("2026-09-28", "auditor", "correspondence.withdraw", matter, reason="不报了")
    assert refused.value.faults
    text = "一年来经济责任审计工作情况。"
    play.act("2026-09-28", "auditor", "correspondence.write", matter, text=text, in_name_of="市委")
    with play.see("auditor"):
        assert Turn.objects.get(matter=matter).said == {}, "in no other body's name"
    hands = ["auditor", "audit_head", "audit_leader", "auditor"]
    play.letter(["2026-09-28"] * 4, matter, "correspondence_letter", hands)
    assert play.dates("auditor", matter, "UN-1.1/yearly_report")[::2] == ("discharged", "2026-09-28")
    assert problems_now() == []

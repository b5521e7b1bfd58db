"""The year's joint meetings in the demonstration (演示：联席会议): held, coming up, recorded, missing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from guantong.demo.city import ENTERPRISES, SINCE, City
from guantong.demo.scans import scan
from guantong.demo.stage import CALENDAR, ZONE, Step, Story, last_paper
from guantong.kernel.calendar import get_calendar
from guantong.kernel.duties.cadence import FIRST_JANUARY, Span, spans
from guantong.kernel.organs.models import Body, Seat
from guantong.mechanisms.meetings.models import Decision, FollowUp, Invitee, Item

OFFICE, LEADER = "qc.liaison.head", "qc.deputy"
MEMBERS = {
    # organ: who answers, who attends
    "gz": ("gz.accountability.head", "gz.leader"),
    "qc.committee": ("qc.committee.a", "qc.committee.head"),
    "qc.stationed": ("qc.stationed.a", "qc.stationed.head"),
}
ITEMS = [
    ("gz", "重大投资项目损失责任追究情况", "近期发现重大投资项目损失线索，需要商定追责与移送的衔接办法。"),
    (
        "qc.committee",
        "企业纪检监察组织履职中遇到的问题",
        "部分企业责任追究部门与纪检监察组织信息不通，建议明确联络人。",
    ),
]
DECISIONS = [
    ("对近三年重大投资项目开展专项排查，形成问题清单", "gz"),
    ("梳理市属国企纪检监察组织联络人名单并印发", "qc.committee"),
]
BODIES = [
    # kind, name, office, other members
    ("joint_meeting", "清川市纪检监察监督与出资人监督联席会议", "qc.liaison", [*MEMBERS]),
    ("economic_audit_joint_meeting", "清川市经济责任审计工作联席会议", "sj.responsibility",
     ["qc.supervision", "xc.office", "gz.accountability"]),
]  # fmt: skip
NOT_HELD = ENTERPRISES[-1][0]
HELD_EARLY = [row[0] for row in ENTERPRISES[:2]]


def seat_bodies(city: City) -> None:
    """Make the bodies that meet, unless they stand already, and their seats (议事协调机构和成员)."""
    for kind, name, office, members in BODIES:
        body, made = Body.objects.get_or_create(
            jurisdiction=city.places["990100"], kind=kind, company=None, until=None,
            defaults={"name": name, "office": city.organs[office], "since": SINCE},
        )  # fmt: skip
        if made:
            Seat.objects.bulk_create(
                Seat(body=body, organ=city.organs[one], since=SINCE) for one in (office, *members)
            )


def stories(city: City, start: date, until: date) -> Iterator[Story]:
    """Return the year of the joint meeting, of audit's, and of each enterprise's."""
    yield _joint_year(city, start, until)
    yield _recorded_year("sj.responsibility.a", "economic_audit_joint_meeting", start, until)
    for code, *_rest in ENTERPRISES:
        early, missing = code in HELD_EARLY, code == NOT_HELD
        who = f"{code}.accountability.a"
        yield _recorded_year(who, "company_joint_meeting", start, until, early=early, missing=missing)


def _at(day: date, hour: int, minutes: int = 0) -> datetime:
    return datetime.combine(day, time(hour), ZONE) + timedelta(minutes=minutes)


def _working_day(day: date) -> date:
    return get_calendar().next_working_day(day)


def _halves(start: date, until: date) -> list[Span]:
    return list(spans(6, FIRST_JANUARY, start, until))


def _recorded_year(
    who: str, cadence: str, start: date, until: date, *, early: bool = True, missing: bool = False
) -> Story:
    """Record the meetings held from their minutes; `missing`: the last period's was not held."""
    halves = _halves(start, until)
    for half in halves:
        first = max(half.first, start)
        opened = yield Step(_at(first, 7, 10), who, CALENDAR)
        over = half.last < until
        if (missing and half is not halves[0]) or not (over or early):
            continue
        day = _working_day(half.last - timedelta(days=16) if over else first + timedelta(days=60))
        minutes = scan(
            "会议纪要.pdf", ["联席会议纪要", "会议研究了违规经营投资责任追究工作。", day.isoformat()]
        )
        data = {
            "place": "公司会议室" if cadence.startswith("company") else "审计局三楼会议室",
            "chair": "分管负责同志",
            "attended": "纪检监察组织\n责任追究部门\n财务部门",
            "decisions": [{"text": "按季度通报责任追究工作进展。"}],
            "happened_on": day.isoformat(),
        }
        yield Step(_at(day, 16), who, "meeting.record", opened[cadence, half.first], data, scan=minutes)


def _joint_year(city: City, start: date, until: date) -> Story:
    """Hold the joint meeting of each period that is over; that of the present one is coming up."""
    for half in _halves(start, until):
        first = max(half.first, start)
        opened = yield Step(_at(first, 7, 5), OFFICE, CALENDAR)
        matter = opened["joint_meeting", half.first]
        day = _working_day(max(first + timedelta(days=12), half.last - timedelta(days=20)))
        if half.last >= until:
            day = _working_day(until + timedelta(days=9))
        call = max(_working_day(day - timedelta(days=15)), _working_day(first))
        yield from _called(city, matter, call, day)
        yield from _held(city, matter, day)


def _called(city: City, matter: uuid.UUID, call: date, day: date) -> Story:
    answer = _working_day(day - timedelta(days=7))
    data = {
        "held_on": day.isoformat(), "starts_at": "上午9:00", "place": "市纪委监委三楼会议室",
        "reply_by": answer.isoformat(), "subject": "国资国企领域监督贯通协同重点工作",
        "members": [str(city.organs[one].pk) for one in MEMBERS],
    }  # fmt: skip
    yield Step(_at(call, 9), OFFICE, "meeting.call", matter, data)
    notice = Step(
        _at(call, 9, 20), OFFICE, "paper.draft", matter, {"kind": "meeting_notice"}, find=last_paper
    )
    paper = {"paper": (yield notice)}
    yield Step(_at(call, 10), OFFICE, "paper.check", matter, paper)
    yield Step(_at(call, 15), LEADER, "paper.sign", matter, paper)
    sent = {**paper, "way": "system"}
    told = {"meeting.notify": len(MEMBERS)}
    yield Step(_at(call, 16), OFFICE, "paper.dispatch", matter, sent, follows=told)
    follows = _working_day(call + timedelta(days=2))
    for minute, (organ, (who, attends)) in enumerate(list(MEMBERS.items())[:2]):
        late = _invitee(matter, city, organ)
        reply = {"reply": "coming", "post": str(city.posts[attends].pk)}
        yield Step(_at(follows, 10, minute), who, "meeting.reply", matter, reply, late=late)
    for minute, (organ, title, text) in enumerate(ITEMS):
        who = MEMBERS[organ][0]
        yield Step(_at(follows, 11, minute), who, "meeting.propose", matter, {"title": title, "text": text})
    title = ITEMS[0][1]
    yield Step(_at(follows, 14), OFFICE, "meeting.accept", matter, late=_item(matter, title))


def _held(city: City, matter: uuid.UUID, day: date) -> Story:
    yield Step(_at(day, 8), OFFICE, "meeting.accept", matter, late=_item(matter, ITEMS[1][1]))
    begin = {"chair": "陆知行"}
    heads = yield Step(_at(day, 9), OFFICE, "meeting.begin", matter, begin, find=_follow_ups)
    for minute, (pk, open_) in enumerate(heads):
        review = {"follow_up": pk, "outcome": "go_on" if open_ else "settled"}
        yield Step(_at(day, 9, 2 + minute), OFFICE, "meeting.review", matter, review)
    for minute, organ in enumerate(MEMBERS):
        late = _invitee(matter, city, organ)
        there = (
            {"attendance": "deputy", "came": "谢令仪"}
            if organ == "qc.stationed"
            else {"attendance": "present"}
        )
        yield Step(_at(day, 9, 10 + minute), OFFICE, "meeting.attendance", matter, there, late=late)
    until = _working_day(day + timedelta(days=45)).isoformat()
    for minute, ((text, owner), (_organ, title, _text)) in enumerate(zip(DECISIONS, ITEMS, strict=True)):
        data = {"text": text, "follows": "task", "owner": str(city.organs[owner].pk), "due_on": until}
        late = _item(matter, title)
        yield Step(_at(day, 9, 30 + minute), OFFICE, "meeting.decide", matter, data, late=late)
    given = {"task.give": len(DECISIONS)}
    tasks = yield Step(_at(day, 11), OFFICE, "meeting.adjourn", matter, follows=given, find=_tasks)
    yield from _minutes(matter, day)
    for minute, (organ, (who, _attends)) in enumerate(MEMBERS.items()):
        late = _invitee(matter, city, organ)
        signed = {"received_by": city.posts[who].officer.name}
        when = _at(_working_day(day + timedelta(days=2)), 9, minute)
        yield Step(when, who, "meeting.sign_for_minutes", matter, signed, late=late)
    who, first = MEMBERS["gz"][0], tasks[0]
    yield Step(_at(_working_day(day + timedelta(days=3)), 9), who, "task.accept", first)
    done = {"text": "问题清单已形成，整改完毕。"}
    yield Step(_at(_working_day(day + timedelta(days=40)), 15), who, "task.complete", first, done)
    yield Step(_at(_working_day(day + timedelta(days=42)), 10), OFFICE, "task.close", first)


def _minutes(matter: uuid.UUID, day: date) -> Story:
    draft = Step(
        _at(day, 11, 10), OFFICE, "paper.draft", matter, {"kind": "meeting_minutes"}, find=last_paper
    )
    paper = {"paper": (yield draft)}
    yield Step(_at(day, 11, 20), OFFICE, "paper.check", matter, paper)
    yield Step(_at(day, 14), LEADER, "paper.sign", matter, paper)
    yield Step(_at(day, 15), OFFICE, "paper.dispatch", matter, {**paper, "way": "system"})


def _follow_ups(matter: uuid.UUID) -> list[tuple[str, bool]]:
    found = FollowUp.objects.filter(matter=matter)
    return [(str(one.pk), one.state == "open") for one in found]


def _tasks(matter: uuid.UUID) -> list[uuid.UUID]:
    found = Decision.objects.filter(matter=matter, task__isnull=False).order_by("number")
    return [one.task for one in found if one.task]


def _invitee(matter: uuid.UUID, city: City, organ: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"invitee": str(Invitee.objects.get(matter=matter, organ=city.organs[organ]).pk)}


def _item(matter: uuid.UUID, title: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"item": str(Item.objects.get(matter=matter, title=title).pk)}

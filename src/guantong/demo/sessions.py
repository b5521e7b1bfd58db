"""The year's sortings and steerings in the demonstration (演示：梳理调度), held as the measure asks."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from guantong.demo.cast import House
from guantong.demo.stage import CALENDAR, ZONE, Step, Story, last_paper
from guantong.kernel.calendar import get_calendar
from guantong.kernel.duties.cadence import FIRST_JANUARY, spans
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.sessions.lifecycle import load
from guantong.mechanisms.sessions.models import Decision
from guantong.mechanisms.sessions.queries import Line, lines

WORDS = {
    Decision.SPEED_UP: ("抓紧核实，按时报送阶段性报告。", "已逾期，明确专人盯办。"),
    Decision.ANSWER: ("书面说明中止原因和预计恢复时间。", "书面答复目前进展。"),
    Decision.INSTRUCT: ("请承办室主要负责人直接过问。",),
}
DAYS_GIVEN = 20


def year(house: House, random: Random, start: date, until: date) -> Story:
    """Let each period begin and its sessions be held, unless it still runs (一季一梳理、半年一调度)."""
    for quarter in spans(3, FIRST_JANUARY, start, until):
        opened = yield Step(_at(max(quarter.first, start), 7), house.clerks[0], CALENDAR)
        late = 12 if random.random() < 0.1 else 0
        day = _working_day(quarter.last - timedelta(days=random.randint(6, 14) - late))
        yield from _hold(house, random, opened["sorting", quarter.first], day)
        if quarter.last.month in (6, 12):
            half = next(span for span in spans(6, FIRST_JANUARY, quarter.last, quarter.last))
            day = _working_day(quarter.last - timedelta(days=random.randint(2, 5)))
            yield from _hold(house, random, opened["steering", half.first], day)


def _at(day: date, hour: int, minutes: int = 0) -> datetime:
    return datetime.combine(day, time(hour), ZONE) + timedelta(minutes=minutes)


def _working_day(day: date) -> date:
    return get_calendar().next_working_day(day)


def _hold(house: House, random: Random, session: uuid.UUID, day: date) -> Story:
    clerk, leader = house.clerks[0], random.choice(house.leaders)
    begin = {"chair": leader[1], "attendees": "各承办部门主要负责人"}
    found = yield Step(_at(day, 9), clerk, "session.begin", session, begin, find=_found)
    for minute, line in enumerate(found, start=2):
        decision = _decision(random, line, leader[1], day)
        when = _at(day, 9, minute)
        yield Step(when, clerk, "session.decide", session, {"item": str(line.item.pk), **decision})
    conclusion = {"conclusion": "各承办部门按期报告进展，案件监督管理室逐件跟踪。"}
    yield Step(_at(day, 11, 30), clerk, "session.close", session, conclusion)
    draft = Step(_at(day, 14), clerk, "paper.draft", session, {"kind": "session_minutes"}, find=last_paper)
    paper = {"paper": (yield draft)}
    yield Step(_at(day, 15), house.head, "paper.check", session, paper)
    yield Step(_at(day, 16), leader[0], "paper.sign", session, paper)
    yield Step(_at(day, 17), clerk, "paper.dispatch", session, {**paper, "way": "system"})


def _found(session: uuid.UUID) -> list[Line]:
    return lines(load(Matter.objects.get(pk=session)))


def _decision(random: Random, line: Line, leader: str, day: date) -> dict[str, Any]:
    until = _working_day(day + timedelta(days=DAYS_GIVEN)).isoformat()
    if line.item.paused:
        decision = Decision.ANSWER
    elif line.late or line.age > 100:
        decision = random.choice([Decision.SPEED_UP, Decision.SPEED_UP, Decision.INSTRUCT])
    else:
        return {"decision": Decision.CONTINUE.value}
    words = {"text": random.choice(WORDS[decision]), "due_on": until}
    whose = {"by_whom": leader} if decision == Decision.INSTRUCT else {}
    return {"decision": decision.value, **words, **whose}

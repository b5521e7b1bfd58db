"""The year's monthly closes in the demonstration (演示：月结): closed month by month, one opened again.

Two clues are registered after the month in which they came was closed: one is an adjustment that a later
close has taken, the other waits for the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from guantong.demo import content
from guantong.demo.cast import CITY_HOUSE, House
from guantong.demo.stage import ZONE, Diary, Stage, Step, Story
from guantong.demo.stories import Plot, on_paper
from guantong.kernel import counting
from guantong.kernel.calendar import get_calendar
from guantong.kernel.calendar.periods import add_calendar

WORKING_DAY = 3
"""A month is closed on this working day of the next."""
REOPENED, ADJUSTED, PENDING = 4, 3, 1
"""So many months ago: the one opened again, those of which a clue was registered late."""
REASON = "固化前有一件退回线索未登记办结日期，重新核对后再行固化。"


def stories_of(stage: Stage, random: Random, until: datetime) -> list[Story]:
    """Return the closes of the city's commission, and the clues registered too late for theirs."""
    this = until.date().replace(day=1)
    months = [add_calendar(this, -ago, "months") for ago in range(11, 0, -1)]
    late = [registered_late(stage, Random(random.random()), months[-ago]) for ago in (ADJUSTED, PENDING)]
    return [closes(CITY_HOUSE, months, months[-REOPENED]), *late]


def closes(house: House, months: list[date], reopened: date) -> Story:
    """Close month after month; one is opened again the next day, with a reason, and closed anew."""
    for month in months:
        yield from close(house, month, open_again=month == reopened)


def close(house: House, month: date, *, open_again: bool) -> Iterator[Step]:
    """Begin, freeze and approve the close of one month."""
    clerk, leader = house.clerks[0], house.leaders[0][0]
    day = get_calendar().add_working_days(counting.month_end(month), WORKING_DAY)
    found = yield Step(_at(day, 9), clerk, "close.draft", None, {"month": f"{month:%Y-%m}"})
    yield Step(_at(day, 9, 20), clerk, "close.submit", found)
    yield Step(_at(day, 16), leader, "close.approve", found)
    if open_again:
        day = get_calendar().add_working_days(day, 1)
        yield Step(_at(day, 10), leader, "close.reopen", found, {"reason": REASON})
        yield Step(_at(day, 14), clerk, "close.submit", found, {"note": "已补登办结日期，其余数据无变化。"})
        yield Step(_at(day, 16), leader, "close.approve", found)


def registered_late(stage: Stage, random: Random, month: date) -> Story:
    """A letter that came in the last days of a month and lay until the month was closed."""
    diary = Diary(random, counting.month_end(month) - timedelta(days=12))
    plot = Plot(random, stage, diary, None, {}, turns=frozenset({"receipt"}))
    topic, unit = random.choice(content.TOPICS), random.choice(content.CITY_UNITS)
    plot.data = content.clue(random, unit, "city", topic, company=False)
    source, name, prefix = random.choice(content.OTHER_SENDERS)
    return on_paper(plot, source, None, name, prefix, delay=(13, 14))


def _at(day: date, hour: int, minutes: int = 0) -> datetime:
    return datetime.combine(day, time(hour), ZONE) + timedelta(minutes=minutes)

"""The inspection round of the demonstration (演示巡察轮次): eight clues handed over with one list."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from guantong.demo import content
from guantong.demo.cast import INSPECTION
from guantong.demo.stage import Diary, Stage, Step, Story
from guantong.demo.stories import Plot, letter

CLUES = 8
WORKING_DAYS = 6


def handed_over(stage: Stage, random: Random, begins: date) -> Story:
    """A round whose list has gone out and whose batch waits at case supervision."""
    diary = Diary(random, begins)
    plot = Plot(random, stage, diary, INSPECTION, {})
    units = random.sample(content.CITY_UNITS, 3)
    told = {
        "title": "十二届市委第三轮巡察",
        "units": "\n".join(units),
        "leader": "段怀瑾",
        "began_on": (begins - timedelta(days=100)).isoformat(),
        "ended_on": (begins - timedelta(days=20)).isoformat(),
    }
    found = yield Step(diary.now, INSPECTION.drafter, "round.open", None, told)
    for number in range(CLUES):
        diary.later(0)
        yield Step(diary.now, INSPECTION.drafter, "clue.draft", None, _clue(random, units[number % 3], found))
    diary.later(1)
    plot.clue = found
    hands = (INSPECTION.drafter, INSPECTION.head, INSPECTION.leader)
    yield from letter(plot, "handover_list", *hands, follows={"clue.hand_over": CLUES})


def _clue(random: Random, unit: str, found: Any) -> dict[str, Any]:
    data = content.clue(random, unit, "city", random.choice(content.TOPICS), company=False)
    return {**data, "origin": str(found)}

"""Making the demonstration (生成演示): the city, its accounts, and a year of acts in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils.translation import override

from guantong.demo import (
    cast,
    closes,
    content,
    desks,
    letters_between,
    meetings,
    notices,
    rounds,
    sessions,
    stories,
    tasks,
    upward,
)  # fmt: skip
from guantong.demo.accounts import make_accounts
from guantong.demo.cast import CITY_HOUSE, COUNTY_AUDIT, COUNTY_HOUSES, Sender
from guantong.demo.city import ENTERPRISES, City, build
from guantong.demo.stage import ZONE, Diary, Stage, Story
from guantong.demo.stories import Plot
from guantong.kernel import clock
from guantong.kernel.calendar import get_calendar

SEED = 20261123
YEAR = timedelta(days=364)
FINISHED = 90
Stand = tuple[str, int, int, bool, int]
PRESENT: list[Stand] = [
    # where the story stands today, working days ago it began, whether by report, how many
    ("draft", 3, 6, False, 2), ("transfer_letter.draft", 2, 6, False, 2),
    ("transfer_letter.check", 1, 4, False, 2), ("transfer_letter.sign", 2, 4, False, 1),
    ("sent", 1, 3, False, 3), ("sent", 8, 10, False, 1), ("received", 2, 4, False, 3),
    ("received", 9, 12, False, 1), ("returned", 10, 14, False, 1),
    ("assignment_proposed", 4, 7, False, 4), ("assignment_proposed", 12, 14, False, 1),
    ("assigned", 5, 8, False, 2), ("assigned", 14, 16, False, 1), ("accepted", 12, 20, False, 3),
    ("accepted", 34, 38, False, 1), ("handling_proposed", 18, 24, False, 3), ("extension", 55, 60, False, 2),
    ("paused", 40, 55, False, 3), ("handling", 30, 55, False, 6), ("handling", 58, 62, False, 3),
    ("handling", 72, 90, False, 3), ("concluded", 50, 58, False, 2),
    ("feedback_letter.draft", 50, 60, False, 2),
    ("feedback_letter.check", 52, 60, False, 2), ("receipt.draft", 4, 6, False, 1),
    ("report", 14, 16, True, 2), ("report", 20, 24, True, 1), ("case_requested", 50, 58, False, 1),
]  # fmt: skip
NEEDED = {"returned": "return", "paused": "pause", "extension": "extend"}
TURNS = {
    "amend": 6, "withdraw": 2, "return": 6, "correct": 4, "forward": 6, "split": 3, "link": 3, "merge": 4,
    "decline": 4, "refuse": 4, "recall": 2, "sheet": 6, "recorded": 40, "decline_handling": 5, "pause": 14,
    "extend": 10, "interim": 12, "void": 5,
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What was made: acts performed by code, journal entries, seconds are the caller's to take."""

    acts: dict[str, int]
    entries: int


def make(
    told: Callable[[str, int, int], None] = lambda what, done, total: None,
    finished: int = FINISHED,
    present: Sequence[Stand] = PRESENT,
) -> Made:
    """Make everything in one transaction; `told` hears what is going on, how much is done, of how much.

    `finished`: how many stories the year tells to their end; `present`: where others stand today. Raises
    RuntimeError where an act is refused or the journal does not hold exactly one entry an act.
    """
    until = datetime.combine(_present(), time(8, 30), ZONE)
    with transaction.atomic(), override("zh-hans"):
        with clock.set_to(until - YEAR):
            city = build()
            meetings.seat_bodies(city)
        with clock.set_to(until):
            make_accounts(city)
        stage = Stage(city, until)
        for story in plan(stage, Random(SEED), until, finished, present):
            stage.begin(story)
        start = until - YEAR
        for house in (CITY_HOUSE, *COUNTY_HOUSES.values()):
            stage.begin(sessions.year(house, Random(house.code), start.date(), until.date()))
        for story in meetings.stories(city, start.date(), until.date()):
            stage.begin(story)
        for told_of in (upward, notices):
            for story in told_of.stories(stage, Random(SEED + 3), start.date(), until.date()):
                stage.begin(story)
        days = YEAR.days
        stage.play(lambda when: told(f"{when:%Y-%m-%d}", max(0, (when - start).days), days))
        with clock.set_to(until):
            desks.leaves(city)
        entries = count_entries()
        acts = stage.performed.total()
        if entries != acts:
            raise RuntimeError(f"{acts} acts were performed, but the journal has {entries} entries")
    return Made(dict(stage.performed), entries)


def _present() -> date:
    """Return today, or the last day from which the working-day calendar still knows the next weeks."""
    return min(clock.today(), date(get_calendar().years[-1], 12, 5))


def count_entries() -> int:
    """Return how many entries the journal has; their headers alone are read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM guantong_journal_headers(0, 9223372036854775807)")
        row = cursor.fetchone()
    return int(row[0])


def plan(
    stage: Stage,
    random: Random,
    until: datetime,
    finished: int = FINISHED,
    present: Sequence[Stand] = PRESENT,
) -> list[Story]:
    """Return the stories: those of the year, and those that stand somewhere today."""
    made = []
    for number in range(finished):
        begins = until.date() - timedelta(days=362 - number * 345 // finished - random.randint(0, 3))
        turns = {name for name, percent in TURNS.items() if random.random() < percent / 100}
        if random.random() < 0.9:
            turns.add("receipt")
        made.append(_story(stage, random, begins, "", turns, slow=random.random() < 0.15))
    for stall, least, most, by_report, count in present:
        for _number in range(count):
            ago = random.randint(least, most)
            begins = _working_days_before(until, ago)
            turns = {NEEDED.get(stall, "receipt"), "receipt"}
            made.append(_story(stage, random, begins, stall, turns, by_report=by_report))
    if present is PRESENT:
        begins = _working_days_before(until, rounds.WORKING_DAYS)
        made.append(rounds.handed_over(stage, Random(SEED + 1), begins))
        made += closes.stories_of(stage, Random(SEED + 2), until)
        made += desks.handovers(stage.city, until)
        made.append(tasks.unified(stage, _working_days_before(until, tasks.WORKING_DAYS)))
        year = (until - YEAR).date(), until.date()
        made += letters_between.stories(stage, Random(SEED + 2), *year)
    return made


def _working_days_before(until: datetime, count: int) -> Any:
    day = until.date()
    calendar = get_calendar()
    while calendar.working_days_between(day, until.date()) < count:
        day -= timedelta(days=1)
    return day


def _story(
    stage: Stage, random: Random, begins: Any, stall: str, turns: set[str], *, slow: bool = False,
    by_report: bool | None = None,
) -> Story:  # fmt: skip
    own = Random(random.random())
    diary = Diary(own, begins)
    wire_only = stall.startswith("transfer") or stall in {"draft", "sent", "returned", "report"}
    kinds = ["audit", "inspection", "enterprise", "regulator", "county", "paper", "paper audit"]
    weights = [34, 16, 16, 6, 14, 0 if wire_only else 10, 0 if wire_only else 6]
    kind = own.choices(kinds, weights)[0] if by_report is not True else "audit"
    maker = {
        "audit": _audit, "inspection": _inspection, "enterprise": _enterprise, "regulator": _regulator,
        "county": _county, "paper": _paper, "paper audit": _paper_audit,
    }[kind]  # fmt: skip
    plot = Plot(own, stage, diary, None, {}, slow=slow, stall=stall, turns=frozenset(turns))
    return maker(plot, by_report)


def _city_data(plot: Plot) -> dict[str, Any]:
    own = plot.random
    topic = own.choice(content.TOPICS)
    if {"forward", "split"} & plot.turns:
        plot.county = own.choice(["yl", "ll"])
        theirs = content.clue(
            own, own.choice(content.COUNTY_UNITS[plot.county]), "county", topic, company=False
        )
        if "forward" in plot.turns:
            return theirs
        ours = content.clue(own, own.choice(content.CITY_UNITS), "city", topic, company=False)
        sides = (ours["subjects"], theirs["subjects"])
        return {**ours, "subjects": [*sides[0], *sides[1]] if all(sides) else []}
    if own.random() < 0.45:
        company = own.choice(ENTERPRISES)[1]
        authority = own.choice(["city", "enterprise", "enterprise"])
        return content.clue(own, company, authority, topic, company=True)
    authority = own.choices(["city", "none", "unknown"], [8, 2, 1])[0]
    return content.clue(own, own.choice(content.CITY_UNITS), authority, topic, company=False)


def _with_report(plot: Plot, author: str, title: str) -> Story:
    own = plot.random
    year = own.choice([2024, 2025])
    others = [
        content.clue(own, plot.data["unit"], "city", topic, company=False)
        for topic in own.sample(content.TOPICS, own.randint(1, 3))
    ]
    topics = {topic.category: topic.finding for topic in content.TOPICS}
    rows = [
        {"category": topics[data["category"]], "summary": data["allegation"], "amount": data["amount"]}
        for data in [plot.data, *others]
    ]
    return stories.audit(plot, author, rows, title.format(unit=plot.data["unit"], year=year), year)


def _audit(plot: Plot, by_report: bool | None) -> Story:
    own = plot.random
    plot.sender = own.choice([cast.AUDIT, cast.AUDIT, cast.AUDIT_DEPUTY])
    plot.data = _city_data(plot)
    if by_report is False or (by_report is None and own.random() < 0.4):
        return stories.by_wire(plot)
    author = own.choice(["sj.enterprise.a", "sj.enterprise.a", "sj.investment.a", "sj.responsibility.a"])
    return _with_report(plot, author, "关于{unit}{year}年度财务收支及重大事项审计的报告")


def _inspection(plot: Plot, by_report: bool | None) -> Story:
    plot.sender = cast.INSPECTION
    plot.data = _city_data(plot)
    if by_report is False or (by_report is None and plot.random.random() < 0.6):
        return stories.by_wire(plot)
    return _with_report(plot, "xc.office.a", "关于对{unit}开展常规巡察的情况报告")


def _enterprise(plot: Plot, by_report: bool | None) -> Story:
    own = plot.random
    row = own.choice(ENTERPRISES[:4] if own.random() < 0.7 else ENTERPRISES)
    plot.sender = cast.enterprise(row[0])
    plot.turns -= {"forward", "split"}
    plot.data = content.clue(own, row[1], "enterprise", own.choice(content.TOPICS), company=True)
    return stories.by_wire(plot)


def _regulator(plot: Plot, by_report: bool | None) -> Story:
    own = plot.random
    plot.sender = cast.REGULATOR
    plot.turns -= {"forward", "split"}
    company = own.choice(ENTERPRISES)[1]
    authority = own.choice(["city", "enterprise"])
    plot.data = content.clue(own, company, authority, own.choice(content.TOPICS), company=True)
    return stories.by_wire(plot)


def _county(plot: Plot, by_report: bool | None) -> Story:
    own = plot.random
    code = own.choice(["yl", "yl", "ll"])
    sender: Sender = COUNTY_AUDIT[code]
    plot.sender, plot.house = sender, sender.house
    plot.clerk = sender.house.clerks[0]
    plot.turns -= {"forward", "split", "refuse", "recall"}
    unit = own.choice(content.COUNTY_UNITS[code])
    plot.data = content.clue(own, unit, "county", own.choice(content.TOPICS), company=False)
    if by_report is False or own.random() < 0.5:
        return stories.by_wire(plot)
    return _with_report(plot, sender.drafter, "关于{unit}{year}年度财务收支审计的报告")


def _paper(plot: Plot, by_report: bool | None) -> Story:
    source, name, prefix = plot.random.choice(content.OTHER_SENDERS)
    plot.data = _city_data(plot)
    return stories.on_paper(plot, source, None, name, prefix)


def _paper_audit(plot: Plot, by_report: bool | None) -> Story:
    plot.sender = cast.AUDIT
    plot.data = _city_data(plot)
    organ = plot.stage.city.organs["sj.executing"]
    return stories.on_paper(plot, "audit", organ.pk, "清川市审计局", "清审移")


__all__ = ["City", "Made", "make"]

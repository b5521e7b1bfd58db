"""Plays stories in the order of time, each step one act (演示推演)."""

from __future__ import annotations

import heapq
import uuid
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from guantong.demo.city import City
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.scope import enter
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.calendar import get_calendar
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.calendar_acts import OCCASION
from guantong.kernel.duties.models import Occasion
from guantong.kernel.matters.models import Link, LinkKind, Matter
from guantong.kernel.papers import kinds
from guantong.kernel.papers.models import Paper
from guantong.kernel.people.models import Authority, Subject
from guantong.mechanisms.clues.models import Instruction
from guantong.mechanisms.reports.models import Finding

ZONE = ZoneInfo("Asia/Shanghai")
FOLLOWED = {"clue.forward", "clue.split"}
CALENDAR = "calendar"
"""A step in which the calendar opens the periods begun by then; the story gets what it opened."""


@dataclass
class Step:
    """One act of a story: when, in which post, which act, on which matter, with which form data.

    `late` finds further form data at the moment of the act, with the actor's sight; where it returns None the
    act is left out and the story gets None. `find` looks something up afterwards; the story gets what it
    returns, or the matter's id. `follows`: how often which other acts follow from it.
    """

    when: datetime
    who: str
    code: str
    matter: uuid.UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    scan: UploadedFile[Any] | None = None
    find: Callable[[uuid.UUID], Any] | None = None
    late: Callable[[], dict[str, Any] | None] | None = None
    follows: dict[str, int] = field(default_factory=dict)


Story = Generator[Step, Any, None]


class Diary:
    """A story's own passing of time: working days and office hours, never backwards."""

    def __init__(self, random: Random, start: date) -> None:
        self.random = random
        self.now = datetime.combine(self._workday(start), time(9), ZONE)
        self.later(0)

    @staticmethod
    def _workday(day: date) -> date:
        return get_calendar().next_working_day(day)

    @property
    def day(self) -> str:
        """The present day, as forms take it."""
        return self.now.date().isoformat()

    def later(self, least: int, most: int | None = None) -> datetime:
        """Go some working days on, to a moment within office hours, and return it."""
        count = self.random.randint(least, most if most is not None else least)
        day = get_calendar().add_working_days(self.now.date(), count)
        if count == 0:
            return self._within_day()
        self.now = datetime.combine(day, time(8, 40), ZONE) + timedelta(minutes=self.random.randint(0, 480))
        return self.now

    def _within_day(self) -> datetime:
        self.now += timedelta(minutes=self.random.randint(3, 25), seconds=self.random.randint(0, 59))
        return self.now


def last_paper(matter: uuid.UUID) -> str:
    """Return the id of the matter's newest paper."""
    return str(Paper.objects.filter(matter=matter).order_by("-id").values_list("pk", flat=True)[0])


def open_instructions(matter: uuid.UUID | None) -> dict[str, Any]:
    """Return the instructions on a clue still to be answered, as form data."""
    found = Instruction.objects.filter(matter=matter, answered_on__isnull=True)
    return {"instructions": [str(pk) for pk in found.values_list("pk", flat=True)]}


def findings(matter: uuid.UUID) -> list[str]:
    """Return the ids of a report's findings."""
    return [str(pk) for pk in Finding.objects.filter(report=matter).values_list("pk", flat=True)]


def case_of(matter: uuid.UUID) -> uuid.UUID:
    """Return the case opened from a clue."""
    return Link.objects.get(target=matter, kind=LinkKind.CASE).source_id


def county_persons(matter: uuid.UUID) -> dict[str, Any]:
    """Return, as form data, the persons of a clue who belong to a county."""
    found = Subject.objects.filter(matter=matter, authority=Authority.COUNTY)
    return {"persons": [str(pk) for pk in found.values_list("pk", flat=True)]}


def arrived_from(matter: uuid.UUID) -> uuid.UUID:
    """Return the clue that arrived elsewhere when this one was forwarded or split."""
    kinds_ = [LinkKind.FORWARDED, LinkKind.SPLIT]
    return Link.objects.get(target=matter, kind__in=kinds_).source_id


class Stage:
    """Plays the stories. `performed` counts the acts, those that follow others included.

    `latest`: the clue each commission proposed last, for those that are linked or merged with it.
    """

    def __init__(self, city: City, until: datetime) -> None:
        self.city = city
        self.until = until
        self.performed: Counter[str] = Counter()
        self.latest: dict[str, uuid.UUID] = {}
        self._waiting: list[tuple[datetime, int, Step, Story]] = []
        self._begun = 0

    def begin(self, story: Story) -> None:
        """Let a story begin at its first step's time."""
        self._begun += 1
        self._wait(self._begun, story, None)

    def latest_open(self, house: str) -> dict[str, Any] | None:
        """Return the number of a commission's latest clue as form data; None unless it is open now."""
        latest = self.latest.get(house, uuid.UUID(int=0))
        found = Matter.objects.filter(pk=latest, is_open=True).first()
        return {"other": found.number} if found else None

    def play(self, told: Callable[[datetime], None] = lambda when: None) -> None:
        """Play all stories up to the present; those that would go on later stay as they are then.

        The caller holds one transaction for all of it; each act has its actor's sight, afterwards nobody's.
        """
        while self._waiting:
            when, place, step, story = heapq.heappop(self._waiting)
            told(when)
            self._wait(place, story, self._perform(step))
        enter(())

    def _wait(self, place: int, story: Story, result: Any) -> None:
        try:
            step = story.send(result)
        except StopIteration:
            return
        if step.when <= self.until:
            heapq.heappush(self._waiting, (step.when, place, step, story))

    def _perform(self, step: Step) -> Any:
        with clock.set_to(step.when):
            actor = self.city.actor(step.who)
            files = MultiValueDict({"scan": [step.scan]}) if step.scan else None
            if step.code == CALENDAR:
                return self._turn_the_calendar(actor)
            enter(actor.principals)
            data = {"happened_on": clock.today().isoformat(), **step.data}
            more = step.late() if step.late else {}
            if more is None:
                return None
            data |= more
            if step.code == "paper.draft":
                data = self._worded(actor, step, data)
            try:
                done = perform(step.code, actor, step.matter, data, files)
            except Refused as error:
                raise RuntimeError(f"{step.when:%F %R} {step.who} {step.code}: {error}") from error
            found = step.find(done.matter_id) if step.find else done.matter_id
        self.performed[step.code] += 1
        self.performed.update(step.follows)
        if step.code == "session.decide":
            self.performed["session.note"] += 1
        if step.code in FOLLOWED:
            self.performed["clue.arrive"] += 1
        if step.code == "clue.conclude" and data["result"] == "case":
            self.performed["case.open"] += 1
        return found

    def _turn_the_calendar(self, actor: Actor) -> dict[tuple[str, date], uuid.UUID]:
        """Open the periods that have begun; return the sessions the actor sees, by cadence and first day."""
        self.performed[OCCASION] += open_due(clock.today())
        enter(actor.principals)
        rows = Occasion.objects.values_list("cadence", "begins_on", "matter")
        return {(cadence, first): matter for cadence, first, matter in rows}

    @staticmethod
    def _worded(actor: Any, step: Step, data: dict[str, Any]) -> dict[str, Any]:
        """Take the proposed letter, as the page shows it, and fill in what it leaves open."""
        if step.matter is None:
            raise ValueError("a paper is drafted about a matter")
        proposal = kinds.get(data["kind"]).proposal(Matter.objects.get(pk=step.matter), actor)
        body = proposal.body.replace("（请填写可以告知移送单位的内容）", data.get("progress", ""))
        return {
            "title": proposal.title,
            "addressee": proposal.addressee or "有关单位",
            "body": body,
            **data,
        }

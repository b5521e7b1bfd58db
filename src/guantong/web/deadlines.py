"""The calendar of deadlines (期限日历): what is due on which day, owed by us or to us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.calendar import get_calendar
from guantong.kernel.calendar.grid import SheetDay, month_of, week_of, weeks_of
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.matters.models import PartyRole
from guantong.web.desk_work import bodies
from guantong.web.due import due_badge
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

WHOSE = {
    "owed": gettext_lazy("What we owe"),
    "mine": gettext_lazy("What I have in hand"),
    "awaited": gettext_lazy("What others owe us"),
}
VIEWS = {"month": gettext_lazy("By month"), "week": gettext_lazy("By week")}
LINES_SHOWN = {"month": 3, "week": 12}
DAY_SHOWN = 100
EARLIEST, LATEST = date(2004, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: view, a day within it, whose duties, of which clause, the day opened."""

    view: str
    on: date
    whose: str
    clause: str
    day: date | None

    @classmethod
    def of(cls, given: Any, today: date) -> Asked:
        """Read the address; what cannot be read is as if it were not there."""
        view = given.get("view", "")
        whose = given.get("whose", "")
        return cls(
            view if view in VIEWS else "month",
            _day(given.get("on", "")) or today,
            whose if whose in WHOSE else "owed",
            given.get("clause", "")[:16],
            _day(given.get("day", "")),
        )

    @property
    def span(self) -> tuple[date, date]:
        """First and last day shown."""
        return month_of(self.on) if self.view == "month" else week_of(self.on)

    def link(self, **changes: Any) -> str:
        """Return the query of the same sheet with changes."""
        values = {"view": self.view, "on": self.on, "whose": self.whose, "clause": self.clause, **changes}
        return urlencode({name: value for name, value in values.items() if value})


@dataclass
class Cell:
    """A day of the sheet with what is due on it, by the name of the duty."""

    sheet: SheetDay
    link: str
    today: bool
    chosen: bool
    lines: list[tuple[str, int, str]] = field(default_factory=list)
    number: int = 0

    def add(self, name: str, number: int, level: str, most: int) -> None:
        """Add duties of one name; those beyond the room are counted only."""
        self.number += number
        if len(self.lines) < most:
            self.lines.append((name, number, level))

    @property
    def more(self) -> int:
        """How many are not shown by name."""
        return self.number - sum(number for _name, number, _level in self.lines)


@require_GET
@in_post
def deadlines(request: HttpRequest) -> HttpResponse:
    """Show a month or a week of deadlines, in a constant number of queries."""
    actor, today = actor_of(request), clock.today()
    asked = Asked.of(request.GET, today)
    first, last = asked.span
    found = _duties(actor, asked)
    weeks = [list(week) for week in _cells(asked, found, today)]
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    context = {
        "asked": asked,
        "title": WHOSE[asked.whose],
        "views": [(code, label, asked.link(view=code)) for code, label in VIEWS.items()],
        "whose": [(code, label, asked.link(whose=code)) for code, label in WHOSE.items()],
        "clauses": sorted(set(_own(actor, asked.whose).values_list("clause", flat=True))),
        "first": first,
        "last": last,
        "weeks": weeks,
        "before": asked.link(on=before) if before >= EARLIEST else "",
        "after": asked.link(on=after) if after <= LATEST else "",
        "now": asked.link(on=today),
        "today": today,
        "late": found.filter(due_on__lt=min(first, today), state=DutyState.OPEN).count(),
        "unsettled": any(cell.sheet.provisional for week in weeks for cell in week if cell.sheet.within),
        "unknown": any(not cell.sheet.known for week in weeks for cell in week if cell.sheet.within),
        "rows": _rows(found, asked.day) if asked.day else [],
        "english": get_language() == "en",
        "total": sum(cell.number for week in weeks for cell in week if cell.sheet.within),
    }
    return render(request, "web/deadlines.html", context)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _own(actor: Actor, whose: str) -> QuerySet[Duty]:
    alive = Duty.objects.filter(ended_on__isnull=True, state__in=(DutyState.OPEN, DutyState.PAUSED))
    own = bodies(actor)
    if whose == "awaited":
        return alive.filter(claimant__in=own).exclude(holder__in=own)
    owed = alive.filter(holder__in=own)
    if whose == "owed":
        return owed
    now = Q(matter__parties__until__isnull=True, matter__parties__officer=actor.post.officer_id)
    return owed.filter(now, matter__parties__role=PartyRole.CUSTODIAN)


def _duties(actor: Actor, asked: Asked) -> QuerySet[Duty]:
    found = _own(actor, asked.whose)
    return found.filter(clause=asked.clause) if asked.clause else found


def _cells(asked: Asked, found: QuerySet[Duty], today: date) -> Iterable[list[Cell]]:
    weeks = list(weeks_of(*asked.span, get_calendar()))
    cells = {
        sheet.day: Cell(sheet, asked.link(day=sheet.day), sheet.day == today, sheet.day == asked.day)
        for week in weeks
        for sheet in week
    }
    name = "name_en" if get_language() == "en" else "name"
    shown = found.filter(due_on__range=(min(cells), max(cells)))
    groups = shown.values_list("due_on", name, "state").annotate(number=Count("id")).order_by("due_on", name)
    for day, words, state, number in groups:
        level = due_badge(day, today, paused=state == DutyState.PAUSED).level
        cells[day].add(words, number, level, LINES_SHOWN[asked.view])
    return ([cells[sheet.day] for sheet in week] for week in weeks)


def _rows(found: QuerySet[Duty], day: date) -> list[tuple[Duty, str]]:
    listed = found.filter(due_on=day).select_related(
        "matter", "holder", "holder__body", "claimant", "claimant__body"
    )
    rows = listed.defer("explanation").order_by("clause", "id")[:DAY_SHOWN]
    return [(duty, matter_url(duty.matter_id)) for duty in rows]

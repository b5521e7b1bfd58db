"""What a desk lists (工作台内容): duties owed and awaited, steps that can be done now, papers, news."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts import registry
from guantong.kernel.acts.awaited import Awaited
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.calendar import UnknownYear, get_calendar
from guantong.kernel.duties import calendar_acts
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from guantong.kernel.papers.models import Paper, PaperState
from guantong.kernel.prepared import Given, Prepared
from guantong.mechanisms.clues import lifecycle as clue
from guantong.web.links import matter_url

OWED_READ = 60
OWED_SHOWN = {"late": 12, "today": 12, "soon": 12, "later": 8, "paused": 5}
AWAITED_SHOWN = 20
STEPS_READ, STEPS_SHOWN = 60, 10
NEWS_SHOWN = 10
NEWS_IDS = 5000
"""News are looked for among so many of the newest entries of the whole platform."""
COUNTED = 500
SOON_WORKING_DAYS = 5
STEPS = {
    clue.SENT: "clue.receive",
    clue.RECEIVED: "clue.propose_assignment",
    clue.ASSIGNED: "clue.accept",
    clue.ACCEPTED: "clue.propose_handling",
}
"""The act of who is no leader that leads a clue on from each state; decisions are found by themselves."""
PAPER_STEPS = {
    PaperState.DRAFT: "paper.check",
    PaperState.CHECKED: "paper.sign",
    PaperState.SIGNED: "paper.dispatch",
}

URGENT = """
SELECT d.id, d.state, d.due_on FROM unnest(%(own)s::bigint[]) o (organ) CROSS JOIN LATERAL (
  SELECT id, state, due_on FROM duties_duty
  WHERE {side}_id = o.organ AND ended_on IS NULL {beside}
  ORDER BY due_on LIMIT %(most)s
) d ORDER BY d.due_on, d.id LIMIT %(most)s
"""
"""The most urgent duties, organ by organ, so that each is read in the order of its index."""
HOLDS = URGENT.format(side="holder", beside="")
CLAIMS = URGENT.format(side="claimant", beside="AND (holder_id IS NULL OR holder_id <> ALL (%(own)s))")


@dataclass(frozen=True)
class Owed:
    """A duty on the desk."""

    duty: Duty
    url: str
    mine: bool = False


@dataclass
class Group:
    """Duties of one urgency: late, today, soon or later. `number` counts also those not listed."""

    code: str
    number: int = 0
    rows: list[Owed] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many are not listed."""
        return max(0, self.number - len(self.rows))


@dataclass(frozen=True)
class Step:
    """Something that can be done now: an act on a matter, or on a paper of it."""

    label: str
    url: str
    matter: Matter
    matter_url: str
    due_on: date | None = None
    paper: str = ""
    decides: bool = False


def soon_until(today: date) -> date:
    """Return the last of the next five working days; of calendar days where no calendar is known."""
    try:
        return get_calendar().add_working_days(today, SOON_WORKING_DAYS)
    except UnknownYear:
        return today + timedelta(days=SOON_WORKING_DAYS)


def bodies(actor: Actor) -> list[int]:
    """Return the actor's department and its body, either of which a duty may name."""
    return list(dict.fromkeys((actor.organ.pk, actor.body_id)))


def _open_duties() -> Any:
    alive = Duty.objects.filter(ended_on__isnull=True, state__in=(DutyState.OPEN, DutyState.PAUSED))
    alive = alive.annotate(
        key=ExpressionWrapper(
            Q(matter__supervision__since__isnull=False, matter__supervision__lifted_on__isnull=True),
            BooleanField(),
        )
    )
    return alive.select_related("matter", "holder", "holder__body", "claimant", "claimant__body").defer(
        "explanation"
    )


def _own() -> Any:
    mine = {
        "matter__parties__role": PartyRole.CUSTODIAN,
        "matter__parties__officer": Given("officer"),
        "matter__parties__until__isnull": True,
    }
    found = _open_duties().filter(holder__among=Given("holders"), **mine)
    return found.order_by("due_on", "id")[:OWED_READ]


OWN: Prepared[Any] = Prepared(_own)
THESE: Prepared[Any] = Prepared(
    lambda: _open_duties().filter(pk__among=Given("duties")).order_by("due_on", "id")
)


def owed(actor: Actor) -> list[Group]:
    """Return what the actor's organ owes by urgency, in three queries.

    In one urgency what is under key supervision comes first (CZ-4.1: 优先办理), then his own as custodian.
    """
    today = clock.today()
    soon = soon_until(today)
    urgent = _urgent(actor, HOLDS, COUNTED)
    numbers = Counter(_code(state, due_on, today, soon) for _duty, state, due_on in urgent)
    own = OWN(holders=bodies(actor), officer=actor.post.officer_id)
    known = {duty.pk for duty in own}
    first = [duty for duty, _state, _due_on in urgent[:OWED_READ] if duty not in known]
    others = THESE(duties=first)
    groups = {code: Group(code, numbers[code]) for code in ("late", "today", "soon", "later", "paused")}
    found = [*((duty, True) for duty in own), *((duty, False) for duty in others)]
    for duty, is_mine in sorted(found, key=lambda one: not one[0].key):
        code = _code(duty.state, duty.due_on, today, soon)
        if len(groups[code].rows) < OWED_SHOWN[code]:
            groups[code].rows.append(Owed(duty, matter_url(duty.matter_id), is_mine))
    return [group for group in groups.values() if group.number or group.rows]


def urgency(due_on: date, today: date, soon: date) -> str:
    """Return 'late', 'today', 'soon' or 'later'."""
    if due_on < today:
        return "late"
    if due_on == today:
        return "today"
    return "soon" if due_on <= soon else "later"


def _code(state: str, due_on: date, today: date, soon: date) -> str:
    return "paused" if state == DutyState.PAUSED else urgency(due_on, today, soon)


def _urgent(actor: Actor, query: str, most: int) -> list[tuple[uuid.UUID, str, date]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"own": bodies(actor), "most": most})
        return list(cursor.fetchall())


def awaited(actor: Actor) -> list[Owed]:
    """Return what others owe the actor's organ, the most urgent first, in two queries."""
    first = [duty for duty, _state, _due_on in _urgent(actor, CLAIMS, AWAITED_SHOWN)]
    return [Owed(duty, matter_url(duty.matter_id)) for duty in THESE(duties=first)]


PARTIES = Prepared(
    lambda: Party.objects.filter(matter__among=Given("matters"), until__isnull=True).select_related("organ")
)


def _parties(matters: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Party]]:
    found: dict[uuid.UUID, dict[str, Party]] = {}
    for party in PARTIES(matters=list(matters)):
        found.setdefault(party.matter_id, {})[party.role] = party
    return found


WAITING = Prepared(
    lambda: Visibility.objects.filter(
        principal__among=Given("principals"), kind="clue", is_open=True, depth__gte=Depth.FULL,
        state__among=Given("states"), until__gte=Given("today"),
    ).order_by("due_on", "matter")[:STEPS_READ]
)  # fmt: skip
MATTERS = Prepared(lambda: Matter.objects.filter(pk__among=Given("matters")))
PAPERS = Prepared(
    lambda: (
        Paper.objects.filter(organ__among=Given("organs"), state__in=list(PAPER_STEPS))
        .order_by("id")
        .select_related("matter")
        .defer("letter", "facts")[:STEPS_READ]
    )
)


def steps(actor: Actor) -> list[Step]:
    """Return what the actor can do now in his post: clues that wait for him, papers to check or sign.

    Recording what a leader signed on paper is left out: the sheet brings it. At most four queries.
    """
    seen = WAITING(principals=list(actor.principals), states=_own_states(actor), today=clock.today())
    clues = {row.matter_id: row for row in seen}
    matters = {matter.pk: matter for matter in MATTERS(matters=list(clues))}
    papers = PAPERS(organs=bodies(actor))
    parties = _parties({*clues, *(paper.matter_id for paper in papers)})
    found: list[Step] = []
    for row in clues.values():
        matter = matters[row.matter_id]
        found += _clue_step(actor, matter, STEPS[row.state], parties.get(row.matter_id, {}), row.due_on)
    for paper in papers:
        found += _paper_step(actor, paper, parties.get(paper.matter_id, {}))
    return sorted(found, key=lambda step: (not step.decides, step.due_on or date.max))


def _own_states(actor: Actor) -> list[str]:
    """Return the states that somebody of this rank and these roles may lead on at all."""
    return [
        state
        for state, code in STEPS.items()
        if any(
            not one.recorded
            and (not one.role or one.role in actor.roles)
            and (not one.ranks or actor.rank in one.ranks)
            for one in registry.get(code).by
        )
    ]


def step_of(awaited: Awaited) -> Step:
    """Return a decision that is awaited as a step on the desk."""
    matter, item = awaited.waiting.matter, awaited.waiting.item
    url = reverse("act", args=[matter.pk, awaited.act.code])
    return Step(
        str(awaited.act.label),
        f"{url}?{urlencode(item)}" if item else url,
        matter,
        matter_url(matter.pk),
        awaited.due_on,
        paper=awaited.waiting.title,
        decides=True,
    )


def _clue_step(
    actor: Actor, matter: Matter, code: str, parties: dict[str, Party], due_on: date | None
) -> list[Step]:
    act = registry.get(code)
    capacity = entitling(act.by, actor, parties)
    if capacity is None or capacity.recorded:
        return []
    due = None if due_on == date.max else due_on
    return [Step(str(act.label), reverse("act", args=[matter.pk, code]), matter, matter_url(matter.pk), due)]


def _paper_step(actor: Actor, paper: Paper, parties: dict[str, Party]) -> list[Step]:
    code = PAPER_STEPS[PaperState(paper.state)]
    act = registry.get(code)
    kind = paper_kinds.get(paper.kind)
    if code == "paper.dispatch" and not kind.recipients:
        return []  # an approval sheet stays in the house
    by = act.entitled(paper.matter, Subject(kind, paper))
    capacity = entitling(by, actor, parties)
    if capacity is None or capacity.recorded:
        return []
    url = f"{reverse('act', args=[paper.matter_id, code])}?paper={paper.pk}"
    title = f"{kind.label}{_(': ')}{paper.title}"
    page = matter_url(paper.matter_id)
    return [Step(str(act.label), url, paper.matter, page, paper=title, decides=code == "paper.sign")]


@dataclass(frozen=True)
class News:
    """What happened in a matter since the last visit."""

    entry: Entry
    label: str
    url: str


def last_entry() -> int:
    """Return the number of the newest entry of the platform."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM journal_entry_id_seq")
        return int(cursor.fetchone()[0])


def news(actor: Actor, since: datetime) -> list[News]:
    """Return the newest acts of others since a moment, one for each matter, in two queries."""
    found = (
        Entry.objects.filter(id__gt=last_entry() - NEWS_IDS, recorded_at__gte=since)
        .exclude(post=actor.post)
        .select_related("matter")
        .order_by("-id")[: NEWS_SHOWN * 3]
    )
    newest: dict[uuid.UUID, News] = {}
    for entry in found:
        if entry.matter_id not in newest:
            newest[entry.matter_id] = News(entry, act_label(entry.act), matter_url(entry.matter_id))
    return list(newest.values())[:NEWS_SHOWN]


def act_label(code: str) -> str:
    """Return an act's name; its code where there is no such act any more."""
    try:
        return str(registry.get(code).label)
    except KeyError:
        return calendar_acts.name_of(code)

"""The coordinator's console (协调台; CD-1.1): what is stuck between bodies, with whom, since when."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import get_language

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import seen_by
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.organs.models import Organ

COORDINATING = "liaison_office"
"""The role of the measure that coordinates (CD-1.1)."""
MOST = 1000


@dataclass(frozen=True)
class Owed:
    """What one body owes another about a matter, in outline (责任概要); title only where he sees it."""

    duty: uuid.UUID
    matter: uuid.UUID
    kind: str
    number: str
    state: str
    clause: str
    name: str
    holder: Organ
    claimant: Organ
    since: date
    due_on: date
    paused: bool
    seen: bool = False
    title: str = ""

    @property
    def pair(self) -> str:
        """The two bodies, as an address names them."""
        return f"{self.holder.body_id_or_own}-{self.claimant.body_id_or_own}"

    @property
    def late_days(self) -> int:
        """How many days its date has passed; a paused one is not late."""
        return 0 if self.paused else max(0, (clock.today() - self.due_on).days)

    @property
    def days(self) -> int:
        """How many days it has been owed."""
        return (clock.today() - self.since).days

    @property
    def kind_label(self) -> str:
        """What kind of matter it is."""
        return str(kinds.get(self.kind).label)

    @property
    def state_label(self) -> str:
        """The matter's state, as who sees an outline may know it."""
        return kinds.get(self.kind).state_label(Depth.OUTLINE, self.state)


@dataclass(frozen=True)
class Pair:
    """Two bodies, and what the first owes the second (机构之间)."""

    code: str
    holder: str
    claimant: str
    open: int
    late: int
    oldest: date


def owed_between(actor: Actor) -> list[Owed]:
    """Return what bodies owe each other, the longest due first, in four queries; nothing for other roles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guantong_between(%s, %s, %s)", [COORDINATING, clock.today(), MOST + 1])
        rows = cursor.fetchall()
    if not rows:
        return []
    organs = Organ.objects.select_related("body").in_bulk({row[8] for row in rows} | {row[9] for row in rows})
    titles = _titles(actor, {row[1] for row in rows})
    english = (get_language() or "").startswith("en")
    return [_owed(row, organs, titles, english=english) for row in rows]


def _titles(actor: Actor, matters: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the titles of the matters that the actor has a grant on, deep enough to read them."""
    seen = seen_by(actor.principals).filter(matter__in=list(matters)).values("matter")
    deep = seen.annotate(deepest=Max("depth")).filter(deepest__gte=Depth.FEEDBACK)
    return dict(Matter.objects.filter(pk__in=deep.values("matter")).values_list("pk", "title"))


def _owed(row: Any, organs: dict[int, Organ], titles: dict[uuid.UUID, str], *, english: bool) -> Owed:
    duty, matter, kind, number, state, clause, name, name_en, holder, claimant, since, due_on, paused = row
    return Owed(
        duty=duty,
        matter=matter,
        kind=kind,
        number=number,
        state=state,
        clause=clause,
        name=name_en if english else name,
        holder=organs[holder],
        claimant=organs[claimant],
        since=since,
        due_on=due_on,
        paused=paused,
        seen=matter in titles,
        title=titles.get(matter, ""),
    )


def pairs(found: Iterable[Owed]) -> list[Pair]:
    """Group by pair of bodies, those with the most late first (按机构对)."""
    groups: dict[str, list[Owed]] = {}
    for one in found:
        groups.setdefault(one.pair, []).append(one)
    made = [
        Pair(
            code,
            _body(rows[0].holder),
            _body(rows[0].claimant),
            len(rows),
            sum(one.late_days > 0 for one in rows),
            min(one.since for one in rows),
        )
        for code, rows in groups.items()
    ]
    return sorted(made, key=lambda one: (-one.late, -one.open, one.code))


def _body(organ: Organ) -> str:
    return (organ.body or organ).name

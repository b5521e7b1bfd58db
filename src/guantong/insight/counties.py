"""Counties side by side (区县并列; CD-1.2): what each has adopted and decided, who is missing, what is owed.

Which measures a place applies, its bodies and roles are no secret. What is owed is counted from the duties
the reader may see, and no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from guantong.insight.console import COORDINATING
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import seen_by
from guantong.kernel.duties.cadence import begun
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.measures import engine
from guantong.kernel.measures.adopting import wants
from guantong.kernel.measures.cadences import Cadence
from guantong.kernel.measures.measure import Measure, OpenReading
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.schema import Setting
from guantong.kernel.measures.text import Text
from guantong.kernel.organs.lacks import BREACH, UNKNOWN, VACANT, PlaceState, states
from guantong.kernel.organs.leave import standing
from guantong.kernel.organs.models import LEADERS, Jurisdiction, RoleBinding, Tier

OPEN = Q(state__in=[DutyState.OPEN, DutyState.PAUSED])
DONE = Q(state=DutyState.DISCHARGED)


@dataclass(frozen=True)
class Own:
    """A value a county has decided for itself, with its reason (本地参数)."""

    clause: str
    name: str
    setting: Setting
    value: Any
    decision: Mapping[str, str]

    @property
    def same(self) -> bool:
        """Whether it only confirms what the measure says."""
        return bool(self.value == self.setting.value)


@dataclass(frozen=True)
class Adopted:
    """A measure a county applies (采用情况): its own values, and what it has not confirmed yet."""

    adoption: Adoption
    measure: Measure
    own: tuple[Own, ...]
    open_readings: tuple[OpenReading, ...]

    @property
    def on_trial(self) -> bool:
        """Whether it is on trial here, or everywhere by its own text."""
        return self.adoption.on_trial or self.measure.file.status == "trial"

    @property
    def review_on(self) -> date | None:
        """When it is looked at again: the day set here, else the measure's own."""
        return self.adoption.review_on or self.measure.file.review_on

    @property
    def review_late(self) -> bool:
        """Whether the day of its review has passed."""
        return self.review_on is not None and self.review_on < clock.today()


@dataclass(frozen=True)
class RoleState:
    """A role of the measures in a county (角色绑定): the organs that fill it, the rules that need it."""

    code: str
    name: Text
    organs: tuple[str, ...]
    rules: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Rounds:
    """What comes round in a county this year (周期责任): periods begun, and what the reader sees of them.

    `each`: one is opened for each of several organs, so that more may be held than periods have begun.
    """

    clause: str
    name: Text
    each: bool
    begun: int
    held: int
    late: int
    open: int

    @property
    def unseen(self) -> int:
        """Periods of which the reader sees nothing; whether they were held he cannot say."""
        seen = self.held + self.open
        return 0 if self.each and seen else max(0, self.begun - seen)


@dataclass(frozen=True)
class Owed:
    """What organs of a county owe, within the reader's sight (责任情况). `done`, `done_late`: this year."""

    open: int = 0
    late: int = 0
    done: int = 0
    done_late: int = 0


@dataclass
class County:
    """A county as the city sees it (区县情况)."""

    place: Jurisdiction
    adopted: list[Adopted] = field(default_factory=list)
    roles: list[RoleState] = field(default_factory=list)
    bodies: PlaceState | None = None
    owed: Owed = Owed()
    rounds: list[Rounds] = field(default_factory=list)

    @property
    def bound(self) -> list[RoleState]:
        """Roles that an organ fills."""
        return [one for one in self.roles if one.organs]

    @property
    def missing(self) -> list[RoleState]:
        """Roles nobody fills although a rule needs them."""
        return [one for one in self.roles if not one.organs and one.rules]

    @property
    def own(self) -> list[Own]:
        """What it decided otherwise than the measures do."""
        return [own for one in self.adopted for own in one.own if not own.same]

    @property
    def lacks(self) -> dict[str, int]:
        """How many vacancies, breaches and unknown things its bodies have."""
        found = self.bodies.lacks if self.bodies else []
        return {kind: sum(one.kind == kind for one in found) for kind in (VACANT, BREACH, UNKNOWN)}


def may_compare(actor: Actor) -> bool:
    """Whether the page is for this post: the coordinating office, and who leads its body (知悉范围)."""
    if COORDINATING in actor.roles:
        return True
    place = actor.organ.jurisdiction_id
    return actor.rank in LEADERS and bool(
        engine.organs_bound(COORDINATING, place, clock.today(), actor.body_id)
    )


def counties_of(actor: Actor) -> list[County]:
    """Return the counties below the actor's place, by code, in a constant number of queries (所辖区县)."""
    today = clock.today()
    below = Jurisdiction.objects.filter(parent=actor.organ.jurisdiction_id, tier=Tier.COUNTY)
    found = {place.pk: County(place) for place in below.order_by("code")}
    if not found:
        return []
    for adoption in _adoptions(found, today):
        found[adoption.jurisdiction_id].adopted.append(_adopted(adoption))
    bound = _bound(found, today)
    for state in states(today, [one.place for one in found.values()]):
        found[state.place.pk].bodies = state
    owed, rounds = _owed(actor, found, today), _rounds(actor, found, today)
    for place, county in found.items():
        county.roles = _roles([one.measure for one in county.adopted], bound[place])
        county.owed = owed.get(place, Owed())
        county.rounds = [
            _round(one.adoption, cadence, rounds.get((place, *_codes(cadence)), (0, 0, 0)), today)
            for one in county.adopted
            for cadence in one.measure.cadences
        ]
    return list(found.values())


def _adoptions(places: Iterable[int], on: date) -> QuerySet[Adoption]:
    rows = Adoption.objects.filter(standing(on), jurisdiction__in=list(places))
    return rows.select_related("measure_version").order_by("measure_version__measure", "pk")


def _adopted(adoption: Adoption) -> Adopted:
    published, measure = engine.measure_of(adoption.measure_version_id), engine.applied(adoption).measure
    own = []
    for key, value in adoption.settings.items():
        clause, _slash, name = key.partition("/")
        setting = published.clauses[clause].settings[name]
        own.append(Own(clause, name, setting, value, adoption.decisions.get(key, {})))
    return Adopted(adoption, measure, tuple(own), tuple(measure.open_readings()))


def _bound(places: Iterable[int], on: date) -> dict[int, dict[str, list[str]]]:
    rows = RoleBinding.objects.filter(standing(on), jurisdiction__in=list(places))
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in rows.select_related("organ__body").order_by("organ__code"):
        found[one.jurisdiction_id][one.role].append(one.organ.full_name)
    return found


def _roles(measures: list[Measure], bound: Mapping[str, list[str]]) -> list[RoleState]:
    names = {code: role.name for one in measures for code, role in one.file.roles.items()}
    return [
        RoleState(code, name, tuple(bound.get(code, ())), tuple(wants(code, measures)))
        for code, name in names.items()
    ]


def _year(today: date) -> Q:
    return Q(ended_on__year=today.year)


def _seen(actor: Actor) -> QuerySet[Duty]:
    return Duty.objects.filter(matter__in=seen_by(actor.principals).values("matter")).order_by()


def _owed(actor: Actor, places: Iterable[int], today: date) -> dict[int, Owed]:
    this_year = DONE & _year(today)
    rows = (
        _seen(actor)
        .filter(holder__jurisdiction__in=list(places))
        .values_list("holder__jurisdiction")
        .annotate(
            open=Count("pk", filter=OPEN),
            late=Count("pk", filter=Q(state=DutyState.OPEN, due_on__lt=today)),
            done=Count("pk", filter=this_year),
            done_late=Count("pk", filter=this_year & Q(ended_on__gt=F("due_on"))),
        )
    )
    return {place: Owed(*counted) for place, *counted in rows}


def _rounds(
    actor: Actor, places: Iterable[int], today: date
) -> dict[tuple[int, str, str], tuple[int, int, int]]:
    rows = (
        _seen(actor)
        .filter(
            matter__occasion__jurisdiction__in=list(places),
            matter__occasion__begins_on__year=today.year,
            clause=F("matter__occasion__clause"),
            rule=F("matter__occasion__cadence"),
        )
        .values_list("matter__occasion__jurisdiction", "clause", "rule")
        .annotate(
            held=Count("pk", filter=DONE),
            late=Count("pk", filter=DONE & Q(ended_on__gt=F("due_on"))),
            open=Count("pk", filter=OPEN),
        )
    )
    return {(place, clause, rule): (held, late, left) for place, clause, rule, held, late, left in rows}


def _codes(cadence: Cadence) -> tuple[str, str]:
    clause, _slash, code = cadence.rule.code.partition("/")
    return clause, code


def _round(adoption: Adoption, cadence: Cadence, seen: tuple[int, int, int], today: date) -> Rounds:
    held, late, left = seen
    count = sum(span.first.year == today.year for span in begun(adoption, cadence, today))
    return Rounds(cadence.rule.clause, cadence.rule.name, cadence.each, count, held, late, left)

"""Adopting measures in a place (采用办法; CD-1.2): who fills which role, where measures meet, publication."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.measures import engine
from guantong.kernel.measures.governing import Contradiction, governing
from guantong.kernel.measures.local import DAY, Decided, before_it
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.problems import MeasureError, Message, Problem
from guantong.kernel.measures.publish import adopt
from guantong.kernel.measures.rules import Conditions, Rule
from guantong.kernel.measures.text import Text
from guantong.kernel.organs.models import Jurisdiction, Organ, RoleBinding

REMINDED = timedelta(days=30)
TIERS = "省市县区州"


def wants(role: str, measures: Iterable[Measure]) -> list[tuple[str, Text]]:
    """Return the rules that need a role: without it they do not arise (缺位影响)."""
    wanted = f"role:{role}"
    return [
        (rule.code, rule.name)
        for measure in measures
        for rule in measure.rules
        if wanted
        in {rule.holder, rule.claimant, *(who for one in rule.escalation for who in (one.to, one.by))}
    ]


def organs_of(place: Jurisdiction) -> list[Organ]:
    """Return the organs of a place that exist today, bodies before their departments (本地机构)."""
    today = clock.today()
    lasting = Organ.objects.filter(Q(until__isnull=True) | Q(until__gte=today), jurisdiction=place)
    return list(lasting.select_related("body", "jurisdiction").order_by("code"))


def bound_in(place: Jurisdiction, on: date) -> dict[str, list[Organ]]:
    """Return the organs bound to each role in a place on a day (已绑定角色)."""
    rows = RoleBinding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), jurisdiction=place, since__lte=on
    ).select_related("organ__body", "organ__jurisdiction")
    found: dict[str, list[Organ]] = defaultdict(list)
    for row in rows.order_by("organ__code"):
        found[row.role].append(row.organ)
    return dict(found)


def _bare(organ: Organ) -> str:
    """An organ's full name without its place: 中共云麓县纪委 and 中共清川市纪委 are called the same."""
    place = organ.jurisdiction.name
    return organ.full_name.replace(place, "", 1).replace(place.rstrip(TIERS), "", 1).lstrip(TIERS)


def propose(name: str, organs: Sequence[Organ], patterns: Sequence[Organ] = ()) -> Organ | None:
    """Return the organ that seems to fill a role (建议机构), None where none or several do: never guessed.

    By the organs that fill it in the model place, of the same kind and name; without them by the role's name.
    """
    alike = [
        [
            one
            for one in organs
            for other in patterns
            if one.kind == other.kind and _bare(one) == _bare(other)
        ],
        [one for one in organs for other in patterns if one.kind == other.kind and one.name == other.name],
        [one for one in organs if name.lstrip(TIERS) in {_bare(one), one.name, one.short_name}],
    ]
    return next((found[0] for found in alike if len(found) == 1), None)


@dataclass(frozen=True)
class Meeting:
    """Two rules of different measures that meet on the same deed and on an act that ends both (规则交会).

    `shared`: the acts that discharge both. `set_aside`: the one the other replaces. `differ`: in what they
    contradict each other ('holder', 'start', 'period').
    """

    one: Rule
    other: Rule
    events: tuple[str, ...]
    shared: tuple[str, ...]
    set_aside: Rule | None
    differ: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it is acknowledged by: both rules, and in what they differ today."""
        return f"{self.one.code} {self.other.code} {' '.join(self.differ)}"


def meetings(new: Sequence[Measure], present: Sequence[Measure]) -> list[Meeting]:
    """Return where rules of the measures to be adopted meet each other's, or those in force (交叉与重叠)."""
    pairs = [*combinations(new, 2), *((one, other) for one in new for other in present)]
    found = [
        _meeting(one, other)
        for first, second in pairs
        for one in first.rules
        for other in second.rules
        if one.on & other.on and one.about == other.about and _together(one.when, other.when)
    ]
    found = [one for one in found if one.shared or one.set_aside]
    return sorted(found, key=lambda one: (not one.differ, one.one.code, one.other.code))


def _meeting(one: Rule, other: Rule) -> Meeting:
    aside = other if other.code in one.replaces else one if one.code in other.replaces else None
    shared = tuple(sorted(one.discharged_by & other.discharged_by))
    differ: tuple[str, ...] = ()
    if shared and aside is None and one.discharge_when == other.discharge_when:
        parts = ("holder", "start", "period", "before")
        differ = tuple(part for part in parts if getattr(one, part) != getattr(other, part))
    return Meeting(one, other, tuple(sorted(one.on & other.on)), shared, aside, differ)


def _together(one: Conditions, other: Conditions) -> bool:
    return all(set(one[name]) & set(other[name]) for name in one.keys() & other.keys())


def deadlocks(measures: Iterable[Measure]) -> list[Contradiction]:
    """Return what two of the measures decide at once: they cannot be applied together (不能并行的参数)."""
    found = governing(measures)
    return [Contradiction(code, settings) for code, settings in found.items() if len(settings) > 1]


def grounds(measures: Iterable[Measure]) -> list[str]:
    """Return the clauses that have a place adopt measures in this way (采用依据)."""
    return [clause.id for one in measures for clause in one.file.clauses if "adoption" in clause.pages]


@dataclass(frozen=True)
class Plan:
    """What is published at the end of the guide (采用方案): all of it from one day, or nothing."""

    place: Jurisdiction
    versions: Sequence[MeasureVersion]
    decided: Mapping[int, Mapping[str, Decided]]
    bindings: Mapping[str, Organ]
    since: date
    on_trial: bool
    review_on: date | None


@transaction.atomic
def carry_out(plan: Plan) -> list[Adoption]:
    """Adopt the versions and bind the roles from one day (发布采用). Raises MeasureError."""
    Jurisdiction.objects.select_for_update().get(pk=plan.place.pk)
    made = []
    for version in plan.versions:
        if applying(plan.place, version.measure) is not None:
            raise MeasureError([_applied_already(version)])
        own = plan.decided.get(version.pk, {})
        adoption = adopt(plan.place, version, plan.since, {key: one.value for key, one in own.items()})
        adoption.decisions = {key: one.record() for key, one in own.items()}
        adoption.on_trial, adoption.review_on = plan.on_trial, plan.review_on
        adoption.save(update_fields=["decisions", "on_trial", "review_on"])
        made.append(adoption)
    RoleBinding.objects.bulk_create(
        RoleBinding(jurisdiction=plan.place, role=role, organ=organ, since=plan.since)
        for role, organ in plan.bindings.items()
    )
    engine.forget()
    return made


def applying(place: Jurisdiction, measure: str) -> Adoption | None:
    """Return how a place applies a measure without end, or will (现行采用); None where it does not."""
    rows = Adoption.objects.filter(jurisdiction=place, measure_version__measure=measure, until__isnull=True)
    return rows.select_related("measure_version").first()


def lasting(place: Jurisdiction) -> list[Adoption]:
    """Return the adoptions of a place that go on without end (持续采用)."""
    return list(Adoption.objects.filter(jurisdiction=place, until__isnull=True).order_by("id"))


def reviews_near(today: date) -> list[Adoption]:
    """Return adoptions whose review is due within a month, or overdue (临近评估)."""
    rows = Adoption.objects.filter(until__isnull=True, review_on__lte=today + REMINDED)
    return list(rows.select_related("jurisdiction", "measure_version").order_by("review_on", "id"))


def _applied_already(version: MeasureVersion) -> Problem:
    reason = Message(_("{version} is applied here already, or another version of it."), version=version)
    remedy = Message(_("Decide its values, or change its version, in the list of measures applied."))
    return Problem(version.measure, 1, 1, "applied_already", reason, remedy)


@transaction.atomic
def give_up(adoption: Adoption) -> None:
    """Take back a first adoption before its day (撤回采用), and the bindings that only it brought.

    Raises MeasureError where it is in force already, or follows another.
    """
    given = Adoption.objects.select_for_update().select_related("jurisdiction").get(pk=adoption.pk)
    measure = engine.measure_of(given.measure_version_id)
    if given.since <= clock.today() or before_it(given) is not None:
        reason = Message(_("This adoption is in force already, or follows another."))
        raise MeasureError(
            [Problem(measure.id, 1, 1, "in_force", reason, Message(_("Let it end by a day.")))]
        )
    others = Adoption.objects.filter(jurisdiction=given.jurisdiction_id).exclude(pk=given.pk)
    spoken = {
        role
        for version in others.values_list("measure_version_id", flat=True)
        for role in engine.measure_of(version).file.roles
    }
    own = set(measure.file.roles) - spoken
    RoleBinding.objects.filter(jurisdiction=given.jurisdiction_id, role__in=own, since=given.since).delete()
    given.delete()
    engine.forget()


@transaction.atomic
def change_version(adoption: Adoption, version: MeasureVersion, since: date) -> Adoption:
    """Apply another version of a measure from a day (换用新版本). Open duties stay under the old one.

    Own values go on where the new version still lets them be decided. Raises MeasureError.
    """
    present = Adoption.objects.select_for_update().select_related("jurisdiction").get(pk=adoption.pk)
    measure = engine.measure_of(version.pk)
    if present.until is not None or since <= max(clock.today(), present.since):
        reason = Message(_("From {since} the version cannot change any more."), since=since)
        remedy = Message(_("Give {day} or a later day."), day=max(clock.today(), present.since) + DAY)
        raise MeasureError([Problem(measure.id, 1, 1, "too_early", reason, remedy)])
    kept = going_on(measure, present.settings)
    present.until = since - DAY
    present.save(update_fields=["until"])
    made = adopt(present.jurisdiction, version, since, kept)
    made.decisions = {key: one for key, one in present.decisions.items() if key in kept}
    made.on_trial, made.review_on = present.on_trial, present.review_on
    made.save(update_fields=["decisions", "on_trial", "review_on"])
    return made


def going_on(measure: Measure, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the own values that another version still takes (沿用的本地参数)."""
    kept = {}
    for key, value in settings.items():
        try:
            measure.with_settings({key: value})
        except MeasureError:
            continue
        kept[key] = value
    return kept

"""The rules in force: which clause binds whom, where, from when (生效规则)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from guantong.kernel.measures import governing
from guantong.kernel.measures.governing import Governing, Purpose
from guantong.kernel.measures.load import load_text
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.rules import Rule, RuleSet
from guantong.kernel.measures.schema import Clause
from guantong.kernel.measures.tables import Decision, Unknown
from guantong.kernel.organs.models import RoleBinding

SECONDS_KEPT = 5.0


@dataclass(frozen=True)
class Applied:
    """A measure as a jurisdiction applies it (适用的办法): the adoption, the version, with its own values."""

    adoption: int
    version: int
    measure: Measure


@dataclass(frozen=True)
class RulesInForce:
    """The duty rules a jurisdiction applies on a day, how each came into force, and what settings govern."""

    rules: RuleSet
    applied: Mapping[str, Applied]
    clauses: tuple[Clause, ...]
    settings: Mapping[str, tuple[Governing, ...]]

    def governing(self, purpose: Purpose) -> Governing | None:
        """Return the setting that governs a purpose, None where no measure does. Raises Contradiction."""
        return governing.the_one(self.settings, purpose)


@dataclass(frozen=True)
class _Adopted:
    id: int
    jurisdiction: int
    version: int
    since: date
    until: date | None
    chosen: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Bound:
    jurisdiction: int
    role: str
    organ: int
    body: int
    since: date
    until: date | None


@dataclass(frozen=True)
class _Snapshot:
    taken: float
    adopted: tuple[_Adopted, ...]
    bound: tuple[_Bound, ...]


_measures: dict[int, Measure] = {}
_with_settings: dict[tuple[int, tuple[tuple[str, str], ...]], Measure] = {}
_rules: dict[tuple[tuple[int, int], ...], RulesInForce] = {}
_snapshot: list[_Snapshot] = []


def forget() -> None:
    """Drop what is remembered of adoptions and bindings; call it after changing them."""
    _snapshot.clear()


def measure_of(version_id: int) -> Measure:
    """Return a published measure; its file never changes, so it is kept."""
    if version_id not in _measures:
        version = MeasureVersion.objects.get(pk=version_id)
        _measures[version_id] = load_text(version.source, f"{version.measure}.yaml")
    return _measures[version_id]


def _current() -> _Snapshot:
    if _snapshot and time.monotonic() - _snapshot[0].taken < SECONDS_KEPT:
        return _snapshot[0]
    adopted = Adoption.objects.order_by("id").values_list(
        "id", "jurisdiction_id", "measure_version_id", "since", "until", "settings"
    )
    bound = RoleBinding.objects.order_by("id").values_list(
        "jurisdiction_id", "role", "organ_id", "organ__body_id", "since", "until"
    )
    snapshot = _Snapshot(
        time.monotonic(),
        tuple(
            _Adopted(pk, place, version, since, until, _chosen(own))
            for pk, place, version, since, until, own in adopted
        ),
        tuple(
            _Bound(place, role, organ, body or organ, since, until)
            for place, role, organ, body, since, until in bound
        ),
    )
    _snapshot[:] = [snapshot]
    return snapshot


def applied_on(jurisdiction_id: int, on: date) -> list[Applied]:
    """Return the measures a jurisdiction applies on a day, with its own settings (适用的办法)."""
    return [
        _applied(adopted)
        for adopted in _current().adopted
        if adopted.jurisdiction == jurisdiction_id
        and adopted.since <= on
        and (adopted.until is None or adopted.until >= on)
    ]


def applied_by(adoption_id: int) -> Applied | None:
    """Return the measure as an adoption applies it, whether that is still in force or not."""
    found = (adopted for adopted in _current().adopted if adopted.id == adoption_id)
    return next(map(_applied, found), None)


def applied(adoption: Adoption) -> Applied:
    """Return the measure as this adoption applies it."""
    own = _chosen(adoption.settings)
    row = (adoption.pk, adoption.jurisdiction_id, adoption.measure_version_id, adoption.since, adoption.until)
    return _applied(_Adopted(*row, own))


def _chosen(settings: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, json.dumps(value)) for name, value in settings.items()))


def _applied(adopted: _Adopted) -> Applied:
    key = (adopted.version, adopted.chosen)
    if key not in _with_settings:
        own = {name: json.loads(value) for name, value in adopted.chosen}
        measure = measure_of(adopted.version)
        _with_settings[key] = measure.with_settings(own) if own else measure
    return Applied(adopted.id, adopted.version, _with_settings[key])


def rules_on(jurisdiction_id: int, on: date) -> RulesInForce:
    """Return all duty rules a jurisdiction applies on a day."""
    applied = applied_on(jurisdiction_id, on)
    key = tuple((one.adoption, id(one.measure)) for one in applied)
    if key not in _rules:
        _rules[key] = RulesInForce(
            RuleSet(rule for one in applied for rule in one.measure.rules),
            {rule.code: one for one in applied for rule in one.measure.rules},
            tuple(clause for one in applied for clause in one.measure.file.clauses),
            governing.governing(one.measure for one in applied),
        )
    return _rules[key]


def rule_born(force: RulesInForce, code: str, version_id: int, adoption_id: int | None) -> Rule | None:
    """Return a rule in the version, and with the own values, that a duty was born under (责任所依规则)."""
    now = force.applied.get(code)
    if now is not None and now.adoption == adoption_id:
        return force.rules.get(code)
    born = applied_by(adoption_id) if adoption_id else None
    measure = born.measure if born else measure_of(version_id)
    return next((rule for rule in measure.rules if rule.code == code), None)


def decide(
    jurisdiction_id: int, on: date, table: str, inputs: Mapping[str, object]
) -> Decision | Unknown | None:
    """Return what the decision table in force says; None where no adopted measure has the table."""
    for one in applied_on(jurisdiction_id, on):
        if table in one.measure.tables:
            return one.measure.decide(table, inputs)
    return None


def organ_bound(role: str, jurisdiction_id: int, on: date, body_id: int | None = None) -> int | None:
    """Return the organ bound to a role on a day, within one body if given; None where none or several are."""
    found = organs_bound(role, jurisdiction_id, on, body_id)
    return found.pop() if len(found) == 1 else None


def organs_bound(role: str, jurisdiction_id: int, on: date, body_id: int | None = None) -> set[int]:
    """Return all organs bound to a role on a day, within one body if given (角色所绑定的机构)."""
    return {
        bound.organ
        for bound in _current().bound
        if bound.role == role
        and bound.jurisdiction == jurisdiction_id
        and bound.since <= on
        and (bound.until is None or bound.until >= on)
        and (body_id is None or bound.body == body_id)
    }


def adoptions_on(jurisdiction_id: int, on: date) -> list[Adoption]:
    """Return the adoptions in force somewhere on a day, with their versions."""
    return list(
        Adoption.objects.filter(
            Q(until__isnull=True) | Q(until__gte=on), jurisdiction=jurisdiction_id, since__lte=on
        ).select_related("measure_version")
    )

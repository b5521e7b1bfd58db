"""The rules in force: which clause binds whom, where, from when (生效规则)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from guantong.kernel.measures.load import load_text
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.rules import RuleSet
from guantong.kernel.measures.schema import Clause
from guantong.kernel.measures.tables import Decision, Unknown
from guantong.kernel.organs.models import RoleBinding

SECONDS_KEPT = 5.0


@dataclass(frozen=True)
class RulesInForce:
    """The duty rules a jurisdiction applies on a day, and the version each was published in."""

    rules: RuleSet
    versions: Mapping[str, int]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class _Adopted:
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
        "jurisdiction_id", "measure_version_id", "since", "until", "settings"
    )
    bound = RoleBinding.objects.order_by("id").values_list(
        "jurisdiction_id", "role", "organ_id", "organ__body_id", "since", "until"
    )
    snapshot = _Snapshot(
        time.monotonic(),
        tuple(
            _Adopted(place, version, since, until, _chosen(own))
            for place, version, since, until, own in adopted
        ),
        tuple(
            _Bound(place, role, organ, body or organ, since, until)
            for place, role, organ, body, since, until in bound
        ),
    )
    _snapshot[:] = [snapshot]
    return snapshot


def measures_on(jurisdiction_id: int, on: date) -> list[tuple[int, Measure]]:
    """Return the measures a jurisdiction applies on a day, with their version's id and its own settings."""
    found = []
    for adopted in _current().adopted:
        if adopted.jurisdiction != jurisdiction_id or adopted.since > on:
            continue
        if adopted.until is None or adopted.until >= on:
            found.append((adopted.version, _applied(adopted.version, adopted.chosen)))
    return found


def measure_adopted(adoption: Adoption) -> Measure:
    """Return the measure of an adoption, with the jurisdiction's own settings."""
    return _applied(adoption.measure_version_id, _chosen(adoption.settings))


def _chosen(settings: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, json.dumps(value)) for name, value in settings.items()))


def _applied(version_id: int, chosen: tuple[tuple[str, str], ...]) -> Measure:
    key = (version_id, chosen)
    if key not in _with_settings:
        own = {name: json.loads(value) for name, value in chosen}
        measure = measure_of(version_id)
        _with_settings[key] = measure.with_settings(own) if own else measure
    return _with_settings[key]


def rules_on(jurisdiction_id: int, on: date) -> RulesInForce:
    """Return all duty rules a jurisdiction applies on a day."""
    adopted = measures_on(jurisdiction_id, on)
    key = tuple((version, id(measure)) for version, measure in adopted)
    if key not in _rules:
        _rules[key] = RulesInForce(
            RuleSet(rule for _version, measure in adopted for rule in measure.rules),
            {rule.code: version for version, measure in adopted for rule in measure.rules},
            tuple(clause for _version, measure in adopted for clause in measure.file.clauses),
        )
    return _rules[key]


def decide(
    jurisdiction_id: int, on: date, table: str, inputs: Mapping[str, object]
) -> Decision | Unknown | None:
    """Return what the decision table in force says; None where no adopted measure has the table."""
    for _version, measure in measures_on(jurisdiction_id, on):
        if table in measure.tables:
            return measure.decide(table, inputs)
    return None


def organ_bound(role: str, jurisdiction_id: int, on: date, body_id: int | None = None) -> int | None:
    """Return the organ bound to a role on a day, within one body if given; None where none or several are."""
    found = {
        bound.organ
        for bound in _current().bound
        if bound.role == role
        and bound.jurisdiction == jurisdiction_id
        and bound.since <= on
        and (bound.until is None or bound.until >= on)
        and (body_id is None or bound.body == body_id)
    }
    return found.pop() if len(found) == 1 else None


def adoptions_on(jurisdiction_id: int, on: date) -> list[Adoption]:
    """Return the adoptions in force somewhere on a day, with their versions."""
    return list(
        Adoption.objects.filter(
            Q(until__isnull=True) | Q(until__gte=on), jurisdiction=jurisdiction_id, since__lte=on
        ).select_related("measure_version")
    )

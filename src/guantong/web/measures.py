"""The measures, clause by clause (办法条款): text, rule, and how each clause fares in the reader's sight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.measures import engine
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.rules import Rule
from guantong.kernel.measures.schema import Clause, Setting
from guantong.kernel.measures.tables import DecisionTable
from guantong.web import wording
from guantong.web.wording import (
    body_rule,
    cite_label,
    event_label,
    holder_label,
    listed,
    period_label,
    said,
    setting_label,
    term_label,
    value_label,
)

FIGURES = ("applied", "on_time", "late", "open", "overdue")


@login_required
def measures(request: HttpRequest) -> HttpResponse:
    """List the published measures with what the reader's jurisdiction applies today."""
    actor: Actor | None = getattr(request, "actor", None)
    today = clock.today()
    in_force = _in_force(actor, today)
    versions = MeasureVersion.objects.order_by("measure", "-effective_on", "-id")
    rows = [_measure_row(version, in_force) for version in _newest(versions, in_force)]
    place = actor.organ.jurisdiction if actor else None
    return render(request, "web/house/measures.html", {"rows": rows, "place": place})


def _newest(versions: Iterable[MeasureVersion], in_force: dict[str, Adoption]) -> list[MeasureVersion]:
    """Return of each measure the version in force here, else the newest."""
    chosen: dict[str, MeasureVersion] = {}
    for version in versions:
        applied = in_force.get(version.measure)
        if version.measure not in chosen or (applied and applied.measure_version_id == version.pk):
            chosen[version.measure] = version
    return list(chosen.values())


def _in_force(actor: Actor | None, today: date) -> dict[str, Adoption]:
    if actor is None:
        return {}
    adopted = engine.adoptions_on(actor.organ.jurisdiction_id, today)
    return {adoption.measure_version.measure: adoption for adoption in adopted}


def _measure_row(version: MeasureVersion, in_force: dict[str, Adoption]) -> dict[str, Any]:
    adoption = in_force.get(version.measure)
    measure = _applied(version, adoption)
    carried = sum(clause.status == "carried" for clause in measure.file.clauses)
    return {
        "version": version,
        "title": said(measure.title),
        "place": said(measure.file.jurisdiction.place),
        "adoption": adoption,
        "trial": measure.file.status == "trial",
        "clauses": len(measure.file.clauses),
        "carried": carried,
        "open_readings": len(measure.open_readings()),
    }


def _applied(version: MeasureVersion, adoption: Adoption | None) -> Measure:
    measure = engine.measure_of(version.pk)
    return measure.with_settings(adoption.settings) if adoption and adoption.settings else measure


def _version(request: HttpRequest, measure_id: str, in_force: dict[str, Adoption]) -> MeasureVersion:
    versions = MeasureVersion.objects.filter(measure=measure_id)
    if wanted := request.GET.get("version"):
        versions = versions.filter(version=wanted)
    elif adoption := in_force.get(measure_id):
        return adoption.measure_version
    found = versions.order_by("-effective_on", "-id").first()
    if found is None:
        raise Http404(_("No such measure is published here."))
    return found


@login_required
def measure_page(request: HttpRequest, measure_id: str) -> HttpResponse:
    """Show a measure: text left, rule right, the clause's duties below. Raises Http404."""
    actor: Actor | None = getattr(request, "actor", None)
    in_force = _in_force(actor, clock.today())
    version = _version(request, measure_id, in_force)
    adoption = in_force.get(measure_id)
    if adoption and adoption.measure_version_id != version.pk:
        adoption = None
    measure = _applied(version, adoption)
    counted = figures([clause.id for clause in measure.file.clauses], actor) if actor else {}
    context = {
        "version": version,
        "versions": MeasureVersion.objects.filter(measure=measure_id).order_by("-effective_on", "-id"),
        "adoption": adoption,
        "adoptions": _adoptions(version),
        "file": measure.file,
        "measure_title": said(measure.title),
        "place": said(measure.file.jurisdiction.place),
        "effective_reading": said(measure.file.effective.reading),
        "open_readings": len(measure.open_readings()),
        "clauses": [_clause(measure, clause, adoption, counted) for clause in measure.file.clauses],
        "sees": actor is not None,
    }
    return render(request, "web/house/measure.html", context)


def _adoptions(version: MeasureVersion) -> list[Adoption]:
    rows = Adoption.objects.filter(measure_version=version).select_related("jurisdiction")
    return list(rows.order_by("since", "jurisdiction__code"))


def figures(clauses: list[str], actor: Actor) -> dict[tuple[str, str], dict[str, int]]:
    """Count the duties of these clauses within the actor's sight, by clause and rule, in one query.

    `applied` all that ever arose and were not cancelled; `on_time`, `late` of those done; `open`, of which
    `overdue` past their date. A paused duty is open, never overdue.
    """
    today = clock.today()
    done, is_open = Q(state=DutyState.DISCHARGED), Q(state__in=[DutyState.OPEN, DutyState.PAUSED])
    seen = Visibility.objects.filter(principal__in=actor.principals, until__gte=today).values("matter")
    rows = (
        Duty.objects.filter(clause__in=clauses, matter__in=seen)
        .exclude(state=DutyState.CANCELLED)
        .order_by()
        .values_list("clause", "rule")
        .annotate(
            applied=Count("pk"),
            on_time=Count("pk", filter=done & Q(ended_on__lte=F("due_on"))),
            late=Count("pk", filter=done & Q(ended_on__gt=F("due_on"))),
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=Q(state=DutyState.OPEN, due_on__lt=today)),
        )
    )
    return {(row[0], row[1]): dict(zip(FIGURES, row[2:], strict=True)) for row in rows}


def _clause(
    measure: Measure,
    clause: Clause,
    adoption: Adoption | None,
    counted: dict[tuple[str, str], dict[str, int]],
) -> dict[str, Any]:
    rules = [_rule(measure, rule, counted) for rule in measure.rules if rule.clause == clause.id]
    own = [numbers for (clause_id, _rule_code), numbers in counted.items() if clause_id == clause.id]
    return {
        "id": clause.id,
        "title": said(clause.title),
        "text": said(clause.text),
        "carried": clause.status == "carried",
        "not_yet": said(clause.not_yet),
        "override": clause.override,
        "cites": [cite_label(measure, cite) for cite in clause.cite],
        "acts": [_("every act") if code == "*" else event_label(code) for code in clause.acts],
        "settings": [
            _setting(measure, clause, name, setting, adoption) for name, setting in clause.settings.items()
        ],
        "rules": rules,
        "bodies": [body_rule(measure, clause, body) for body in clause.bodies],
        "concurrent": [said(one.name) for one in clause.concurrent],
        "tables": [_table(measure, measure.tables[name]) for name in clause.tables if name in measure.tables],
        "figures": {name: sum(numbers[name] for numbers in own) for name in FIGURES} if own else None,
    }


def _setting(
    measure: Measure, clause: Clause, name: str, setting: Setting, adoption: Adoption | None
) -> dict[str, Any]:
    key = f"{clause.id}/{name}"
    own = bool(adoption and key in adoption.settings)
    return {
        "name": name,
        "label": said(setting.label),
        "value": setting_label(measure, clause.id, name, setting.value),
        "pending": setting.pending,
        "own": own,
        "decision": adoption.decisions.get(key) if adoption and own else None,
        "reading": said(setting.reading),
        "alternatives": [
            {
                "value": setting_label(measure, clause.id, name, other.value),
                "reading": said(other.reading),
            }
            for other in setting.alternatives
        ],
        "cite": cite_label(measure, setting.source),
    }


def _rule(measure: Measure, rule: Rule, counted: dict[tuple[str, str], dict[str, int]]) -> dict[str, Any]:
    code = rule.code.partition("/")[2]
    return {
        "code": rule.code,
        "name": said(rule.name),
        "holder": holder_label(rule.holder),
        "claimant": holder_label(rule.claimant),
        "on": listed(event_label(event) for event in sorted(rule.on)),
        "when": wording.condition_label(measure, rule.when),
        "start": value_label(rule.start),
        "period": period_label(rule),
        "discharged": listed(event_label(event) for event in sorted(rule.discharged_by)),
        "discharge_when": wording.condition_label(measure, rule.discharge_when),
        "paused": listed(event_label(event) for event in sorted(rule.paused_by)),
        "extended": listed(event_label(event) for event in sorted(rule.extended_by)),
        "closing": rule.closing,
        "pending": bool(rule.pending),
        "renewed": listed(event_label(event) for event in sorted(rule.on & rule.discharged_by)),
        "own_period": bool(rule.period_fact),
        "escalation": [
            {
                "after": term_label(step.after),
                "by": holder_label(step.by),
                "to": holder_label(step.to),
                "act": event_label(step.act) if step.act else "",
            }
            for step in rule.escalation
        ],
        "figures": counted.get((rule.clause, code)),
    }


def _table(measure: Measure, table: DecisionTable) -> dict[str, Any]:
    spec = table.spec
    inputs, outputs = spec.inputs, spec.outputs
    rows = []
    for row in spec.rows:
        cells = [
            wording.cell_label(row.when[name], column.values) if name in row.when else ""
            for name, column in inputs.items()
        ]
        answers = []
        for name, output in outputs.items():
            value = row.then.get(name)
            if value is None:
                answers.append("")
            elif output.kind == "role":
                answers.append(holder_label(f"role:{value}"))
            else:
                answers.append(wording.cell_label(value, output.values))
        rows.append(
            {
                "cells": cells,
                "answers": answers,
                "unknown": said(row.unknown.reason) if row.unknown else "",
                "settled_by": holder_label(row.unknown.settled_by) if row.unknown else "",
                "why": said(row.why),
                "cite": cite_label(measure, row.cite),
            }
        )
    return {
        "name": table.name,
        "title": said(spec.title),
        "inputs": [said(column.label) for column in inputs.values()],
        "outputs": [said(output.label) for output in outputs.values()],
        "rows": rows,
        "settled_by": holder_label(spec.settled_by),
        "width": len(outputs),
    }

"""Page and export of the counties side by side (区县并列页面; CD-1.2)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.insight import counties as reading
from guantong.insight.counties import Adopted, County, Own
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.journal.reading import note
from guantong.kernel.organs.lacks import BREACH, UNKNOWN, VACANT
from guantong.kernel.sheets import OutSheet, OutTable
from guantong.web.exports import tables_answer
from guantong.web.guard import actor_of, in_post
from guantong.web.wording import listed, said, setting_label


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not reading.may_compare(actor):
        raise PermissionDenied(
            _("The counties are compared by the office that coordinates the bodies, and by its leaders.")
        )
    return actor


def _own(one: Adopted, own: Own) -> dict[str, Any]:
    return {
        "clause": own.clause,
        "label": said(own.setting.label),
        "was": setting_label(one.measure, own.clause, own.name, own.setting.value),
        "value": setting_label(one.measure, own.clause, own.name, own.value),
        "same": own.same,
        "reason": own.decision.get("reason", ""),
        "by": own.decision.get("by", ""),
        "on": own.decision.get("on", ""),
    }


def _readings(one: Adopted) -> list[dict[str, Any]]:
    return [
        {
            "clause": found.clause,
            "label": said(found.setting.label),
            "value": setting_label(one.measure, found.clause, found.name, found.setting.value),
            "reading": said(found.setting.reading),
        }
        for found in one.open_readings
    ]


def _measure(one: Adopted) -> dict[str, Any]:
    return {
        "title": said(one.measure.title),
        "id": one.measure.id,
        "version": one.adoption.measure_version.version,
        "since": one.adoption.since,
        "on_trial": one.on_trial,
        "review_on": one.review_on,
        "review_late": one.review_late,
        "own": [_own(one, own) for own in one.own],
        "readings": _readings(one),
    }


def _row(county: County) -> dict[str, Any]:
    return {
        "place": county.place,
        "measures": [_measure(one) for one in county.adopted],
        "own": len(county.own),
        "readings": sum(len(one.open_readings) for one in county.adopted),
        "bound": [(said(one.name), listed(one.organs)) for one in county.bound],
        "missing": [
            (said(one.name), listed(f"{code.partition('/')[0]} {said(name)}" for code, name in one.rules))
            for one in county.missing
        ],
        "bodies": len(county.bodies.seated) if county.bodies else 0,
        "lacks": county.lacks,
        "owed": county.owed,
        "rounds": [(said(one.name), one) for one in county.rounds],
        "held": sum(one.held for one in county.rounds),
        "held_late": sum(one.late for one in county.rounds),
        "to_hold": sum(one.open for one in county.rounds),
        "unseen": sum(one.unseen for one in county.rounds),
    }


@require_safe
@in_post
def counties(request: HttpRequest) -> HttpResponse:
    """Show the counties below the reader's place side by side; the look is noted."""
    actor = _reader(request)
    note(actor, "open", None, "counties", user_id=request.user.pk)
    context = {
        "rows": [_row(one) for one in reading.counties_of(actor)],
        "place": actor.organ.jurisdiction,
        "year": clock.today().year,
    }
    return render(request, "insight/counties.html", context)


@require_safe
@in_post
def export(request: HttpRequest) -> HttpResponse:
    """Return the comparison with its details as a workbook (导出Excel); noted as one reading."""
    actor = _reader(request)
    note(actor, "export", None, "counties", user_id=request.user.pk)
    rows = [_row(one) for one in reading.counties_of(actor)]
    sheets = [_overview(rows), _decided(rows), _open(rows), _roles(rows), _coming_round(rows)]
    return tables_answer(actor, sheets, _("Counties side by side"))


def _overview(rows: list[dict[str, Any]]) -> OutSheet:
    head = (
        _("Jurisdiction"), _("Measures applied"), _("On trial until reviewed"), _("Values of its own"),
        _("Readings to be confirmed"), _("Roles filled"), _("Roles missing"), _("Bodies"), _("Vacant seats"),
        _("Not as required"), _("Not known"), _("Duties open"), _("of them late"), _("Done this year"),
        _("of them late"),
    )  # fmt: skip
    lines = [
        (
            row["place"].name,
            listed(f"{one['title']} {one['version']}" for one in row["measures"]),
            listed(f"{one['title']} {one['review_on'] or '—'}" for one in row["measures"] if one["on_trial"]),
            row["own"], row["readings"], len(row["bound"]), len(row["missing"]), row["bodies"],
            row["lacks"][VACANT], row["lacks"][BREACH], row["lacks"][UNKNOWN],
            row["owed"].open, row["owed"].late, row["owed"].done, row["owed"].done_late,
        )
        for row in rows
    ]  # fmt: skip
    return OutSheet(_("Overview"), (), [OutTable(_("Counties side by side"), head, lines)])


def _decided(rows: list[dict[str, Any]]) -> OutSheet:
    head = (
        _("Jurisdiction"), _("Measure"), _("Clause"), _("Setting"), _("Value of the measure"),
        _("Value here"), _("Reason"), _("Decided by"), _("Decided on"),
    )  # fmt: skip
    lines = [
        (row["place"].name, one["title"], own["clause"], own["label"], own["was"], own["value"],
         own["reason"], own["by"], own["on"])
        for row in rows for one in row["measures"] for own in one["own"]
    ]  # fmt: skip
    return OutSheet(_("Own values"), (), [OutTable(_("What counties decided, and why"), head, lines)])


def _open(rows: list[dict[str, Any]]) -> OutSheet:
    head = (
        _("Jurisdiction"),
        _("Measure"),
        _("Clause"),
        _("What is open"),
        _("Value used"),
        _("As read so far"),
    )
    lines = [
        (row["place"].name, one["title"], found["clause"], found["label"], found["value"], found["reading"])
        for row in rows for one in row["measures"] for found in one["readings"]
    ]  # fmt: skip
    return OutSheet(_("To be confirmed"), (), [OutTable(_("Readings to be confirmed"), head, lines)])


def _roles(rows: list[dict[str, Any]]) -> OutSheet:
    head = (_("Jurisdiction"), _("Role"), _("Filled by"), _("What does not arise without it"))
    lines = [
        line
        for row in rows
        for line in (
            *((row["place"].name, name, organs, "") for name, organs in row["bound"]),
            *((row["place"].name, name, _("nobody"), rules) for name, rules in row["missing"]),
        )
    ]
    return OutSheet(_("Roles"), (), [OutTable(_("Roles of the measures"), head, lines)])


def _coming_round(rows: list[dict[str, Any]]) -> OutSheet:
    head = (
        _("Jurisdiction"), _("Clause"), _("What comes round"), _("Periods begun this year"), _("Done"),
        _("of them late"), _("Still to be done"), _("Not within your sight"),
    )  # fmt: skip
    lines = [
        (row["place"].name, one.clause, name, one.begun, one.held, one.late, one.open, one.unseen)
        for row in rows for name, one in row["rounds"]
    ]  # fmt: skip
    return OutSheet(_("What comes round"), (), [OutTable(_("What comes round"), head, lines)])


urlpatterns = [
    path("counties/", counties, name="counties"),
    path("counties/export/", export, name="counties_export"),
]

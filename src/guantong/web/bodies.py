"""Bodies at which organs sit together (议事协调机构): side by side, with history and lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.measures import engine
from guantong.kernel.measures.schema import BodyRule, Clause
from guantong.kernel.organs.called import kind_name, said, seat_name
from guantong.kernel.organs.lacks import BREACH, UNKNOWN, VACANT, Lack, PlaceState, states
from guantong.kernel.organs.models import Body, Jurisdiction, Seat, Tier
from guantong.kernel.organs.seated import RELATED, TIERS, Seated, body_on, in_order
from guantong.kernel.sheets import OutSheet, OutTable, write_tables
from guantong.web.exports import spreadsheet
from guantong.web.wording import body_rule

DAYS = 12
"""How many days of change a body's page offers."""


@dataclass(frozen=True)
class Asked:
    """The day a page is asked for (查询日期), and what was wrong with it."""

    on: date
    wrong: str = ""


def day_asked(request: HttpRequest) -> Asked:
    """Return the day in the address; today where there is none or it is none."""
    given = request.GET.get("on", "").strip()
    if not given:
        return Asked(clock.today())
    try:
        return Asked(date.fromisoformat(given))
    except ValueError:
        return Asked(clock.today(), _("“%(day)s” is no date; what is shown is today.") % {"day": given[:20]})


def counted(lacks: list[Lack]) -> dict[str, int]:
    """Return how many lacks there are of each kind."""
    return {kind: sum(one.kind == kind for one in lacks) for kind in (VACANT, BREACH, UNKNOWN)}


@dataclass
class Cell:
    """A kind of body in one place: what there is of it and what it lacks."""

    bodies: list[Seated] = field(default_factory=list)
    lacks: dict[str, int] = field(default_factory=dict)
    required: bool = False


def _places() -> list[Jurisdiction]:
    tiers = (Tier.PREFECTURE, Tier.COUNTY)
    found = Jurisdiction.objects.filter(tier__in=tiers).order_by("code")
    return sorted(found, key=lambda place: (tiers.index(Tier(place.tier)), place.code))


def _columns(found: list[PlaceState]) -> list[tuple[str, str]]:
    """Return the kinds of bodies with their names: the required ones first, then what else there is."""
    names: dict[str, str] = {}
    for state in found:
        for _clause, rule in state.required:
            names.setdefault(rule.kind, said(rule.name))
    for state in found:
        for one in state.seated:
            if one.body.company_id is None:
                names.setdefault(one.body.kind, kind_name(one.body.kind, one.body.name))
    return list(names.items())


def _cell(state: PlaceState, kind: str) -> Cell:
    required = any(rule.kind == kind for _clause, rule in state.required)
    return Cell(state.of_kind(kind), counted(state.lacking(kind)), required)


@login_required
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """Show the bodies of city and counties side by side as of a day, and below what is lacking."""
    asked = day_asked(request)
    found = states(asked.on, _places())
    columns = _columns(found)
    lacks = [one for state in found for one in state.lacks]
    place = request.GET.get("place", "")
    context = {
        "asked": asked,
        "columns": columns,
        "rows": [
            {"place": state.place, "cells": [_cell(state, kind) for kind, _name in columns]}
            for state in found
        ],
        "companies": [one for state in found for one in state.seated if one.body.company_id],
        "lacks": [one for one in lacks if place in ("", one.place.code)],
        "counts": counted(lacks),
        "place": place,
        "places": [state.place for state in found],
    }
    return render(request, "web/bodies/bodies.html", context)


@login_required
@require_safe
def bodies_export(request: HttpRequest) -> HttpResponse:
    """Return bodies, members and what is lacking as a workbook."""
    asked = day_asked(request)
    found = states(asked.on, _places())
    as_of = _("As of %(day)s") % {"day": asked.on}
    members = [
        (state.place.name, one.body.name, seat_name(seat.rank, one.body.kind), seat.organ.full_name,
         *_holder(seat), str(seat.since), seat.basis)
        for state in found
        for one in state.seated
        for seat in one.seats
    ]  # fmt: skip
    faults = [
        (one.place.name, one.about, str(LACK_WORDS[one.kind]), one.reason, one.clause, one.settled_by)
        for state in found
        for one in state.lacks
    ]
    place, body = _("Jurisdiction"), _("Coordinating body")
    seated_head = (place, body, _("Seat"), _("Organ"), _("Holder"), _("Post"), _("From"),
                   _("According to"))  # fmt: skip
    lack_head = (place, body, _("State"), _("What is lacking"), _("Clause"), _("Settled by"))
    data = write_tables(
        [
            OutSheet(_("Members"), (as_of,), [OutTable(_("Bodies and their members"), seated_head, members)]),
            OutSheet(_("Lacking"), (as_of,), [OutTable(_("Vacancies and breaches"), lack_head, faults)]),
        ]
    )
    return spreadsheet(data, f"bodies-{asked.on}.xlsx")


LACK_WORDS = {
    VACANT: gettext_lazy("vacant"),
    BREACH: gettext_lazy("not as required"),
    UNKNOWN: gettext_lazy("not known"),
}


def _holder(seat: Seat) -> tuple[str, str]:
    if seat.post is None:
        return _("vacant"), ""
    return seat.post.officer.name, seat.post.title


@login_required
@require_safe
def body_page(request: HttpRequest, body_id: int) -> HttpResponse:
    """Show a body: who sits on it on a day, what it lacks, what the measures require, its history."""
    body = get_object_or_404(Body.every.select_related("jurisdiction", "office__body", "company"), pk=body_id)
    asked = day_asked(request)
    state = states(asked.on, [body.jurisdiction])[0]
    seated = body_on(body, asked.on)
    seats = {seat.pk for seat in seated.seats}
    own = body.company_id is None
    lacks = [one for one in state.lacking(body.kind) if one.seat in seats or (own and one.seat is None)]
    every = Seat.every.filter(body=body).select_related(*RELATED).order_by("-since", "-pk")
    rules = [(clause, rule) for clause, rule in state.required if own and rule.kind == body.kind]
    context = {
        "body": body,
        "asked": asked,
        "there": body.since <= asked.on and (body.until is None or body.until >= asked.on),
        "seats": [
            {"seat": seat, "lacks": [one for one in lacks if one.seat == seat.pk]} for seat in seated.seats
        ],
        "lacks": lacks,
        "history": every,
        "days": sorted({seat.since for seat in every if not seat.mistake}, reverse=True)[:DAYS],
        "rules": [_rule(body.jurisdiction, asked.on, clause, rule) for clause, rule in rules],
    }
    return render(request, "web/bodies/body.html", context)


def _rule(place: Jurisdiction, on: date, clause: Clause, rule: BodyRule) -> dict[str, Any]:
    """Return a requirement with the measure it stands in, and who must sit there by a concurrent post."""
    measure = next(one.measure for one in engine.applied_on(place.pk, on) if clause.id in one.measure.clauses)
    concurrent = [
        said(one.name)
        for _other, one in measure.concurrent
        if one.sits and one.sits.body == rule.kind and place.tier in [str(TIERS[tier]) for tier in one.tiers]
    ]
    return {
        **body_rule(measure, clause, rule),
        "measure": measure.id,
        "clause": clause.id,
        "concurrent": concurrent,
    }


def seats_of(officer_id: int) -> list[Seat]:
    """Return every seat an officer has or had, in one query (兼任)."""
    found = Seat.objects.filter(post__officer=officer_id, body__mistake="").select_related(
        "body__jurisdiction", "post__organ__body", "organ"
    )
    return sorted(in_order(found), key=lambda seat: seat.since, reverse=True)

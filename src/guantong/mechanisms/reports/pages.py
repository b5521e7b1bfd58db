"""The list of reports (报告与发现问题)."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from guantong.kernel.access.models import Visibility
from guantong.kernel.acts import registry
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.matters.models import Depth
from guantong.mechanisms.reports.lifecycle import KIND
from guantong.mechanisms.reports.models import Finding, Report, ReportKind
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SIZE = 50
WAN = Decimal(10_000)
NAMES = ("kind", "unit", "year", "category", "transfer")
TRANSFER = ("concluded", "untransferred")


@require_GET
@in_post
def reports(request: HttpRequest) -> HttpResponse:
    """List the reports one sees, newest first, by source, unit, year, category and what was concluded."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:80] for name in NAMES}
    seen = Visibility.objects.filter(kind="report", principal__in=actor.principals)
    found = Report.objects.filter(matter__in=seen.values("matter"))
    years = list(found.values_list("year", flat=True).distinct().order_by("-year"))
    found = _narrowed(found, asked)
    place = _place(request.GET.get("after", ""))
    if place:
        found = found.filter(
            Q(matter__happened_on__lt=place[0]) | Q(matter__happened_on=place[0], matter__lt=place[1])
        )
    page = list(found.select_related("matter").order_by("-matter__happened_on", "-matter_id")[: SIZE + 1])
    rows = page[:SIZE]
    figures = _figures([row.pk for row in rows], asked["category"])
    query = urlencode({name: value for name, value in asked.items() if value})
    last = rows[-1] if len(page) > SIZE else None
    context = {
        "rows": [
            (row, {**figures.get(row.pk, {}), "state": _state(row)}, matter_url(row.pk)) for row in rows
        ],
        "asked": asked,
        "narrowed": any(asked.values()),
        "kinds": ReportKind.choices,
        "years": years,
        "next": f"{query}&after={last.matter.happened_on.isoformat()}.{last.pk}" if last else "",
        "first": query if place else None,
        "may_register": entitling(registry.get("report.register").by, actor, {}) is not None,
        "may_import": entitling(registry.get("report.import_published").by, actor, {}) is not None,
    }
    return render(request, "reports/list.html", context)


def _narrowed(found: Any, asked: dict[str, str]) -> Any:
    if asked["kind"] in ReportKind.values:
        found = found.filter(kind=asked["kind"])
    if asked["unit"]:
        found = found.filter(Q(unit__icontains=asked["unit"]) | Q(matter__title__icontains=asked["unit"]))
    if asked["year"].isascii() and asked["year"].isdigit() and len(asked["year"]) == 4:
        found = found.filter(year=int(asked["year"]))
    findings = Finding.objects.all()
    if asked["category"]:
        findings = findings.filter(category__icontains=asked["category"])
    if asked["transfer"] in TRANSFER:
        findings = findings.filter(transfer=True)
        if asked["transfer"] == "untransferred":
            found = found.filter(
                matter__duties__ended_on__isnull=True, matter__duties__state="open"
            ).distinct()
    if asked["category"] or asked["transfer"] in TRANSFER:
        found = found.filter(pk__in=findings.values("report"))
    return found


def _figures(reports: list[uuid.UUID], category: str) -> dict[uuid.UUID, dict[str, Any]]:
    """Return number and amount of each report's findings, in one query."""
    rows = Finding.objects.filter(report__in=reports).values("report").order_by("report")
    rows = rows.annotate(
        number=Count("id"),
        amount=Sum("amount"),
        to_transfer=Count("id", filter=Q(transfer=True)),
        matching=Count("id", filter=Q(category__icontains=category)),
    )
    found: dict[uuid.UUID, dict[str, Any]] = {row["report"]: {**row} for row in rows}
    for row in found.values():
        row["wan"] = f"{row['amount'] / WAN:,.2f}" if row["amount"] is not None else ""
    return found


def _state(report: Report) -> str:
    return KIND.state_label(Depth.FULL, report.matter.state)


def _place(text: str) -> tuple[date, uuid.UUID] | None:
    day, _dot, report = text.partition(".")
    try:
        return date.fromisoformat(day), uuid.UUID(report)
    except ValueError:
        return None

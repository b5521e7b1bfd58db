"""Pages of figures (统计页面): a form of a month, the records behind each figure, adjustments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.insight import returns
from guantong.insight.models import Check
from guantong.insight.returns_forms import FORMS, MONTHLY, BuiltIn, CheckRule, failing
from guantong.kernel import clock, counting
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.journal.reading import note
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.watermark import Watermark
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.mechanisms.returns import lifecycle, queries
from guantong.mechanisms.returns.models import Close
from guantong.web.can import may_create
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
PAGE = 200


@dataclass(frozen=True)
class Asked:
    """What is asked, as it stands in the address: a form, a month, as frozen or as counted now."""

    form: BuiltIn
    month: date
    live: bool

    def query(self, **more: str) -> str:
        """Return the address's query of it."""
        asked = {"form": self.form.code, "month": f"{self.month:%Y-%m}", "live": "1" if self.live else ""}
        return urlencode({name: value for name, value in {**asked, **more}.items() if value})


def month_asked(text: str) -> date:
    """Return the month asked for; what is none, or lies ahead, is the last month that is over."""
    today = clock.today()
    found = MONTH.fullmatch(text)
    month = date(int(found[1]), int(found[2]), 1) if found else None
    if month is None or month > today:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return month


def read(request: HttpRequest) -> Asked:
    """Read form and month from the address."""
    form = FORMS.get(request.GET.get("form", ""), MONTHLY)
    return Asked(form, month_asked(request.GET.get("month", "")), bool(request.GET.get("live")))


def close_of(actor: Actor, month: date) -> Close | None:
    """Return the close of a month within the reader's sight."""
    found = Close.objects.filter(organ__body=actor.body_id, month=month).select_related("matter")
    return found.first()


def is_frozen(close: Close | None) -> bool:
    """Whether figures of the month are frozen now."""
    return close is not None and close.matter.state != lifecycle.DRAFTED


def own_checks(actor: Actor) -> list[CheckRule]:
    """Return the cross-checks the reader's body has added."""
    return [
        CheckRule(one.label, tuple(one.left), tuple(one.right))
        for one in Check.objects.filter(body=actor.body_id)
    ]


@dataclass(frozen=True)
class Shown:
    """The figures a page shows, and whether they are the frozen ones of `close`."""

    values: Mapping[str, int]
    close: Close | None
    frozen: bool


def shown(actor: Actor, asked: Asked) -> Shown:
    """Return the frozen figures of a month where there are any and these are asked, else count now."""
    close = close_of(actor, asked.month)
    if close is not None and is_frozen(close) and not asked.live and asked.form.code in close.forms:
        return Shown(close.figures, close, True)
    end = counting.month_end(asked.month)
    counted = returns.counted(actor, {end: asked.form.cells()})[end]
    return Shown(counting.values(counted), close, False)


@in_post
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show a form of a month; each figure leads to its records."""
    actor, asked = actor_of(request), read(request)
    found = shown(actor, asked)
    context = {
        "asked": asked,
        "forms": [
            (form, asked.query(form=form.code), form is asked.form, asked.month.month % form.every == 0)
            for form in FORMS.values()
        ],
        "heads": asked.form.heads(),
        "rows": asked.form.rows(found.values),
        "query": asked.query(),
        "other_query": asked.query(live="" if asked.live else "1"),
        "found": found,
        "is_frozen": is_frozen(found.close),
        "state": _state(found.close),
        "url": matter_url(found.close.pk) if found.close else "",
        "failing": failing(found.values, own_checks(actor)),
        "is_empty": not any(found.values.values()),
        "running": counting.month_end(asked.month) >= clock.today(),
        "end": counting.month_end(asked.month),
        "may_close": may_create(actor, ["close.draft"])["close.draft"],
    }
    return render(request, "insight/statistics.html", context)


def _state(close: Close | None) -> str:
    return str(lifecycle.STATES[close.matter.state]) if close else ""


@in_post
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """List the records behind a figure; of a frozen one those the reader may see."""
    actor, asked = actor_of(request), read(request)
    cell = returns.parse(request.GET.get("name", ""))
    if cell is None:
        raise Http404(_("There is no such figure; the catalogue lists all there are."))
    close = close_of(actor, asked.month)
    end = counting.month_end(asked.month)
    if close is not None and is_frozen(close) and not asked.live and cell.name in close.figures:
        behind, value, frozen = queries.frozen(close, cell.name), close.figures[cell.name], True
    else:
        behind, frozen = returns.counted(actor, {end: [cell]})[end][cell.name], False
        value = behind.total()
    note(actor, "view", detail=f"{cell.name} {asked.month:%Y-%m}", user_id=request.user.pk)
    context = {
        "cell": cell, "asked": asked, "rows": _rows(behind), "value": value, "frozen": frozen,
        "hidden": value - behind.total(), "most": PAGE, "more": max(0, len(behind) - PAGE),
        "back": asked.query(),
    }  # fmt: skip
    return render(request, "insight/records.html", context)


def _rows(behind: Counter[UUID]) -> list[dict[str, Any]]:
    matters = Matter.objects.filter(pk__in=behind).select_related("clue").order_by("-happened_on", "-id")
    kind = kinds.get("clue")
    return [
        {
            "matter": matter,
            "url": matter_url(matter.pk),
            "source": returns.source_label(matter.clue.source),
            "received_on": matter.clue.received_on,
            "state": kind.state_label(3, matter.state),
            "times": behind[matter.pk],
        }
        for matter in matters[:PAGE]
    ]


@in_post
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Export a form of a month to Excel; noted as one reading."""
    actor, asked = actor_of(request), read(request)
    found = shown(actor, asked)
    heads = asked.form.heads()
    columns = [OutColumn("source", _("Source"))] + [
        OutColumn(f"c{at}", head, "integer") for at, head in enumerate(heads)
    ]
    rows = [
        {"source": row["label"], **{f"c{at}": one["value"] for at, one in enumerate(row["cells"])}}
        for row in asked.form.rows(found.values)
    ]
    how = _("as closed") if found.frozen else _("as counted now")
    mark = Watermark(actor.officer.name, actor.capacity, clock.now())
    above = f"{asked.form.label} {asked.month:%Y-%m}（{asked.form.version}，{how}） {mark.text}"
    note(actor, "export", detail=f"{asked.form.code} {asked.month:%Y-%m}", user_id=request.user.pk)
    content = write_workbook(columns, rows, sheet_name=f"{asked.month:%Y-%m}", above=above)
    return spreadsheet(content, f"{asked.form.label}-{asked.month:%Y-%m}.xlsx")


@dataclass(frozen=True)
class AdjustmentRow:
    """One adjustment as the page shows it, with the close that took it."""

    month: date
    label: str
    matter: Matter | None
    by: int
    act: str
    happened_on: date | None
    recorded_at: Any
    taken_by: Close | None = None

    @property
    def url(self) -> str:
        """Address of the clue."""
        return matter_url(self.matter.pk) if self.matter else ""


@in_post
@require_safe
def adjustments(request: HttpRequest) -> HttpResponse:
    """List what has changed in closed months: what waits for the next close, what one has taken."""
    actor = actor_of(request)
    year = month_asked(request.GET.get("month", "")).year
    waiting = queries.pending(actor)
    closes = queries.closes(actor.body_id, year)
    taken = queries.adjustments(closes)
    matters = Matter.objects.in_bulk({one.about for one in waiting})
    context = {
        "waiting": [
            _adjustment(one.month, one.name, matters.get(one.about), one.by, one.act, one.happened_on,
                        one.recorded_at)
            for one in waiting
        ],
        "taken": [
            _adjustment(one.month, one.name, one.about, one.by, one.act, one.happened_on, one.recorded_at,
                        close)
            for close, one in taken
        ],
        "closes": [(close, matter_url(close.pk), _state(close)) for close in closes],
        "year": year,
        "years": range(clock.today().year, clock.today().year - 6, -1),
    }  # fmt: skip
    return render(request, "insight/adjustments.html", context)


def _adjustment(
    month: date, name: str, matter: Matter | None, by: int, act: str, happened_on: date | None,
    recorded_at: Any, close: Close | None = None,
) -> AdjustmentRow:  # fmt: skip
    cell = returns.parse(name)
    try:
        said = str(registry.get(act).label) if act else ""
    except KeyError:
        said = act
    return AdjustmentRow(
        month, cell.label if cell else name, matter, by, said, happened_on, recorded_at, close
    )


def record_address(name: str, asked: Asked) -> str:
    """Return the address of the records behind a figure."""
    return f"{reverse('figure_records')}?{asked.query(name=name)}"


urlpatterns = [
    path("statistics/", statistics, name="statistics"),
    path("statistics/records/", records, name="figure_records"),
    path("statistics/export/", export, name="statistics_export"),
    path("statistics/adjustments/", adjustments, name="adjustments"),
]

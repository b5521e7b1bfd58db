"""Who has reported for which period, and who has not (定期报送台账; CD-2.4)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.duties.cadence import Span, last_day
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.journal.reading import note
from guantong.kernel.measures import engine
from guantong.kernel.sheets import OutColumn
from guantong.mechanisms.correspondence.declared import all_forms
from guantong.mechanisms.correspondence.models import Copy, Correspondence
from guantong.web.exports import workbook_answer
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.periods import PeriodCell, counted, standing, year_asked, years_offered

WORDS = {
    "in_time": gettext_lazy("Reported in time"),
    "late": gettext_lazy("Reported late"),
    "told": gettext_lazy("Reported"),
    "missing": gettext_lazy("Overdue, not reported"),
    "due": gettext_lazy("To be reported"),
}


@dataclass(frozen=True)
class Cell(PeriodCell):
    """What a body owes for one period: by when, when it went out, how that counts, who signed for copies."""

    WORDS = WORDS

    row: Correspondence
    period: str
    due_on: date | None
    done_on: date | None
    standing: str
    copies: tuple[Copy, ...]

    @property
    def url(self) -> str:
        """Where it stands."""
        return matter_url(self.row.pk)

    @property
    def days_late(self) -> int | None:
        """Days beyond its date, until it went out or until today."""
        if self.due_on is None or self.standing not in ("late", "missing"):
            return None
        return ((self.done_on or clock.today()) - self.due_on).days


@dataclass
class Line:
    """A body with what it owes in a form for the periods of the year."""

    body: str
    form: str
    cells: list[Cell] = field(default_factory=list)


def _due_on(occasion: Occasion) -> date | None:
    """Return by when it is owed as the measure has it, for who sees no more than that it is."""
    code = f"{occasion.clause}/{occasion.cadence}"
    for applied in engine.applied_on(occasion.jurisdiction_id, min(clock.today(), occasion.ends_on)):
        for cadence in applied.measure.cadences:
            if cadence.rule.code == code:
                return last_day(cadence, Span(occasion.begins_on, occasion.ends_on))
    return None


def lines(year: int) -> list[Line]:
    """Return by body what was owed for the periods begun in a year, as one sees it; in four queries."""
    english = (get_language() or "").startswith("en")
    forms = [form.code for form in all_forms() if form.by_calendar]
    found = Correspondence.objects.filter(form__in=forms, matter__occasion__begins_on__year=year)
    rows = found.select_related("matter", "sender__body").in_bulk()
    occasions = Occasion.objects.filter(matter__in=rows).order_by("begins_on", "organ")
    by_matter = {one.matter_id: one for one in occasions}
    due: dict[uuid.UUID, Duty] = {}
    for duty in Duty.objects.filter(matter__in=rows):
        if duty.rule == by_matter[duty.matter_id].cadence:
            due[duty.matter_id] = duty
    copies: dict[uuid.UUID, list[Copy]] = {}
    for copy in Copy.objects.filter(matter__in=rows):
        copies.setdefault(copy.matter_id, []).append(copy)
    made: dict[tuple[int, str], Line] = {}
    for key, occasion in by_matter.items():
        row = rows[key]
        assert row.sender is not None  # noqa: S101 - the calendar names who owes it
        line = made.setdefault(
            (row.sender.body_id_or_own, row.form),
            Line((row.sender.body or row.sender).name, str(row.declared.label)),
        )
        owed = due.get(key)
        due_on, done_on = (owed.due_on, owed.ended_on) if owed else (_due_on(occasion), row.sent_on)
        period = Span(occasion.begins_on, occasion.ends_on).name(english=english)
        how = standing(done_on, due_on) if due_on else "told" if row.sent_on else "due"
        line.cells.append(Cell(row, period, due_on, done_on, how, tuple(copies.get(key, ()))))
    return list(made.values())


def _narrowed(found: list[Line], asked: str) -> list[Line]:
    if asked not in WORDS:
        return found
    kept = [Line(one.body, one.form, [cell for cell in one.cells if cell.standing == asked]) for one in found]
    return [line for line in kept if line.cells]


@in_post
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Show, body by body, what was reported for the periods of the year, and what was not (报送台账)."""
    year, asked = year_asked(request), request.GET.get("show", "")
    found = lines(year)
    context = {
        "lines": _narrowed(found, asked),
        "year": year,
        "years": years_offered(),
        "asked": asked if asked in WORDS else "",
        "counted": counted((cell for line in found for cell in line.cells), WORDS),
    }
    return render(request, "correspondence/reports.html", context)


@in_post
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the same out as a workbook, as it is narrowed; noted as one reading."""
    actor, year = actor_of(request), year_asked(request)
    note(actor, "export", None, f"periodic reports {year}", user_id=request.user.pk)
    columns = [
        OutColumn("body", _("Body"), width=36),
        OutColumn("form", _("Form of correspondence"), width=28),
        OutColumn("period", _("Period reported on"), width=18),
        OutColumn("due_on", _("Due by"), "date"),
        OutColumn("sent_on", _("Went out on"), "date"),
        OutColumn("standing", _("State"), width=16),
        OutColumn("days_late", _("Days late"), "integer"),
        OutColumn("received_on", _("Received on"), "date"),
        OutColumn("copies", _("Copies signed for"), width=40),
        OutColumn("number", _("Number"), width=24),
    ]
    rows = [
        {
            "body": line.body,
            "form": line.form,
            "period": cell.period,
            "due_on": cell.due_on,
            "sent_on": cell.done_on,
            "standing": cell.words,
            "days_late": cell.days_late,
            "received_on": cell.row.received_on,
            "copies": "; ".join(
                f"{one.name} {one.received_on or _('not signed for')}" for one in cell.copies
            ),
            "number": cell.row.matter.number,
        }
        for line in _narrowed(lines(year), request.GET.get("show", ""))
        for cell in line.cells
    ]
    return workbook_answer(actor, columns, rows, f"{_('Periodic reports')}{year}")


urlpatterns = [
    path("correspondence/reports/", reports, name="correspondence_reports"),
    path("correspondence/reports/export/", export, name="correspondence_reports_export"),
]

"""Pages of figures (统计分析页面): what is asked, the tables with their charts, the records behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.insight import (
    figures_clues,
    figures_compliance,
    figures_duties,
    figures_reminders,
    figures_telling,
)
from guantong.insight.charts import drawing
from guantong.insight.compliance_report import report
from guantong.insight.figures import Sheet
from guantong.insight.figures_asked import Asked, offered, period_name, period_of, read
from guantong.insight.figures_export import workbook
from guantong.insight.figures_hops import by_hop
from guantong.insight.figures_records import LISTS, records
from guantong.insight.figures_wanted import read_wanted
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.journal.reading import note
from guantong.kernel.papers.render_docx import render_docx
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.mechanisms.clues.models import Source
from guantong.web.exports import XLSX, spreadsheet
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.papers import DOCX, given, watermark

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NARROWED: dict[str, Any] = {"clause": "", "organ": None, "source": "", "measure": ""}
"""What narrows a subject, at its plainest."""

RENDERED: dict[str, tuple[Callable[..., bytes], str]] = {
    "pdf": (render_pdf, "application/pdf"),
    "docx": (render_docx, DOCX),
}


@dataclass(frozen=True)
class Choices:
    """What can be chosen to narrow a subject: organs and clauses there are, sources, measures."""

    organs: tuple[tuple[int, str], ...] = ()
    clauses: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    measures: tuple[tuple[str, str], ...] = ()


Drawn = tuple[Sheet, Choices]


def _of_duties(
    make: Callable[[Actor, figures_duties.Duties], Sheet],
) -> Callable[[Actor, Asked], Drawn]:
    def draw(actor: Actor, asked: Asked) -> Drawn:
        duties = figures_duties.Duties(asked)
        organs = sorted(duties.organs.items(), key=lambda pair: pair[1])
        clauses = sorted({one.clause for one in duties.all})
        return make(actor, duties), Choices(tuple(organs), tuple(clauses))

    return draw


def _pairs(_actor: Actor, duties: figures_duties.Duties) -> Sheet:
    return figures_duties.by_pair(duties)


def _reminders(actor: Actor, asked: Asked) -> Drawn:
    found = figures_reminders.Reminders(actor, asked)
    organs = sorted(found.organs.items(), key=lambda pair: pair[1])
    clauses = sorted({one["clause"] for one in found.all})
    return figures_reminders.reminders(actor, found), Choices(tuple(organs), tuple(clauses))


def _compliance(actor: Actor, asked: Asked) -> Drawn:
    found = figures_compliance.Compliance(actor, asked)
    organs = sorted(found.duties.organs.items(), key=lambda pair: pair[1])
    codes = sorted(figures_compliance.clauses(actor))
    measures = tuple(figures_compliance.measures(actor).items())
    choices = Choices(tuple(organs), tuple(codes), measures=measures)
    return figures_compliance.compliance(found), choices


def _telling(_actor: Actor, asked: Asked) -> Drawn:
    found = figures_telling.Tellings(asked)
    organs = sorted(found.organs.items(), key=lambda pair: pair[1])
    return figures_telling.by_telling(found), Choices(tuple(organs))


def _of_clues(make: Callable[[Actor, Asked], Sheet]) -> Callable[[Actor, Asked], Drawn]:
    def draw(actor: Actor, asked: Asked) -> Drawn:
        sources = tuple((value, str(label)) for value, label in Source.choices)
        return make(actor, asked), Choices(sources=sources)

    return draw


SUBJECTS: dict[str, tuple[str | _StrPromise, Callable[[Actor, Asked], Drawn]]] = {
    "clauses": (gettext_lazy("On time, by clause"), _of_duties(figures_duties.by_clause)),
    "pairs": (
        gettext_lazy("On time, by organ"),
        _of_duties(_pairs),
    ),
    "compliance": (gettext_lazy("Compliance of clauses"), _compliance),
    "telling": (gettext_lazy("From knowing to telling"), _telling),
    "hops": (gettext_lazy("Days from hop to hop"), _of_clues(lambda _actor, asked: by_hop(asked))),
    "ageing": (gettext_lazy("Age of what lies open"), _of_clues(figures_clues.ageing)),
    "returns": (gettext_lazy("Sent back"), _of_clues(figures_clues.returns)),
    "reminders": (gettext_lazy("Reminders"), _reminders),
}


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _periods(asked: Asked) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    today = clock.today()
    for label, codes in offered(today):
        named = [(code, period_of(code, today)) for code in codes]
        yield label, [(code, period_name(one.span, english=_english())) for code, one in named if one]


@require_safe
@in_post
def figures(request: HttpRequest) -> HttpResponse:
    """Show one subject for one period; everything asked stands in the address."""
    actor, asked = actor_of(request), read(request.GET, SUBJECTS)
    sheet, choices = SUBJECTS[asked.show][1](actor, asked)
    context = {
        "asked": asked,
        "sheet": sheet,
        "choices": choices,
        "subjects": [
            (code, label, asked.query(show=code, **NARROWED)) for code, (label, _draw) in SUBJECTS.items()
        ],
        "subject": SUBJECTS[asked.show][0],
        "periods": list(_periods(asked)),
        "listed": any(asked.period.code in codes for _label, codes in offered(clock.today())),
        "period": period_name(asked.period.span, english=_english()),
        "before": period_name(asked.period.before, english=_english()),
        "charts": [(chart, drawing(chart), f"chart-{chart.key}") for chart in sheet.charts if chart.drawn],
        "narrowed": any(getattr(asked, name) != plain for name, plain in NARROWED.items()),
        "plain_query": asked.query(**NARROWED),
        "export_query": asked.query(),
        "is_snapshot": asked.show == "ageing",
        "reports": asked.show == "compliance",
    }
    return render(request, "figures/figures.html", context)


@require_safe
@in_post
def figure_records(request: HttpRequest) -> HttpResponse:
    """List the records behind a figure; the filters stand in the address."""
    actor = actor_of(request)
    wanted = read_wanted(request.GET.dict(), tuple(LISTS))
    found = records(actor, wanted)
    context = {
        "found": found,
        "rows": [(row, matter_url(row.matter)) for row in found.rows],
        "wanted": wanted,
        "next": f"?{wanted.query(found.next)}" if found.next else "",
        "first": f"?{wanted.query()}" if wanted.after else "",
        "narrowed": wanted.query() != f"of={wanted.of}",
    }
    return render(request, "figures/records.html", context)


@require_safe
@in_post
def compliance_report(request: HttpRequest, form: str) -> HttpResponse:
    """Give out the compliance of clauses as a report for a meeting (落实情况报告), as DOCX, PDF or Excel."""
    actor, asked = actor_of(request), replace(read(request.GET, SUBJECTS), show="compliance")
    note(actor, "export", detail=f"compliance {form} {asked.query()}", user_id=request.user.pk)
    if form == "xlsx":
        label, draw = SUBJECTS["compliance"]
        period = period_name(asked.period.span, english=_english())
        body, kind = workbook(actor, period, [(str(label), draw(actor, asked)[0])]), XLSX
    else:
        letter = report(actor, figures_compliance.Compliance(actor, asked))
        render, kind = RENDERED[form]
        body = render(letter, watermark=watermark(actor))
    name = f"{_('Compliance of clauses')}-{asked.period.code or asked.period.span.first}.{form}"
    return given(body, kind, name, inline=form == "pdf")


@require_safe
@in_post
def export(request: HttpRequest) -> HttpResponse:
    """Export the tables of all subjects for the period to Excel; noted as one reading."""
    actor, asked = actor_of(request), read(request.GET, SUBJECTS)
    sheets = [
        (str(label), draw(actor, replace(asked, show=code))[0]) for code, (label, draw) in SUBJECTS.items()
    ]
    note(actor, "export", detail=f"figures {asked.query()}", user_id=request.user.pk)
    period = period_name(asked.period.span, english=_english())
    body = workbook(actor, period, sheets)
    return spreadsheet(body, f"{_('Figures')}-{period}.xlsx")


urlpatterns = [
    path("figures/", figures, name="figures"),
    path("figures/records/", figure_records, name="figures_records"),
    *(
        path(f"figures/compliance.{form}", compliance_report, {"form": form}, name=f"compliance_{form}")
        for form in ("pdf", "docx", "xlsx")
    ),
    path("figures/export/", export, name="figures_export"),
]

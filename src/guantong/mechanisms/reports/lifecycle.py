"""States of a report (报告的状态)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Capacity, Deed
from guantong.kernel.acts.forms import PastDateField
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Correctable, MatterKind
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.mechanisms.reports.models import Finding, Report

OPEN = "open"
CONCLUDED = "concluded"
PUBLISHED = "published"

BY_AUTHOR = (Capacity(party=PartyRole.AUTHOR), Capacity(party=PartyRole.EXECUTING))


def load(matter: Matter) -> Report:
    """Return the report."""
    return Report.objects.select_related("matter").get(matter=matter)


def facts(report: Report) -> dict[str, Any]:
    """Return what the rules of measures may ask about a report."""
    opinions = Finding.objects.filter(report=report, transfer=True).order_by("concluded_on")
    first = opinions.values_list("concluded_on", flat=True).first()
    return {"source": report.kind, "concluded_on": first}


def _correct_opinion(deed: Deed, value: Any) -> None:
    for finding in Finding.objects.filter(report=deed.detail, transfer=True):
        deed.change(finding, concluded_on=value)


def _block(report: Report, depth: int) -> dict[str, Any]:
    findings = list(Finding.objects.filter(report=report))
    opinions = [one.concluded_on for one in findings if one.transfer and one.concluded_on]
    return {
        "report": report,
        "findings": findings,
        "first_opinion": min(opinions, default=None),
        "transfers": bool(opinions),
    }


def _gives(matter: Matter) -> dict[str, Any]:
    """Return what a clue drafted from the report starts with: the findings to be transferred."""
    report = load(matter)
    chosen = list(Finding.objects.filter(report=report, transfer=True))
    amounts = [one.amount for one in chosen if one.amount is not None]
    return {
        "unit": report.unit,
        "allegation": "\n".join(one.summary for one in chosen),
        "amount": sum(amounts) if amounts else None,
        "concluded_on": min((one.concluded_on for one in chosen if one.concluded_on), default=None),
        "evidence": [{"title": matter.title, "pages": "", "note": ""}],
    }


KIND = kinds.register(
    MatterKind(
        code="report",
        label=_("Report"),
        states={
            OPEN: _("Findings being entered"),
            CONCLUDED: _("Concluded"),
            PUBLISHED: _("Published"),
        },
        final=frozenset({PUBLISHED}),
        answered=frozenset(),
        load=load,
        facts=facts,
        dates=frozenset({"concluded_on"}),
        correctables={
            "concluded_on": Correctable(
                label=_("Concluding opinion on"),
                field=PastDateField,
                read=lambda report: facts(report)["concluded_on"],
                write=_correct_opinion,
                by=BY_AUTHOR,
                fact="concluded_on",
            )
        },
        template="reports/report.html",
        context=_block,
        gives=_gives,
        begets={"clue.draft": frozenset({OPEN, CONCLUDED})},
    )
)

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
    )
)

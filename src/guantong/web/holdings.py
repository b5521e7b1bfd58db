"""Who owns which enterprise, and where groups are stationed (出资关系与派驻)."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel.organs.equity import Line, equity_on
from guantong.kernel.organs.leave import standing
from guantong.kernel.organs.models import Stationing
from guantong.kernel.sheets import OutSheet, OutTable, write_tables
from guantong.web.bodies import day_asked
from guantong.web.exports import spreadsheet

DEEPEST = 8


def _stationed(on: date) -> list[Stationing]:
    found = Stationing.objects.filter(standing(on)).select_related("group__body", "host__body")
    return list(found.order_by("host__code", "group__code", "pk"))


@login_required
@require_safe
def holdings(request: HttpRequest) -> HttpResponse:
    """Show the tree of holdings of a day, enterprises without overseer, and stationed groups."""
    asked = day_asked(request)
    equity = equity_on(asked.on)
    context = {
        "asked": asked,
        "lines": [{"line": line, "indent": min(line.level, DEEPEST)} for line in equity.lines],
        "without_overseer": equity.without_overseer,
        "stationed": _stationed(asked.on),
    }
    return render(request, "web/bodies/holdings.html", context)


@login_required
@require_safe
def holdings_export(request: HttpRequest) -> HttpResponse:
    """Return holdings and stationed groups as a workbook."""
    asked = day_asked(request)
    equity = equity_on(asked.on)
    as_of = _("As of %(day)s") % {"day": asked.on}
    lines = [_row(line) for line in equity.lines]
    head = (_("Level"), _("Organ or enterprise"), _("Share in per cent"), _("Remark"))
    without = [(one.name, one.jurisdiction.name) for one in equity.without_overseer]
    stationed = [
        (one.host.full_name, one.group.full_name, str(one.since), one.basis) for one in _stationed(asked.on)
    ]
    data = write_tables(
        [
            OutSheet(
                _("Holdings"),
                (as_of,),
                [
                    OutTable(_("Holdings"), head, lines),
                    OutTable(
                        _("Enterprises without overseer"), (_("Enterprise"), _("Jurisdiction")), without
                    ),
                ],
            ),
            OutSheet(
                _("Stationed groups"),
                (as_of,),
                [
                    OutTable(
                        _("Stationed groups"),
                        (_("Stationed at"), _("Group"), _("From"), _("According to")),
                        stationed,
                    )
                ],
            ),
        ]
    )
    return spreadsheet(data, f"holdings-{asked.on}.xlsx")


def _row(line: Line) -> tuple[int, str, float | None, str]:
    percent = float(line.percent) if line.percent is not None else None
    return line.level, f"{'　' * line.level}{line.organ.name}", percent, remark(line)


def remark(line: Line) -> str:
    """Return what is to be said of a line: that it closes a circle, or stands further up."""
    if line.circle:
        return _("owns a part of its owner too: cross-holding")
    return _("its holdings stand under its nearest owner") if line.again else ""

"""The page for importing published findings (导入公布的问题)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guantong.kernel.acts.act import Fault, NotAllowed
from guantong.kernel.sheets import SheetError, read_workbook
from guantong.mechanisms.reports.importing import FIELDS, import_findings, require_entitled
from guantong.web.guard import actor_of, in_post


@in_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file of published findings; the answer accounts for every row. Sent again, it adds nothing."""
    actor = actor_of(request)
    try:
        require_entitled(actor)
    except NotAllowed as refused:
        raise PermissionDenied(" ".join(f"{one.reason} {one.remedy}" for one in refused.faults)) from refused
    context: dict[str, Any] = {"columns": FIELDS}
    if request.method != "POST":
        return render(request, "reports/import.html", context)
    given = request.FILES.get("file")
    if given is None:
        fault = Fault("file", _("No file is chosen."), _("Choose a file: xlsx, xls, ods or csv."))
        return render(request, "reports/import.html", {**context, "faults": [fault]}, status=422)
    try:
        with transaction.atomic():
            imported = import_findings(actor, read_workbook(given.read()), given.name or "")
    except SheetError as error:
        fault = Fault("file", str(error), "")
        return render(request, "reports/import.html", {**context, "faults": [fault]}, status=422)
    counts = [(status, status.label, number) for status, number in imported.counts.items()]
    return render(
        request,
        "reports/import.html",
        {**context, "imported": imported, "counts": counts, "name": given.name},
    )

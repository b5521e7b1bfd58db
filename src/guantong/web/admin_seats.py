"""Seats and holdings from an office's Excel list (席位和出资关系导入): proposed, tried out, entered.

Between the steps the sheet travels with the page, signed; nothing is kept on the server. A list is entered
whole or not at all: what is wrong is named by row and column.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guantong.accounts.admin import record
from guantong.accounts.models import User
from guantong.kernel.sheets import (
    Cell,
    Header,
    Sheet,
    SheetError,
    find_header,
    propose_mapping,
    read_workbook,
)
from guantong.kernel.sheets.choosing import choices, chosen, options, taken_twice
from guantong.web.admin_import_rows import LISTS, Kept, Tried, enter

SALT = "guantong.organs.import"
KEPT = timedelta(hours=2)
MOST_ROWS = 500
PREFIX = "column_"
IMPORTED = frozenset(LISTS)


def _packed(sheet: Sheet) -> str:
    rows = [[_plain(cell) for cell in row] for row in sheet.rows]
    content = {"name": sheet.name, "rows": rows, "merged": sheet.merged or (), "keys": sheet.keys}
    return signing.dumps(content, salt=SALT, compress=True)


def _plain(cell: Cell) -> str | int | float | None:
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell if cell is None or isinstance(cell, str | int | float) else str(cell)


def _unpacked(text: str) -> Sheet | None:
    try:
        content = signing.loads(text, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    merged = tuple(tuple(area) for area in content["merged"])
    return Sheet(content["name"], content["rows"], cast(Any, merged), content["keys"])


def _read(request: HttpRequest) -> Sheet:
    """Return the sheet uploaded, or that of the step before. Raises SheetError."""
    given = request.FILES.get("file")
    if given is not None:
        sheet = read_workbook(given.read())[0]
        if len(sheet.rows) > MOST_ROWS:
            reason = gettext_lazy("The sheet has more than {most} rows.")
            remedy = gettext_lazy("Divide it and take the parts one after another.")
            raise SheetError("rows", reason, remedy, values={"most": MOST_ROWS})
        return sheet
    sheet_before = _unpacked(request.POST.get("sheet", ""))
    if sheet_before is None:
        reason = gettext_lazy("No file is chosen, or the page was open for more than two hours.")
        raise SheetError("none", reason, gettext_lazy("Choose a file: xlsx, xls, ods or csv."))
    return sheet_before


@never_cache
@require_http_methods(["GET", "POST"])
def register_import(request: HttpRequest, name: str) -> HttpResponse:
    """Take a list in: propose columns, try every row out, enter all where none is wrong. Raises Http404."""
    kept = LISTS.get(name)
    if kept is None:
        raise Http404
    context: dict[str, Any] = {"name": name, "label": kept.label, "fields": kept.fields, "dated": True}
    if request.method != "POST":
        return render(request, "web/bodies/import.html", context)
    try:
        sheet = _read(request)
        header = find_header(sheet, [word for one in kept.fields for word in (one.label, *one.synonyms)])
    except SheetError as error:
        return render(request, "web/bodies/import.html", {**context, "fault": error}, status=422)
    return _tried(request, kept, sheet, header, context)


def _tried(
    request: HttpRequest, kept: Kept, sheet: Sheet, header: Header, context: dict[str, Any]
) -> HttpResponse:
    mapping = propose_mapping(header, kept.fields)
    by_index = {column.index: column for column in header.columns}
    columns = {match.key: match.column for match in mapping.matches}
    if "step" in request.POST:
        wanted = chosen(request.POST, kept.fields, PREFIX)
        columns = {key: by_index[at] for key, at in wanted.items() if at in by_index}
    twice = taken_twice(columns)
    missing = [one.label for one in kept.fields if one.required and one.key not in columns]
    context |= {
        "sheet": _packed(sheet),
        "choices": choices(header, kept.fields, mapping.matches, columns, PREFIX),
        "options": options(header),
        "missing": missing,
        "twice": twice,
        "skipped": [(row + 1, reason.label) for row, reason in sorted(header.skipped.items())],
    }
    if missing or twice:
        return render(request, "web/bodies/import.html", context, status=422)
    with transaction.atomic():
        tried = enter(kept, header, columns)
        real = request.POST.get("step") == "enter" and not tried.faults
        if real:
            _record(request, context["name"], tried)
        else:
            transaction.set_rollback(True)
    if real:
        said = _("%(n)d rows entered; %(there)d were there already.")
        messages.success(request, said % {"n": len(tried.rows), "there": tried.there})
        return redirect("admin_register", context["name"])
    wrong = bool(tried.faults)
    return render(
        request, "web/bodies/import.html", {**context, "tried": tried}, status=422 if wrong else 200
    )


def _record(request: HttpRequest, name: str, tried: Tried) -> None:
    user = cast(User, request.user)
    for row, values in tried.rows:
        record(user, f"{name}.import", str(row), after=values)

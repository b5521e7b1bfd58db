"""Pages for importing an old book (导入历史台账): upload, columns, dry run, progress, result."""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault
from guantong.kernel.sheets import SheetError, read_workbook
from guantong.mechanisms.clues import import_rows, import_store, importing
from guantong.mechanisms.clues.columns import BOOK_FIELDS
from guantong.mechanisms.clues.import_rows import Table
from guantong.mechanisms.clues.import_store import Draft
from guantong.mechanisms.clues.importing import IN, Status
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SHOWN = 200
STEP_SECONDS = 2.0
WHOLE_AT_MOST = 500
"""So many clues at most are entered all or nothing in one request; more by the command line."""


class Blocked(Exception):  # noqa: N818 - named for what it says
    """A row stands in the way of all or nothing."""


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    try:
        importing.require_entitled(actor)
    except importing.NotEntitled as error:
        raise PermissionDenied(str(error)) from error
    return actor


def _draft(request: HttpRequest, token: str) -> Draft:
    draft = import_store.load(token, _actor(request).post.pk)
    if draft is None:
        raise Http404(_("This import has ended or was kept too long. Take the file again."))
    return draft


@in_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file, find its tables and go on to their columns."""
    actor = _actor(request)
    if request.method != "POST":
        return render(request, "clues/import.html", {"stage": "upload"})
    given = request.FILES.get("file")
    faults = []
    if given is None:
        faults = [Fault("file", _("No file is chosen."), _("Choose the ledger: xlsx, xls, ods or csv."))]
    else:
        try:
            sheets = read_workbook(given.read())
            tables, unread = import_rows.tables(sheets)
            if not tables:
                faults = [Fault("file", one.name, one.reason) for one in unread]
        except SheetError as error:
            faults = [Fault("file", str(error), "")]
    if faults or given is None:
        return render(request, "clues/import.html", {"stage": "upload", "faults": faults}, status=422)
    draft = import_store.new(actor.post.pk, given.name or "", sheets)
    draft.columns = {
        table.name: {key: column.index for key, column in table.columns.items()} for table in tables
    }
    try:
        import_store.save(draft)
    except OSError as error:
        reason = _("The file could not be kept for the next step: %(error)s.") % {"error": error.strerror}
        fault = Fault("file", reason, _("Nothing was recorded. Tell the system administrator."))
        return render(request, "clues/import.html", {"stage": "upload", "faults": [fault]}, status=500)
    return redirect("clue_import_draft", draft.token)


@in_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show where an import stands; take the chosen columns and check every row."""
    draft = _draft(request, token)
    if request.method == "POST" and draft.stage in ("columns", "checked") and draft.sheets:
        if "back" in request.POST:
            draft.stage, draft.outcomes = "columns", []
            import_store.save(draft)
            return redirect("clue_import_draft", token)
        return _check(request, draft)
    return _show(request, draft)


def _show(request: HttpRequest, draft: Draft, faults: list[Fault] | None = None) -> HttpResponse:
    context: dict[str, Any] = {"stage": draft.stage, "draft": draft, "faults": faults or []}
    if draft.stage == "columns":
        context["sheets"] = _choices(draft)
        context["unread"] = import_rows.tables(draft.sheets)[1]
    else:
        context |= _result(draft)
    return render(request, "clues/import.html", context, status=422 if faults else 200)


def _tables(draft: Draft) -> list[Table]:
    tables = import_rows.tables(draft.sheets)[0]
    for table in tables:
        by_index = {column.index: column for column in table.header.columns}
        chosen = draft.columns.get(table.name, {})
        table.columns = {key: by_index[at] for key, at in chosen.items() if at in by_index}
    return tables


def _choices(draft: Draft) -> list[dict[str, Any]]:
    """Return each sheet with its fields: what is proposed, why, for example."""
    shown = []
    for number, table in enumerate(_tables(draft)):
        proposed = {match.key: match for match in table.matches}
        rows = []
        for field in BOOK_FIELDS:
            column, match = table.columns.get(field.key), proposed.get(field.key)
            same = column is not None and match is not None and match.column.index == column.index
            rows.append(
                {
                    "field": field,
                    "name": f"c-{number}-{field.key}",
                    "at": column.index if column else None,
                    "confidence": f"{match.confidence:.0%}" if match and same else "",
                    "sure": bool(match and same and match.confidence >= 0.9),
                    "why": match.reason.label if match and same else "",
                    "samples": table.samples(column) if column else [],
                }
            )
        options = [(one.index, f"{import_rows.letter(one)} {one.path}") for one in table.header.columns]
        shown.append(
            {
                "name": table.name,
                "out": f"out-{number}",
                "is_out": table.name in draft.left_out,
                "rows": rows,
                "options": options,
                "records": len(table.header.records),
            }
        )
    return shown


def _check(request: HttpRequest, draft: Draft) -> HttpResponse:
    tables = import_rows.tables(draft.sheets)[0]
    draft.left_out = [one.name for number, one in enumerate(tables) if f"out-{number}" in request.POST]
    for number, table in enumerate(tables):
        chosen = {}
        for field in BOOK_FIELDS:
            value = request.POST.get(f"c-{number}-{field.key}", "")
            if value.isascii() and value.isdigit() and len(value) < 4:
                chosen[field.key] = int(value)
        draft.columns[table.name] = chosen
    taken = [table for table in _tables(draft) if table.name not in draft.left_out]
    faults = _column_faults(taken)
    if faults:
        return _show(request, draft, faults)
    entries = [entry for table in taken for entry in import_rows.entries(table, draft.name)]
    draft.outcomes = importing.Check(actor_of(request)).of(entries)
    importing.place(draft.outcomes, taken)
    draft.skipped = [[one.sheet, one.row, one.reason] for table in taken for one in import_rows.skips(table)]
    draft.stage = "checked"
    if any(one.status is Status.ABOVE for one in draft.outcomes):
        draft.sheets = []
    import_store.save(draft)
    return redirect("clue_import_draft", draft.token)


def _column_faults(tables: list[Table]) -> list[Fault]:
    faults = []
    for table in tables:
        try:
            import_rows.remap(table, {})
        except SheetError as error:
            faults.append(Fault(table.name, error.reason, error.remedy))
        if table.missing:
            reason = _("No column is chosen for: %(fields)s.") % {"fields": ", ".join(table.missing)}
            faults.append(Fault(table.name, reason, _("Choose it, or leave the sheet out.")))
    if not tables:
        reason = _("Every sheet is left out.")
        faults.append(Fault("", reason, _("Take at least one, or drop the import.")))
    return faults


def _result(draft: Draft) -> dict[str, Any]:
    counts = importing.counted(draft.outcomes)
    out = [one for one in draft.outcomes if one.status not in IN]
    done = [one for one in draft.outcomes if one.status in (Status.ADDED, Status.THERE)]
    reason, remedy = importing.told_of_above()
    return {
        "counts": [(status, status.label, counts[status]) for status in Status if counts[status]],
        "new": counts[Status.NEW],
        "out": out[:SHOWN],
        "more_out": max(0, len(out) - SHOWN),
        "done": [(one, matter_url(uuid.UUID(one.matter)) if one.matter else "") for one in done[:SHOWN]],
        "more_done": max(0, len(done) - SHOWN),
        "notices": [one for one in draft.outcomes if one.notices][:SHOWN],
        "above": (reason, remedy),
        "may_be_whole": counts[Status.NEW] <= WHOLE_AT_MOST,
        "tried": len(draft.outcomes) - counts[Status.NEW],
        "total": len(draft.outcomes),
    }


@in_post
@never_cache
@require_POST
def run(request: HttpRequest, token: str) -> HttpResponse:
    """Enter what was checked: all of it at once or nothing, or step by step."""
    draft = _draft(request, token)
    if draft.stage == "checked":
        if request.POST.get("how") == "whole":
            _enter_whole(actor_of(request), draft)
        else:
            draft.stage = "running"
        _save_later(draft)
    return redirect("clue_import_draft", token)


def _enter_whole(actor: Actor, draft: Draft) -> None:
    draft.stage, draft.sheets = "done", []
    todo = [one for one in draft.outcomes if one.status is Status.NEW]
    try:
        if len(todo) > WHOLE_AT_MOST or any(one.status not in IN for one in draft.outcomes):
            raise Blocked
        with transaction.atomic():
            for one in todo:
                importing.enter(actor, one)
                if one.status not in IN:
                    raise Blocked
    except Blocked:
        draft.given_up = True
        for one in todo:
            if one.status in IN:
                one.status, one.number, one.matter = Status.NEW, "", ""


@in_post
@never_cache
@require_POST
def step(request: HttpRequest, token: str) -> HttpResponse:
    """Enter the next rows, for about two seconds; the page asks for the next step by itself."""
    draft = _draft(request, token)
    actor = actor_of(request)
    if draft.stage == "running":
        ends = time.monotonic() + STEP_SECONDS
        todo = [one for one in draft.outcomes if one.status is Status.NEW]
        for one in todo:
            importing.enter(actor, one)
            if time.monotonic() > ends:
                break
        if not any(one.status is Status.NEW for one in draft.outcomes):
            draft.stage, draft.sheets = "done", []
            for one in draft.outcomes:
                one.entry = None
        _save_later(draft)
    if request.headers.get("HX-Request") != "true":
        return redirect("clue_import_draft", token)
    answer = render(request, "clues/import_step.html", {"draft": draft, **_result(draft)})
    if draft.stage == "done":
        answer["HX-Refresh"] = "true"
    return answer


def _save_later(draft: Draft) -> None:
    """Keep what was done only once it is committed."""
    transaction.on_commit(lambda: import_store.save(draft))


@in_post
@never_cache
@require_GET
def errors(request: HttpRequest, token: str) -> HttpResponse:
    """Download every row that is not in (错误清单)."""
    return _workbook(importing.error_list(_draft(request, token).outcomes), "import-errors.xlsx")


@in_post
@never_cache
@require_GET
def numbers(request: HttpRequest, token: str) -> HttpResponse:
    """Download what came of each row, with its ledger number (导入结果清单)."""
    return _workbook(importing.result_list(_draft(request, token).outcomes), "import-result.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@in_post
@never_cache
@require_POST
def drop(request: HttpRequest, token: str) -> HttpResponse:
    """Drop an import and what was kept of it; what was entered stays."""
    import_store.drop(_draft(request, token))
    return redirect("clue_import")


urlpatterns = [
    path("clues/import/", upload, name="clue_import"),
    path("clues/import/<slug:token>/", draft_page, name="clue_import_draft"),
    path("clues/import/<slug:token>/run/", run, name="clue_import_run"),
    path("clues/import/<slug:token>/step/", step, name="clue_import_step"),
    path("clues/import/<slug:token>/errors.xlsx", errors, name="clue_import_errors"),
    path("clues/import/<slug:token>/result.xlsx", numbers, name="clue_import_numbers"),
    path("clues/import/<slug:token>/drop/", drop, name="clue_import_drop"),
]

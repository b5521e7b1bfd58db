"""Pages for importing an old book (导入历史台账): upload, columns, dry run, progress, result."""

from __future__ import annotations

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
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.sheets import SheetError, choosing, read_workbook
from guantong.mechanisms.clues import import_decisions as decisions
from guantong.mechanisms.clues import import_lists, import_rows, import_store, import_work, importing
from guantong.mechanisms.clues.columns import BOOK_FIELDS
from guantong.mechanisms.clues.import_rows import Table
from guantong.mechanisms.clues.import_store import Draft
from guantong.mechanisms.clues.importing import IN, Status
from guantong.mechanisms.clues.models import Platform
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SHOWN = 200


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
    known = {"stage": "upload", "platforms": _platforms(actor)}
    if request.method != "POST":
        return render(request, "clues/import.html", known)
    given = request.FILES.get("file")
    faults = []
    if given is None:
        faults = [Fault("file", _("No file is chosen."), _("Choose the ledger: xlsx, xls, ods or csv."))]
    else:
        try:
            content = given.read()
            sheets = read_workbook(content)
            tables, unread = import_rows.tables(sheets)
            if not tables:
                faults = [Fault("file", one.name, one.reason) for one in unread]
        except SheetError as error:
            faults = [Fault("file", str(error), "")]
    if faults or given is None:
        return render(request, "clues/import.html", {**known, "faults": faults}, status=422)
    draft = import_store.new(actor.post.pk, given.name or "", sheets, sm3(content))
    draft.columns = {
        table.name: {key: column.index for key, column in table.columns.items()} for table in tables
    }
    _propose_platform(actor, draft, tables, request.POST.get("platform", ""))
    try:
        import_store.save(draft)
    except OSError as error:
        reason = _("The file could not be kept for the next step: %(error)s.") % {"error": error.strerror}
        fault = Fault("file", reason, _("Nothing was recorded. Tell the system administrator."))
        return render(request, "clues/import.html", {**known, "faults": [fault]}, status=500)
    return redirect("clue_import_draft", draft.token)


def _platforms(actor: Actor) -> list[Platform]:
    return list(Platform.objects.filter(organ=actor.organ).prefetch_related("imports__post__officer"))


def _propose_platform(actor: Actor, draft: Draft, tables: list[Table], name: str) -> None:
    """Take the platform that was named, or the one whose headings these are, with its columns."""
    draft.platform = " ".join(name.split())[:80]
    if draft.platform:
        known = Platform.objects.filter(organ=actor.organ, name=draft.platform).first()
    else:
        known = decisions.recognised(actor, tables)
        draft.platform, draft.was_recognised = (known.name, True) if known else ("", False)
    if known is not None:
        for table in tables:
            draft.columns[table.name] |= decisions.as_remembered(known, table)


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
        context["platforms"] = _platforms(actor_of(request))
    elif draft.stage in import_store.AT_WORK:
        context |= {"working": True, "told": import_store.told(draft.token)}
    else:
        context |= _result(draft)
    return render(request, "clues/import.html", context, status=422 if faults else 200)


def _choices(draft: Draft) -> list[dict[str, Any]]:
    """Return each sheet with its fields: what is proposed, why, for example."""
    return [
        {
            "name": table.name,
            "out": f"out-{number}",
            "is_out": table.name in draft.left_out,
            "rows": choosing.choices(table.header, BOOK_FIELDS, table.matches, table.columns, f"c-{number}-"),
            "options": choosing.options(table.header),
            "records": len(table.header.records),
        }
        for number, table in enumerate(import_work.tables_of(draft))
    ]


def _check(request: HttpRequest, draft: Draft) -> HttpResponse:
    tables = import_rows.tables(draft.sheets)[0]
    draft.left_out = [one.name for number, one in enumerate(tables) if f"out-{number}" in request.POST]
    for number, table in enumerate(tables):
        draft.columns[table.name] = choosing.chosen(request.POST, BOOK_FIELDS, f"c-{number}-")
    draft.platform = " ".join(request.POST.get("platform", draft.platform).split())[:80]
    taken = [table for table in import_work.tables_of(draft) if table.name not in draft.left_out]
    faults = _column_faults(taken, bool(draft.platform))
    if faults:
        return _show(request, draft, faults)
    return _begin(request, draft, "checking", sum(len(table.header.records) for table in taken))


def _begin(request: HttpRequest, draft: Draft, stage: str, rows: int) -> HttpResponse:
    """Begin, and show what is there then: the result of a few rows, of many how far one is."""
    try:
        with transaction.atomic():
            import_work.begin(actor_of(request), draft, stage, rows)
    except import_store.Moved:
        pass  # asked for twice: the page shows what the first has begun
    return redirect("clue_import_draft", draft.token)


def _column_faults(tables: list[Table], keyed: bool) -> list[Fault]:
    faults = []
    for table in tables:
        try:
            import_rows.remap(table, {})
        except SheetError as error:
            faults.append(Fault(table.name, error.reason, error.remedy))
        if table.missing:
            reason = _("No column is chosen for: %(fields)s.") % {"fields": ", ".join(table.missing)}
            faults.append(Fault(table.name, reason, _("Choose it, or leave the sheet out.")))
        if keyed and "number" not in table.columns:
            reason = _("No column is chosen for the number there, by which rows are found again.")
            faults.append(Fault(table.name, reason, _("Choose it, or take the file in without a platform.")))
    if not tables:
        reason = _("Every sheet is left out.")
        faults.append(Fault("", reason, _("Take at least one, or drop the import.")))
    return faults


def _result(draft: Draft) -> dict[str, Any]:
    counts = import_lists.counted(draft.outcomes)
    out = [one for one in draft.outcomes if one.status not in IN]
    done = [one for one in draft.outcomes if one.status in (Status.ADDED, Status.THERE)]
    reason, remedy = import_lists.told_of_above()
    return {
        "counts": [(status, status.label, counts[status]) for status in Status if counts[status]],
        "new": counts[Status.NEW],
        "out": out[:SHOWN],
        "more_out": max(0, len(out) - SHOWN),
        "done": [(one, matter_url(uuid.UUID(one.matter)) if one.matter else "") for one in done[:SHOWN]],
        "more_done": max(0, len(done) - SHOWN),
        "notices": [one for one in draft.outcomes if one.notices][:SHOWN],
        "above": (reason, remedy),
        "may_be_whole": counts[Status.NEW] <= import_work.WHOLE_AT_MOST,
        "trial": draft.trial,
        **decisions.shown(draft),
    }


@in_post
@never_cache
@require_POST
def run(request: HttpRequest, token: str) -> HttpResponse:
    """Do what was checked and ticked: all at once or nothing, step by step, or only to see what follows."""
    draft, how = _draft(request, token), request.POST.get("how")
    if draft.trouble and how == "again":
        return _begin(request, draft, draft.stage, import_work.AT_ONCE + 1)
    if draft.stage != "checked":
        return redirect("clue_import_draft", token)
    decisions.tick(draft, request.POST)
    draft.trial, draft.whole = None, how == "whole"
    todo = sum(importing.is_to_do(one) for one in draft.outcomes)
    return _begin(request, draft, "trying" if how == "trial" else "running", todo)


@in_post
@never_cache
@require_GET
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """Say how far the work is; the page asks each second, and is shown anew once it has ended."""
    stand = import_store.stand_of(token, _actor(request).post.pk)
    if stand is None:
        raise Http404(_("This import has ended or was kept too long. Take the file again."))
    context = {"token": token, "told": import_store.told(token)}
    answer = render(request, "clues/import_step.html", context)
    if not stand.at_work:
        answer["HX-Refresh"] = "true"
    return answer


@in_post
@never_cache
@require_GET
def errors(request: HttpRequest, token: str) -> HttpResponse:
    """Download every row that is not in (错误清单)."""
    return spreadsheet(import_lists.error_list(_draft(request, token).outcomes), "import-errors.xlsx")


@in_post
@never_cache
@require_GET
def numbers(request: HttpRequest, token: str) -> HttpResponse:
    """Download what came of each row, with its ledger number (导入结果清单)."""
    return spreadsheet(import_lists.result_list(_draft(request, token).outcomes), "import-result.xlsx")


@in_post
@never_cache
@require_GET
def differing(request: HttpRequest, token: str) -> HttpResponse:
    """Download what differs between the file and the ledger, line by line (差异清单)."""
    return spreadsheet(decisions.differences(_draft(request, token)), "import-differences.xlsx")


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
    path("clues/import/<slug:token>/progress/", progress, name="clue_import_progress"),
    path("clues/import/<slug:token>/errors.xlsx", errors, name="clue_import_errors"),
    path("clues/import/<slug:token>/result.xlsx", numbers, name="clue_import_numbers"),
    path("clues/import/<slug:token>/differences.xlsx", differing, name="clue_import_differences"),
    path("clues/import/<slug:token>/drop/", drop, name="clue_import_drop"),
]

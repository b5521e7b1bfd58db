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
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.sheets import SheetError, choosing, read_workbook
from guantong.mechanisms.clues import again, import_lists, import_rows, import_store, importing
from guantong.mechanisms.clues import import_decisions as decisions
from guantong.mechanisms.clues.columns import BOOK_FIELDS
from guantong.mechanisms.clues.import_rows import Table
from guantong.mechanisms.clues.import_store import Draft
from guantong.mechanisms.clues.importing import IN, Status
from guantong.mechanisms.clues.models import Platform
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SHOWN = 200
STEP_SECONDS = 2.0
TO_DO = frozenset({Status.NEW, Status.CHANGED})
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


def _show(request: HttpRequest, draft: Draft, faults: list[Fault] | None = None, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"stage": draft.stage, "draft": draft, "faults": faults or []}
    if draft.stage == "columns":
        context["sheets"] = _choices(draft)
        context["unread"] = import_rows.tables(draft.sheets)[1]
        context["platforms"] = _platforms(actor_of(request))
    else:
        context |= _result(draft) | more
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
    return [
        {
            "name": table.name,
            "out": f"out-{number}",
            "is_out": table.name in draft.left_out,
            "rows": choosing.choices(table.header, BOOK_FIELDS, table.matches, table.columns, f"c-{number}-"),
            "options": choosing.options(table.header),
            "records": len(table.header.records),
        }
        for number, table in enumerate(_tables(draft))
    ]


def _check(request: HttpRequest, draft: Draft) -> HttpResponse:
    tables = import_rows.tables(draft.sheets)[0]
    draft.left_out = [one.name for number, one in enumerate(tables) if f"out-{number}" in request.POST]
    for number, table in enumerate(tables):
        draft.columns[table.name] = choosing.chosen(request.POST, BOOK_FIELDS, f"c-{number}-")
    draft.platform = " ".join(request.POST.get("platform", draft.platform).split())[:80]
    taken = [table for table in _tables(draft) if table.name not in draft.left_out]
    faults = _column_faults(taken, bool(draft.platform))
    if faults:
        return _show(request, draft, faults)
    entries = [entry for table in taken for entry in import_rows.entries(table, draft.name)]
    actor = actor_of(request)
    platform = decisions.platform_of(actor, draft)
    draft.outcomes = importing.Check(actor, platform).of(entries)
    if platform is not None:
        decisions.remember(platform, taken)
        draft.gone = again.gone(platform, [entry.data["book_number"] for entry in entries])
    importing.place(draft.outcomes, taken)
    draft.skipped = [[one.sheet, one.row, one.reason] for table in taken for one in import_rows.skips(table)]
    draft.stage = "checked"
    if any(one.status is Status.ABOVE for one in draft.outcomes):
        draft.sheets = []
    if platform is not None and not any(one.status in TO_DO for one in draft.outcomes):
        before = decisions.taken_before(platform, draft)
        draft.taken_before = (
            f"{timezone.localtime(before.at).date()} {before.post.officer.name}" if before else ""
        )
        decisions.finish(actor, draft)
    import_store.save(draft)
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
        "may_be_whole": counts[Status.NEW] <= WHOLE_AT_MOST,
        "tried": sum(not importing.is_to_do(one) for one in draft.outcomes),
        "total": len(draft.outcomes),
        **decisions.shown(draft),
    }


@in_post
@never_cache
@require_POST
def run(request: HttpRequest, token: str) -> HttpResponse:
    """Do what was checked and ticked: all at once or nothing, step by step, or only to see what follows."""
    draft = _draft(request, token)
    if draft.stage == "checked":
        actor, how = actor_of(request), request.POST.get("how")
        decisions.tick(draft, request.POST)
        if how == "trial":
            import_store.save(draft)
            return _show(request, draft, trial=decisions.trial(actor, draft))
        if how == "whole":
            _enter_whole(actor, draft)
        else:
            draft.stage = "running"
        _save_later(draft)
    return redirect("clue_import_draft", token)


def _enter_whole(actor: Actor, draft: Draft) -> None:
    todo = [one for one in draft.outcomes if importing.is_to_do(one)]
    kept = [(one.status, one.number, one.matter) for one in todo]
    platform = decisions.platform_of(actor, draft)
    try:
        if len(todo) > WHOLE_AT_MOST or any(one.status not in IN for one in draft.outcomes):
            raise Blocked
        with transaction.atomic():
            for one in todo:
                importing.do(actor, one, platform, draft.name)
                if one.status not in IN:
                    raise Blocked
            decisions.finish(actor, draft)
    except Blocked:
        draft.stage, draft.sheets, draft.given_up = "done", [], True
        for one, (status, number, matter) in zip(todo, kept, strict=True):
            if one.status in IN:
                one.status, one.number, one.matter = status, number, matter


@in_post
@never_cache
@require_POST
def step(request: HttpRequest, token: str) -> HttpResponse:
    """Enter the next rows, for about two seconds; the page asks for the next step by itself."""
    draft = _draft(request, token)
    actor = actor_of(request)
    if draft.stage == "running":
        ends = time.monotonic() + STEP_SECONDS
        platform = decisions.platform_of(actor, draft)
        for one in [one for one in draft.outcomes if importing.is_to_do(one)]:
            importing.do(actor, one, platform, draft.name)
            if time.monotonic() > ends:
                break
        if not any(importing.is_to_do(one) for one in draft.outcomes):
            decisions.finish(actor, draft)
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
    return _workbook(import_lists.error_list(_draft(request, token).outcomes), "import-errors.xlsx")


@in_post
@never_cache
@require_GET
def numbers(request: HttpRequest, token: str) -> HttpResponse:
    """Download what came of each row, with its ledger number (导入结果清单)."""
    return _workbook(import_lists.result_list(_draft(request, token).outcomes), "import-result.xlsx")


@in_post
@never_cache
@require_GET
def differing(request: HttpRequest, token: str) -> HttpResponse:
    """Download what differs between the file and the ledger, line by line (差异清单)."""
    return _workbook(decisions.differences(_draft(request, token)), "import-differences.xlsx")


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
    path("clues/import/<slug:token>/differences.xlsx", differing, name="clue_import_differences"),
    path("clues/import/<slug:token>/drop/", drop, name="clue_import_drop"),
]

"""Pages for importing an old book (导入历史台账): upload, columns, dry run, progress, result."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, Refused, refuse
from guantong.kernel.sheets import SheetError, choosing
from guantong.mechanisms.clues import import_decisions as decisions
from guantong.mechanisms.clues import (
    import_lists,
    import_rows,
    import_steps,
    import_store,
    import_work,
    importing,
)
from guantong.mechanisms.clues.columns import BOOK_FIELDS
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
    status = 422
    try:
        draft = _taken(request, actor)
    except SheetError as error:
        faults = [Fault("file", str(error), "")]
    except Refused as error:
        faults = list(error.faults)
    except OSError as error:
        reason = _("The file could not be kept for the next step: %(error)s.") % {"error": error.strerror}
        faults = [Fault("file", reason, _("Nothing was recorded. Tell the system administrator."))]
        status = 500
    else:
        return redirect("clue_import_draft", draft.token)
    return render(request, "clues/import.html", {**known, "faults": faults}, status=status)


def _taken(request: HttpRequest, actor: Actor) -> Draft:
    given = request.FILES.get("file")
    if given is None:
        raise refuse("file", _("No file is chosen."), _("Choose the ledger: xlsx, xls, ods or csv."))
    return import_steps.take(actor, given.read(), given.name or "", request.POST.get("platform", ""))


def _platforms(actor: Actor) -> list[Platform]:
    return list(Platform.objects.filter(organ=actor.organ).prefetch_related("imports__post__officer"))


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
    draft.platform = import_steps.said(request.POST.get("platform", draft.platform))
    faults = import_steps.check(actor_of(request), draft)
    return _show(request, draft, faults) if faults else redirect("clue_import_draft", draft.token)


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
    draft = _draft(request, token)
    if draft.stage == "checked":
        decisions.tick(draft, request.POST)
    import_steps.run(actor_of(request), draft, request.POST.get("how", ""))
    return redirect("clue_import_draft", token)


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

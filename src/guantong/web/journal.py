"""The journal and its proof (日志与证明): checkpoints, verification, who read what; no matter is shown."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from axes.models import AccessFailureLog, AccessLog
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guantong.accounts.admin import record
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.acts.forms import DateInput
from guantong.kernel.journal import expunge, hashing, verify_db
from guantong.kernel.journal.hashing import CheckpointHeader, root_file, root_file_name
from guantong.kernel.journal.models import Checkpoint, Content, Entry, Expunction, Reading
from guantong.kernel.journal.reading import note
from guantong.kernel.journal.verify import Report, verify_records
from guantong.kernel.matters.models import Depth, Matter, Party
from guantong.web.desk_work import act_label
from guantong.web.guard import actor_of, in_post, seen_matter
from guantong.web.links import matter_url

MOST_ENTRIES_ON_A_PAGE = 200_000
PAGE = 50
ZIP = "application/zip"

READ = {
    "open": gettext_lazy("opened the matter"),
    "file": gettext_lazy("opened a file"),
    "view": gettext_lazy("viewed a paper"),
    "export": gettext_lazy("exported"),
    "search": gettext_lazy("searched"),
    "elsewhere": gettext_lazy("asked for similar clues of other organs"),
    "exchange": gettext_lazy("looked into a disc's file"),
    "chain": gettext_lazy("verified the chain"),
}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Show checkpoints and what they prove; the audit administrator verifies and exports from here."""
    newest = list(Checkpoint.objects.order_by("-number")[:PAGE])
    upto = verify_db.last_id()
    context = {
        "checkpoints": newest,
        "total": Checkpoint.objects.count(),
        "uncovered": max(0, upto - (newest[0].last_id if newest else 0)),
        "upto": upto,
        "may_verify": _user(request).administers == "audit",
        "too_many": upto > MOST_ENTRIES_ON_A_PAGE,
        "most": MOST_ENTRIES_ON_A_PAGE,
    }
    return render(request, "web/house/journal.html", context)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Verify all headers now, and keep a record that it was done."""
    if verify_db.last_id() > MOST_ENTRIES_ON_A_PAGE:
        raise PermissionDenied(_("The journal is too long for a page; run “guantong verify” on the server."))
    report = verify_db.verify_headers()
    found = {"entries": report.entries, "checkpoints": report.checkpoints, "faults": report.fault_count}
    record(_user(request), "journal.verify", "journal", after=found)
    return render(request, "web/house/verified.html", {"report": report, "faults": _faults(report)})


def _faults(report: Report) -> list[str]:
    lang = "en" if (get_language() or "").startswith("en") else "zh"
    return [fault.message(lang) for fault in report.faults[:100]]


def _download(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=ZIP)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """Return all checkpoints as files in a zip, to be kept elsewhere; they hold no content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in Checkpoint.objects.order_by("number"):
            archive.writestr(root_file_name(row.number), root_file(_header(row)))
    return _download(buffer.getvalue(), f"checkpoints-{clock.today()}.zip")


def _header(row: Checkpoint) -> CheckpointHeader:
    return CheckpointHeader(
        number=row.number, first_id=row.first_id, last_id=row.last_id, count=row.count, root=row.root,
        previous=row.prev, at=row.at,
    )  # fmt: skip


@require_safe
def headers(request: HttpRequest) -> HttpResponse:
    """Return the archive without contents: headers and checkpoints, for the stand-alone verifier."""
    if verify_db.last_id() > MOST_ENTRIES_ON_A_PAGE:
        raise PermissionDenied(
            _("The journal is too long for a page; run “guantong verify --export” on the server.")
        )
    buffer = io.BytesIO()
    count = verify_db.write_archive(buffer, "default", with_contents=False)
    record(_user(request), "journal.export", "journal", after={"entries": count})
    return _download(buffer.getvalue(), f"journal-headers-{clock.today()}.zip")


# --- Who read what


class ReadingFilter(forms.Form):
    """Which readings are shown."""

    who = forms.CharField(label=gettext_lazy("Account or name"), max_length=60, required=False)
    matter = forms.UUIDField(label=gettext_lazy("Matter (id)"), required=False)
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DateInput)
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [("", _("all")), *READ.items()]  # type: ignore[attr-defined]


@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """Show who opened what when; a matter by its id only."""
    form = ReadingFilter(request.GET or None)
    rows = Reading.objects.select_related("user", "post", "post__officer", "post__organ", "post__organ__body")
    if form.is_valid():
        for build in _READING_FILTERS:
            rows = build(rows, form.cleaned_data)
    shown, following = _page(request, rows)
    for row in shown:
        row.words = READ.get(row.what, row.what)
    context = {"form": form, "rows": shown, "next": following}
    return render(request, "web/house/readings.html", context)


def _who(rows: Any, data: dict[str, Any]) -> Any:
    named = Q(user__username=data["who"]) | Q(post__officer__name=data["who"])
    return rows.filter(named) if data["who"] else rows


_READING_FILTERS: tuple[Callable[[Any, dict[str, Any]], Any], ...] = (
    _who,
    lambda rows, data: rows.filter(matter=data["matter"]) if data["matter"] else rows,
    lambda rows, data: rows.filter(what=data["what"]) if data["what"] else rows,
    lambda rows, data: rows.filter(at__date__gte=data["since"]) if data["since"] else rows,
    lambda rows, data: rows.filter(at__date__lte=data["until"]) if data["until"] else rows,
)


def _page(request: HttpRequest, rows: Any) -> tuple[list[Any], str]:
    """Return a page of rows by falling id and the address of the next page."""
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    query = request.GET.copy()
    query["before"] = str(found[PAGE - 1].pk)
    return found[:PAGE], f"?{query.urlencode()}"


@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Show sign-ins and failed attempts of the last thirty days."""
    since = clock.now() - timedelta(days=30)
    failed, following = _page(request, AccessFailureLog.objects.filter(attempt_time__gte=since))
    good = AccessLog.objects.filter(attempt_time__gte=since).order_by("-pk")[:PAGE]
    context = {"failed": failed, "next": following, "good": good}
    return render(request, "web/house/sign_ins.html", context)


@require_safe
def expungings(request: HttpRequest) -> HttpResponse:
    """Show what was expunged: number of the entry, when, by whom, why. Never what."""
    rows, following = _page(request, Expunction.objects.select_related("first", "second"))
    return render(request, "web/house/expungings.html", {"rows": rows, "next": following})


# --- One matter's chain


@in_post
@require_safe
def chain(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Verify one matter's chain, with contents, for who sees the whole matter. Raises Http404."""
    actor = actor_of(request)
    matter = seen_matter(actor, matter_id)
    if getattr(matter, "seen", 0) < Depth.FULL:
        raise PermissionDenied(_("The chain is verified by those who see the whole matter."))
    note(actor, "chain", matter.pk, user_id=request.user.pk)
    rows = list(Entry.objects.filter(matter=matter).order_by("seq"))
    report = verify_matter(matter, rows)
    gone = expunge.expungings_of(matter)
    proposals = expunge.open_proposals(matter)
    last = Checkpoint.objects.order_by("-number").first()
    context = {
        "matter": matter,
        "matter_url": matter_url(matter.pk),
        "report": report,
        "faults": _faults(report),
        "may": _may_expunge(actor, matter),
        "lines": [
            {
                "entry": row,
                "label": act_label(row.act),
                "gone": gone.get(row.pk),
                "covered": bool(last and row.pk <= last.last_id),
                "proposal": next((p for p in proposals.values() if p.target.pk == row.pk), None),
            }
            for row in rows
        ],
    }
    return render(request, "web/house/chain.html", context)


def _may_expunge(actor: Actor, matter: Matter) -> dict[str, bool]:
    """Return which steps of expunging the actor is entitled to, so that none is offered in vain."""
    now = Party.objects.filter(matter=matter, until__isnull=True).select_related("organ", "officer")
    parties = {party.role: party for party in now}
    steps = {
        "propose": expunge.PROPOSE_ACT, "decline": expunge.DECLINE_ACT, "expunge": hashing.EXPUNGE_ACT
    }  # fmt: skip
    return {
        name: entitling(registry.get(code).entitled(matter, None), actor, parties) is not None
        for name, code in steps.items()
    }


def verify_matter(matter: Matter, rows: list[Entry]) -> Report:
    """Verify what the reader sees of one matter: all of it, as he sees it in full."""
    entries = [verify_db.entry_record(_as_row(row)) for row in rows]
    said = Content.objects.filter(entry__matter=matter).order_by("entry_id")
    contents: list[dict[str, Any]] = [
        {"entry": one.entry_id, "salt": bytes(one.salt).hex(), "content": one.body} for one in said
    ]
    by_id = {row.pk: row for row in rows}
    contents += [
        verify_db.stand_in(
            (one.entry_id, by_id[one.entry_id].hash, one.first_id, one.second_id, one.reason, one.at)
        )
        for one in expunge.expungings_of(matter).values()
    ]
    report = verify_records(entries, sorted(contents, key=lambda line: int(line["entry"])), [])
    last = (rows[-1].seq, rows[-1].hash) if rows else (0, "")
    if last != (matter.chain_seq, matter.chain_head):
        report.fault("head_differs", f"no. {matter.chain_seq}")
    return report


def _as_row(row: Entry) -> tuple[Any, ...]:
    return (
        row.pk, row.matter_id, row.seq, row.prev, row.act, row.happened_on, row.recorded_at, row.post_id,
        row.organ_id, row.officer_name, row.capacity, json.dumps(row.clauses), row.depth, row.state_from,
        row.state_to, row.content_digest, row.hash,
    )  # fmt: skip

"""Pages of inspection rounds (巡察轮次页面): the list of rounds, the intake of a batch, its export."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.entitlement import missing
from guantong.kernel.acts.forms import PastDateField
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Depth, Matter, Party
from guantong.kernel.papers.watermark import Watermark
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.mechanisms.rounds import lifecycle, queries
from guantong.mechanisms.rounds.models import Round
from guantong.mechanisms.rounds.queries import Row
from guantong.mechanisms.rounds.reading import read
from guantong.web.can import may_create
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post, seen_matter

SIZE = 50
KEY = re.compile(r"[0-9a-f]{32}")
DECISIONS = {"receive": "clue.receive", "return": "clue.return"}


def page_of_rounds(
    actor: Actor, limit: int, after: tuple[date, uuid.UUID] | None = None
) -> tuple[list[queries.Listed], tuple[date, uuid.UUID] | None]:
    """Return the rounds one sees, newest first, and after which the next page begins; in three queries."""
    seen = Visibility.objects.filter(
        kind="round", principal__in=actor.principals, until__gte=clock.today()
    ).values("matter", "listed_on")
    if after:
        seen = seen.filter(Q(listed_on__lt=after[0]) | Q(listed_on=after[0], matter__lt=after[1]))
    places = list(seen.annotate(deepest=Max("depth")).order_by("-listed_on", "-matter")[: limit + 1])
    depths = {row["matter"]: row["deepest"] for row in places[:limit]}
    found = {one.pk: one for one in Round.objects.select_related("matter").filter(pk__in=list(depths))}
    rows = queries.listed([found[pk] for pk in depths if pk in found], depths)
    last = places[limit - 1] if len(places) > limit else None
    return rows, (last["listed_on"], last["matter"]) if last else None


@require_GET
@in_post
def rounds(request: HttpRequest) -> HttpResponse:
    """List the inspection rounds with how their clues stand, as their sender may know it."""
    actor = actor_of(request)
    rows, following = page_of_rounds(actor, SIZE, _place(request.GET.get("after", "")))
    may = may_create(actor, ["round.open", "round.register"])
    return render(
        request,
        "rounds/list.html",
        {
            "rows": rows,
            "next": f"{following[0].isoformat()}.{following[1]}" if following else "",
            "may_open": may["round.open"],
            "may_register": may["round.register"],
        },
    )


def _place(text: str) -> tuple[date, uuid.UUID] | None:
    day, _dot, matter = text.partition(".")
    try:
        return date.fromisoformat(day), uuid.UUID(matter)
    except ValueError:
        return None


def _round(actor: Actor, matter_id: uuid.UUID) -> tuple[Matter, Round, int]:
    matter = seen_matter(actor, matter_id)
    if matter.kind != "round" or matter.seen < Depth.FEEDBACK:
        raise Http404
    return matter, lifecycle.load(matter), matter.seen


@dataclass
class Decided:
    """One line of the batch on the page of its intake: what was decided, and what came of it."""

    row: Row
    decision: str = "receive"
    reason: str = ""
    fault: str = ""


@in_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Take in or return each clue of a batch (成批接收; CZ-3.2): each by its own act, with its own result.

    Nothing is recorded while a reason is missing. Sent again, or by two at once, each is recorded once.
    """
    actor = actor_of(request)
    matter, found, depth = _round(actor, matter_id)
    _require_case_supervision(actor, matter, depth)
    if request.method != "POST":
        return _show(request, matter, found, [Decided(row) for row in queries.rows_of(found)])
    given = request.POST
    lines = [_decided(row, given) for row in queries.rows_of(found)]
    faults = _faults(lines, given)
    if faults:
        return _show(request, matter, found, lines, faults)
    key = _key(given)
    tally = {"receive": 0, "return": 0, "refused": 0}
    for line in lines:
        if line.decision in DECISIONS and line.row.line:
            line.fault = _do(actor, line, given["happened_on"], key)
            tally["refused" if line.fault else line.decision] += 1
    return _after(request, actor, matter_id, lines, tally)


def _require_case_supervision(actor: Actor, matter: Matter, depth: int) -> None:
    act = registry.get("round.sign_list")
    parties = {one.role: one for one in Party.objects.filter(matter=matter, until__isnull=True)}
    lacking = [one for one in missing(act, actor, matter, parties, depth, act.by) if one.what != "state"]
    if lacking:
        raise PermissionDenied(" ".join(f"{one.reason} {one.remedy}" for one in lacking))


def _decided(row: Row, given: Mapping[str, str]) -> Decided:
    said = given.get(f"decision-{row.position}", "later")
    reason = given.get(f"reason-{row.position}", "").strip()[:500]
    return Decided(row, said if said in DECISIONS else "later", reason)


def _faults(lines: list[Decided], given: Mapping[str, str]) -> list[Fault]:
    found = []
    try:
        PastDateField().clean(given.get("happened_on", ""))
    except forms.ValidationError as error:
        found.append(Fault("happened_on", " ".join(error.messages), _("Give the day the batch arrived.")))
    for line in lines:
        if line.decision == "return" and not line.reason:
            line.fault = _("Why it is returned is missing.")
            told = _("No. %(number)s: %(why)s") % {"number": line.row.position, "why": line.fault}
            found.append(Fault("reason", told, _("The sender reads it: say what is to be completed.")))
    return found


def _key(given: Mapping[str, str]) -> str:
    return key if KEY.fullmatch(key := given.get("key", "")) else uuid.uuid4().hex


def _do(actor: Actor, line: Decided, day: str, key: str) -> str:
    """Do the act of one line; return why it was refused, or ''. What another decided meanwhile stays so."""
    assert line.row.line is not None  # noqa: S101 - the caller has looked
    clue, version = line.row.line.matter.pk, line.row.line.matter.version
    if not line.row.waits:
        return _("It was taken in or returned before; see its state.")
    data = {"happened_on": day, **({"reason": line.reason} if line.decision == "return" else {})}
    try:
        perform(DECISIONS[line.decision], actor, clue, data, key=f"{key}-{clue}", version=version)
    except Refused as refused:
        return " ".join(f"{fault.reason} {fault.remedy}" for fault in refused.faults)
    return ""


def _after(
    request: HttpRequest, actor: Actor, matter_id: uuid.UUID, lines: list[Decided], tally: dict[str, int]
) -> HttpResponse:
    """Conclude the intake where nothing waits any more, and show what came of each line."""
    matter, found, _depth = _round(actor, matter_id)
    now = {row.position: row for row in queries.rows_of(found)}
    for line in lines:
        line.row = now.get(line.row.position, line.row)
    waiting = any(line.row.waits for line in lines)
    concluded = not waiting and _conclude(actor, matter, request.POST)
    if concluded:
        matter, found, _depth = _round(actor, matter_id)
    told: dict[str, Any] = {
        "done": True,
        "taken": tally["receive"],
        "returned": tally["return"],
        "refused": tally["refused"],
        "concluded": concluded,
    }
    return _show(request, matter, found, lines, **told)


def _conclude(actor: Actor, matter: Matter, given: Mapping[str, str]) -> bool:
    if matter.state != lifecycle.HANDED_OVER:
        return matter.state == lifecycle.RECEIVED
    try:
        perform("round.receive", actor, matter.pk, {"happened_on": given["happened_on"]})
    except Refused:
        return False
    return True


def _show(
    request: HttpRequest,
    matter: Matter,
    found: Round,
    lines: list[Decided],
    faults: list[Fault] | None = None,
    **told: Any,
) -> HttpResponse:
    context = {
        "matter": matter,
        "state": lifecycle.KIND.state_label(Depth.FULL, matter.state),
        "round": found,
        "rows": lines,
        "waiting": sum(line.row.waits for line in lines),
        "happened_on": request.POST.get("happened_on") or clock.today().isoformat(),
        "key": _key(request.POST),
        "faults": faults or [],
        **told,
    }
    return render(request, "rounds/intake.html", context, status=422 if faults else 200)


@in_post
@never_cache
@require_GET
def export(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Export the clues of a round to Excel, as deep as the reader sees; noted as one reading."""
    actor = actor_of(request)
    matter, found, _depth = _round(actor, matter_id)
    note(actor, "export", matter.pk, "round", user_id=request.user.pk)
    columns = [
        OutColumn("position", _("No."), "integer"),
        OutColumn("person", _("Persons")),
        OutColumn("unit", _("Unit"), width=30),
        OutColumn("post", _("Post")),
        OutColumn("text", _("Allegation in short"), width=60),
        OutColumn("pages", _("Pages"), "integer"),
        OutColumn("letter_number", _("Letter number"), width=24),
        OutColumn("number", _("Ledger number"), width=24),
        OutColumn("state", _("State")),
        OutColumn("told", _("Last told"), width=40),
    ]
    rows = [
        {
            **row.said,
            "position": row.position,
            "pages": row.said.get("pages") or None,
            "number": row.line.matter.number if row.line else "",
            "state": row.state,
        }
        for row in queries.rows_of(found)
    ]
    mark = Watermark(actor.officer.name, actor.capacity, clock.now())
    body = write_workbook(columns, rows, sheet_name=_("Clues of the round"), above=mark.text)
    return spreadsheet(body, f"{matter.number or matter.title}.xlsx")


urlpatterns = [
    path("rounds/", rounds, name="rounds"),
    path("rounds/read/", read, name="round_read"),
    path("rounds/<uuid:matter_id>/intake/", intake, name="round_intake"),
    path("rounds/<uuid:matter_id>/export/", export, name="round_export"),
]

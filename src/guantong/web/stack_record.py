"""Recording what was decided on paper (代录批示): the whole stack in one page, each with its own result."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.awaited import Awaited, awaited_from
from guantong.kernel.acts.perform import perform
from guantong.web import pending
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

COMMON = ("day", "signer")
BATCH = re.compile(r"[0-9a-f]{32}")
TEXTS = ("instruction", "reason")
"""What the leader wrote: with an approval an instruction, without one the reason."""


@dataclass
class Line:
    """One sheet in the page: what is typed for it, and what came of it."""

    key: str
    title: str
    label: str
    matter: uuid.UUID | None
    sheet: Awaited | None = None
    version: str = ""
    decision: str = ""
    day: str = ""
    signer: str = ""
    text: str = ""
    done: bool = False
    faults: tuple[Fault, ...] = ()
    kept: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The matter's page."""
        return matter_url(self.matter) if self.matter else ""

    @property
    def name(self) -> str:
        """What its fields end in: the same however many sheets there are beside it."""
        return uuid.uuid5(uuid.NAMESPACE_OID, self.key).hex[:12]

    @property
    def scan(self) -> str:
        """Name of the field of its own scan."""
        return f"scan-{self.name}"


@require_http_methods(["GET", "HEAD", "POST"])
@in_post
def record(request: HttpRequest) -> HttpResponse:
    """Show the sheets whose decision the reader records, or record those that are filled in."""
    actor = actor_of(request)
    lines = _lines(awaited_from(actor, recorded=True))
    if request.method != "POST":
        return _show(request, lines)
    user_id = int(request.user.pk or 0)
    files = pending.with_kept(request.POST, request.FILES, user_id)
    lines = _typed(request, lines)
    batch = request.POST.get("batch", "")
    for line in lines:
        if line.decision:
            _record(request, actor, line, files, batch if BATCH.fullmatch(batch) else uuid.uuid4().hex)
    kept = pending.keep(files, user_id) if any(line.faults for line in lines) else []
    pending.drop(request.POST, user_id)
    return _show(request, lines, kept=kept, tried=True)


def _lines(found: Sequence[Awaited]) -> list[Line]:
    return [
        Line(
            one.key,
            f"{one.waiting.matter.number} {one.title}".strip(),
            str(one.act.label),
            one.waiting.matter.pk,
            one,
            str(one.waiting.matter.version),
        )
        for one in found
    ]


def _typed(request: HttpRequest, waiting: list[Line]) -> list[Line]:
    """Return the lines as the page sent them, and behind them those that have come since."""
    given, found = request.POST, {line.key: line for line in waiting}
    typed: list[Line] = []
    for key in given.getlist("sheet"):
        line = found.pop(key, None) or Line(key, "", "", None)
        line.title = line.title or given.get(f"title-{line.name}", "")[:260]
        line.version = given.get(f"version-{line.name}", "")
        line.decision = given.get(f"decision-{line.name}", "")
        line.day, line.signer = (given.get(f"{name}-{line.name}", "") for name in COMMON)
        line.text = given.get(f"text-{line.name}", "")
        typed.append(line)
    return [*typed, *found.values()]


def _record(request: HttpRequest, actor: Actor, line: Line, files: Any, batch: str) -> None:
    sheet = line.sheet
    if sheet is None:
        reason = _("This sheet no longer waits: it has been decided, or what was proposed has changed.")
        line.faults = (Fault("", reason, _("The timeline of the matter says what became of it.")),)
        return
    code = sheet.act.code if line.decision == "approve" else sheet.act.send_back
    data: dict[str, Any] = {
        **sheet.waiting.item,
        "happened_on": line.day or request.POST.get("day", ""),
        "signer": line.signer or request.POST.get("signer", ""),
        **dict.fromkeys(TEXTS, line.text),
    }
    try:
        perform(
            code,
            actor,
            sheet.waiting.matter.pk,
            data,
            _scan(files, line),
            key=f"{batch}-{line.name}",
            version=int(line.version) if line.version.isdecimal() and len(line.version) < 10 else None,
        )
    except Refused as refused:
        line.faults = refused.faults
    else:
        line.done = True


def _scan(files: Any, line: Line) -> MultiValueDict[str, UploadedFile[Any]]:
    """Return the sheet's own scan, or the one for all."""
    scan = files.get(line.scan) or files.get("scan")
    if scan is None:
        return MultiValueDict()
    scan.seek(0)
    return MultiValueDict({"scan": [scan]})


def _show(
    request: HttpRequest, lines: list[Line], *, kept: Sequence[tuple[str, str, str]] = (), tried: bool = False
) -> HttpResponse:
    for line in lines:
        line.kept = [one for one in kept if one[0] == line.scan]
    failed = [line for line in lines if line.faults]
    context = {
        "lines": [line for line in lines if not line.done],
        "recorded": [line for line in lines if line.done],
        "failed": failed,
        "kept": [one for one in kept if one[0] == "scan"],
        "day": request.POST.get("day") or clock.today().isoformat(),
        "signer": request.POST.get("signer", ""),
        "batch": uuid.uuid4().hex,
        "nothing_chosen": tried and not any(line.decision for line in lines),
        "longest": 500,
    }
    return render(request, "web/stack/record.html", context, status=422 if failed else 200)

"""The stack (待批一叠): what awaits one's decision, one approval sheet after the other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Fault, Refused
from guantong.kernel.acts.awaited import Awaited, awaited_from
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.reading import note
from guantong.kernel.papers.approval import batch, lines_of
from guantong.kernel.papers.render_pdf import UnprintableTextError, render_pdf
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.papers import watermark

APART = frozenset({"happened_on", "signer", "scan"})
"""Not asked on the sheet: it is decided today and by who looks at it."""


@dataclass(frozen=True)
class Place:
    """Where one is in the stack: the sheets, which of them is shown, how many are decided already."""

    sheets: list[Awaited]
    index: int
    done: int

    @property
    def sheet(self) -> Awaited:
        """The one shown."""
        return self.sheets[self.index]

    @property
    def number(self) -> int:
        """Its number, those decided counted in."""
        return self.done + self.index + 1

    @property
    def total(self) -> int:
        """How many there were to begin with."""
        return self.done + len(self.sheets)

    def beside(self, step: int) -> str:
        """Return the address of the next or the previous sheet; round at the end."""
        return _address(self.sheets[(self.index + step) % len(self.sheets)].key, self.done)

    def after_this(self) -> str:
        """Return where to go once this one is decided."""
        rest = self.sheets[self.index + 1 :] + self.sheets[: self.index]
        return _address(rest[0].key if rest else "", self.done + 1)


def _address(key: str, done: int) -> str:
    query = {name: value for name, value in (("at", key), ("done", done)) if value}
    return f"{reverse('stack')}?{urlencode(query)}" if query else reverse("stack")


def _place(actor: Actor, key: str, done: str) -> Place:
    sheets = awaited_from(actor)
    index = next((place for place, one in enumerate(sheets) if one.key == key), 0)
    return Place(sheets, index, int(done) if done.isdecimal() and len(done) < 4 else 0)


@require_http_methods(["GET", "HEAD", "POST"])
@in_post
def stack(request: HttpRequest) -> HttpResponse:
    """Show one sheet and take the decision on it; then comes the next."""
    actor = actor_of(request)
    if request.method == "POST":
        return _decide(request, actor)
    place = _place(actor, request.GET.get("at", ""), request.GET.get("done", ""))
    return _show(request, actor, place)


def _decide(request: HttpRequest, actor: Actor) -> HttpResponse:
    given = request.POST
    place = _place(actor, given.get("at", ""), given.get("done", ""))
    if not place.sheets or place.sheet.key != given.get("at"):
        messages.info(
            request, _("This sheet no longer awaits your decision; the timeline says what became of it.")
        )
        return redirect(_address("", place.done))
    sheet = place.sheet
    code = sheet.act.send_back if given.get("decision") == "back" else sheet.act.code
    if given.get("confirmed") != "1" and code == sheet.act.code:
        fault = Fault("", _("The decision was not confirmed."), _("Confirm it; nothing is recorded before."))
        return _show(request, actor, place, faults=(fault,), code=code)
    version = given.get("version", "")
    try:
        perform(
            code,
            actor,
            sheet.waiting.matter.pk,
            given,
            key=given.get("key", "")[:80],
            version=int(version) if version.isdecimal() and len(version) < 10 else None,
        )
    except Refused as refused:
        return _show(request, actor, place, faults=refused.faults, code=code, status=refused.status)
    words = {"act": registry.get(code).label, "title": sheet.title}
    messages.success(request, _("“%(act)s” is recorded: %(title)s") % words)
    return redirect(place.after_this())


def _show(
    request: HttpRequest, actor: Actor, place: Place, *, faults: tuple[Fault, ...] = (), code: str = "",
    status: int = 0,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {"place": place}
    if place.sheets:
        context |= _sheet(request, actor, place, faults, code)
    return render(request, "web/stack/stack.html", context, status=status or (422 if faults else 200))


def _sheet(
    request: HttpRequest, actor: Actor, place: Place, faults: tuple[Fault, ...], code: str
) -> dict[str, Any]:
    sheet = place.sheet
    matter = sheet.waiting.matter
    note(actor, "open", matter.pk, f"sheet {sheet.act.code}", user_id=request.user.pk)
    back = registry.get(sheet.act.send_back)
    return {
        "sheet": sheet,
        "matter_url": matter_url(matter.pk),
        "lines": lines_of(sheet),
        "back": back,
        "forms": {
            "approve": _form(request, actor, sheet, sheet.act, faults if code == sheet.act.code else ()),
            "back": _form(request, actor, sheet, back, faults if code == back.code else ()),
        },
        "faults": faults,
        "sent_back": code == back.code,
        "key": uuid.uuid4().hex,
        "before": place.beside(-1),
        "later": place.beside(1),
    }


def _form(
    request: HttpRequest, actor: Actor, sheet: Awaited, act: Act, faults: tuple[Fault, ...]
) -> list[forms.BoundField]:
    """Return what the sheet asks for besides the decision, with what was typed where that was refused."""
    waiting = sheet.waiting
    detail = act.load(waiting.matter, waiting.item)
    arguments = act.form_arguments(actor, waiting.matter, detail)
    made = act.form_class(detail)(request.POST if faults else None, **arguments)
    made.auto_id = f"{act.code.replace('.', '-')}-%s"
    return [field for field in made.visible_fields() if field.name not in APART]


@require_safe
@in_post
def stack_pdf(request: HttpRequest) -> HttpResponse:
    """Print the whole stack, that of the reader or that which he records for leaders who sign paper."""
    actor = actor_of(request)
    found = awaited_from(actor) or awaited_from(actor, recorded=True)
    if not found:
        messages.info(request, _("Nothing awaits a decision; there is nothing to print."))
        return redirect("stack")
    for matter in {one.waiting.matter.pk for one in found}:
        note(actor, "export", matter, "approval sheets", user_id=request.user.pk)
    try:
        content = render_pdf(batch(actor, found), watermark=watermark(actor))
    except UnprintableTextError as error:
        return render(request, "web/papers/trouble.html", {"reason": str(error)}, status=422)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="approval-sheets.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response

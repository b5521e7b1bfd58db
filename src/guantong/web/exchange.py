"""Pages of the exchange by disc (交换): what is to be burnt, what came, what is missing; taking a file in."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from django import forms
from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.acts.files import open_stored
from guantong.kernel.acts.forms import DateInput
from guantong.kernel.acts.perform import perform
from guantong.kernel.exchange import carriers, codec, cover, incoming, outgoing, refusals
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.incoming import Finding
from guantong.kernel.exchange.models import ExchangeKey, KeyState, Line, Message
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Matter, Party
from guantong.web import pending
from guantong.web.guard import actor_of, in_post

PAGE = 50


class TakeForm(forms.Form):
    """What a clerk adds to a file he takes in (接收登记)."""

    happened_on = forms.DateField(
        label=gettext_lazy("Arrived on"),
        widget=DateInput,
        help_text=gettext_lazy("The day the disc arrived; duties count from it."),
    )
    scan = forms.FileField(
        label=gettext_lazy("Scan of their paper"),
        required=False,
        help_text=gettext_lazy("Needed for an answer form, which nobody signed."),
    )


@in_post
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the outbox, the inbox, and the numbers that did not come."""
    return _page(request, actor_of(request))


def _page(request: HttpRequest, actor: Actor, fault: Fault | None = None, status: int = 200) -> HttpResponse:
    rows = Message.objects.filter(own=actor.body_id).select_related("peer", "matter", "file", "paper")
    out, in_ = rows.filter(incoming=False), rows.filter(incoming=True)
    before = request.GET.get("before", "")
    box = request.GET.get("box", "")
    if before:
        try:
            edge = uuid.UUID(before)
        except ValueError as error:
            raise Http404 from error
        out, in_ = (out.filter(pk__lt=edge), in_) if box == "out" else (out, in_.filter(pk__lt=edge))
    sent, came = list(out[: PAGE + 1]), list(in_[: PAGE + 1])
    reached = set(
        ExchangeKey.objects.filter(own=False, state=KeyState.ACTIVE).values_list("organ_id", flat=True)
    )
    context = {
        "out": [
            {"message": one, "label": carriers.label(one.kind), "reached": one.peer_id in reached}
            for one in sent[:PAGE]
        ],
        "came": [{"message": one, "label": carriers.label(one.kind)} for one in came[:PAGE]],
        "next_out": sent[PAGE - 1].pk if len(sent) > PAGE else "",
        "next_in": came[PAGE - 1].pk if len(came) > PAGE else "",
        "lines": Line.objects.filter(own=actor.body_id).select_related("peer").order_by("peer__name"),
        "discs": {one.peer_id: one.peer for one in sent if one.number and not one.acknowledged_on}.values(),
        "fault": fault,
        "refusals": refusals.listed(actor.organ),
        "most": codec.LIMIT // 2**20,
    }
    return render(request, "web/exchange/page.html", context, status=status)


@in_post
@never_cache
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Show what a file says and what taking it in would come to; then take it in."""
    actor, user_id = actor_of(request), int(request.user.pk or 0)
    files = pending.with_kept(request.POST, request.FILES, user_id)
    upload = files.get("file")
    if upload is None:
        reason = _("No file is chosen.")
        return _page(request, actor, Fault("file", reason, _("Choose the file on the disc.")), 422)
    if (upload.size or 0) > codec.LIMIT:
        return _page(request, actor, ExchangeError("too_large", limit=codec.LIMIT // 2**20).fault, 422)
    data, name = upload.read(), upload.name or "disc.gtx"
    finding = incoming.look(data, actor)
    if finding.error is not None:
        pending.drop(request.POST, user_id)
        note(actor, "exchange", None, f"refused: {finding.error.code}", user_id=user_id)
        refusals.keep(actor, data, finding.error)
        return _preview(request, actor, finding, name)
    if "record" not in request.POST:
        note(actor, "exchange", None, f"opened: {finding.opened and finding.opened.kind}", user_id=user_id)
        kept = pending.keep(files, user_id)
        return _preview(request, actor, finding, name, kept=kept)
    return _record(request, actor, finding, data, name)


def _record(request: HttpRequest, actor: Actor, finding: Finding, data: bytes, name: str) -> HttpResponse:
    user_id = int(request.user.pk or 0)
    more = {"happened_on": request.POST.get("happened_on", "")}
    try:
        done = incoming.take(data, name, actor, more, request.FILES.get("scan"))
    except Refused as refused:
        kept = [one for one in _tickets(request) if one[0] == "file"]
        return _preview(request, actor, finding, name, kept=kept, refused=refused)
    pending.drop(request.POST, user_id)
    told.success(request, _("Taken in: %(name)s") % {"name": name})
    return redirect("matter", done.matter_id)


def _tickets(request: HttpRequest) -> list[tuple[str, str, str]]:
    return [("file", "", one) for one in request.POST.getlist(f"{pending.PREFIX}file")]


def _preview(
    request: HttpRequest, actor: Actor, finding: Finding, name: str, *,
    kept: list[tuple[str, str, str]] | None = None, refused: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    opened, taken = finding.opened, finding.taken
    proof = opened.proof if opened else None
    form = TakeForm(request.POST if refused else None, initial={"happened_on": clock.today()})
    if refused:
        form.is_valid()
    act = registry.get(taken.act) if taken else None
    context = {
        "name": name,
        "fault": finding.error.fault if finding.error else None,
        "repeated": finding.repeated,
        "warnings": finding.warnings,
        "opened": opened,
        "proof": proof,
        "kind": carriers.label(opened.kind) if opened else "",
        "lines": carriers.get(opened.kind).lines(opened.said) if opened else [],
        "act": act,
        "may": _may(taken, actor),
        "matter": Matter.objects.filter(pk=taken.matter_id).first() if taken and taken.matter_id else None,
        "form": form,
        "kept": kept or [],
        "faults": refused.faults if refused else (),
    }
    status = refused.status if refused else 422 if finding.error else 200
    return render(request, "web/exchange/preview.html", context, status=status)


def _may(taken: Any, actor: Actor) -> bool:
    """Return whether the actor's capacity allows the act, so that no button leads to a refusal."""
    if taken is None:
        return False
    found = Party.objects.filter(matter=taken.matter_id, until__isnull=True).select_related("organ")
    parties = {one.role: one for one in found} if taken.matter_id else {}
    return entitling(registry.get(taken.act).by, actor, parties) is not None


def _own_message(actor: Actor, message_id: uuid.UUID) -> Message:
    found = (
        Message.objects.filter(pk=message_id, own=actor.body_id, incoming=False)
        .select_related("own", "peer", "paper", "matter")
        .first()
    )
    if found is None:
        raise Http404(_("There is no such message, or you may not see it."))
    return found


@in_post
@require_POST
def seal(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Make the sealed file of a message, or make it anew."""
    actor = actor_of(request)
    message = _own_message(actor, message_id)
    try:
        perform("exchange.seal", actor, message.matter_id, {"message": str(message.pk)})
    except Refused as refused:
        return _page(request, actor, refused.faults[0], refused.status)
    told.success(request, _("The file is made. Burn it with the cover sheet."))
    return redirect("exchange")


@in_post
@require_safe
def disc(request: HttpRequest, organ_id: int) -> HttpResponse:
    """Give out what goes on a disc to one body: the files it has not acknowledged, and the cover sheet."""
    actor = actor_of(request)
    rows = Message.objects.filter(
        own=actor.body_id, peer=organ_id, incoming=False, number__isnull=False, acknowledged_on__isnull=True
    )
    found = list(rows.select_related("own", "peer", "paper", "file").order_by("number")[:PAGE])
    if not found:
        raise Http404(_("Nothing is waiting for that body."))
    made = BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as archive:
        archive.writestr("封面.pdf", cover.sheet(found, clock.today()))
        for message in found:
            assert message.file is not None  # noqa: S101 - a numbered message has its file
            with open_stored(message.file.digest) as handle:
                archive.writestr(message.file.name, handle.read())
            note(actor, "export", message.matter_id, f"disc {message.pk}", user_id=request.user.pk)
    name = f"{outgoing.file_name(found[0]).rpartition('_')[0]}_{clock.today():%Y%m%d}.zip"
    return _download(made.getvalue(), "application/zip", name)


@in_post
@require_safe
def answer_form(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Give out the one-file form with which an organ without the platform answers (离线回复表)."""
    actor = actor_of(request)
    message = _own_message(actor, message_id)
    note(actor, "export", message.matter_id, f"answer form {message.pk}", user_id=request.user.pk)
    return _download(cover.answer_form(message), "text/html; charset=utf-8", "回复表.html")


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response

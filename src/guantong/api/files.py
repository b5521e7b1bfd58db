"""Papers and attachments over HTTP (文书与附件接口); each taking is noted."""

from __future__ import annotations

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import ValidationError

from guantong.api.callers import actor_of
from guantong.api.problems import problem
from guantong.kernel.acts.act import Fault, refuse
from guantong.kernel.acts.files import open_stored
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Attachment
from guantong.kernel.papers.models import Paper, PaperState
from guantong.kernel.papers.render_pdf import UnprintableTextError, render_pdf
from guantong.web.guard import seen_matter
from guantong.web.papers import letter_of, watermark

_BINARY = {"schema": {"type": "string", "format": "binary"}}


def make_router() -> Router:
    """Return the router of files, worded in the present language."""
    router = Router(tags=[_("Papers and files")])
    router.get(
        "/papers/{uuid:paper_id}.pdf",
        operation_id="paper_pdf",
        summary=_("A paper as PDF, watermarked with its reader"),
        openapi_extra={"responses": {200: {"content": {"application/pdf": _BINARY}}}},
    )(paper_pdf)
    router.get(
        "/attachments/{uuid:attachment_id}",
        operation_id="attachment",
        summary=_("A file as it was put in"),
        openapi_extra={"responses": {200: {"content": {"*/*": _BINARY}}}},
    )(attachment)
    return router


def paper_pdf(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """Return a paper as PDF: the letter frozen when signed, or the draft, marked as one."""
    actor = actor_of(request)
    paper = Paper.objects.select_related("organ", "addressee").filter(pk=paper_id).first()
    if paper is None:
        raise Http404
    matter = seen_matter(actor, paper.matter_id)
    try:
        letter, draft = letter_of(paper, matter)
        marked = draft or paper.state == PaperState.VOIDED
        content = render_pdf(letter, draft=marked, watermark=watermark(actor))
    except (UnprintableTextError, ValidationError) as error:
        reason = str(error) if isinstance(error, UnprintableTextError) else _("Its text makes no letter.")
        raise refuse("", reason, _("Revise the draft.")) from error
    note(actor, "export", paper.matter_id, f"paper {paper.pk} pdf api", user_id=request.user.pk)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{paper.number or paper.title}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def attachment(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponseBase:
    """Return one file of a matter the caller may see."""
    actor = actor_of(request)
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    try:
        handle = open_stored(found.digest)
    except FileNotFoundError:
        fault = Fault("", _("The file is no longer in the store."), _("Tell the system administrator."))
        return problem(410, "gone", _("File missing"), [fault])
    note(actor, "file", found.matter_id, str(found.pk), user_id=request.user.pk)
    return FileResponse(handle, as_attachment=True, filename=found.name, content_type=found.media_type)

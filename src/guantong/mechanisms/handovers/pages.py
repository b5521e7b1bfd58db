"""Pages of handovers (工作交接页面): the department's lists, and the sheet to be signed."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Depth
from guantong.kernel.papers.render_pdf import UnprintableTextError, render_pdf
from guantong.mechanisms.handovers import lifecycle, papers
from guantong.mechanisms.handovers.models import Handover
from guantong.web.guard import actor_of, in_post, seen_matter
from guantong.web.links import matter_url
from guantong.web.papers import watermark

SHOWN = 100


@require_safe
@in_post
def handovers(request: HttpRequest) -> HttpResponse:
    """List the desks handed over in one's department, the newest first."""
    found = Handover.objects.select_related("matter", "post__officer", "post__organ__body")
    rows = [
        (one, matter_url(one.pk), lifecycle.KIND.state_label(Depth.FULL, one.matter.state))
        for one in found.order_by("-matter_id")[:SHOWN]
    ]
    return render(request, "handovers/list.html", {"rows": rows})


@require_safe
@in_post
def sheet(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Print the list to be signed, watermarked with its reader."""
    actor = actor_of(request)
    matter = seen_matter(actor, matter_id)
    if matter.kind != "handover":
        raise Http404(_("There is no such matter, or you may not see it."))
    note(actor, "export", matter.pk, "handover sheet", user_id=request.user.pk)
    try:
        content = render_pdf(papers.sheet(lifecycle.load(matter)), watermark=watermark(actor))
    except UnprintableTextError as error:
        return render(request, "web/papers/trouble.html", {"reason": str(error)}, status=422)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="handover.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("handovers/", handovers, name="handovers"),
    path("handovers/<uuid:matter_id>/sheet/", sheet, name="handover_sheet"),
]

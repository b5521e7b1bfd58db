"""Small answers on pages of clues (线索页面): like clues, here and elsewhere; the cover for handing up."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guantong.kernel import clock
from guantong.kernel.matters.models import Depth
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.letter import Format, KeyValue, Letter, Pair, Paragraph, SignLines
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.mechanisms.clues import queries
from guantong.mechanisms.clues.forms import RegisterForm
from guantong.web.guard import actor_of, in_post, seen_matter

CASE_SUPERVISION = "case_supervision"
MOST_PERSONS = 20
COVER_FIELDS = ("sender_name", "letter_number", "letter_date")


@in_post
@require_POST
@never_cache
def alike(request: HttpRequest) -> HttpResponse:
    """Show clues like the one being typed; sent as POST so that no name enters a log of addresses."""
    actor_of(request)
    widget = RegisterForm.base_fields["subjects"].widget
    rows: Any = widget.value_from_datadict(request.POST, request.FILES, "subjects")
    names = [str(row.get("name", ""))[:60] for row in rows][:MOST_PERSONS] if isinstance(rows, list) else []
    found = queries.find_like(
        letter_number=request.POST.get("letter_number", "")[:60],
        names=names,
        unit=request.POST.get("unit", "")[:120],
        category=request.POST.get("category", ""),
    )
    return render(request, "clues/alike.html", {"alike": found, "typing": True})


@in_post
@require_safe
@never_cache
def elsewhere(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Say whether other organs keep clues about the same person, to case supervision. Raises Http404."""
    actor = actor_of(request)
    matter = seen_matter(actor, matter_id)
    if matter.kind != "clue" or matter.seen < Depth.FULL or CASE_SUPERVISION not in actor.roles:
        raise Http404
    found = queries.elsewhere(actor, matter.pk, request.user.pk)
    return render(request, "clues/elsewhere.html", {"said": _(", ").join(map(_kept, found))})


def _kept(one: queries.Kept) -> str:
    words = {"organ": one.organ.short_name or one.organ.name, "count": one.count, "year": one.since}
    if one.is_open:
        return _("%(organ)s: %(count)s (open, since %(year)s)") % words
    return _("%(organ)s: %(count)s (closed, since %(year)s)") % words


@in_post
@require_POST
@never_cache
def cover(request: HttpRequest) -> HttpResponse:
    """Print the cover under which a paper that belongs above is handed up unread (密封呈送封面).

    Made from the posted form alone: nothing is stored, noted or logged of it (检举控告工作规则 Art. 15).
    """
    actor = actor_of(request)
    body: Organ = actor.organ.body or actor.organ
    given = {name: request.POST.get(name, "")[:120] for name in COVER_FIELDS}
    sender = request.POST.get("sender", "")
    if sender.isdecimal() and len(sender) < 15:
        organ = Organ.objects.select_related("body").filter(pk=int(sender)).first()
        given["sender_name"] = organ.full_name if organ else given["sender_name"]
    response = HttpResponse(render_pdf(cover_letter(body, given)), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="cover.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def cover_letter(body: Organ, given: dict[str, str]) -> Letter:
    """Return the cover; it names no person and no allegation, so that the envelope can be carried."""
    return Letter(
        format=Format.COVER,
        issuers=(body.name,),
        title=("密封呈送件",),
        blocks=(
            KeyValue(
                columns=1,
                pairs=(
                    Pair(label="呈送机关", value=body.name),
                    Pair(label="来件单位", value=given["sender_name"]),
                    Pair(label="来件文号", value=given["letter_number"]),
                    Pair(label="来件日期", value=given["letter_date"]),
                    Pair(label="呈送日期", value=f"{clock.today():%Y-%m-%d}"),
                ),
            ),
            Paragraph(text="按照规定应由上级机关受理，原件密封呈送，本机关未留存。"),
            SignLines(labels=("呈送人", "上级机关签收人")),
        ),
    )


urlpatterns = [
    path("alike/", alike, name="clue_alike"),
    path("<uuid:matter_id>/elsewhere/", elsewhere, name="clue_elsewhere"),
    path("cover/", cover, name="clue_cover"),
]

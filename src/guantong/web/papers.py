"""Pages of papers (文书): one paper, its PDF and DOCX, the preview of a draft, the register of numbers."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Refused
from guantong.kernel.journal.reading import note
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import Depth, Matter, Party
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers import attributes, kinds
from guantong.kernel.papers.letter import Letter
from guantong.kernel.papers.models import Paper, PaperState
from guantong.kernel.papers.render_docx import render_docx
from guantong.kernel.papers.render_pdf import UnprintableTextError, render_pdf
from guantong.kernel.papers.watermark import Watermark
from guantong.web import can, registers
from guantong.web.guard import actor_of, in_post, seen_matter

if TYPE_CHECKING:
    from guantong.web.guard import SeenMatter

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = 50
FRAMED = "default-src 'self'; frame-ancestors 'self'; form-action 'self'"


def _paper(paper_id: uuid.UUID) -> Paper:
    found = (
        Paper.objects.select_related(
            "organ", "addressee", "drafted_by__officer", "checked_by__officer", "sealed_by__officer"
        )
        .filter(pk=paper_id)
        .first()
    )
    if found is None:
        raise Http404(_("There is no such paper, or you may not see it."))
    return found


def letter_of(paper: Paper, matter: Matter) -> tuple[Letter, bool]:
    """Return a paper's letter and whether it is still a draft; a signed one is the letter frozen then."""
    final = paper.letter.get("final")
    if final:
        return Letter.from_json(final), False
    return kinds.get(paper.kind).letter(paper, matter), True


def watermark(actor: Actor) -> Watermark:
    """Return the mark of this reader at this moment (水印)."""
    return Watermark(actor.officer.name, actor.capacity, timezone.localtime(clock.now()))


def _mark_voided(paper: Paper, draft: bool) -> bool:
    return draft or paper.state == PaperState.VOIDED


def given(content: bytes, media_type: str, name: str, *, inline: bool) -> HttpResponse:
    """Return an answer that gives out a file made for this reader, kept by nobody on the way (输出文件)."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = _disposition(name, inline=inline)
    response["Cache-Control"] = "private, no-store"
    return response


def _disposition(name: str, *, inline: bool) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(not inline, name) or "attachment"


def _name(paper: Paper, ending: str) -> str:
    return f"{paper.number or paper.title}.{ending}"


def _copy_wanted(request: HttpRequest, paper: Paper) -> int:
    """Return the number of the copy asked for (份号), the first where none of them is."""
    wanted = number_of(request.GET.get("copy")) or 1
    return wanted if wanted <= paper.copies else 1


@in_post
@require_safe
def pdf(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """Show a paper as PDF, watermarked with its reader; `?download` gives it out."""
    actor = actor_of(request)
    paper = _paper(paper_id)
    letter, draft = letter_of(paper, seen_matter(actor, paper.matter_id))
    letter = attributes.copy_of(letter, _copy_wanted(request, paper))
    what = "export" if "download" in request.GET else "view"
    note(actor, what, paper.matter_id, f"paper {paper.pk} pdf", user_id=request.user.pk)
    try:
        content = render_pdf(letter, draft=_mark_voided(paper, draft), watermark=watermark(actor))
    except UnprintableTextError as error:
        return trouble(request, str(error))
    return given(content, "application/pdf", _name(paper, "pdf"), inline=what == "view")


@in_post
@require_safe
def docx(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """Give out a paper as DOCX, with the reader named in it."""
    actor = actor_of(request)
    paper = _paper(paper_id)
    letter, draft = letter_of(paper, seen_matter(actor, paper.matter_id))
    letter = attributes.copy_of(letter, _copy_wanted(request, paper))
    note(actor, "export", paper.matter_id, f"paper {paper.pk} docx", user_id=request.user.pk)
    content = render_docx(letter, draft=_mark_voided(paper, draft), watermark=watermark(actor))
    return given(content, DOCX, _name(paper, "docx"), inline=False)


@in_post
@require_POST
def draft_preview(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponseBase:
    """Show what is typed as it will look on paper; nothing is stored."""
    actor = actor_of(request)
    matter = seen_matter(actor, matter_id)
    paper = _typed(request, actor, matter)
    note(actor, "view", matter.pk, f"draft {paper.kind}", user_id=request.user.pk)
    try:
        letter = kinds.get(paper.kind).letter(paper, matter)
        content = render_pdf(letter, draft=True, watermark=watermark(actor))
    except ValidationError:
        return trouble(request, _("The title is missing: a paper needs one before it can be shown."))
    return given(content, "application/pdf", "preview.pdf", inline=True)


def _typed(request: HttpRequest, actor: Actor, matter: SeenMatter) -> Paper:
    """Return an unsaved paper with the wording typed. Raises Http404 where the matter has none such."""
    wording = {name: request.POST.get(name, "")[:20_000] for name in ("title", "addressee", "body")}
    marks = _typed_attributes(request, matter)
    existing = request.POST.get("paper")
    if existing:
        try:
            found = Paper.objects.filter(matter=matter, pk=forms.UUIDField().clean(existing)).first()
        except forms.ValidationError as error:
            raise Http404 from error
        if found is None:
            raise Http404
        found.letter = wording
        for name, value in marks.items():
            setattr(found, name, value)
        return found
    offered = {kind.code: kind for kind in kinds.kinds_of(matter.kind)}
    kind = offered.get(request.POST.get("kind", ""))
    if kind is None or matter.seen < kind.depth:
        raise Http404
    body: Organ = actor.organ.body or actor.organ
    return Paper(matter=matter, kind=kind.code, organ=body, letter=wording, title=wording["title"], **marks)


def _typed_attributes(request: HttpRequest, matter: SeenMatter) -> dict[str, Any]:
    """Return the attributes typed, or those of the matter where they would be refused."""
    form = attributes.AttributesForm(request.POST)
    if not form.is_valid():
        return attributes.of_matter(matter)
    try:
        return attributes.read(form.cleaned_data, matter)
    except Refused:
        return attributes.of_matter(matter)


def trouble(request: HttpRequest, reason: str) -> HttpResponse:
    """Say why a paper cannot be shown (文书无法显示)."""
    response = render(request, "web/papers/trouble.html", {"reason": reason}, status=422)
    response["Content-Security-Policy"] = FRAMED
    return response


@in_post
@require_safe
def page(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Show a paper with its preview, and the steps that can be done with it."""
    actor = actor_of(request)
    paper = _paper(paper_id)
    matter = seen_matter(actor, paper.matter_id)
    found = Party.objects.filter(matter=matter, until__isnull=True).select_related("organ", "officer")
    parties = {party.role: party for party in found}
    standing = can.Standing(actor, matter, matter.seen, parties, None)
    offers, denied = can.paper_acts(standing, paper)
    context = {
        "paper": paper,
        "matter": matter,
        "label": kinds.get(paper.kind).label,
        "further": kinds.get(paper.kind).further(paper),
        "offers": [offer for offer in offers if not offer.grave],
        "grave_offers": [offer for offer in offers if offer.grave],
        "denied": denied,
        "state": matter_kinds.get(matter.kind).state_label(matter.seen, matter.state),
        "steps": _steps(paper),
        "copy_numbers": range(1, paper.copies + 1) if attributes.is_classified(paper.secrecy) else (),
        "copy_range": attributes.copy_range(paper),
        "full": matter.seen >= Depth.FULL,
    }
    return render(request, "web/papers/paper.html", context)


def _steps(paper: Paper) -> list[dict[str, Any]]:
    drafted = timezone.localtime(paper.recorded_at).date()
    return [
        {"label": _("Drafted"), "on": drafted, "who": paper.drafted_by and paper.drafted_by.officer.name},
        {"label": _("Checked"), "on": None, "who": paper.checked_by and paper.checked_by.officer.name},
        {"label": _("Signed and numbered"), "on": paper.signed_on, "who": paper.signed_by},
        {
            "label": _("Sealed"),
            "on": paper.sealed_on,
            "who": paper.sealed_by and paper.sealed_by.officer.name,
        },
        {"label": _("Dispatched"), "on": paper.dispatched_on, "who": paper.get_way_display()},
        {"label": _("Signed for"), "on": paper.signed_for_on, "who": paper.signed_for_by},
    ]


def number_of(text: str | None) -> int | None:
    """Return a number written in an address (网址参数), None for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 8 else None


@in_post
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """List the numbers the reader's body has given to papers, voided ones with their reason (发文登记簿)."""
    actor = actor_of(request)
    year = number_of(request.GET.get("year")) or clock.today().year
    names = {kind.series: str(kind.label) for kind in reversed(kinds.all_kinds())}
    series = request.GET.get("series", "")
    papers = Paper.objects.filter(organ_id=actor.body_id, year=year, serial__isnull=False)
    if series in names:
        papers = papers.filter(series=series)
    elif series == "-flagged":
        papers = papers.exclude(flagged="")
    after, serial = request.GET.get("after", ""), number_of(request.GET.get("serial"))
    if after and serial is not None:
        papers = papers.filter(Q(series__gt=after) | Q(series=after, serial__lt=serial))
    rows = list(papers.select_related("addressee", "matter").order_by("series", "-serial")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "rows": [(row, kinds.get(row.kind).label) for row in rows[:PAGE]],
        "year": year,
        "years": range(clock.today().year, clock.today().year - 6, -1),
        "series": series,
        "all_series": sorted(names.items(), key=lambda pair: pair[1]),
        "next": last,
        "first": not after,
        "gaps": {} if series == "-flagged" else gaps(rows[:PAGE]),
        "registers": registers.ALL.values(),
    }
    return render(request, "web/papers/register.html", context)


def gaps(rows: list[Paper]) -> dict[uuid.UUID, str]:
    """Return, by the paper that stands below, the numbers skipped above it in its series (断号)."""
    found = {}
    for above, below in pairwise(rows):
        assert above.serial is not None and below.serial is not None  # noqa: S101, PT018 - both numbered
        if above.series == below.series and above.serial - below.serial > 1:
            first, last = below.serial + 1, above.serial - 1
            found[below.pk] = f"{first}" if first == last else f"{first}—{last}"
    return found

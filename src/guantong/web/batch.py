"""Printing papers in one go (成批打印): a cover list, then every copy of each paper chosen."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel.access.actors import Actor
from guantong.kernel.archive import binding
from guantong.kernel.journal.reading import note
from guantong.kernel.papers import attributes
from guantong.kernel.papers.letter import Column, Format, Letter, Table
from guantong.kernel.papers.models import Incoming, Paper, PaperState
from guantong.kernel.papers.render_pdf import UnprintableTextError, render_pdf
from guantong.kernel.papers.watermark import Watermark
from guantong.web.guard import actor_of, in_post
from guantong.web.papers import given, letter_of, trouble, watermark

MOST = 50
MOST_COPIES = 300


@dataclass(frozen=True)
class Job:
    """A paper to be printed and in how many copies (打印任务): what was received, once."""

    paper: Paper
    copies: int


def _chosen(actor: Actor, asked: list[str]) -> list[Job]:
    """Return what was asked for of the papers that the reader's body has numbered or received, in order.

    Of either he finds those he may see.
    """
    wanted = []
    for text in dict.fromkeys(asked):
        try:
            wanted.append(uuid.UUID(text))
        except ValueError:
            continue
    received = Incoming.objects.filter(paper=OuterRef("pk"), organ_id=actor.body_id)
    rows = Paper.objects.filter(
        Q(organ_id=actor.body_id) | Exists(received), pk__in=wanted, serial__isnull=False
    )
    found = {paper.pk: paper for paper in rows.select_related("matter", "organ", "addressee")}
    papers = [found[one] for one in wanted if one in found]
    return [Job(one, one.copies if one.organ_id == actor.body_id else 1) for one in papers]


def _copies(job: Job, mark: Watermark) -> list[bytes]:
    """Return each copy of a paper; those without numbers of their own are alike and set once."""
    letter, draft = letter_of(job.paper, job.paper.matter)
    marked = draft or job.paper.state == PaperState.VOIDED
    if not letter.copy_number:
        return [render_pdf(letter, draft=marked, watermark=mark)] * job.copies
    return [
        render_pdf(attributes.copy_of(letter, number), draft=marked, watermark=mark)
        for number in range(1, job.copies + 1)
    ]


def _cover(actor: Actor, printed: list[tuple[Job, list[bytes]]]) -> Letter:
    titles = (_("Number"), _("Title"), _("To"), _("Copies"), _("Pages"))
    rows = tuple(
        (
            job.paper.number,
            job.paper.title,
            job.paper.letter.get("addressee", ""),
            str(job.copies),
            str(binding.count(copies[0], "application/pdf") or ""),
        )
        for job, copies in printed
    )
    columns = tuple(
        Column(title=title, width=width) for title, width in zip(titles, (2, 3, 2, 0.7, 0.7), strict=True)
    )
    body = actor.organ.body or actor.organ
    table = Table(columns=columns, rows=rows)
    return Letter(
        format=Format.SHEET, issuers=(body.name,), title=(_("Papers to be printed"),), blocks=(table,)
    )


@in_post
@require_safe
def batch(request: HttpRequest) -> HttpResponse:
    """Show the papers chosen as one PDF to print; `?duplex` begins each copy on a new sheet."""
    actor, asked = actor_of(request), request.GET.getlist("paper")
    if len(asked) > MOST:
        return trouble(
            request, _("At most %(most)s papers are printed in one go: choose fewer.") % {"most": MOST}
        )
    jobs = _chosen(actor, asked)
    if not jobs:
        return trouble(
            request,
            f"{_('Nothing was chosen, or you may see none of it.')} {_('Tick papers in a register first.')}",
        )
    if sum(job.copies for job in jobs) > MOST_COPIES:
        reason = _("At most %(most)s copies are printed in one go: choose fewer papers.")
        return trouble(request, reason % {"most": MOST_COPIES})
    for matter in dict.fromkeys(job.paper.matter_id for job in jobs):
        note(actor, "view", matter, "papers in one go pdf", user_id=request.user.pk)
    mark = watermark(actor)
    try:
        printed = [(job, _copies(job, mark)) for job in jobs]
        cover = render_pdf(_cover(actor, printed), watermark=mark)
    except UnprintableTextError as error:
        return trouble(request, str(error))
    parts = [cover, *(copy for _job, copies in printed for copy in copies)]
    content = binding.joined(parts, duplex="duplex" in request.GET)
    return given(content, "application/pdf", "papers.pdf", inline=True)

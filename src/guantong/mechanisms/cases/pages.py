"""The list of cases (案件)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from guantong.kernel.access.models import Visibility
from guantong.kernel.matters.models import Depth, Link, LinkKind, Party, PartyRole
from guantong.mechanisms.cases.lifecycle import KIND
from guantong.mechanisms.cases.models import Case
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SIZE = 50
LAST_PAGE = 1000


@require_GET
@in_post
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases one sees wholly, newest first."""
    actor = actor_of(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    given = request.GET.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and 0 < int(given[:6]) <= LAST_PAGE else 1
    seen = Visibility.objects.filter(kind="case", principal__in=actor.principals, depth=Depth.FULL)
    found = Case.objects.filter(matter__in=seen.values("matter")).select_related("matter")
    if text:
        found = found.filter(Q(matter__title__icontains=text) | Q(matter__number__icontains=text))
    start = (number - 1) * SIZE
    page = list(found.order_by("-filed_on", "-matter_id")[start : start + SIZE + 1])
    rows = page[:SIZE]
    ids = [row.pk for row in rows]
    handlers = Party.objects.filter(matter__in=ids, role=PartyRole.HANDLER, until__isnull=True)
    handled = dict(handlers.values_list("matter", "organ__name"))
    links = Link.objects.filter(source__in=ids, kind=LinkKind.CASE).select_related("target")
    clues = {link.source_id: link.target for link in links}
    context = {
        "rows": [
            {
                "case": row,
                "url": matter_url(row.pk),
                "handler": handled.get(row.pk, ""),
                "clue": clues.get(row.pk),
                "clue_url": matter_url(clues[row.pk].pk) if row.pk in clues else "",
                "state": KIND.state_label(Depth.FULL, row.matter.state),
            }
            for row in rows
        ],
        "text": text,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if len(page) > SIZE else None,
    }
    return render(request, "cases/list.html", context)

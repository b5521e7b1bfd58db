"""Pages of the archive (归档、年度结转): volumes, what is closed and not filed, what has expired."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.archive import catalogue
from guantong.kernel.archive.acts import FILERS, closing_of
from guantong.kernel.archive.catalogue import Cover, Item, Sheet
from guantong.kernel.archive.models import Volume
from guantong.kernel.journal.reading import note
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Counter, Depth, Matter, Party
from guantong.kernel.papers.kinds import all_kinds
from guantong.kernel.papers.letter import Column, Format, Letter, SignLines, Table
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.kernel.sheets.writing import OutColumn, write_workbook
from guantong.web import can
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post, seen_matter
from guantong.web.papers import given, number_of, watermark

YEARS_BACK = 6
MOST = 200
AT_ONCE = 20


def _whole(actor: Actor, matter_id: uuid.UUID) -> Any:
    matter = seen_matter(actor, matter_id)
    if matter.seen < Depth.FULL:
        raise Http404(_("There is no such matter, or you may not see it."))
    return matter


@in_post
@require_safe
def volume(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Show the volume of a matter: as filed, or what would be filed of it today."""
    actor = actor_of(request)
    matter = _whole(actor, matter_id)
    filed = Volume.objects.filter(matter=matter).first()
    today = catalogue.contents(matter)
    items = catalogue.items_of(filed.items) if filed else today
    known = {item.ref for item in items}
    found = Party.objects.filter(matter=matter, until__isnull=True).select_related("organ", "officer")
    standing = can.Standing(actor, matter, matter.seen, {party.role: party for party in found}, None)
    context = {
        "matter": matter,
        "volume": filed,
        "may_file": filed is None and can.may_file(standing),
        "items": items,
        "later": [item for item in today if item.ref not in known],
        "state": kinds.get(matter.kind).state_label(matter.seen, matter.state),
    }
    return render(request, "web/archive/volume.html", context)


def _bound(actor: Actor, matter: Any) -> tuple[list[Sheet], Cover]:
    filed = Volume.objects.filter(matter=matter).select_related("organ").first()
    found = catalogue.sheets(matter, watermark(actor))
    if filed:
        found = catalogue.kept_as_filed(found, filed.items)
    body = filed.organ if filed else actor.organ.body or actor.organ
    days = [one.item.on for one in found]
    cover = Cover(
        organ=body.name,
        title=matter.title,
        matter=matter.number,
        number=filed.number if filed else "",
        retention=filed.get_retention_display() if filed else "",
        secrecy=matter.get_secrecy_display(),
        begun=matter.happened_on,
        ended=max(days).replace("-", "") if days else "",
        keeper=filed.keeper if filed else "",
        filed_by=filed.filed_by if filed else "",
        on=filed.archived_on if filed else None,
        remark=filed.remark if filed else "",
    )
    return found, cover


def _name(cover: Cover, ending: str) -> str:
    return f"{cover.number or cover.matter or cover.title}.{ending}"


@in_post
@require_safe
def volume_pdf(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Show the whole volume as one PDF: cover, catalogue, every sheet numbered, last sheet."""
    actor = actor_of(request)
    matter = _whole(actor, matter_id)
    note(actor, "export", matter.pk, "volume pdf", user_id=request.user.pk)
    found, cover = _bound(actor, matter)
    content = catalogue.volume_pdf(found, cover, watermark(actor))
    return given(content, "application/pdf", _name(cover, "pdf"), inline="download" not in request.GET)


@in_post
@require_safe
def volume_zip(request: HttpRequest, matter_id: uuid.UUID) -> HttpResponse:
    """Give the volume out as a folder: each piece as it is, and the catalogue as a spreadsheet."""
    actor = actor_of(request)
    matter = _whole(actor, matter_id)
    note(actor, "export", matter.pk, "volume zip", user_id=request.user.pk)
    found, cover = _bound(actor, matter)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("catalogue.xlsx", _workbook([one.item for one in found], watermark(actor).text))
        for one in found:
            if one.original:
                folder.writestr(f"{one.item.order:03d}_{_safe(one.name)}", one.original)
    return given(out.getvalue(), "application/zip", _name(cover, "zip"), inline=False)


def _safe(name: str) -> str:
    return "".join(char if char not in '/\\:*?"<>|' and char.isprintable() else "_" for char in name)[-120:]


def _workbook(items: list[Item], above: str) -> bytes:
    columns = [
        OutColumn("order", "顺序号", "integer"),
        OutColumn("number", "文号"),
        OutColumn("author", "责任者", width=28),
        OutColumn("title", "题名", width=44),
        OutColumn("on", "日期"),
        OutColumn("span", "页号"),
        OutColumn("note", "备注"),
    ]
    rows = ({column.key: getattr(item, column.key) for column in columns} for item in items)
    return write_workbook(columns, rows, sheet_name="卷内文件目录", above=above)


def _own(actor: Actor) -> QuerySet[Matter]:
    """Return the matters the actor's organ may file one day (本单位经办事项)."""
    wholly = Visibility.objects.filter(
        matter=OuterRef("pk"), principal__in=actor.principals, depth=Depth.FULL, until__gte=clock.today()
    )
    ours = Party.objects.filter(
        matter=OuterRef("pk"),
        until__isnull=True,
        role__in=[capacity.party for capacity in FILERS if capacity.party],
        organ__in=(actor.organ.pk, actor.body_id),
    )
    return Matter.objects.filter(Exists(wholly), Exists(ours))


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and 1990 <= int(asked) <= 2999 else clock.today().year


@in_post
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Close the year (年度结转): what is not filed, what goes on, numbers given, what has expired."""
    actor, today, year = actor_of(request), clock.today(), _year(request)
    waiting = (
        _own(actor)
        .filter(is_open=False, volume__isnull=True)
        .annotate(ended=Subquery(closing_of(OuterRef("pk")).values("happened_on")))
        .filter(ended__year=year)
        .order_by("ended", "id")
    )
    carried = _own(actor).filter(is_open=True).values("kind").annotate(many=Count("id")).order_by("kind")
    volumes = Volume.objects.filter(organ_id=actor.body_id).select_related("matter")
    context = {
        "year": year,
        "years": range(today.year, today.year - YEARS_BACK, -1),
        "waiting": [(one, kinds.get(one.kind)) for one in waiting[:MOST]],
        "carried": [(kinds.get(one["kind"]).label, one["many"]) for one in carried],
        "volumes": volumes.filter(year=year)[:MOST],
        "expired": volumes.filter(kept_until__lt=today)[:MOST],
        "series": _series(actor.body_id, year),
        "at_once": AT_ONCE,
        "done": number_of(request.GET.get("done")),
        "refused": request.GET.getlist("refused"),
    }
    return render(request, "web/archive/year.html", context)


def _series(body: int, year: int) -> list[tuple[str, int]]:
    """Return what numbers a body has given in a year, by series; the next year begins each anew."""
    names = {kind.series: str(kind.label) for kind in reversed(all_kinds())}
    names |= {"clue": _("Clue ledger"), "received": _("Papers received"), "case": _("Cases")}
    names |= {"round": _("Inspection rounds"), "handover": _("Handovers"), "task": _("Tasks")}
    names |= {"sorting": _("Sorting"), "steering": _("Steering")}
    rows = Counter.objects.filter(organ=body, year=year).order_by("series").values_list("series", "last")
    return [(names.get(series, _archive_name(series)), last) for series, last in rows]


def _archive_name(series: str) -> str:
    kind, _colon, code = series.partition(":")
    return f"{_('Archive')} {code}" if kind == "archive" else series


@in_post
@require_safe
def volumes_export(request: HttpRequest) -> HttpResponse:
    """Give the volumes of a year out as a spreadsheet (案卷目录)."""
    actor, year = actor_of(request), _year(request)
    found = (
        Volume.objects.filter(organ_id=actor.body_id, year=year).select_related("matter").order_by("number")
    )
    lines = [
        {
            "number": one.number,
            "title": one.matter.title,
            "archived_on": one.archived_on,
            "retention": one.get_retention_display(),
            "kept_until": one.kept_until,
            "items": len(one.items),
            "pages": one.pages,
            "keeper": one.keeper,
            "remark": one.remark,
        }
        for one in found
    ]
    note(actor, "export", None, f"archive volumes {year} {len(lines)}", user_id=request.user.pk)
    columns = [
        OutColumn("number", "档号", width=28),
        OutColumn("title", "题名", width=44),
        OutColumn("archived_on", "归档日期", "date"),
        OutColumn("retention", "保管期限"),
        OutColumn("kept_until", "期满日", "date"),
        OutColumn("items", "件数", "integer"),
        OutColumn("pages", "页数", "integer"),
        OutColumn("keeper", "保管人"),
        OutColumn("remark", "备注", width=28),
    ]
    book = write_workbook(columns, lines, sheet_name="案卷目录", above=watermark(actor).text)
    return spreadsheet(book, f"案卷目录{year}.xlsx")


@in_post
@require_POST
def file_many(request: HttpRequest) -> HttpResponse:
    """File the matters chosen, each by its own act; what is refused stays in the list with its reason."""
    actor = actor_of(request)
    keeper, year = request.POST.get("keeper", ""), request.POST.get("year", "")
    done, refused = 0, []
    for raw in request.POST.getlist("ids")[:AT_ONCE]:
        try:
            matter = _own(actor).get(pk=uuid.UUID(raw))
            perform("matter.archive", actor, matter.pk, {"keeper": keeper})
            done += 1
        except (ValueError, Matter.DoesNotExist):
            continue
        except Refused as error:
            refused.append(f"{matter.number or matter.title}: {error.faults[0].reason}"[:160])
    query = urlencode([("year", year), ("done", done), *(("refused", one) for one in refused)])
    return redirect(f"/archive/?{query}")


@in_post
@require_safe
def expired(request: HttpRequest) -> HttpResponse:
    """Show the list on which destruction is proposed, for two people to sign (销毁清册)."""
    actor, today = actor_of(request), clock.today()
    note(actor, "export", None, "archive expired", user_id=request.user.pk)
    rows = Volume.objects.filter(organ_id=actor.body_id, kept_until__lt=today).select_related("matter")
    columns = (
        ("档号", 2.4),
        ("题名", 3.6),
        ("归档日期", 1.4),
        ("保管期限", 1.2),
        ("期满日", 1.4),
        ("页数", 0.8),
    )
    table = Table(
        columns=tuple(Column(title=title, width=width) for title, width in columns),
        rows=tuple(
            (
                one.number, one.matter.title, f"{one.archived_on:%Y-%m-%d}", one.get_retention_display(),
                f"{one.kept_until:%Y-%m-%d}", str(one.pages),
            )
            for one in rows
        ),
    )  # fmt: skip
    body = actor.organ.body or actor.organ
    letter = Letter(
        format=Format.SHEET,
        issuers=(body.name,),
        title=("到期档案鉴定销毁清册",),
        blocks=(table, SignLines(labels=("鉴定人", "批准人"))),
    )
    content = render_pdf(letter, watermark=watermark(actor))
    return given(content, "application/pdf", "expired.pdf", inline=True)

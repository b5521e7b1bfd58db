"""The catalogue of a volume (卷内文件目录): which papers and files of a matter it holds, on which pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from guantong.kernel.acts.files import open_stored
from guantong.kernel.archive.binding import as_pdf, bind, blank, count, numbered
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.papers.letter import Column, Format, KeyValue, Letter, Pair, SignLines, Table
from guantong.kernel.papers.models import Paper, PaperState
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.kernel.papers.watermark import Watermark

FILED = (PaperState.SIGNED, PaperState.DISPATCHED, PaperState.SIGNED_FOR)
APART = "电子文件，随卷另存"
GONE = "文件已不在库，待查"


@dataclass(frozen=True)
class Item:
    """One line of the catalogue (卷内文件). What cannot be bound has 0 pages."""

    order: int
    what: str
    ref: str
    number: str
    author: str
    title: str
    on: str
    pages: int
    first: int = 0
    last: int = 0
    note: str = ""

    @property
    def span(self) -> str:
        """The page numbers as the catalogue says them (页号)."""
        if not self.pages:
            return "—"
        return str(self.first) if self.first == self.last else f"{self.first}—{self.last}"


@dataclass(frozen=True)
class Sheet:
    """Something to be filed, with its content as PDF where it has one."""

    item: Item
    content: bytes = b""
    original: bytes = b""
    name: str = ""


def sheets(matter: Matter, mark: Watermark | None = None) -> list[Sheet]:
    """Return all that is filed of a matter, by day, with its pages numbered through."""
    found = sorted([*_papers(matter, mark), *_files(matter)], key=lambda one: (one.item.on, one.item.ref))
    spans = numbered(one.item.pages for one in found)
    return [
        replace(
            one,
            item=replace(one.item, order=order, first=span[0] if span else 0, last=span[1] if span else 0),
        )
        for order, (one, span) in enumerate(zip(found, spans, strict=True), 1)
    ]


def _filed_papers(matter: Matter) -> QuerySet[Paper]:
    return Paper.objects.filter(matter=matter, state__in=FILED).select_related("organ")


def _filed_files(matter: Matter) -> QuerySet[Attachment]:
    return Attachment.objects.filter(matter=matter).select_related("recorded_by__organ__body")


def _paper_item(paper: Paper, pages: int) -> Item:
    day: date = paper.signed_on or timezone.localdate(paper.recorded_at)
    author = paper.organ.name
    return Item(0, "paper", str(paper.pk), paper.number, author, paper.title, day.isoformat(), pages)


def _file_item(file: Attachment) -> Item:
    day = timezone.localdate(file.recorded_at).isoformat()
    author = file.recorded_by.organ.body or file.recorded_by.organ
    return Item(0, "file", str(file.pk), "", author.name, file.name, day, 0)


def _papers(matter: Matter, mark: Watermark | None) -> Iterator[Sheet]:
    for paper in _filed_papers(matter):
        content = render_pdf(Letter.from_json(paper.letter["final"]), watermark=mark)
        pages = count(content, "application/pdf") or 0
        yield Sheet(_paper_item(paper, pages), content, content, f"{paper.title}.pdf")


def _files(matter: Matter) -> Iterator[Sheet]:
    for file in _filed_files(matter):
        item = _file_item(file)
        try:
            with open_stored(file.digest) as handle:
                original = handle.read()
        except FileNotFoundError:
            yield Sheet(replace(item, note=GONE))
            continue
        pages = count(original, file.media_type)
        if pages is None:
            yield Sheet(replace(item, note=APART), b"", original, file.name)
        else:
            bound = as_pdf(original, file.media_type)
            yield Sheet(replace(item, pages=pages), bound, original, file.name)


def contents(matter: Matter) -> list[Item]:
    """Return what would be filed of a matter today, without opening anything (待归档文件)."""
    found = [_paper_item(paper, 0) for paper in _filed_papers(matter)]
    found += [_file_item(file) for file in _filed_files(matter)]
    ordered = sorted(found, key=lambda one: (one.on, one.ref))
    return [replace(one, order=order) for order, one in enumerate(ordered, 1)]


def kept_as_filed(found: list[Sheet], kept: list[dict[str, Any]]) -> list[Sheet]:
    """Return the sheets of a volume as it was filed: what came to the matter later is not of it."""
    by_ref = {one.item.ref: one for one in found}
    return [_as_it_was(item, by_ref.get(item.ref)) for item in items_of(kept)]


def _as_it_was(item: Item, now: Sheet | None) -> Sheet:
    """Return a piece as it was filed; of one that is gone the empty pages, so that the others keep theirs."""
    if now is None or (item.pages and not now.content):
        return Sheet(replace(item, note=GONE), blank(item.pages))
    return replace(now, item=item)


def as_filed(found: list[Sheet]) -> list[dict[str, Any]]:
    """Return the catalogue as it is kept with the volume."""
    return [asdict(one.item) for one in found]


def items_of(kept: list[dict[str, Any]]) -> list[Item]:
    """Return the catalogue of a volume as it was filed."""
    return [Item(**one) for one in kept]


@dataclass(frozen=True)
class Cover:
    """What the cover and the last sheet say (案卷封面、备考表)."""

    organ: str
    title: str
    matter: str
    number: str
    retention: str
    secrecy: str
    begun: date
    ended: str
    keeper: str
    filed_by: str
    on: date | None
    remark: str = ""


def catalogue_letter(items: list[Item], organ: str) -> Letter:
    """Return the catalogue as a sheet (卷内文件目录)."""
    columns = (
        ("顺序号", 0.9),
        ("文号", 2.0),
        ("责任者", 1.8),
        ("题名", 3.4),
        ("日期", 1.7),
        ("页号", 1.1),
        ("备注", 1.4),
    )
    rows = tuple(
        (str(one.order), one.number, one.author, one.title, one.on.replace("-", ""), one.span, one.note)
        for one in items
    )
    table = Table(columns=tuple(Column(title=title, width=width) for title, width in columns), rows=rows)
    return Letter(format=Format.SHEET, issuers=(organ,), title=("卷内文件目录",), blocks=(table,))


def cover_letter(cover: Cover, pages: int, count_of: int) -> Letter:
    """Return the cover (案卷封面)."""
    pairs = (
        Pair(label="题名", value=cover.title, wide=True),
        Pair(label="事项编号", value=cover.matter, wide=True),
        Pair(label="起止日期", value=f"{cover.begun:%Y%m%d}—{cover.ended}", wide=True),
        Pair(label="档号", value=cover.number, wide=True),
        Pair(label="保管期限", value=cover.retention),
        Pair(label="密级", value=cover.secrecy),
        Pair(label="件数", value=str(count_of)),
        Pair(label="页数", value=str(pages)),
    )
    return Letter(
        format=Format.COVER,
        issuers=(cover.organ,),
        title=("案卷",),
        blocks=(KeyValue(pairs=pairs, columns=2),),
    )


def remarks_letter(cover: Cover, pages: int, items: list[Item]) -> Letter:
    """Return the last sheet of the volume (备考表)."""
    apart = [one for one in items if not one.pages]
    said = f"本卷共{len(items)}件，装订{pages}页。"
    if apart:
        orders = "、".join(str(one.order) for one in apart)
        said += f"第{orders}件未装订，见目录备注。"
    pairs = (
        Pair(label="本卷情况说明", value=said + cover.remark, wide=True),
        Pair(label="立卷人", value=cover.filed_by),
        Pair(label="保管人", value=cover.keeper),
        Pair(label="立卷日期", value=f"{cover.on:%Y-%m-%d}" if cover.on else "", wide=True),
    )
    return Letter(
        format=Format.SHEET,
        issuers=(cover.organ,),
        title=("备考表",),
        blocks=(KeyValue(pairs=pairs, columns=2), SignLines(labels=("立卷人", "检查人"))),
    )


def volume_pdf(found: list[Sheet], cover: Cover, mark: Watermark | None = None) -> bytes:
    """Return the whole volume as one PDF with its pages numbered through (案卷)."""
    items = [one.item for one in found]
    pages = sum(one.pages for one in items)
    front = [cover_letter(cover, pages, len(items)), catalogue_letter(items, cover.organ)]
    back = [remarks_letter(cover, pages, items)]
    return bind(
        [render_pdf(letter, watermark=mark) for letter in front],
        [one.content for one in found if one.item.pages],
        [render_pdf(letter, watermark=mark) for letter in back],
    )

"""The archive: catalogue, bound volume with its page numbers, filing, the year's close, what has expired."""

from __future__ import annotations

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pdfplumber
import pypdfium2 as pdfium
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guantong.kernel import clock
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.archive import binding
from guantong.kernel.archive.models import Volume
from support.browse import readings, signed_in, text
from support.play import Player, at, scan, uploads
from support.town import Town, build

pytestmark = pytest.mark.django_db
MM = 72 / 25.4


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at("2026-11-20")):
        yield


def pdf(pages: int, *, turned: int = 0) -> bytes:
    document, out = pdfium.PdfDocument.new(), io.BytesIO()
    for _page in range(pages):
        document.new_page(595, 842).set_rotation(turned)
    document.save(out)
    return out.getvalue()


def picture(kind: str = "PNG", frames: int = 1) -> bytes:
    out = io.BytesIO()
    images = [Image.new("RGB", (60, 90), "white") for _frame in range(frames)]
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def closed(play: Player, number: str = "1号") -> uuid.UUID:
    """Return a clue that was handled, closed and answered, with a scan of three pages."""
    files = uploads(scan=scan("移送函.pdf", pdf(3)))
    done = play.done(
        "2026-09-28", "clerk", "clue.register", files=files, sender=play.town.organs["executing"].pk,
        source="audit", letter_number=number, letter_date="2026-09-28", category="discipline",
        allegation="违规发放补贴。",
        subjects=[{"name": "苏见微", "unit": "清川公交集团有限公司", "post": "总经理", "authority": "city"}],
    )  # fmt: skip
    clue = play.in_handling(play.assigned(done.matter_id))
    play.act("2026-10-14", "handler", "clue.conclude", clue, result="closed", text="不实")
    play.answered(clue, "2026-10-15")
    return clue


def filed(play: Player, clue: uuid.UUID, who: str = "clerk", day: str = "2026-11-02", **data: Any) -> Volume:
    play.act(day, who, "matter.archive", clue, **{"keeper": "段知秋", **data})
    with play.see(who):
        return Volume.objects.get(matter=clue)


lengths = st.lists(st.one_of(st.none(), st.integers(0, 40)), max_size=30)


@given(lengths)
def test_pages_run_on_without_gap_or_overlap(found: list[int | None]) -> None:
    spans = binding.numbered(found)
    pages = [page for span in spans if span for page in range(span[0], span[1] + 1)]
    assert pages == list(range(1, sum(length or 0 for length in found) + 1))
    assert [bool(span) for span in spans] == [bool(length) for length in found]


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (pdf(3), "application/pdf", 3),
        (b"%PDF-1.4 broken", "application/pdf", None),
        (picture(), "image/png", 1),
        (picture("JPEG"), "image/jpeg", 1),
        (picture("TIFF", 2), "image/tiff", 2),
        (b"no picture", "image/png", None),
        (b"words", "text/plain", None),
    ],
)
def test_pages_of_files(content: bytes, media_type: str, pages: int | None) -> None:
    assert binding.count(content, media_type) == pages
    if pages:
        assert binding.count(binding.as_pdf(content, media_type), "application/pdf") == pages


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_page_numbers_stand_in_the_outer_upper_corner_however_a_page_is_turned(turned: int) -> None:
    bound = binding.bind([pdf(1)], [pdf(2, turned=turned), pdf(1)], [pdf(1)])
    with pdfplumber.open(io.BytesIO(bound)) as found:
        assert len(found.pages) == 5
        assert [page.extract_text() for page in found.pages] == ["", "1", "2", "3", ""]
        for page in found.pages[1:4]:
            chars, number = page.chars, int(page.extract_text())
            assert chars[0]["top"] / MM < 20
            if number % 2:
                assert abs(page.width / MM - 12 - chars[-1]["x1"] / MM) < 0.5
            else:
                assert abs(chars[0]["x0"] / MM - 12) < 0.5


def test_a_closed_matter_is_filed_with_number_term_keeper_and_catalogue(play: Player) -> None:
    volume = filed(play, closed(play), remark="缺附件二。")
    assert (volume.number, volume.retention, str(volume.kept_until)) == (
        "清纪-WS·2026-D30-0001", "years30", "2056-12-31",
    )  # fmt: skip
    assert {item["title"] for item in volume.items} >= {"移送函.pdf"}
    spans = [(item["first"], item["last"]) for item in volume.items if item["pages"]]
    pages = [page for first, last in spans for page in range(first, last + 1)]
    assert pages == list(range(1, volume.pages + 1))
    other = filed(play, closed(play, "2号"), retention="permanent")
    assert (other.number, other.kept_until) == ("清纪-WS·2026-Y-0001", None)


def test_what_is_open_filed_or_not_ones_own_is_not_filed(play: Player) -> None:
    open_one = play.registered(letter_number="9号")
    with pytest.raises(NotAllowed, match="尚未办结"):
        play.act("2026-11-02", "clerk", "matter.archive", open_one, keeper="段知秋")
    clue = closed(play)
    for who in ("auditor", "stranger", "deputy"):
        with pytest.raises(NotAllowed):
            play.act("2026-11-02", who, "matter.archive", clue, keeper="段知秋")
    filed(play, clue)
    with pytest.raises(Refused, match="0001"):
        play.act("2026-11-03", "clerk", "matter.archive", clue, keeper="段知秋")
    with pytest.raises(Refused) as nobody:
        play.act("2026-11-03", "clerk", "matter.archive", closed(play, "2号"), keeper="")
    assert nobody.value.faults[0].field == "keeper"


def test_a_volume_belongs_to_the_year_in_which_its_matter_was_closed(play: Player) -> None:
    early, late = closed(play, "1号"), closed(play, "2号")
    with pytest.raises(Refused, match="2026-10-15") as refused:
        play.act("2026-10-14", "clerk", "matter.archive", early, keeper="段知秋")
    assert refused.value.faults[0].field == "happened_on"
    with clock.set_to(at("2027-01-06")):
        filed(play, early, day="2027-01-05")
        volume = filed(play, late, day="2027-01-06", retention="years10")
        assert (volume.number, str(volume.kept_until)) == ("清纪-WS·2026-D10-0001", "2036-12-31")
        assert len(signed_in("clerk").get("/archive/?year=2026").context["volumes"]) == 2
        assert len(signed_in("clerk").get("/archive/").context["volumes"]) == 0


def test_the_bound_volume_has_cover_catalogue_numbered_pages_and_last_sheet(play: Player) -> None:
    clue = closed(play)
    volume = filed(play, clue)
    answer = signed_in("clerk").get(f"/matters/{clue}/volume/pdf/")
    assert readings()[-1] == ("export", "volume pdf")
    with pdfplumber.open(io.BytesIO(answer.content)) as found:
        words = ["".join(char["text"] for char in page.chars) for page in found.pages]
        corners = [
            "".join(char["text"] for char in page.chars if char["fontname"].endswith("Helvetica"))
            for page in found.pages
        ]
    assert len(words) == volume.pages + 3
    assert volume.number in words[0]
    assert "卷内文件目录" in words[1]
    assert "移送函.pdf" in words[1]
    assert "备考表" in words[-1]
    assert corners == ["", "", *map(str, range(1, volume.pages + 1)), ""]


def test_the_folder_holds_each_file_as_it_is_and_the_catalogue(play: Player) -> None:
    clue = closed(play)
    answer = signed_in("clerk").get(f"/matters/{clue}/volume/zip/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("_移送函.pdf")]
        assert binding.count(archive.read(name), "application/pdf") == 3
        book = openpyxl.load_workbook(io.BytesIO(archive.read("catalogue.xlsx")))
    values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert {"顺序号", "题名", "页号", "移送函.pdf"} <= set(values)


def test_what_comes_after_filing_is_named_and_not_bound_in(play: Player) -> None:
    clue = closed(play)
    volume = filed(play, clue)
    with play.see("clerk"):
        kept = Volume.objects.get(matter=clue)
        kept.items = kept.items[:-1]
        kept.save(update_fields=["items"])
        gone = volume.items[-1]
    page = signed_in("clerk").get(f"/matters/{clue}/volume/")
    assert [item.ref for item in page.context["later"]] == [gone["ref"]]
    answer = signed_in("clerk").get(f"/matters/{clue}/volume/pdf/")
    assert binding.count(answer.content, "application/pdf") == volume.pages + 3 - gone["pages"]


def test_a_piece_that_is_gone_is_named_and_the_others_keep_their_pages(play: Player) -> None:
    clue = closed(play)
    volume = filed(play, clue)
    for file in (Path(settings.GUANTONG_DATA) / "files").rglob("*"):
        if file.is_file():
            file.unlink()
    answer = signed_in("clerk").get(f"/matters/{clue}/volume/pdf/")
    with pdfplumber.open(io.BytesIO(answer.content)) as found:
        words = ["".join(char["text"] for char in page.chars if char["upright"]) for page in found.pages]
    assert len(words) == volume.pages + 3
    assert "文件已不在库" in words[1]
    scanned = next(item for item in volume.items if item["title"] == "移送函.pdf")
    assert words[1 + scanned["first"] : 2 + scanned["last"]] == [
        str(number) for number in range(scanned["first"], scanned["last"] + 1)
    ]


def test_nobody_opens_a_volume_who_does_not_see_the_matter_wholly(play: Player) -> None:
    clue = closed(play)
    filed(play, clue)
    for who in ("auditor", "stranger"):
        for ending in ("", "pdf/", "zip/"):
            assert signed_in(who).get(f"/matters/{clue}/volume/{ending}").status_code == 404, (who, ending)
        with play.see(who):
            assert Volume.objects.count() == 0


def test_the_year_is_closed_on_one_page(play: Player) -> None:
    first, second = closed(play, "1号"), closed(play, "2号")
    play.registered(letter_number="3号")
    page = signed_in("clerk").get("/archive/?year=2026")
    assert {one.pk for one, _kind in page.context["waiting"]} == {first, second}
    assert [many for _label, many in page.context["carried"]] == [1]
    assert dict(page.context["series"])["问题线索台账"] == 3
    form = {"year": "2026", "ids": [str(first), str(second), "nonsense"], "keeper": "段知秋"}
    answer = signed_in("clerk").post("/archive/file/", form)
    after = signed_in("clerk").get(answer["Location"])
    assert after.context["done"] == 2
    assert after.context["waiting"] == []
    assert len(after.context["volumes"]) == 2
    again = signed_in("clerk").post("/archive/file/", form)
    assert "0001" in text(signed_in("clerk").get(again["Location"]))
    assert signed_in("stranger").get("/archive/").context["waiting"] == []


def test_the_volumes_of_a_year_are_given_out_as_a_spreadsheet(play: Player) -> None:
    volume = filed(play, closed(play), remark="缺附件二。")
    book = signed_in("clerk").get("/archive/export/?year=2026")
    assert readings()[-1] == ("export", "archive volumes 2026 1")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert {"档号", volume.number, volume.pages, "缺附件二。"} <= set(values)
    other = openpyxl.load_workbook(io.BytesIO(signed_in("stranger").get("/archive/export/").content))
    assert volume.number not in [cell.value for row in other.worksheets[0].iter_rows() for cell in row]


def test_what_has_expired_is_listed_for_two_people_and_destroyed_by_nobody(play: Player) -> None:
    clue = closed(play)
    volume = filed(play, clue, retention="years10")
    with clock.set_to(at("2036-12-31")):
        assert list(signed_in("clerk").get("/archive/").context["expired"]) == []
    with clock.set_to(at("2037-01-01")):
        page = signed_in("clerk").get("/archive/?year=2026")
        assert [one.pk for one in page.context["expired"]] == [volume.pk]
        answer = signed_in("clerk").get("/archive/expired/")
        with pdfplumber.open(io.BytesIO(answer.content)) as found:
            words = "".join(char["text"] for page in found.pages for char in page.chars if char["upright"])
        assert "D10" in words
        assert "鉴定人" in words
    with play.see("clerk"):
        assert Volume.objects.count() == 1


def test_filing_costs_at_most_twelve_queries_and_the_page_the_same_however_many(play: Player) -> None:
    spent, counts, client = [], [], signed_in("clerk")
    for number in ("1号", "2号"):
        clue = closed(play, number)
        client.get("/archive/?year=2026")
        with CaptureQueriesContext(connection) as pages:
            client.get("/archive/?year=2026")
        counts.append(len(pages))
        with CaptureQueriesContext(connection) as queries:
            play.act("2026-11-02", "clerk", "matter.archive", clue, keeper="段知秋")
        wanted = [one["sql"] for one in queries.captured_queries]
        spent.append([sql for sql in wanted if "SAVEPOINT" not in sql and "set_config" not in sql])
    ours = [sql for sql in spent[1] if "staff_number" not in sql]
    assert len(ours) <= 12, "\n".join(sql[:110] for sql in ours)
    assert counts[0] == counts[1]


def test_the_archive_page_costs_the_same_however_much_waits_is_filed_or_has_expired(play: Player) -> None:
    client, counts = signed_in("clerk"), []
    filed(play, closed(play, "1号"), retention="years10")
    closed(play, "2号")
    for number in range(3, 9, 2):
        with clock.set_to(at("2037-01-01")):
            client.get("/archive/?year=2026")
            with CaptureQueriesContext(connection) as queries:
                page = client.get("/archive/?year=2026")
            counts.append(len(queries))
            shown = [len(page.context[name]) for name in ("waiting", "volumes", "expired")]
            assert shown == [(number - 1) // 2] * 3
        filed(play, closed(play, f"{number}号"), retention="years10")
        closed(play, f"{number + 1}号")
    assert len(set(counts)) == 1, counts

"""The archive: catalogue, bound volume with its page numbers, filing, the year's close, what has expired."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pdfplumber
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guantong.kernel import clock
from guantong.kernel.archive import binding
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


def closed(play: Player) -> uuid.UUID:
    """Return a clue that was handled, closed and answered, with one scan of three pages."""
    clue = play.in_handling(play.assigned(play.sent_and_received()))
    files = uploads(files=scan("核查笔录.pdf", pdf(3)))
    del files
    play.act("2026-10-14", "handler", "clue.conclude", clue, result="closed", text="不实")
    play.answered(clue, "2026-10-15")
    return clue


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

"""Pages of files and binding them (页数、装订): every sheet of a volume with its number in the outer corner.

Page numbers stand on the upper right of odd and the upper left of even pages (DA/T 22). PDFium works for
one thread at a time, therefore the lock.
"""

from __future__ import annotations

import ctypes
import io
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, UnidentifiedImageError

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
EDGE = 12 * MM
SIZE = 12.0
DIGIT = 0.556  # width of a digit in the face the numbers are set in, of its size
IMAGES = ("image/jpeg", "image/png", "image/tiff")
PDFIUM = threading.Lock()


def numbered(lengths: Iterable[int | None], first: int = 1) -> list[tuple[int, int] | None]:
    """Return first and last page of each piece in turn (页号起止); None for what has no pages."""
    found: list[tuple[int, int] | None] = []
    for length in lengths:
        found.append((first, first + length - 1) if length else None)
        first += length or 0
    return found


def count(content: bytes, media_type: str) -> int | None:
    """Return how many pages a file has (页数), None where it cannot be bound or read."""
    try:
        if media_type == "application/pdf":
            with PDFIUM, pdfium.PdfDocument(content) as document:
                return len(document) or None
        if media_type in IMAGES:
            with Image.open(io.BytesIO(content)) as image:
                return int(getattr(image, "n_frames", 1))
    except (pdfium.PdfiumError, UnidentifiedImageError, OSError):
        return None
    return None


def as_pdf(content: bytes, media_type: str) -> bytes:
    """Return a file as PDF: an image on a sheet of A4 for each of its frames."""
    if media_type == "application/pdf":
        return content
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image, PDFIUM:
        document = pdfium.PdfDocument.new()
        for frame in range(int(getattr(image, "n_frames", 1))):
            image.seek(frame)
            _place(document, image.convert("RGB"))
        document.save(out)
        document.close()
    return out.getvalue()


def _place(document: Any, image: Image.Image) -> None:
    wide = image.width > image.height
    width, height = (A4[1], A4[0]) if wide else A4
    page = document.new_page(width, height)
    drawn = pdfium.PdfImage.new(document)
    drawn.set_bitmap(pdfium.PdfBitmap.from_pil(image))
    scale = min((width - 2 * EDGE) / image.width, (height - 3 * EDGE) / image.height)
    across, down = image.width * scale, image.height * scale
    left, bottom = (width - across) / 2, (height - down) / 2
    drawn.set_matrix(pdfium.PdfMatrix().scale(across, down).translate(left, bottom))
    page.insert_obj(drawn)
    page.gen_content()


def bind(front: Sequence[bytes], body: Sequence[bytes], back: Sequence[bytes], *, first: int = 1) -> bytes:
    """Return one PDF: what stands in front and at the back unnumbered, each page between with its number."""
    out = io.BytesIO()
    with PDFIUM:
        document = pdfium.PdfDocument.new()
        for part in front:
            _append(document, part)
        start = len(document)
        for part in body:
            _append(document, part)
        for number, index in enumerate(range(start, len(document)), first):
            _stamp(document, document[index], number)
        for part in back:
            _append(document, part)
        document.save(out)
        document.close()
    return out.getvalue()


def blank(pages: int) -> bytes:
    """Return empty sheets (空白页); nothing for none."""
    if not pages:
        return b""
    out = io.BytesIO()
    with PDFIUM:
        document = pdfium.PdfDocument.new()
        for _page in range(pages):
            document.new_page(*A4)
        document.save(out)
        document.close()
    return out.getvalue()


def joined(parts: Sequence[bytes], *, duplex: bool = False) -> bytes:
    """Return parts as one PDF (合并); for duplex each begins on a new sheet."""
    out = io.BytesIO()
    with PDFIUM:
        document = pdfium.PdfDocument.new()
        for part in parts:
            _append(document, part)
            if duplex and len(document) % 2:
                document.new_page(*A4)
        document.save(out)
        document.close()
    return out.getvalue()


def _append(document: Any, part: bytes) -> None:
    with pdfium.PdfDocument(part) as source:
        document.import_pages(source)


def _stamp(document: Any, page: Any, number: int) -> None:
    words = str(number)
    width, height = page.get_size()  # as it is seen, turned as its page says
    across = EDGE if number % 2 == 0 else width - EDGE - len(words) * DIGIT * SIZE
    text = pdfium_c.FPDFPageObj_NewTextObj(document, b"Helvetica", ctypes.c_float(SIZE))
    encoded = (words + "\0").encode("utf-16-le")
    letters = ctypes.cast(ctypes.create_string_buffer(encoded), pdfium_c.FPDF_WIDESTRING)
    pdfium_c.FPDFText_SetText(text, letters)
    drawn = pdfium.PdfObject(text, pdf=document)
    drawn.set_matrix(_seen_at(page, across, height - EDGE, width, height))
    page.insert_obj(drawn)
    page.gen_content()


def _seen_at(page: Any, across: float, up: float, width: float, height: float) -> Any:
    """Return the matrix that puts text where a reader sees (across, up), however the page is turned."""
    left, bottom, _right, _top = page.get_mediabox()
    turned = page.get_rotation()
    rows = {
        0: (1, 0, 0, 1, across, up),
        90: (0, 1, -1, 0, height - up, across),
        180: (-1, 0, 0, -1, width - across, height - up),
        270: (0, -1, 1, 0, up, width - across),
    }
    a, b, c, d, e, f = rows[turned]
    return pdfium.PdfMatrix(a, b, c, d, e + left, f + bottom)

"""What is written in a file (文件文字): to be searched for what may not leave the house, never to be kept."""

from __future__ import annotations

import html
import io
import lzma
import re
import struct
import zipfile
import zlib

import pypdfium2 as pdfium

from guantong.kernel.archive.binding import PDFIUM

LARGEST = 60 * 1024 * 1024
"""So many bytes are unpacked of one file at most; what lies beyond is not read."""
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError,
    ValueError, OverflowError, struct.error, KeyError,
)  # fmt: skip
"""What an archive raises that is damaged, or locked with a password."""
OLE = b"\xd0\xcf\x11\xe0"
PACKED = re.compile(r"\.(xml|rels|txt|csv)$", re.IGNORECASE)


def text_of(content: bytes, media_type: str) -> str | None:
    """Return the text of a file without blanks and line ends; None where it has none that can be read.

    Read are PDF with text, what Word, Excel and OFD pack into an archive, their older files, and plain text.
    Pictures are not.
    """
    if media_type == "application/pdf":
        found = _of_pdf(content)
    elif content.startswith(b"PK"):
        found = _of_archive(content)
    elif content.startswith(OLE):
        found = _of_older(content)
    elif media_type.startswith(("text/", "application/json")):
        found = _of_bytes(content)
    else:
        return None
    return "".join(found.split()) or None


def _of_pdf(content: bytes) -> str:
    try:
        with PDFIUM, pdfium.PdfDocument(content) as document:
            return "".join(page.get_textpage().get_text_range() for page in document)
    except pdfium.PdfiumError:
        return ""


def _of_archive(content: bytes) -> str:
    parts, left = [], LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in filter(PACKED.search, archive.namelist()):
                with archive.open(name) as part:
                    data = part.read(left)
                left -= len(data)
                parts.append(html.unescape(re.sub(r"<[^>]*>", "", _of_bytes(data))))
    except DAMAGED:
        return ""
    return "".join(parts)


def _of_older(content: bytes) -> str:
    """Chinese stands in them as UTF-16, at even places or at odd ones."""
    return "\n".join(part.decode("utf-16-le", "ignore") for part in (content, content[1:]))


def _of_bytes(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")

"""What is written in a file: read in every kind in which offices write; damage breaks nothing (文件文字)."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from guantong.demo.scans import pdf
from guantong.kernel.archive.file_text import OLE, text_of

WORDS = "万里一案已查结"


def word() -> bytes:
    document, out = Document(), io.BytesIO()
    paragraph = document.add_paragraph(WORDS[:2])
    paragraph.add_run(WORDS[2:]).bold = True
    document.save(out)
    return out.getvalue()


def excel() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active["B2"] = WORDS
    book.save(out)
    return out.getvalue()


def ofd() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Doc_0/Pages/Page_0/Content.xml", f"<ofd:TextCode>{WORDS}</ofd:TextCode>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pdf(["万里一案", "已查结"]), "application/pdf"),
        (word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (excel(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ofd(), "application/zip"),
        (OLE + b"\x00" * 508 + WORDS.encode("utf-16-le"), "application/msword"),
        (OLE + b"\x00" * 509 + WORDS.encode("utf-16-le"), "application/vnd.ms-excel"),
        ("万里 一案\n已查结".encode(), "text/plain"),
        (WORDS.encode("gb18030"), "text/plain"),
    ],
    ids=["pdf", "docx", "xlsx", "ofd", "doc", "xls", "utf-8", "gb18030"],
)
def test_the_words_are_found(content: bytes, media_type: str) -> None:
    assert WORDS in (text_of(content, media_type) or "")


def test_a_picture_has_no_text() -> None:
    assert text_of(b"\x89PNG\r\n", "image/png") is None


@given(
    cut=st.integers(0, 4000),
    kind=st.sampled_from(["pdf", "docx", "xlsx", "ofd"]),
    noise=st.binary(max_size=64),
)
def test_a_damaged_file_breaks_nothing(cut: int, kind: str, noise: bytes) -> None:
    whole = {"pdf": pdf([WORDS]), "docx": WORD, "xlsx": EXCEL, "ofd": ofd()}[kind]
    found = text_of(
        whole[:cut] + noise + whole[cut + len(noise) :], "application/pdf" if kind == "pdf" else ""
    )
    assert found is None or isinstance(found, str)


WORD, EXCEL = word(), excel()

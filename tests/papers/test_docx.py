"""The word-processor file says what the PDF says, and is laid out by the same standard."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from guantong.kernel.papers.letter import Column, Letter, Paragraph, Table
from guantong.kernel.papers.render_docx import render_docx
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.kernel.papers.watermark import Watermark

from .examples import ALL, approval_sheet, transfer_letter, upward_report
from .measure import counted, pdf_text, squashed

MM = 36000


def opened(data: bytes) -> Any:
    return Document(io.BytesIO(data))


def paragraphs(letter: Letter) -> Iterator[str]:
    """Yield every paragraph of body and first header, tables included, in order."""
    document = opened(render_docx(letter))
    for root in (document.sections[0].first_page_header._element, document.element.body):
        for paragraph in root.iter(qn("w:p")):
            pieces = paragraph.iter(qn("w:t"), qn("w:tab"))
            yield "".join(piece.text or "\t" for piece in pieces)


@pytest.mark.parametrize("name", ALL)
def test_pdf_and_docx_say_the_same(name: str) -> None:
    letter = ALL[name]()
    printed = pdf_text(render_pdf(letter)).replace("已用印", "")
    written = list(paragraphs(letter))
    assert counted("".join(written)) == counted(printed)
    for paragraph in written:
        for piece in paragraph.split("\t"):
            assert squashed(piece) in printed, piece


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_written(text: str) -> None:
    letter = Letter(issuers=("云泽市审计局",), title="关于核对的函", blocks=(Paragraph(text=text),))
    written = counted("".join(paragraphs(letter)))
    block = letter.blocks[0]
    assert isinstance(block, Paragraph)
    assert counted("云泽市审计局关于核对的函" + block.text) == written


def test_page_and_grid() -> None:
    section = opened(render_docx(transfer_letter())).sections[0]
    assert (round(section.page_width / MM), round(section.page_height / MM)) == (210, 297)
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(margin / MM) for margin in margins] == [37, 28, 26, 35]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    pitch = int(grid.get(qn("w:linePitch"))) / 20
    assert int(225 / 25.4 * 72 / pitch) == 22
    cell = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert round(156 / 25.4 * 72 / cell) == 28


def test_body_fits_22_lines_of_28() -> None:
    document = opened(render_docx(transfer_letter()))
    body = next(p for p in document.paragraphs if p.text.startswith("我局在"))
    assert int(225 / 25.4 * 72 / body.paragraph_format.line_spacing.pt) == 22
    spacing = body.runs[0]._element.rPr.find(qn("w:spacing"))
    assert int(156 / 25.4 * 72 / (16 + int(spacing.get(qn("w:val"))) / 20)) == 28
    assert body.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert body.runs[0].font.size.pt == 16


def test_headings_have_their_fonts_and_stay_with_their_text() -> None:
    document = opened(render_docx(upward_report()))
    wanted = {
        "一、总体情况": "黑体",
        "（一）个别线索办理时间较长": "楷体_GB2312",
        "2.专业力量不足。": "仿宋_GB2312",
    }
    for text, font in wanted.items():
        heading = next(p for p in document.paragraphs if p.text == text)
        assert heading.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == font
        assert heading.paragraph_format.keep_with_next


def test_page_numbers_odd_right_even_left_none_on_a_letters_first() -> None:
    document = opened(render_docx(transfer_letter()))
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    assert section.different_first_page_header_footer
    odd, even, first = section.footer, section.even_page_footer, section.first_page_footer
    assert [int(f.paragraphs[0].alignment) for f in (odd, even)] == [2, 0]
    for footer, count in ((odd, 1), (even, 1), (first, 0)):
        fields = [i.text for i in footer._element.iter(qn("w:instrText"))]
        assert fields == ["PAGE"] * count


def test_letter_rules_reach_170_mm_in_the_middle_of_the_page() -> None:
    section = opened(render_docx(transfer_letter())).sections[0]
    ruled = [section.first_page_header.paragraphs[0], section.first_page_footer.paragraphs[0]]
    for paragraph, style in zip(ruled, ("thickThinSmallGap", "thinThickSmallGap"), strict=True):
        assert paragraph._element.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:val")) == style
        left = 28 + paragraph.paragraph_format.left_indent / MM
        right = 184 - paragraph.paragraph_format.right_indent / MM
        assert right - left == pytest.approx(170, abs=0.2)
        assert (left + right) / 2 == pytest.approx(105, abs=0.1)


def test_table_headers_repeat() -> None:
    table = opened(render_docx(transfer_letter())).tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[0].cells] == ["序号", "证据名称", "来源", "页数", "备注"]
    assert len(table.rows) == 6


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=("C",)) | st.just("\n"))] * 2),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_every_cell_of_a_table_says_its_own_line_by_line(rows: list[tuple[str, str]]) -> None:
    columns = (Column(title="单位", width=2), Column(title="数", width=1, align="right"))
    given_table = Table(columns=columns, rows=tuple(rows))
    letter = Letter(issuers=("云泽市审计局",), title="关于核对的函", blocks=(given_table,))
    table = opened(render_docx(letter)).tables[0]
    written = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    assert written == [list(row) for row in given_table.rows]
    for cell in table.rows[-1].cells:
        spaces = [(one.paragraph_format.space_before.pt, one.paragraph_format.space_after.pt)
                  for one in cell.paragraphs]  # fmt: skip
        assert [before for before, _after in spaces] == [4.0, *[0.0] * (len(spaces) - 1)]
        assert [after for _before, after in spaces] == [*[0.0] * (len(spaces) - 1), 4.0]


def test_colophon_floats_at_the_bottom_with_its_rules() -> None:
    table = opened(render_docx(upward_report())).tables[-1]
    place = table._tbl.tblPr.find(qn("w:tblpPr"))
    assert place.get(qn("w:tblpYSpec")) == "bottom"
    borders = table._tbl.tblPr.find(qn("w:tblBorders"))
    sizes = {side: borders.find(qn(f"w:{side}")).get(qn("w:sz")) for side in ("top", "insideH", "bottom")}
    assert sizes == {"top": "8", "insideH": "6", "bottom": "8"}


def test_opinion_boxes_keep_their_room() -> None:
    tables = opened(render_docx(approval_sheet())).tables
    heights = [round(t.rows[0].height / MM) for t in tables if t.rows[0].height]
    assert heights == [40, 40, 45]


def test_same_letter_same_bytes_and_no_trace_of_the_machine() -> None:
    first = render_docx(transfer_letter())
    assert first == render_docx(transfer_letter())
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert "python-docx" not in core
    assert "2000-01-01" in core


def test_draft_and_reader_stand_at_the_foot_of_every_page() -> None:
    mark = Watermark("孙玥", "审计局法规科", dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC))
    section = opened(render_docx(transfer_letter(), draft=True, watermark=mark)).sections[0]
    for footer in (section.footer, section.even_page_footer, section.first_page_footer):
        text = "".join(p.text for p in footer.paragraphs)
        assert "草稿" in text
        assert mark.text in text

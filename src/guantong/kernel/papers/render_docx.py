"""DOCX of a letter (公文文字处理稿): the same words as the PDF, laid out as far as a word processor allows.

Fonts are named as the standard names them (仿宋_GB2312, 楷体_GB2312, 黑体, 方正小标宋简体); where an office
has not bought one, Word and WPS put their nearest in its place.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from guantong.kernel.papers import docx_parts as parts
from guantong.kernel.papers import outline
from guantong.kernel.papers.docx_parts import (
    CELL,
    CENTER,
    FANG,
    HEI,
    KAI,
    LEFT,
    RIGHT,
    TITLE,
    run,
    shape,
)
from guantong.kernel.papers.letter import (
    Block,
    Format,
    Heading,
    KeyValue,
    Letter,
    Opinion,
    Paragraph,
    Seal,
    SignLines,
    Table,
)
from guantong.kernel.papers.titles import break_title, width
from guantong.kernel.papers.watermark import Watermark

_HEADING_FONT = {1: HEI, 2: KAI, 3: FANG, 4: FANG}
_ALIGN = {"left": LEFT, "center": CENTER, "right": RIGHT}
_FIXED_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_FORMS = (Format.SHEET, Format.COVER)


class _Writer:
    """Writes one letter into one document."""

    def __init__(self, letter: Letter, note: str) -> None:
        self.letter, self.note = letter, note
        self.doc: Any = Document()
        self.section: Any = self.doc.sections[0]
        self.form = letter.format in _FORMS
        self.line_width = 160.0 if letter.format is Format.SHEET else 156.0

    # page and its edges

    def page(self) -> None:
        section, sheet = self.section, self.letter.format is Format.SHEET
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = (Mm(25), Mm(22)) if sheet else (Mm(37), Mm(35))
        section.left_margin, section.right_margin = (Mm(25), Mm(25)) if sheet else (Mm(28), Mm(26))
        section.header_distance, section.footer_distance = Mm(29), Mm(10 if sheet else 20)
        if sheet:
            section.header_distance = Mm(10)
        parts.set_grid(section)
        normal = self.doc.styles["Normal"]
        normal.font.name, normal.font.size = FANG, Pt(parts.BODY)
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
        parts.ignore_grid(normal)
        properties = self.doc.core_properties
        properties.title, properties.author, properties.comments = self.letter.title_text[:250], "", ""
        properties.created = properties.modified = _FIXED_TIME

    def footers(self) -> None:
        if self.form:
            self._note_in(self.section.footer)
            return
        self.doc.settings.odd_and_even_pages_header_footer = True
        for footer, align in ((self.section.footer, RIGHT), (self.section.even_page_footer, LEFT)):
            footer.is_linked_to_previous = False
            paragraph = shape(footer.paragraphs[0], align=align, line=16, left=14, right=14, after=14)
            parts.page_field(paragraph)
            self._note_in(footer)
        if self.letter.format is Format.LETTER:
            self.section.different_first_page_header_footer = True
            footer = self.section.first_page_footer
            footer.is_linked_to_previous = False
            # The rule stands over 170 mm in the middle of the page: 8 mm and 6 mm beyond the type area.
            paragraph = shape(footer.paragraphs[0], line=6, left=-8 * 72 / 25.4, right=-6 * 72 / 25.4)
            parts.rule_below(paragraph, "thinThickSmallGap", 24, 0)
            self._note_in(footer)

    def _note_in(self, footer: Any) -> None:
        if self.note:
            run(shape(footer.add_paragraph(), align=CENTER, line=9), self.note, HEI, 7, color="808080")

    # head

    def paragraph(self, text: str = "", **how: Any) -> Any:
        return self._in(self.doc, text, **how)

    def _in(self, place: Any, text: str, font: str = FANG, size: float = parts.BODY, **how: Any) -> Any:
        look = {key: how.pop(key) for key in ("color", "bold", "scale", "spread") if key in how}
        paragraph = shape(place.add_paragraph(), **how)
        if text:
            run(paragraph, text, font, size, **look)
        return paragraph

    def _corner(self) -> list[tuple[str, str]]:
        number = self.letter.copy_number
        found = [
            (number.zfill(6) if number else "", FANG),
            (self.letter.secrecy, HEI),
            (self.letter.urgency, HEI),
        ]
        return [(text, font) for text, font in found if text]

    def _mark(self, place: Any, size: float, room: float, **how: Any) -> list[Any]:
        made = []
        for name in self.letter.issuers:
            natural = width(name) * size
            scale = max(33, min(100, int(room / natural * 100)))
            spread = min(size * 0.22, max(0.0, (room - natural) / max(len(name), 1)))
            look = {
                "color": parts.RED,
                "bold": False,
                "scale": scale,
                "spread": spread if scale == 100 else 0.0,
            }
            made.append(self._in(place, name, TITLE, size, align=CENTER, line=size * 1.25, **look, **how))
        return made

    def file_head(self) -> None:
        corner = self._corner()
        for text, font in [*corner, *[("", FANG)] * (3 - len(corner))]:
            self.paragraph(text, font=font)
        if self.letter.mark_suffix:
            self._mark_with_suffix()
        else:
            self._mark(self.doc, 52 if len(self.letter.issuers) == 1 else 40, 430.0, before=3)
        self.paragraph()
        self.paragraph()
        line = self.paragraph(align=LEFT if self.letter.signer else CENTER, line=20)
        if self.letter.signer:
            stops = line.paragraph_format.tab_stops
            stops.add_tab_stop(Pt(CELL))
            stops.add_tab_stop(Mm(156) - Pt(CELL), alignment=2)
            run(line, f"\t{self.letter.number}\t签发人：")
            run(line, self.letter.signer, KAI)
        else:
            run(line, self.letter.number)
        parts.rule_below(line, "single", 16, 11)

    def _mark_with_suffix(self) -> None:
        table = self.doc.add_table(rows=1, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        parts.table_borders(table)
        parts.fix_widths(table, [114.0, 42.0])
        left, right = table.rows[0].cells
        size = 52.0 if len(self.letter.issuers) == 1 else 40.0
        self._mark(left, size, 300.0)
        self._in(right, self.letter.mark_suffix, TITLE, size, align=CENTER, line=size * 1.25, color=parts.RED)
        for cell in (left, right):
            cell._tc.remove(cell.paragraphs[0]._element)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER

    def letter_head(self) -> None:
        header = self.section.first_page_header
        header.is_linked_to_previous = False
        header.paragraphs[0]._element.getparent().remove(header.paragraphs[0]._element)
        beyond = {"left": -8 * 72 / 25.4, "right": -6 * 72 / 25.4}
        last = self._mark(header, 40, 430.0, **beyond)[-1]
        parts.rule_below(last, "thickThinSmallGap", 24, 8)
        self._in(header, "", line=6)
        corner = self._corner()
        first = self.paragraph(align=LEFT, before=8)
        first.paragraph_format.tab_stops.add_tab_stop(Mm(156), alignment=2)
        if corner:
            run(first, *corner[0])
        run(first, f"\t{self.letter.number}")
        for text, font in corner[1:]:
            self.paragraph(text, font=font)

    def form_head(self) -> None:
        for text, font in self._corner():
            self.paragraph(text, font=font, align=LEFT, line=22)
        for name in self.letter.issuers:
            color = parts.RED if self.letter.format is Format.SHEET else ""
            self.paragraph(name, font=TITLE, size=26, align=CENTER, line=40, before=8, color=color)

    def title(self, lines: Iterable[str], size: float = 22.0) -> None:
        paragraph = shape(self.doc.add_paragraph(), align=CENTER, line=size * 1.6, keep=True)
        for index, line in enumerate(lines):
            if index:
                paragraph.add_run().add_break()
            run(paragraph, line, TITLE, size)

    # body

    def block(self, block: Block, *, keep: bool = False) -> None:
        if isinstance(block, Paragraph):
            self.paragraph(block.text, indent=2 * CELL if block.indent else 0, keep=keep)
        elif isinstance(block, Heading):
            self.paragraph(block.text, font=_HEADING_FONT[block.level], indent=2 * CELL, keep=True)
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, KeyValue) and self.form:
            self.key_form(block)
        elif isinstance(block, KeyValue):
            for pair in block.pairs:
                self.paragraph(f"{pair.label}：{pair.value}".replace("\n", "　"), indent=2 * CELL)
        elif isinstance(block, Opinion):
            self.opinion(block)
        elif isinstance(block, SignLines):
            self.sign_lines(block)

    def blocks(self, blocks: Iterable[Block], *, keep_last: bool = False) -> None:
        drawn = list(outline.expanded(blocks))
        for index, block in enumerate(drawn):
            self.block(block, keep=keep_last and index + 1 == len(drawn))

    def _cell(self, cell: Any, text: str, font: str, size: float, align: Any, line: float) -> None:
        cell._tc.remove(cell.paragraphs[0]._element)
        pieces = text.split("\n")
        for index, part in enumerate(pieces):
            first, last = 4 * (index == 0), 4 * (index + 1 == len(pieces))
            self._in(cell, part, font, size, align=align, line=line, before=first, after=last)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER

    def _ruled(self, rows: int, columns: int, widths: list[float]) -> Any:
        table = self.doc.add_table(rows=rows, cols=columns)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        parts.table_borders(table, top=4, bottom=4, left=4, right=4, insideH=4, insideV=4)
        parts.fix_widths(table, widths)
        return table

    def table(self, block: Table) -> None:
        if block.caption:
            self.paragraph(block.caption, font=HEI, size=14, align=CENTER, keep=True)
        total = sum(column.width for column in block.columns)
        widths = [self.line_width * column.width / total for column in block.columns]
        table = self._ruled(1, len(block.columns), widths)
        for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
            self._cell(cell, column.title, HEI, 12, CENTER, 18)
        parts.repeat_row(table.rows[0]._tr)
        if block.rows:
            self._rows(table, block)

    def _rows(self, table: Any, block: Table) -> None:
        """Draw one row and copy it for every other: half of the time that a long table takes."""
        drawn = table.add_row()
        for cell, column in zip(drawn.cells, block.columns, strict=True):
            self._cell(cell, "　", FANG, 12, _ALIGN[column.align], 18)
        pattern = drawn._tr
        table._tbl.remove(pattern)
        for values in block.rows:
            row = deepcopy(pattern)
            table._tbl.append(row)
            if max(map(len, values)) <= 1200:
                parts.keep_row(row)
            for cell, value in zip(row.tc_lst, values, strict=True):
                parts.put_text(cell, value)

    def key_form(self, block: KeyValue) -> None:
        count = block.columns
        value_width = (self.line_width - 26 * count) / count
        table = self._ruled(0, count * 2, [26.0, value_width] * count)
        used = count
        for index, pair in enumerate(block.pairs):
            if used >= count or (pair.wide and used):
                used = 0
                cells = table.add_row().cells
            last = index + 1 == len(block.pairs) or block.pairs[index + 1].wide
            span = count - used if pair.wide or last else 1
            value = cells[used * 2 + 1].merge(cells[(used + span) * 2 - 1])
            self._cell(cells[used * 2], pair.label, HEI, 14, CENTER, 20)
            for extra in value.paragraphs[1:]:
                value._tc.remove(extra._element)
            self._cell(value, pair.value, FANG, 14, LEFT, 22)
            used += span

    def opinion(self, block: Opinion) -> None:
        table = self._ruled(1, 2, [26.0, self.line_width - 26])
        row = table.rows[0]
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(block.height)
        label, value = row.cells
        self._cell(label, block.label, HEI, 14, CENTER, 20)
        self._cell(value, block.text, FANG, 14, parts.JUSTIFY, 22)
        signature = outline.opinion_signature(block.signer, block.on)
        self._in(value, signature, FANG, 14, align=RIGHT, line=24, before=8)
        value.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM

    def sign_lines(self, block: SignLines) -> None:
        for label in block.labels:
            line = self.paragraph(align=LEFT, line=30)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(100), alignment=0, leader=3)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(156), alignment=2)
            run(line, f"{label}：\t\t　　年　　月　　日", FANG, 14)

    # tail

    def attachment_note(self) -> None:
        lines = outline.attachment_lines(self.letter)
        if lines:
            self.paragraph(keep=True)
        for lead, number, name in lines:
            hang = 3 * CELL + width(number) * CELL
            line = self.paragraph(left=2 * CELL + hang, indent=-hang, align=LEFT, keep=True)
            line.paragraph_format.tab_stops.add_tab_stop(Pt(5 * CELL))
            run(line, f"{lead}{number}{name}" if lead else f"\t{number}{name}")

    def signature(self) -> None:
        sign = self.letter.signature
        day = outline.chinese_date(sign.on)
        if not sign.organs and not day:
            return
        sealed = sign.seal is not Seal.NONE and not self.form
        for _ in range(2 if sealed else 1):
            self.paragraph(keep=True)
        day_width = width(day)
        if sealed:
            for organ in sign.organs:
                inset = max(0.0, 4 + (day_width - width(organ)) / 2)
                self.paragraph(organ, align=RIGHT, right=inset * CELL, keep=True)
            self.paragraph(day, align=RIGHT, right=4 * CELL)
            return
        widest = max([*(width(organ) for organ in sign.organs), day_width + 2])
        for organ in sign.organs:
            self.paragraph(organ, align=RIGHT, right=(2 + widest - width(organ)) * CELL, keep=True)
        self.paragraph(day, align=RIGHT, right=(widest - day_width) * CELL)

    def annexes(self) -> None:
        for index, annex in enumerate(self.letter.attachments):
            if not annex.blocks:
                continue
            label = self.paragraph(outline.annex_label(self.letter, index), font=HEI, align=LEFT)
            label.paragraph_format.page_break_before = True
            self.paragraph()
            self.title(break_title(annex.title, outline.TITLE_WIDTH))
            self.paragraph()
            self.blocks(annex.blocks)

    def colophon(self) -> None:
        copies, imprint = outline.copies_text(self.letter), outline.has_imprint(self.letter)
        rows = int(bool(copies)) + int(imprint)
        if not rows:
            return
        self.paragraph(line=4)
        table = self.doc.add_table(rows=rows, cols=2)
        ruled = self.letter.format is Format.FILE
        parts.table_borders(table, **({"top": 8, "bottom": 8, "insideH": 6} if ruled else {}))
        parts.fix_widths(table, [90.0, 66.0])
        parts.float_at_bottom(table)
        if copies:
            cell = table.rows[0].cells[0].merge(table.rows[0].cells[1])
            self._small(cell, f"抄送：{copies}", LEFT, hang=42)
        if imprint:
            by, on = table.rows[-1].cells
            self._small(by, self.letter.printed_by, LEFT)
            self._small(on, outline.imprint_date(self.letter), RIGHT)

    def _small(self, cell: Any, text: str, align: Any, hang: float = 0.0) -> None:
        for old in list(cell.paragraphs):
            cell._tc.remove(old._element)
        self._in(cell, text, size=14, align=align, line=24, left=8 + hang, right=8, indent=-hang)

    # whole

    def write(self) -> bytes:
        self.page()
        self.footers()
        if self.form:
            self._write_form()
        else:
            self._write_paper()
        self.paragraph(line=1)
        out = io.BytesIO()
        self.doc.save(out)
        return parts.stable_zip(out.getvalue())

    def _write_paper(self) -> None:
        letter = self.letter
        (self.file_head if letter.format is Format.FILE else self.letter_head)()
        self.paragraph()
        self.paragraph()
        self.title(outline.title_lines(letter))
        self.paragraph()
        if letter.addressees:
            self.paragraph(outline.addressee_line(letter), align=LEFT)
        self.blocks(letter.blocks, keep_last=len(letter.blocks) > 1)
        self.attachment_note()
        self.signature()
        self._note()
        self.annexes()
        self.colophon()

    def _write_form(self) -> None:
        letter = self.letter
        self.form_head()
        cover = letter.format is Format.COVER
        if letter.number and not cover:
            self.paragraph(letter.number, align=RIGHT, line=22)
        self.title(outline.title_lines(letter), 30 if cover else 22)
        if letter.number and cover:
            self.paragraph(letter.number, align=CENTER)
        if letter.addressees and cover:
            self.paragraph(outline.addressee_line(letter), align=LEFT)
        self.paragraph(line=10)
        self.blocks(letter.blocks)
        if not cover:
            self._form_annexes()
        self.signature()
        self._note()

    def _form_annexes(self) -> None:
        for index, annex in enumerate(self.letter.attachments):
            if annex.blocks:
                self.paragraph(f"{outline.annex_label(self.letter, index)}　{annex.title}", font=HEI, size=14)
                self.blocks(annex.blocks)
        for lead, number, name in outline.attachment_lines(self.letter):
            self.paragraph(f"{lead}{number}{name}", size=14, align=LEFT, line=22)

    def _note(self) -> None:
        if self.letter.note:
            self.paragraph(
                f"（{self.letter.note}）", indent=0 if self.form else 2 * CELL, size=12 if self.form else 16
            )


def render_docx(letter: Letter, *, draft: bool = False, watermark: Watermark | None = None) -> bytes:
    """Return the letter as DOCX, same letter same bytes.

    `draft` and `watermark` are written in small grey type at the foot of each page, where Word and WPS both
    show them. Source: GB/T 9704-2012.
    """
    note = "　".join(filter(None, ("草稿" if draft else "", watermark.text if watermark else "")))
    return _Writer(letter, note).write()

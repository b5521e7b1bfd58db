"""Word-processor parts of a letter (文字处理文档部件): runs, rules, fields, frames, in Office Open XML.

`python-docx` covers paragraphs and tables; what Chinese papers need besides (document grid, character scale,
East Asian fonts, rules, floating colophon, page fields) is set here on the elements themselves.
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FANG, KAI, HEI, SONG, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
RED = "E00012"
BODY = 16.0  # 3号
CELL = 156 / 25.4 * 72 / 28  # one of 28 characters on 156 mm, in points
NARROW = -0.25  # between 16-point letters, so that 28 of them fit
LINE = 28.95  # one of 22 lines on 225 mm, a hair less than a whole so that 22 always fit
CENTER, LEFT, RIGHT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def element(tag: str, **attributes: object) -> Any:
    """Return an element of the word-processing namespace with its attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def run(
    paragraph: Any,
    text: str,
    font: str = FANG,
    size: float = BODY,
    *,
    color: str = "",
    bold: bool = False,
    scale: int = 100,
    spread: float = 0.0,
) -> Any:
    """Add text to a paragraph: size and `spread` in points, `scale` in percent of the letters' width."""
    made = paragraph.add_run(text)
    made.font.size, made.font.name, made.font.bold = Pt(size), font, bold
    properties = made._element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{slot}"), font)
    if color:
        made.font.color.rgb = RGBColor.from_string(color)
    # The schema wants spacing, then w, before size.
    size_mark = properties.find(qn("w:sz"))
    if not spread and size == BODY and scale == 100:
        spread = NARROW
    if spread:
        size_mark.addprevious(element("spacing", val=round(spread * 20)))
    if scale != 100:
        size_mark.addprevious(element("w", val=scale))
    return made


def shape(
    paragraph: Any,
    *,
    align: Any = JUSTIFY,
    line: float = LINE,
    indent: float = 0.0,
    left: float = 0.0,
    right: float = 0.0,
    before: float = 0.0,
    after: float = 0.0,
    keep: bool = False,
) -> Any:
    """Set a paragraph's alignment, exact line height, indents and spaces (all in points), and return it."""
    form = paragraph.paragraph_format
    form.alignment = align
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    form.first_line_indent, form.left_indent, form.right_indent = Pt(indent), Pt(left), Pt(right)
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.keep_with_next, form.widow_control = keep, False
    return paragraph


def rule_below(paragraph: Any, style: str, eighths: int, space: int) -> None:
    """Draw a red rule under a paragraph: `eighths` of a point thick, `space` points below its text."""
    borders = element("pBdr")
    borders.append(element("bottom", val=style, sz=eighths, space=space, color=RED))
    properties = paragraph._element.get_or_add_pPr()
    later = ("shd", "tabs", "suppressAutoHyphens", "snapToGrid", "spacing", "ind", "jc", "rPr")
    properties.insert_element_before(borders, *(f"w:{name}" for name in later))


def page_field(paragraph: Any, size: float = 14.0) -> None:
    """Add the page number between dashes (页码)."""
    run(paragraph, "— ", SONG, size)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        made = run(paragraph, "", SONG, size)
        if kind:
            made._element.append(element("fldChar", fldCharType=kind))
        else:
            instruction = element("instrText")
            instruction.text = text
            made._element.append(instruction)
    run(paragraph, " —", SONG, size)


def set_grid(section: Any) -> None:
    """Give a section the grid of 22 lines by 28 characters (文档网格)."""
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(
        element("docGrid", type="linesAndChars", linePitch=579, charSpace=round((CELL - BODY) * 4096))
    )


def ignore_grid(style: Any) -> None:
    """Let a style's text keep its own measures (不贴齐网格).

    Word processors snap 16-point letters to 15.8-point cells each in their own way, some giving every letter
    two cells; exact line heights and narrowed letters lead to 22 by 28 in all of them.
    """
    for tag in ("snapToGrid", "autoSpaceDE", "autoSpaceDN"):
        order = {"snapToGrid": 2, "autoSpaceDE": 0, "autoSpaceDN": 1}[tag]
        style.element.get_or_add_pPr().insert(order, element(tag, val=0))
    style.element.get_or_add_rPr().append(element("snapToGrid", val=0))


def table_borders(table: Any, **eighths: int) -> None:
    """Set a table's rules: thickness in eighths of a point for top, bottom, left, right, insideH, insideV."""
    borders = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        thickness = eighths.get(side, 0)
        borders.append(
            element(side, val="single" if thickness else "nil", sz=thickness, space=0, color="000000")
        )
    table._tbl.tblPr.append(borders)


def fix_widths(table: Any, widths: list[float]) -> None:
    """Fix a table's column widths, in millimetres."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def float_at_bottom(table: Any) -> None:
    """Let a table stand at the bottom of the type area, wherever the text ends (版记).

    A table and not a frame of paragraphs: where floating is not understood, the rules still show.
    """
    place = element(
        "tblpPr",
        leftFromText=0,
        rightFromText=0,
        vertAnchor="margin",
        horzAnchor="margin",
        tblpXSpec="left",
        tblpYSpec="bottom",
    )
    properties = table._tbl.tblPr
    style = properties.find(qn("w:tblStyle"))
    if style is not None:
        style.addnext(place)
    else:
        properties.insert(0, place)


def repeat_row(row: Any) -> None:
    """Repeat a table row on each page (标题行重复)."""
    row.get_or_add_trPr().append(element("tblHeader", val="true"))


def keep_row(row: Any) -> None:
    """Keep a table row on one page (不跨页断行)."""
    row.get_or_add_trPr().append(element("cantSplit", val="true"))


def put_text(cell: Any, text: str) -> None:
    """Put a text into a cell drawn with one paragraph of one run: a paragraph for each of its lines."""
    (last,) = cell.p_lst
    *before, end = text.split("\n")
    for index, line in enumerate(before):
        paragraph = deepcopy(last)
        last.addprevious(paragraph)
        _put_line(paragraph, line)
        _spaced(paragraph, above=not index, below=False)
    _put_line(last, end)
    _spaced(last, above=not before, below=True)


def _put_line(paragraph: Any, line: str) -> None:
    (drawn,) = paragraph.r_lst
    if line:
        drawn.text = line
    else:
        paragraph.remove(drawn)


def _spaced(paragraph: Any, *, above: bool, below: bool) -> None:
    spacing = paragraph.pPr.find(qn("w:spacing"))
    for side, wanted in (("before", above), ("after", below)):
        if not wanted:
            spacing.set(qn(f"w:{side}"), "0")


def stable_zip(data: bytes) -> bytes:
    """Return the same archive with fixed times, so that the same letter gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()

"""What a letter prints, in order (版面内容): numbering, dates and set phrases, shared by PDF and DOCX.

Both renderers draw what this module says, which is why they cannot disagree about the words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from guantong.kernel.papers.letter import Block, Format, Heading, Items, Letter, Paragraph
from guantong.kernel.papers.titles import break_title

_DIGITS = "零一二三四五六七八九"
TITLE_WIDTH = 20  # 2号 characters on a line of 156 mm


def chinese_number(number: int) -> str:
    """Return 1 to 99 in Chinese numerals (中文数字). Raises ValueError outside that range."""
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is outside 1 to 99")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones else "")


def chinese_date(day: dt.date | None) -> str:
    """Return a date as papers write it (成文日期): 2026年3月5日, without padding zeros; '' for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def title_lines(letter: Letter) -> tuple[str, ...]:
    """Return the title line by line (标题分行): as given when given in lines, otherwise broken by sense."""
    if len(letter.title) == 1:
        return break_title(letter.title[0], TITLE_WIDTH)
    return tuple(line for line in letter.title if line)


def _label(level: int, number: int) -> str:
    if level == 1:
        return f"{chinese_number(number)}、" if number <= 99 else f"{number}、"
    if level == 2:
        return f"（{chinese_number(number)}）" if number <= 99 else f"（{number}）"
    return f"{number}." if level == 3 else f"（{number}）"


def expanded(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks with headings numbered and enumerations and line breaks made paragraphs."""
    counts = [0, 0, 0, 0]
    for block in blocks:
        if isinstance(block, Heading):
            if block.numbered:
                counts[block.level - 1] += 1
                counts[block.level :] = [0] * (4 - block.level)
                label = _label(block.level, counts[block.level - 1])
                yield Heading(level=block.level, text=label + block.text, numbered=False)
            else:
                yield block
        elif isinstance(block, Items):
            for number, item in enumerate(block.items, start=1):
                yield from _paragraphs((f"{number}." if block.numbered else "") + item, indent=True)
        elif isinstance(block, Paragraph):
            yield from _paragraphs(block.text, indent=block.indent)
        else:
            yield block


def _paragraphs(text: str, *, indent: bool) -> Iterator[Paragraph]:
    for line in text.split("\n"):
        if line.strip():
            yield Paragraph(text=line.strip(), indent=indent)


def addressee_line(letter: Letter) -> str:
    """Return the addressees with their full-width colon (主送机关), '' for none."""
    return "，".join(letter.addressees) + "：" if letter.addressees else ""


def attachment_lines(letter: Letter) -> tuple[tuple[str, str, str], ...]:
    """Return the attachment note (附件说明) as (附件：, 1., name) a line; no number for a single one."""
    several = len(letter.attachments) > 1
    return tuple(
        ("附件：" if number == 1 else "", f"{number}." if several else "", part.title)
        for number, part in enumerate(letter.attachments, start=1)
    )


def annex_label(letter: Letter, index: int) -> str:
    """Return what stands above an attachment printed with the letter: 附件, or 附件2 among several."""
    return f"附件{index + 1}" if len(letter.attachments) > 1 else "附件"


def has_imprint(letter: Letter) -> bool:
    """Whether printing organ and date are printed: not in letter form (GB/T 9704-2012, 10.1)."""
    return letter.format is Format.FILE and bool(letter.printed_by or letter.printed_on)


def copies_text(letter: Letter) -> str:
    """Return those who get a copy, with the closing full stop (抄送机关), '' for none."""
    return "，".join(letter.copies) + "。" if letter.copies else ""


def imprint_date(letter: Letter) -> str:
    """Return the printing date with 印发 after it (印发日期), '' for none."""
    return f"{chinese_date(letter.printed_on)}印发" if letter.printed_on else ""


def opinion_signature(signer: str, day: dt.date | None) -> str:
    """Return the line under an opinion (签批人、日期): blanks to fill in where nothing is known yet."""
    return f"签名：{signer or '　　　　'}　　{chinese_date(day) or '　　年　　月　　日'}"

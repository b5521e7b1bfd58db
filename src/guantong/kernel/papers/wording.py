"""From the lines a clerk writes to the blocks of a letter (正文分段)."""

from __future__ import annotations

import re

from guantong.kernel.papers.letter import (
    Attachment,
    Block,
    Format,
    Heading,
    Letter,
    Paragraph,
    Seal,
    Signature,
)
from guantong.kernel.papers.models import Paper

FIRST = re.compile(r"^[一二三四五六七八九十]+、")
SECOND = re.compile(r"^[((][一二三四五六七八九十]+[))]")
HEADING_AT_MOST = 30


def blocks(body: str) -> tuple[Block, ...]:
    """Return one block a line; short lines numbered 一、 or (一) are headings."""
    made: list[Block] = []
    for raw in body.splitlines():
        line = raw.strip()
        if not line:
            continue
        level = 1 if FIRST.match(line) else 2 if SECOND.match(line) else 0
        if level and len(line) <= HEADING_AT_MOST:
            made.append(Heading(level=level, text=line, numbered=False))
        else:
            made.append(Paragraph(text=line))
    return tuple(made)


def letter_of(paper: Paper, attachments: tuple[Attachment, ...] = ()) -> Letter:
    """Return a paper in the letter form (信函格式), with its wording, number and date."""
    wording = paper.letter
    return Letter(
        format=Format.LETTER,
        issuers=(paper.organ.name,),
        number=paper.number,
        title=wording["title"],
        addressees=(wording["addressee"],),
        blocks=blocks(wording["body"]),
        attachments=attachments,
        signature=Signature(organs=(paper.organ.name,), on=paper.signed_on, seal=Seal.PLACE),
    )

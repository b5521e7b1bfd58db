"""From the lines a clerk writes to the blocks of a letter (正文分段)."""

from __future__ import annotations

import re

from guantong.kernel.papers.letter import Block, Heading, Paragraph

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

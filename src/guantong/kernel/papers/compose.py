"""Letters as most of them are made (公函通用版式): wording, annexes, number and date."""

from __future__ import annotations

from typing import Any

from guantong.kernel.papers.letter import Attachment, Block, Format, Letter, Seal, Signature
from guantong.kernel.papers.models import Paper
from guantong.kernel.papers.wording import blocks


def day_text(day: Any) -> str:
    """Return a day as a letter writes it; a gap where it is not known."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "（日期待补）"


def letter_of(
    paper: Paper, attachments: tuple[Attachment, ...] = (), further: tuple[Block, ...] = ()
) -> Letter:
    """Return a paper in the letter form (信函格式), with its wording, `further` blocks, number and date."""
    wording = paper.letter
    return Letter(
        format=Format.LETTER,
        issuers=(paper.organ.name,),
        number=paper.number,
        title=wording["title"],
        addressees=(wording["addressee"],),
        blocks=(*blocks(wording["body"]), *further),
        attachments=attachments,
        signature=Signature(organs=(paper.organ.name,), on=paper.signed_on, seal=Seal.PLACE),
    )

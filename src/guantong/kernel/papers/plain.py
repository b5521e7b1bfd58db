"""Papers whose wording is all there is to them (一般函件)."""

from __future__ import annotations

from guantong.kernel.papers.letter import Attachment, Format, Letter, Seal, Signature
from guantong.kernel.papers.models import Paper
from guantong.kernel.papers.wording import blocks


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

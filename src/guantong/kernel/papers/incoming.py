"""Papers received (收文): each gets a number of the receiving body's own, with the act that takes it in."""

from __future__ import annotations

from datetime import date

from guantong.kernel.acts.act import Deed
from guantong.kernel.matters.models import Depth
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.papers.models import Incoming, Paper, Way

SERIES = "received"


def take_in(
    deed: Deed,
    *,
    title: str,
    sender: str,
    letter_number: str,
    letter_date: date | None,
    way: str,
    paper: Paper | None = None,
) -> Incoming:
    """Enter a paper in the register of papers received of the actor's body (收文登记)."""
    body = deed.actor.organ.body or deed.actor.organ
    year = deed.happened_on.year
    serial = next_number(body.pk, SERIES, year)
    row = Incoming(
        matter=deed.matter,
        paper=paper,
        organ=body,
        department=deed.actor.organ,
        depth=paper.depth if paper else Depth.FEEDBACK,
        year=year,
        serial=serial,
        number=f"{body.number_prefix}收〔{year}〕{serial}号",
        title=title[:200],
        sender=sender[:120],
        letter_number=letter_number[:60],
        letter_date=letter_date,
        received_on=deed.happened_on,
        received_by=deed.actor.post,
        secrecy=paper.secrecy if paper else deed.matter.secrecy,
        urgency=paper.urgency if paper else "",
        copies=paper.copies if paper else 1,
        way=way,
        recorded_at=deed.now,
    )
    deed.add(row)
    deed.content["incoming"] = row.number
    return row


def take_in_paper(deed: Deed, paper: Paper) -> Incoming:
    """Enter a paper of this platform that its recipient signs for (平台内收文)."""
    issuer = paper.department or paper.organ
    return take_in(
        deed,
        title=paper.title,
        sender=issuer.full_name,
        letter_number=paper.number,
        letter_date=paper.signed_on,
        way=paper.way or Way.SYSTEM,
        paper=paper,
    )

"""Papers received (收文): one letter, one number of the receiving body's own, whichever acts take it in.

A letter sent in this platform is often received twice over: with the clue it brings and by signing for it; a
hand-over list brings many clues. The first of these acts gives the number (收文号), the others find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from guantong.kernel.acts.act import Deed
from guantong.kernel.matters.models import Depth
from guantong.kernel.papers.models import Incoming, Paper, Way


@dataclass(frozen=True)
class Arrival:
    """A letter as it came from outside this platform (外来文件)."""

    title: str
    sender: str
    letter_number: str
    letter_date: date | None
    way: str


def take_in(deed: Deed, came: Arrival) -> None:
    """Enter a letter from outside in the register of papers received of the actor's body (收文登记).

    Sender, number and date tell whether it is there already, for a letter may bring several matters; one
    without a number cannot be told from another.
    """
    row = Incoming(
        matter=deed.matter,
        depth=Depth.FEEDBACK,
        title=came.title[:200],
        sender=came.sender[:120],
        letter_number=came.letter_number[:60],
        letter_date=came.letter_date,
        secrecy=deed.matter.secrecy,
        way=came.way,
    )
    _enter(deed, row)


def take_in_paper(deed: Deed, paper: Paper) -> None:
    """Enter a paper of this platform among those its recipient has received (平台内收文).

    It stands there under its own matter: a list that brings clues under that of its round.
    """
    issuer = paper.department or paper.organ
    row = Incoming(
        matter_id=paper.matter_id,
        paper=paper,
        depth=paper.depth,
        title=paper.title,
        sender=issuer.full_name[:120],
        letter_number=paper.number,
        letter_date=paper.signed_on,
        secrecy=paper.secrecy,
        urgency=paper.urgency,
        copies=paper.copies,
        way=paper.way or Way.SYSTEM,
    )
    _enter(deed, row)


def _enter(deed: Deed, row: Incoming) -> None:
    """Give a letter its number with this act, or find the number that it has (编收文号)."""
    body, year = deed.actor.organ.body or deed.actor.organ, deed.happened_on.year
    known, serial = _number(body.pk, year, row)
    if serial is not None:
        row.organ, row.department, row.year, row.serial = body, deed.actor.organ, year, serial
        row.number = f"{body.number_prefix}收〔{year}〕{serial}号"
        row.received_on, row.received_by, row.recorded_at = deed.happened_on, deed.actor.post, deed.now
        deed.add(row)
    deed.content["incoming"] = known or row.number


def _number(body: int, year: int, row: Incoming) -> tuple[str | None, int | None]:
    """Return the number a body gave a letter before, or else the next of its series.

    One act after the other takes letters in for a body: who waited sees what the other has entered.
    """
    letter = [row.paper_id, row.sender, row.letter_number, row.letter_date]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guantong_take_in(%s, %s, %s, %s, %s, %s)", [body, year, *letter])
        known, serial = cursor.fetchone()
    return known, serial

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
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.models import Incoming, Paper, Way

SERIES = "received"


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
    body = _hold(deed)
    if came.letter_number:
        known = Incoming.objects.filter(
            organ=body,
            paper=None,
            sender=came.sender[:120],
            letter_number=came.letter_number[:60],
            letter_date=came.letter_date,
        )
        if _found(deed, known.first()):
            return
    row = Incoming(
        matter=deed.matter,
        organ=body,
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
    body = _hold(deed)
    if _found(deed, Incoming.objects.filter(organ=body, paper=paper).first()):
        return
    issuer = paper.department or paper.organ
    row = Incoming(
        matter_id=paper.matter_id,
        paper=paper,
        organ=body,
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


def _hold(deed: Deed) -> Organ:
    """Let one act after another take letters in for a body: who waited here sees what the other entered."""
    body = deed.actor.organ.body or deed.actor.organ
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"{SERIES}/{body.pk}"])
    return body


def _found(deed: Deed, known: Incoming | None) -> bool:
    if known is not None:
        deed.content["incoming"] = known.number
    return known is not None


def _enter(deed: Deed, row: Incoming) -> None:
    """Give the letter its number, with this act (编收文号)."""
    year = deed.happened_on.year
    row.year, row.serial = year, next_number(row.organ_id, SERIES, year)
    row.number = f"{row.organ.number_prefix}收〔{year}〕{row.serial}号"
    row.department = deed.actor.organ
    row.received_on, row.received_by = deed.happened_on, deed.actor.post
    row.recorded_at = deed.now
    deed.add(row)
    deed.content["incoming"] = row.number

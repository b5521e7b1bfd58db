"""A meeting held elsewhere, recorded from its minutes on paper (补录会议)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Capacity, Deed
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.mechanisms.meetings import lifecycle, queries
from guantong.mechanisms.meetings.acts.base import MeetingAct
from guantong.mechanisms.meetings.acts.calling import number, shut_papers
from guantong.mechanisms.meetings.acts.sitting import charge
from guantong.mechanisms.meetings.forms import RecordForm
from guantong.mechanisms.meetings.models import Attendance, Decision, Follows, Invitee


@register
class RecordMeeting(MeetingAct):
    """Record a meeting that was held, with the scan of its minutes (补录已开会议).

    By the convener, or by who owns the company that held it and works outside the platform.
    """

    code = "meeting.record"
    label = gettext_lazy("Record it as held, from paper")
    leads_from = frozenset({lifecycle.DUE, *lifecycle.BEFORE})
    leads_to = lifecycle.CLOSED
    by = (*lifecycle.BY_CONVENER, Capacity(party=PartyRole.OVERSEER))
    asks = RecordForm
    template = "web/act_naming_organs.html"

    def do(self, deed: Deed) -> None:
        """Keep who came and what was decided; what has owner and day is owed."""
        meeting, data = deed.detail, deed.data
        lifecycle.refuse_other_period(meeting, deed.happened_on, "happened_on")
        number(deed)
        deed.change(
            meeting, held_on=deed.happened_on, begun_on=deed.happened_on, chair=data["chair"],
            place=data["place"], on_paper=True,
        )  # fmt: skip
        _attended(deed, data["attended"].splitlines())
        for place, row in enumerate(data["decisions"], start=1):
            made = _decision(deed.matter, place, row)
            deed.add(made)
            if made.follows == Follows.TASK:
                charge(deed, made)


def _attended(deed: Deed, lines: list[str]) -> None:
    """Mark who came; who was invited and is not named was absent."""
    names = [name for line in lines if (name := line.strip())]
    known = {one.name: one for one in queries.invited(deed.matter).values()}
    for name, invitee in known.items():
        came = name in names
        if not came:
            shut_papers(deed, invitee)
        deed.change(
            invitee, attendance=Attendance.PRESENT if came else Attendance.ABSENT,
            why_absent="" if came else "纪要未载明到会",
        )  # fmt: skip
    deed.add(
        *(
            Invitee(matter=deed.matter, name=name[:120], attendance=Attendance.PRESENT)
            for name in dict.fromkeys(names)
            if name not in known
        )
    )


def _decision(matter: Matter, place: int, row: dict[str, Any]) -> Decision:
    owner = row["owner"]
    task = owner is not None and row["due_on"] is not None
    return Decision(
        matter=matter, number=place, text=row["text"], owner=owner, due_on=row["due_on"],
        follows=Follows.TASK if task else Follows.NOTE,
    )  # fmt: skip

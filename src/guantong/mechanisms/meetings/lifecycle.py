"""States of a meeting and who may move it (会议的状态)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.acts.act import Capacity
from guantong.kernel.duties.models import Occasion
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import ByCalendar, MatterKind, Sides
from guantong.kernel.matters.models import Matter, Party, PartyRole
from guantong.kernel.organs.models import HEADS, LEADERS
from guantong.mechanisms.meetings.models import Meeting

DUE = "due"
CALLED = "called"
NOTIFIED = "notified"
SITTING = "sitting"
HELD = "held"
CLOSED = "closed"
CALLED_OFF = "called_off"
STATES = {
    DUE: _("To be called"),
    CALLED: _("Called, notice to be sent"),
    NOTIFIED: _("Notice sent"),
    SITTING: _("In session"),
    HELD: _("Held, minutes to be sent"),
    CLOSED: _("Closed"),
    CALLED_OFF: _("Called off"),
}
BEFORE = frozenset({CALLED, NOTIFIED})
AFTER = frozenset({HELD, CLOSED})
CLAUSES = ("CD-2.2", "CD-2.3", "CZ-2.1")

BY_CONVENER = (Capacity(party=PartyRole.CONVENER),)
BY_HEAD = (Capacity(party=PartyRole.CONVENER, ranks=HEADS | LEADERS),)
BY_LEADER = (Capacity(body_of=PartyRole.CONVENER, ranks=LEADERS),)
OFFICES = (
    "liaison_office", "soe_work_committee", "stationed_group", "case_supervision", "inspection_office",
    "audit_executing_department", "audit_team", "accountability_department", "leadership",
)  # fmt: skip
"""Roles whose organs keep the office of a body; which body each keeps, the bodies themselves say."""


def load(matter: Matter) -> Meeting:
    """Return the meeting of a matter."""
    return Meeting.objects.select_related("matter", "body", "company").get(matter=matter)


def facts(meeting: Meeting) -> dict[str, Any]:
    """Return what the rules of measures may ask about a meeting."""
    return {
        "body": meeting.kind,
        "of_company": meeting.company_id is not None,
        "reply_by": meeting.reply_by,
    }


def fallen_due(occasion: Occasion, sides: Sides) -> list[Model]:
    """Return the rows of a meeting the calendar opened: itself, who convenes it, who looks on."""
    parties = [(PartyRole.CONVENER, sides.holder), (PartyRole.OVERSEER, sides.owner)]
    return [
        Meeting(
            matter=occasion.matter,
            kind=occasion.body,
            body_id=sides.body,
            company_id=occasion.organ_id,
            begins_on=occasion.begins_on,
            ends_on=occasion.ends_on,
        ),
        *(
            Party(matter=occasion.matter, role=role, organ_id=organ, since=clock.now())
            for role, organ in parties
            if organ is not None
        ),
    ]


def _block(meeting: Meeting, depth: int) -> dict[str, Any]:
    return {"meeting": meeting}


KIND = kinds.register(
    MatterKind(
        code="meeting",
        label=_("Meeting"),
        states=STATES,
        final=frozenset({CLOSED, CALLED_OFF}),
        answered=frozenset(),
        load=load,
        facts=facts,
        dates=frozenset({"reply_by", "decided_until"}),
        template="meetings/block.html",
        context=_block,
        by_calendar=ByCalendar(DUE, fallen_due),
    )
)

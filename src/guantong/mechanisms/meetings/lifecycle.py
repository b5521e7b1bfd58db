"""States of a meeting and who may move it (会议的状态)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.forms import PastDateField
from guantong.kernel.duties.models import Occasion
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import ByCalendar, Correctable, MatterKind, Sides
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
        "held_on": meeting.begun_on,
        "called_for": meeting.held_on,
    }


def refuse_other_period(meeting: Meeting, day: date, field: str) -> None:
    """Refuse a day before the period whose quota the meeting is (期次之前). Raises Refused."""
    if meeting.begins_on and day < meeting.begins_on:
        reason = _t("It counts for the period from %(day)s.") % {"day": meeting.begins_on}
        raise refuse(field, reason, _t("Record it with the meeting of its own period."))


def _correct_day(deed: Deed, day: date) -> None:
    refuse_other_period(deed.detail, day, "value")
    deed.change(deed.detail, begun_on=day, held_on=day)


def _why_no_other_day(meeting: Meeting) -> str:
    """Say why its day is not corrected (更正会议日期): not yet held, or as it was called for."""
    return (
        ""
        if meeting.begun_on
        else str(_("The meeting has not been held: its day is moved by postponing it."))
    )


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
        dates=frozenset({"reply_by", "decided_until", "held_on", "called_for"}),
        correctables={
            "held_on": Correctable(
                label=_("Held on"),
                field=PastDateField,
                read=lambda meeting: meeting.begun_on,
                write=_correct_day,
                by=(*BY_CONVENER, Capacity(party=PartyRole.OVERSEER)),
                fact="held_on",
                day_of=frozenset({"meeting.begin", "meeting.adjourn", "meeting.record"}),
                why_not=_why_no_other_day,
            )
        },
        template="meetings/block.html",
        context=_block,
        by_calendar=ByCalendar(DUE, fallen_due),
    )
)

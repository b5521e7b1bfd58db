"""States of a session and who may move it (梳理调度的状态)."""

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
from guantong.kernel.organs.models import Rank
from guantong.mechanisms.sessions.models import Session

DUE = "due"
SITTING = "sitting"
HELD = "held"
CALLED_OFF = "called_off"
STATES = {
    DUE: _("To be held"),
    SITTING: _("In session"),
    HELD: _("Has been held"),
    CALLED_OFF: _("Called off"),
}
LEDGER = "clue"
"""The kind of matter whose open items a session goes through."""

LEADERS = frozenset({Rank.PRINCIPAL, Rank.LEADER})
HEADS = frozenset({Rank.HEAD})
BY_SUPERVISION = (Capacity(party=PartyRole.RECEIVER, role="case_supervision"),)
BY_HEAD = (Capacity(party=PartyRole.RECEIVER, role="case_supervision", ranks=HEADS),)
BY_LEADER = (Capacity(body_of=PartyRole.RECEIVER, ranks=LEADERS),)


def load(matter: Matter) -> Session:
    """Return the session of a matter."""
    return Session.objects.select_related("matter").get(matter=matter)


def facts(session: Session) -> dict[str, Any]:
    """Return what the rules of measures may ask about a session."""
    return {"form": session.form}


def fallen_due(occasion: Occasion, sides: Sides) -> list[Model]:
    """Return the rows of a session the calendar opened: itself, who holds it, before whom."""
    parties = [(PartyRole.RECEIVER, sides.holder), (PartyRole.APPROVER, sides.claimant)]
    return [
        Session(
            matter=occasion.matter,
            form=occasion.cadence,
            begins_on=occasion.begins_on,
            ends_on=occasion.ends_on,
        ),
        *(
            Party(matter=occasion.matter, role=role, organ_id=organ, since=clock.now())
            for role, organ in parties
            if organ is not None
        ),
    ]


def _block(session: Session, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.sessions import queries

    return queries.block(session)


KIND = kinds.register(
    MatterKind(
        code="session",
        label=_("Session over the ledger"),
        states=STATES,
        final=frozenset({HELD, CALLED_OFF}),
        answered=frozenset(),
        load=load,
        facts=facts,
        dates=frozenset({"decided_until"}),
        template="sessions/block.html",
        context=_block,
        by_calendar=ByCalendar(DUE, fallen_due),
    )
)

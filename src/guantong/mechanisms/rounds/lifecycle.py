"""States of an inspection round and who may move it (巡察轮次的状态)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Capacity, Deed
from guantong.kernel.acts.forms import DayField, LongTextField, PastDateField
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Correctable, MatterKind
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.models import Rank
from guantong.mechanisms.rounds.models import Round

OPEN = "open"
HANDED_OVER = "handed_over"
RECEIVED = "received"
FED_BACK = "fed_back"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

STATES = {
    OPEN: _("Clues being gathered"),
    HANDED_OVER: _("Handed over, to be taken in"),
    RECEIVED: _("Taken in"),
    FED_BACK: _("Results told"),
    CLOSED: _("Closed"),
    WITHDRAWN: _("Withdrawn"),
}
HEADS = frozenset({Rank.HEAD})
LEADERS = frozenset({Rank.PRINCIPAL, Rank.LEADER})
OFFICE = (Capacity(role="inspection_office"),)
BY_SENDER = (Capacity(party=PartyRole.SENDER),)
BY_RECEIVER = (Capacity(party=PartyRole.RECEIVER, role="case_supervision"),)


LABELS = {field.name: field.verbose_name for field in Round._meta.fields}


def load(matter: Matter) -> Round:
    """Return the round."""
    return Round.objects.select_related("matter").get(matter=matter)


def facts(found: Round) -> dict[str, Any]:
    """Return what the rules of measures may ask about a round."""
    return {
        "source": "inspection",
        "sent_on": found.handed_over_on,
        "received_on": found.received_on,
        "began_on": found.began_on,
    }


def _block(found: Round, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.rounds import queries

    return queries.block(found)


def _correctable(name: str, field: Callable[[], forms.Field], *, fact: str = "") -> Correctable:
    def write(deed: Deed, value: Any) -> None:
        deed.change(deed.detail, **{name: value})

    return Correctable(
        label=LABELS[name],
        field=field,
        read=lambda found: getattr(found, name),
        write=write,
        by=BY_SENDER + BY_RECEIVER,
        fact=fact,
    )


KIND = kinds.register(
    MatterKind(
        code="round",
        label=_("Inspection round"),
        states=STATES,
        final=frozenset({CLOSED, WITHDRAWN}),
        answered=frozenset({CLOSED}),
        load=load,
        facts=facts,
        dates=frozenset({"sent_on", "received_on", "began_on"}),
        correctables={
            "units": _correctable("units", lambda: LongTextField(max_length=2000)),
            "began_on": _correctable("began_on", DayField, fact="began_on"),
            "ended_on": _correctable("ended_on", PastDateField),
            "leader": _correctable("leader", lambda: forms.CharField(max_length=60)),
            "handed_over_on": _correctable("handed_over_on", PastDateField, fact="sent_on"),
        },
        template="rounds/round.html",
        context=_block,
        begets={"clue.draft": frozenset({OPEN}), "clue.register": frozenset({RECEIVED})},
        begets_at=Depth.FEEDBACK,
    )
)

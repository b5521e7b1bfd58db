"""States of a handover and who may move it (工作交接的状态)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Capacity
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import MatterKind
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.kernel.organs.models import Rank
from guantong.mechanisms.handovers.models import Handover

LISTED = "listed"
DONE = "done"
WITHDRAWN = "withdrawn"
STATES = {LISTED: _("Listed, to be taken over"), DONE: _("Taken over"), WITHDRAWN: _("Withdrawn")}

ANY_RANK = (Capacity(ranks=frozenset(Rank.values)),)
BY_DEPARTMENT = (Capacity(party=PartyRole.HANDLER),)
RECORDED = (Capacity(party=PartyRole.HANDLER, recorded=True),)


def load(matter: Matter) -> Handover:
    """Return the handover of a matter, with whose desk it is."""
    return Handover.objects.select_related(
        "matter", "post", "post__officer", "post__organ", "post__organ__body"
    ).get(matter=matter)


def _block(handover: Handover, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.handovers import queries

    return queries.block(handover)


KIND = kinds.register(
    MatterKind(
        code="handover",
        label=_("Handover of a desk"),
        states=STATES,
        final=frozenset({DONE, WITHDRAWN}),
        answered=frozenset(),
        load=load,
        facts=lambda handover: {},
        template="handovers/block.html",
        context=_block,
    )
)

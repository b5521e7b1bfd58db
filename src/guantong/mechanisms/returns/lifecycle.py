"""States of a monthly close and who may move it (月结的状态)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guantong.kernel.acts.act import Capacity
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import MatterKind
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.kernel.organs.models import LEADERS
from guantong.mechanisms.returns.models import Close

DRAFTED = "drafted"
SUBMITTED = "submitted"
CLOSED = "closed"
STATES = {
    DRAFTED: _("To be submitted"),
    SUBMITTED: _("Frozen, awaits approval"),
    CLOSED: pgettext_lazy("monthly close", "Closed"),
}

BY_SUPERVISION = (Capacity(party=PartyRole.RECEIVER, role="case_supervision"),)
BY_LEADER = (
    Capacity(body_of=PartyRole.RECEIVER, ranks=LEADERS),
    Capacity(party=PartyRole.RECEIVER, role="case_supervision", recorded=True),
)


def load(matter: Matter) -> Close:
    """Return the close of a matter."""
    return Close.objects.select_related("matter").get(matter=matter)


def _block(close: Close, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.returns import queries

    return queries.block(close)


KIND = kinds.register(
    MatterKind(
        code="close",
        label=_("Monthly close"),
        states=STATES,
        final=frozenset({CLOSED}),
        answered=frozenset(),
        load=load,
        facts=lambda close: {},
        template="returns/block.html",
        context=_block,
    )
)

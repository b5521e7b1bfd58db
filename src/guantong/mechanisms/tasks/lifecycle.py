"""States of a task and who may move it (交办事项的状态)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Capacity
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import MatterKind
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.kernel.organs.models import Rank
from guantong.mechanisms.tasks.models import Field, Task

GIVEN = "given"
CONTESTED = "contested"
HANDLING = "handling"
REPORTED = "reported"
CLOSED = "closed"
WITHDRAWN = "withdrawn"
STATES = {
    GIVEN: _("Given, to be accepted"),
    CONTESTED: _("Contested, to be settled above"),
    HANDLING: _("Being done"),
    REPORTED: _("Reported as done"),
    CLOSED: _("Done and closed"),
    WITHDRAWN: _("Withdrawn"),
}
OPEN = frozenset({GIVEN, CONTESTED, HANDLING, REPORTED})
PARTIES = {PartyRole.SENDER.value: _("Giver of the task"), PartyRole.HANDLER.value: _("Holder of the task")}

ANY_POST = (Capacity(ranks=frozenset(Rank.values)),)
BY_GIVER = (
    Capacity(party=PartyRole.SENDER),
    Capacity(party=PartyRole.HANDLER, elsewhere=PartyRole.SENDER, recorded=True),
)
"""Who gave it; where that is an organ outside the platform, who holds it records its letter."""
BY_HOLDER = (
    Capacity(party=PartyRole.HANDLER),
    Capacity(party=PartyRole.SENDER, elsewhere=PartyRole.HANDLER, recorded=True),
)
"""Who holds it; where that is an organ outside the platform, who gave it records its letter."""


def load(matter: Matter) -> Task:
    """Return the task of a matter."""
    return Task.objects.select_related("matter").get(matter=matter)


def facts(task: Task) -> dict[str, Any]:
    """Return what the rules of measures may ask about a task."""
    return {
        "field": task.field,
        "led": task.led,
        "part": task.whole_id is not None,
        "due_on": task.due_on,
    }


def _block(task: Task, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.tasks import queries

    return queries.block(task)


KIND = kinds.register(
    MatterKind(
        code="task",
        label=_("Task"),
        states=STATES,
        final=frozenset({CLOSED, WITHDRAWN}),
        answered=frozenset({CLOSED}),
        load=load,
        facts=facts,
        fact_values={
            "field": frozenset(Field.values),
            "led": frozenset({True, False}),
            "part": frozenset({True, False}),
        },
        dates=frozenset({"due_on"}),
        template="tasks/block.html",
        context=_block,
        party_labels=PARTIES,
    )
)

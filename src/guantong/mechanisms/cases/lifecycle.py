"""States of a case (案件的状态)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import MatterKind
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.mechanisms.cases.models import Case

FILED = "filed"
PASSING = "passing"


def facts(case: Case) -> dict[str, Any]:
    """Return what the rules of measures may ask about a case."""
    return {"filed_on": case.filed_on}


def load(matter: Matter) -> Case:
    """Return the case."""
    return Case.objects.get(matter=matter)


KIND = kinds.register(
    MatterKind(
        code="case",
        label=_("Case"),
        states={FILED: _("On file"), PASSING: _("Handed on, to be taken over")},
        final=frozenset(),
        answered=frozenset(),
        load=load,
        facts=facts,
        dates=frozenset({"filed_on"}),
        template="cases/case.html",
        context=lambda case, depth: {"case": case},
        party_labels={PartyRole.RECEIVER.value: _("Handed on to")},
    )
)

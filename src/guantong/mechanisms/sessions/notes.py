"""What a session's decision does to the matter decided on (会议意见落到事项).

Hidden acts that follow `session.decide`, on a matter of any kind: this is how the session and the clue meet.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Act, Capacity, Deed
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.mechanisms.sessions.forms import NoteForm
from guantong.mechanisms.sessions.lifecycle import BY_LEADER
from guantong.mechanisms.sessions.models import Decision


@register
class NoteDecision(Act):
    """What a session decided on this matter (会议意见)."""

    code = "session.note"
    label = _("Decided in a session")
    kind = "*"
    leads_from = ANY_STATE
    by = (Capacity(party=PartyRole.RECEIVER, role="case_supervision"), *BY_LEADER)
    clauses = ("CZ-3.4",)
    asks = NoteForm
    hidden = True

    def about(self, matter: Matter, detail: Any) -> Any:
        """The rules ask about the decision alone."""
        return None

    def do(self, deed: Deed) -> None:
        """Tell the rules; who is to do something by a day owes it from now on."""
        data = deed.data
        deed.facts.update(
            decision=data["decision"],
            dated=data["due_on"] is not None,
            handled=PartyRole.HANDLER in deed.parties,
            decided_until=data["due_on"],
        )
        leaders = deed.organ_of(PartyRole.APPROVER)
        if data["decision"] == Decision.INSTRUCT and leaders is not None:
            deed.grant(leaders, Depth.FULL, "instructed in a session (CZ-3.4)")


@register
class ChangeDecision(NoteDecision):
    """The session decided otherwise; what the first decision made owed is owed no longer (改变会议意见)."""

    code = "session.change_note"
    label = _("Decided otherwise in a session")

    def do(self, deed: Deed) -> None:
        """The new decision opens what it opens."""
        deed.events.append(NoteDecision.code)
        super().do(deed)

"""What came from a body outside this platform, on paper or disc (外来回执、答复、追问)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.exchange import incoming
from guantong.mechanisms.correspondence import asks, lifecycle
from guantong.mechanisms.correspondence.acts.answering import refuse_before_receipt, turn_of
from guantong.mechanisms.correspondence.acts.common import CorrespondenceAct, answered, ends_sight
from guantong.mechanisms.correspondence.declared import all_answered
from guantong.mechanisms.correspondence.models import Correspondence, Outcome, TurnKind


class ToldAct(CorrespondenceAct):
    """What they told us: recorded with its proof."""

    by = lifecycle.BY_SENDER_ALONE

    def do(self, deed: Deed) -> None:
        """Keep the proof, then what it says."""
        incoming.require_proof(deed)
        self.told(deed, deed.detail, deed.data)

    def told(self, deed: Deed, row: Correspondence, data: dict[str, Any]) -> None:
        """Write what they told."""
        raise NotImplementedError


@register
class TakeReceipt(ToldAct):
    """Record their receipt (登记对方回执)."""

    code = "correspondence.take_receipt"
    label = gettext_lazy("Record their receipt")
    leads_from = frozenset({lifecycle.SENT})
    asks = asks.ToldReceiptForm

    def told(self, deed: Deed, row: Correspondence, data: dict[str, Any]) -> None:
        """It is with them from the day they name; what they owe counts from it."""
        received_on = data["received_on"]
        deed.change(row, received_on=received_on)
        lifecycle.refuse_disorder(row, "received_on", "received_on")
        deed.facts["received_on"] = received_on
        deed.state = lifecycle.RECEIVED
        if not row.declared.owed:
            deed.state = lifecycle.CLOSED
            deed.change(row, outcome=Outcome.TOLD)


@register
class TakeAnswer(ToldAct):
    """Record their answer, or their refusal (登记对方答复)."""

    code = "correspondence.take_answer"
    label = gettext_lazy("Record their answer")
    leads_from = frozenset({lifecycle.SENT, lifecycle.RECEIVED})
    asks = asks.ToldAnswerForm

    def form_class(self, detail: Correspondence) -> Any:
        """The form with what the answer to this form says besides."""
        own = {name: one.field() for name, one in detail.declared.answers.items()}
        return type("ToldAnswerForm", (asks.ToldAnswerForm,), own)

    def further_fields(self) -> dict[str, Any]:
        """What the answers to some forms say besides."""
        return all_answered()

    def told(self, deed: Deed, row: Correspondence, data: dict[str, Any]) -> None:
        """Keep it; whatever answers shows that ours came."""
        refuse_before_receipt(deed, row)
        if not row.declared.owed:
            raise refuse("", _("No answer is owed on it."), _("Record their receipt."))
        kind, outcome = TurnKind.ANSWER, Outcome.ANSWERED
        if data["refused"]:
            kind, outcome = TurnKind.REFUSAL, Outcome.REFUSED
        turn_of(deed, kind, data["text"], said=answered(row.declared, data))
        if row.received_on is None:
            deed.change(row, received_on=deed.happened_on)
        lifecycle.answered(deed, row, outcome)
        if row.declared.expires and outcome == Outcome.ANSWERED:
            if not data["readable_until"]:
                reason = _("Until when it may be read is missing.")
                raise refuse("readable_until", reason, _("Copy it from their letter."))
            ends_sight(deed, row, data["readable_until"])


@register
class TakeFollowUp(ToldAct):
    """Record what they ask again (登记对方追问)."""

    code = "correspondence.take_follow_up"
    label = gettext_lazy("Record what they ask again")
    leads_from = frozenset({lifecycle.CLOSED})
    leads_to = lifecycle.RECEIVED
    by = lifecycle.BY_RECIPIENT_ALONE
    asks = asks.ToldFollowUpForm

    def told(self, deed: Deed, row: Correspondence, data: dict[str, Any]) -> None:
        """The answer is owed again."""
        turn_of(deed, TurnKind.FOLLOW_UP, data["text"], answer_by=data["answer_by"])
        deed.change(row, answer_by=data["answer_by"], answered_on=None, outcome="")
        deed.facts.update(dated=data["answer_by"] is not None, answer_by=data["answer_by"])
        deed.events.append("correspondence.follow_up")

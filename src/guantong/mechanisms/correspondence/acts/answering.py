"""Answering, refusing, checking, asking again, ending (答复、说明理由、核对、跟踪、办结)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.exchange import outgoing
from guantong.kernel.exchange.models import Message
from guantong.kernel.matters.models import Depth, Matter
from guantong.mechanisms.correspondence import asks, lifecycle
from guantong.mechanisms.correspondence.acts.common import CorrespondenceAct, answered, ends_sight
from guantong.mechanisms.correspondence.acts.receiving import outgoing_seal
from guantong.mechanisms.correspondence.declared import all_answered
from guantong.mechanisms.correspondence.models import Correspondence, Outcome, Turn, TurnKind
from guantong.mechanisms.correspondence.papers import ANSWER, under_way

CHECKED = frozenset({Outcome.ANSWERED, Outcome.REFUSED})


def turn_of(deed: Deed, kind: TurnKind, text: str, **more: Any) -> Turn:
    """Write what one side did, to be read by both."""
    turn = Turn(matter=deed.matter, kind=kind, depth=Depth.FEEDBACK, text=text, on=deed.happened_on, **more)
    deed.add(turn)
    return turn


def refuse_before_receipt(deed: Deed, row: Correspondence) -> None:
    """Refuse an answer given before it was received. Raises Refused."""
    if row.received_on and deed.happened_on < row.received_on:
        raise refuse(
            "happened_on",
            _("It was received on %(day)s and cannot have been answered before.") % {"day": row.received_on},
            _("Give the day of the answer."),
        )


class DirectAct(CorrespondenceAct):
    """An answer or refusal given in the platform; to who works outside it goes a letter."""

    leads_from = frozenset({lifecycle.RECEIVED})
    by = lifecycle.BY_RECIPIENT

    def awaits(self, matter: Matter, detail: Correspondence) -> str:
        """Some forms, and what goes outside this platform, are answered by letter."""
        if detail.declared.by_letter:
            return _("It came with a letter and is answered by one: draft it from the page of this matter.")
        if detail.sender is None or detail.sender.elsewhere:
            return _("The sender works outside this platform: answer with a letter, on disc or paper.")
        return ""

    def require_direct(self, deed: Deed) -> Correspondence:
        """Return the correspondence, where it may be answered so. Raises Refused."""
        row: Correspondence = deed.detail
        why = self.awaits(deed.matter, row)
        if why:
            raise refuse("", why, _("Draft the answering letter."))
        if under_way(deed.matter, ANSWER.code):
            reason = _("An answering letter is being prepared.")
            raise refuse("", reason, _("Dispatch the letter, or have it voided first."))
        refuse_before_receipt(deed, row)
        return row


@register
class AnswerCorrespondence(DirectAct):
    """Answer, or provide what was asked for (答复、提供信息)."""

    code = "correspondence.answer"
    label = gettext_lazy("Answer")
    asks = asks.AnswerForm

    def form_class(self, detail: Correspondence) -> Any:
        """The form with what this form's answer asks besides."""
        return type("AnswerForm", (asks.AnswerForm,), asks.answer_fields(detail.declared))

    def further_fields(self) -> dict[str, Any]:
        """Until when it can be read, where the form says that it ends, and what its answer asks besides."""
        return {"readable_until": asks.until_field(), **all_answered()}

    def initial(self, actor: Any, matter: Matter | None, detail: Correspondence) -> dict[str, Any]:
        """Propose the expiry that was asked for."""
        if not detail.declared.expires:
            return {}
        return {"readable_until": lifecycle.asked(detail.matter).said.get("readable_until")}

    def do(self, deed: Deed) -> None:
        """Keep the answer; the writer reads it, as long as the form lets him."""
        row = self.require_direct(deed)
        turn_of(deed, TurnKind.ANSWER, deed.data["text"], said=answered(row.declared, deed.data))
        lifecycle.answered(deed, row, Outcome.ANSWERED)
        if row.declared.expires:
            ends_sight(deed, row, deed.data["readable_until"])


@register
class RefuseCorrespondence(DirectAct):
    """Refuse, with a reason (说明理由不予办理)."""

    code = "correspondence.refuse"
    label = gettext_lazy("Refuse with a reason")
    asks = asks.ReasonForm

    def awaits(self, matter: Matter, detail: Correspondence) -> str:
        """Some forms are never refused."""
        if not detail.declared.refusable:
            return _("What is asked in this form is not refused; answer it.")
        return super().awaits(matter, detail)

    def do(self, deed: Deed) -> None:
        """Keep the reason; it goes to the writer."""
        row = self.require_direct(deed)
        turn_of(deed, TurnKind.REFUSAL, deed.data["reason"])
        lifecycle.answered(deed, row, Outcome.REFUSED)


@register
class FollowUpCorrespondence(CorrespondenceAct):
    """Ask again, by a new day: the answer does not suffice (跟踪追问)."""

    code = "correspondence.follow_up"
    label = gettext_lazy("Ask again")
    leads_from = frozenset({lifecycle.ANSWERED, lifecycle.REFUSED, lifecycle.CLOSED})
    leads_to = lifecycle.RECEIVED
    by = lifecycle.BY_SENDER
    asks = asks.FollowUpForm

    def awaits(self, matter: Matter, detail: Correspondence) -> str:
        """Only what was answered or refused is asked again, and not once it went out as a notice."""
        if detail.declared.collects and matter.state == lifecycle.CLOSED:
            return _("It went out as a notice.")
        return "" if detail.outcome in CHECKED else _("It was told only; no answer is owed on it.")

    def do(self, deed: Deed) -> None:
        """The answer is owed again."""
        row: Correspondence = deed.detail
        why = self.awaits(deed.matter, row)
        if why:
            raise refuse("", why, _("Write to them anew."))
        if row.answered_on and deed.happened_on < row.answered_on:
            reason = _("The answer came on %(day)s; it cannot have been checked before.")
            raise refuse("happened_on", reason % {"day": row.answered_on})
        data = deed.data
        turn_of(
            deed, TurnKind.FOLLOW_UP, data["text"], answer_by=data["answer_by"],
            letter_number=data["letter_number"],
        )  # fmt: skip
        deed.change(row, answer_by=data["answer_by"], answered_on=None, outcome="")
        deed.facts.update(dated=data["answer_by"] is not None, answer_by=data["answer_by"])
        self._by_disc(deed, row)

    @staticmethod
    def _by_disc(deed: Deed, row: Correspondence) -> None:
        """Leave a message where the exchange with them goes by disc."""
        from guantong.mechanisms.correspondence.carriers import CARRIERS, FollowUp

        if not row.recipient.elsewhere:
            return
        last = Message.objects.filter(matter=deed.matter, incoming=True).order_by("-id").first()
        if last is None:
            return
        said = FollowUp(text=deed.data["text"], answer_by=deed.data["answer_by"])
        answered = outgoing.Answered(last.ref, last.uid)
        message = outgoing.leave(deed, CARRIERS["corr_follow_up"], last.peer_id, said, answered)
        outgoing_seal(deed, message)


@register
class CloseCorrespondence(CorrespondenceAct):
    """End it: the answer was checked and suffices (核对办结)."""

    code = "correspondence.close"
    label = gettext_lazy("The answer suffices: end it")
    leads_from = frozenset({lifecycle.ANSWERED, lifecycle.REFUSED})
    leads_to = lifecycle.CLOSED
    by = lifecycle.BY_SENDER
    asks = asks.CloseForm

    def awaits(self, matter: Matter, detail: Correspondence) -> str:
        """What is released as a notice ends with it."""
        return _("It ends when the notice has gone out.") if detail.declared.collects else ""

    def do(self, deed: Deed) -> None:
        """What the check showed stands in the timeline."""
        row: Correspondence = deed.detail
        why = self.awaits(deed.matter, row)
        if why:
            raise refuse("", why, _("Write the notice from the page of this matter."))
        if row.answered_on and deed.happened_on < row.answered_on:
            reason = _("The answer came on %(day)s; it cannot have been checked before.")
            raise refuse("happened_on", reason % {"day": row.answered_on})

"""Clues between bodies that share no platform (光盘、纸质往来): sent in, acknowledged, what they told us."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.forms import ActForm, FilesField, LongTextField, PastDateField
from guantong.kernel.acts.registry import register
from guantong.kernel.exchange import incoming, outgoing
from guantong.kernel.exchange.forms import ToldForm
from guantong.kernel.exchange.models import Message
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.models import Way
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import (
    ClueAct,
    enter_in_ledger,
    facts_of_new,
    name_sender,
    refuse_what_belongs_above,
    take_in_letter,
)
from guantong.mechanisms.clues.acts.intake import CASE_SUPERVISION
from guantong.mechanisms.clues.forms import RegisterForm
from guantong.mechanisms.clues.models import Clue, Feedback

BY_SENDER_OUTSIDE = (Capacity(party=PartyRole.SENDER, elsewhere=PartyRole.RECEIVER),)
BY_RECEIVER_OUTSIDE = (
    Capacity(party=PartyRole.RECEIVER, role="case_supervision", elsewhere=PartyRole.SENDER),
)


class DiscForm(RegisterForm):
    """A clue as its sealed file says it (光盘来件)."""

    message = forms.FileField()


@register
class ImportDisc(Act):
    """Take in a clue that came as a sealed file (接收光盘移送的线索): the same follows as from a letter."""

    code = "clue.import_disc"
    label = gettext_lazy("Take in from a disc")
    kind = "clue"
    leads_to = lifecycle.RECEIVED
    by = CASE_SUPERVISION
    clauses = ("CZ-3.2",)
    asks = DiscForm
    shown_at = Depth.FEEDBACK
    hidden = True
    by_import = True

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer every organ as sender."""
        return {"senders": Organ.objects.select_related("body")}

    def before_keeping(self, actor: Actor, data: Any) -> None:
        """Not even the file of what belongs to the superior organ is kept (GR-15)."""
        refuse_what_belongs_above(actor, data["subjects"], data["happened_on"])

    def do(self, deed: Deed) -> None:
        """Enter it in the ledger as received on the day the disc arrived."""
        if incoming.arrived(deed) is None:
            raise refuse("message", _("The sealed file is missing."))
        clue = enter_in_ledger(deed, on_paper=False)
        name_sender(deed, deed.data["sender"])
        take_in_letter(deed, clue, Way.DISC)
        facts_of_new(deed, clue)
        deed.events.append("clue.register")


class AcknowledgeForm(ActForm):
    """What the receipt says beside number and date (回执附言)."""

    note = LongTextField(
        label=gettext_lazy("Note to the sender"),
        rows=2,
        max_length=500,
        required=False,
        help_text=gettext_lazy("Needed where the clue was returned: the reason, as they may know it."),
    )


@register
class Acknowledge(ClueAct):
    """Give the receipt for what came as a sealed file, as a sealed file (制作电子回执)."""

    code = "clue.acknowledge"
    label = gettext_lazy("Make the receipt file")
    leads_from = lifecycle.WITH_CASE_SUPERVISION | lifecycle.WITH_HANDLER | {lifecycle.RETURNED}
    by = BY_RECEIVER_OUTSIDE
    clauses = ("CZ-3.2",)
    asks = AcknowledgeForm
    shown_at = Depth.FEEDBACK

    def do(self, deed: Deed) -> None:
        """Leave the receipt and seal it."""
        from guantong.mechanisms.clues.carriers import CARRIERS, Receipt

        came = Message.objects.filter(matter=deed.matter, incoming=True, kind="transfer").first()
        if came is None:
            raise refuse(
                "",
                _("This clue did not come as a sealed file."),
                _("Draft the receipt as a paper and send it as you usually do."),
            )
        returned = deed.matter.state == lifecycle.RETURNED
        if returned and not deed.data["note"]:
            raise refuse("note", _("The clue was returned; the sender is owed the reason."))
        clue: Clue = deed.detail
        said = Receipt(
            outcome="returned" if returned else "received",
            ledger_number=deed.matter.number,
            received_on=clue.received_on or came.on,
            note=deed.data["note"],
        )
        message = outgoing.leave(
            deed, CARRIERS["receipt"], came.peer_id, said, outgoing.Answered(came.ref, came.uid)
        )
        deed.follow.append(
            (
                "exchange.seal",
                deed.matter.pk,
                {"message": str(message.pk), "happened_on": deed.happened_on.isoformat()},
            )
        )


class ToldReceiptForm(ToldForm):
    """Their receipt (对方回执)."""

    received_on = PastDateField(label=gettext_lazy("Received by them on"))
    ledger_number = forms.CharField(label=gettext_lazy("Their ledger number"), max_length=60, required=False)
    note = LongTextField(label=gettext_lazy("Note"), rows=2, max_length=500, required=False)


class ToldFeedbackForm(ToldForm):
    """Their feedback (对方反馈)."""

    progress = LongTextField(label=gettext_lazy("What they tell"), rows=4, max_length=1000)
    final = forms.BooleanField(label=gettext_lazy("It is the final result"), required=False)


class ToldReturnForm(ToldForm):
    """Their return (对方退回)."""

    reason = LongTextField(label=gettext_lazy("Their reason"), rows=3, max_length=500)


class AskedForm(ToldForm):
    """What they ask of us (对方商请)."""

    text = LongTextField(label=gettext_lazy("What they ask"), rows=5)


class AnsweredForm(ToldForm):
    """What they answer (对方答复)."""

    text = LongTextField(label=gettext_lazy("What they answer"), rows=5)
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)


class ToldAct(ClueAct):
    """What an organ outside told us of a clue we sent: recorded by the sender, with proof."""

    by = BY_SENDER_OUTSIDE
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK

    def do(self, deed: Deed) -> None:
        """Keep the proof, then what it says."""
        incoming.require_proof(deed)
        self.told(deed)

    def told(self, deed: Deed) -> None:
        """Write what they told."""
        raise NotImplementedError


@register
class TakeReceipt(ToldAct):
    """Record their receipt (登记对方回执)."""

    code = "clue.take_receipt"
    label = gettext_lazy("Record their receipt")
    leads_from = frozenset({lifecycle.SENT})
    leads_to = lifecycle.RECEIVED
    clauses = ("CZ-3.2", "CZ-3.3")
    asks = ToldReceiptForm

    def told(self, deed: Deed) -> None:
        """The clue is in their ledger from the day they name; what they owe counts from it."""
        clue, received_on = deed.detail, deed.data["received_on"]
        if clue.sent_on and received_on < clue.sent_on:
            raise refuse(
                "received_on",
                _("It was sent on %(sent)s and cannot have been received before.") % {"sent": clue.sent_on},
                _("Look at the receipt again; if it says so, ask them."),
            )
        deed.matter.number = deed.data["ledger_number"]
        deed.change(clue, received_on=received_on)
        deed.facts["received_on"] = received_on


@register
class TakeFeedback(ToldAct):
    """Record their feedback (登记对方反馈); the final one closes the clue here."""

    code = "clue.take_feedback"
    label = gettext_lazy("Record their feedback")
    leads_from = frozenset({lifecycle.RECEIVED, lifecycle.HANDLING})
    leads_to = ""
    clauses = ("CZ-3.3", "CZ-4.1")
    asks = ToldFeedbackForm

    def told(self, deed: Deed) -> None:
        """Keep what they tell."""
        data = deed.data
        deed.add(
            Feedback(
                matter=deed.matter, final=data["final"], progress=data["progress"], told_on=deed.happened_on
            )
        )
        deed.facts.update(concluded=data["final"], answered=True)
        deed.state = lifecycle.CLOSED if data["final"] else lifecycle.HANDLING


@register
class TakeReturn(ToldAct):
    """Record that they returned it (登记对方退回)."""

    code = "clue.take_return"
    label = gettext_lazy("Record that they returned it")
    leads_from = frozenset({lifecycle.SENT, lifecycle.RECEIVED})
    leads_to = lifecycle.RETURNED
    clauses = ("CZ-3.2",)
    asks = ToldReturnForm

    def told(self, deed: Deed) -> None:
        """Their reason stands in the timeline."""


@register
class TakeRequest(ToldAct):
    """Record what they ask of us (登记对方商请)."""

    code = "clue.take_request"
    label = gettext_lazy("Record what they ask of us")
    leads_from = frozenset({lifecycle.RECEIVED, lifecycle.HANDLING})
    clauses = ("CZ-3.2",)
    asks = AskedForm

    def told(self, deed: Deed) -> None:
        """It stands in the timeline, to be answered by a letter."""


@register
class TakeAnswer(ToldAct):
    """Record their answer to what was asked of them (登记对方答复)."""

    code = "clue.take_answer"
    label = gettext_lazy("Record their answer")
    leads_from = lifecycle.WITH_CASE_SUPERVISION | lifecycle.WITH_HANDLER
    by = BY_RECEIVER_OUTSIDE
    sight = Depth.FULL
    clauses = ("CZ-3.2",)
    asks = AnsweredForm

    def told(self, deed: Deed) -> None:
        """It stands in the timeline, with what came with it."""

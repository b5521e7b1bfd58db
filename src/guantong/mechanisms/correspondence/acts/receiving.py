"""Receiving: with a receipt in the platform, from paper, from a sealed file (接收、回执)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.exchange import incoming, outgoing
from guantong.kernel.exchange.models import Message
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.incoming import Arrival, take_in, take_in_paper
from guantong.kernel.papers.models import Paper, PaperState, Way
from guantong.mechanisms.correspondence import asks, lifecycle
from guantong.mechanisms.correspondence.acts.common import (
    BeginningAct,
    CorrespondenceAct,
    facts_of_new,
    name_sides,
    title_of,
    union,
    write_content,
)
from guantong.mechanisms.correspondence.declared import CorrespondenceForm, all_forms
from guantong.mechanisms.correspondence.models import Correspondence, Outcome
from guantong.mechanisms.correspondence.papers import LETTER


def _reached(deed: Deed, row: Correspondence) -> None:
    """Let it be received: what owes no answer ends with the receipt."""
    deed.change(row, received_on=deed.happened_on)
    if row.declared.owed:
        deed.state = lifecycle.RECEIVED
    else:
        deed.state = lifecycle.CLOSED
        deed.change(row, outcome=Outcome.TOLD)
    deed.facts["received_on"] = deed.happened_on


@register
class ReceiveCorrespondence(CorrespondenceAct):
    """Receive it; the sender has the receipt (签收并回执)."""

    code = "correspondence.receive"
    label = gettext_lazy("Receive it and give the receipt")
    leads_from = frozenset({lifecycle.SENT})
    by = lifecycle.BY_RECIPIENT
    asks = asks.ReceiveForm

    def do(self, deed: Deed) -> None:
        """Take in its letter, where one came with it, and say that it came."""
        row: Correspondence = deed.detail
        if row.sent_on and deed.happened_on < row.sent_on:
            raise refuse(
                "happened_on",
                _("It went out on %(sent)s and cannot have been received before.") % {"sent": row.sent_on},
                _("Give the day on which it reached you."),
            )
        letters = Paper.objects.select_related("organ__body", "department__body")
        letter = letters.filter(matter=deed.matter, kind=LETTER.code, state=PaperState.DISPATCHED).first()
        if letter is not None:
            name = deed.actor.officer.name
            deed.change(
                letter,
                state=PaperState.SIGNED_FOR,
                signed_for_on=deed.happened_on,
                signed_for_by=name,
            )
            take_in_paper(deed, letter)
        _reached(deed, row)


class ComingAct(BeginningAct):
    """What came from elsewhere: it is in the platform from its receipt on."""

    leads_to = lifecycle.RECEIVED
    by = union([form.received_by for form in all_forms()])

    def named_by(self, form: CorrespondenceForm) -> tuple[Capacity, ...]:
        """Those to whom it may be written."""
        return form.received_by

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the organs as senders."""
        return {"senders": current(Organ.objects.exclude(pk=actor.organ.pk).select_related("body"))}

    def enter(self, deed: Deed, way: Way) -> None:
        """Write it as received by the actor's organ."""
        form: CorrespondenceForm = deed.detail
        data, organ = deed.data, deed.actor.organ
        sender: Organ | None = data["sender"]
        deed.matter.title = title_of(form, data)
        deed.matter.number = data["letter_number"]
        row = Correspondence(
            matter=deed.matter,
            form=form.code,
            sender=sender,
            sender_name=data["sender_name"] or (sender.full_name if sender else ""),
            recipient=organ,
            recipient_name=organ.full_name,
            on_paper=way == Way.PAPER,
            letter_number=data["letter_number"],
            letter_date=data["letter_date"],
            letter_signer=data["letter_signer"],
            known_on=data.get("known_on"),
            answer_by=data.get("answer_by"),
            sent_on=data["letter_date"],
        )
        deed.add(row)
        write_content(deed, form)
        name_sides(deed, sender, organ)
        deed.grant(organ.pk, Depth.FULL, "recipient of the letter")
        if sender is not None:
            deed.grant(sender.pk, Depth.FEEDBACK, "writer of the letter")
        take_in(deed, Arrival(form.name, row.sender_name, row.letter_number, row.letter_date, way))
        row.received_on = deed.happened_on
        if not form.owed:
            deed.state, row.outcome = lifecycle.CLOSED, Outcome.TOLD
        facts_of_new(deed, row)


@register
class RegisterCorrespondence(ComingAct):
    """Register what came on paper (登记纸质来函)."""

    code = "correspondence.register"
    label = gettext_lazy("Register a letter from another body")
    asks = asks.RegisterForm

    def page_context(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Suggest the organs there are."""
        organs = current(Organ.objects.exclude(pk=actor.organ.pk).select_related("body"))
        names = [(one.full_name, "") for one in organs] if detail else []
        return {**super().page_context(actor, matter, detail), "senders": names}

    def do(self, deed: Deed) -> None:
        """Enter it with number, date, signer and scan."""
        self.enter(deed, Way.PAPER)


@register
class ImportCorrespondence(ComingAct):
    """Take in what came as a sealed file (接收光盘来函): the same follows as from a letter."""

    code = "correspondence.import_disc"
    label = gettext_lazy("Take in a letter from a disc")
    asks = asks.DiscForm
    hidden = True
    by_import = True

    def do(self, deed: Deed) -> None:
        """Enter it as received on the day the disc arrived."""
        if incoming.arrived(deed) is None:
            raise refuse("message", _("The sealed file is missing."))
        self.enter(deed, Way.DISC)
        deed.events.append(RegisterCorrespondence.code)


@register
class AcknowledgeCorrespondence(CorrespondenceAct):
    """Give the receipt for what came as a sealed file, as a sealed file (制作电子回执)."""

    code = "correspondence.acknowledge"
    label = gettext_lazy("Make the receipt file")
    leads_from = lifecycle.COME
    by = lifecycle.BY_RECIPIENT_ALONE
    asks = asks.ReceiveForm

    def do(self, deed: Deed) -> None:
        """Leave the receipt and seal it."""
        from guantong.mechanisms.correspondence.carriers import CARRIERS, Receipt

        row: Correspondence = deed.detail
        came = Message.objects.filter(matter=deed.matter, incoming=True, kind="corr_letter").first()
        if came is None:
            raise refuse(
                "",
                _("It did not come as a sealed file."),
                _("Answer with a letter and send it as you usually do."),
            )
        said = Receipt(received_on=row.received_on or came.on, note=deed.data["note"])
        answered = outgoing.Answered(came.ref, came.uid)
        message = outgoing.leave(deed, CARRIERS["corr_receipt"], came.peer_id, said, answered)
        outgoing_seal(deed, message)


def outgoing_seal(deed: Deed, message: Message) -> None:
    """Let the message be sealed with the act."""
    data = {"message": str(message.pk), "happened_on": deed.happened_on.isoformat()}
    deed.follow.append(("exchange.seal", deed.matter.pk, data))

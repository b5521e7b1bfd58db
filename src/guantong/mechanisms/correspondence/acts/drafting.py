"""Writing: drafted, changed, sent, withdrawn (拟写、发出、撤回)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.forms import ActForm
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.models import Organ
from guantong.kernel.people.forms import add_subjects
from guantong.kernel.people.models import Subject
from guantong.mechanisms.correspondence import asks, lifecycle
from guantong.mechanisms.correspondence.acts.common import (
    BeginningAct,
    CorrespondenceAct,
    facts_of_new,
    index,
    link_about,
    name_sides,
    own_number,
    said,
    send,
    title_of,
    union,
    write_content,
    write_copies,
)
from guantong.mechanisms.correspondence.acts.withholding import require_approved, require_withheld
from guantong.mechanisms.correspondence.declared import CorrespondenceForm, all_forms
from guantong.mechanisms.correspondence.models import Copy, Correspondence
from guantong.mechanisms.correspondence.papers import LETTER, under_way
from guantong.mechanisms.correspondence.returns import summary_of


@register
class DraftCorrespondence(BeginningAct):
    """Write to another body, in one of the forms (拟写函件; CD-2.1, CD-1.3, CZ-3.1)."""

    code = "correspondence.draft"
    label = gettext_lazy("Write to another body")
    leads_to = lifecycle.DRAFTED
    by = union([form.by for form in all_forms()])
    asks = asks.DraftForm

    def named_by(self, form: CorrespondenceForm) -> tuple[Capacity, ...]:
        """Those who may write it."""
        return form.by

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer those to whom this form may go."""
        recipients = detail.may_receive(actor) if detail else Organ.objects.none()
        return {"recipients": recipients, "bodies": asks.offices_of(actor.organ)}

    def do(self, deed: Deed) -> None:
        """Keep the draft with its writer."""
        form: CorrespondenceForm = deed.detail
        data, organ = deed.data, deed.actor.organ
        recipient: Organ = data["recipient"]
        if form.releases:
            require_approved(deed, form, data["about"])
        deed.matter.title = title_of(form, data)
        row = Correspondence(
            matter=deed.matter,
            form=form.code,
            sender=organ,
            sender_name=organ.full_name,
            recipient=recipient,
            recipient_name=recipient.full_name,
            known_on=data.get("known_on"),
            answer_by=data.get("answer_by"),
        )
        deed.add(row)
        write_content(deed, form)
        name_sides(deed, organ, recipient)
        deed.grant(organ.pk, Depth.FEEDBACK, "writer of the letter")
        write_copies(deed, form, organ, recipient)
        link_about(deed, data["about"])
        facts_of_new(deed, row)


@register
class AmendCorrespondence(CorrespondenceAct):
    """Change what is not sent yet (修改函件)."""

    code = "correspondence.amend"
    label = gettext_lazy("Change the draft")
    leads_from = frozenset({lifecycle.DRAFTED})
    leads_to = lifecycle.DRAFTED
    by = lifecycle.BY_SENDER
    asks = asks.AmendForm

    def form_class(self, detail: Correspondence) -> Any:
        """The form with what this form of correspondence asks besides."""
        return asks.with_fields(asks.AmendForm, detail.declared)

    def further_fields(self) -> dict[str, Any]:
        """What each form asks for besides."""
        return asks.further_fields()

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Correspondence) -> dict[str, Any]:
        """Offer those to whom this form may go."""
        return {
            "recipients": detail.declared.may_receive(actor),
            "bodies": asks.offices_of(actor.organ),
        }

    def initial(self, actor: Actor, matter: Matter | None, detail: Correspondence) -> dict[str, Any]:
        """Show what is there."""
        turn = lifecycle.asked(detail.matter)
        names = ("name", "unit", "post", "authority", "id_number")
        return {
            **turn.said,
            "title": detail.matter.title,
            "recipient": detail.recipient_id,
            "text": turn.text,
            "known_on": detail.known_on,
            "answer_by": detail.answer_by,
            "subjects": [dict(one) for one in Subject.objects.filter(matter=detail.matter).values(*names)],
        }

    def do(self, deed: Deed) -> None:
        """Write the new content; the old one stands in the timeline."""
        row: Correspondence = deed.detail
        data, form = deed.data, row.declared
        recipient: Organ = data["recipient"]
        summary = summary_of(deed.matter) if form.releases else None
        if summary is not None:
            require_withheld(deed, summary, ("title", "text"))
        if not form.by_calendar:
            deed.matter.title = title_of(form, data)
        if form.copies and row.sender is not None:
            Copy.objects.filter(matter=deed.matter).delete()
            write_copies(deed, form, row.sender, recipient)
        if recipient.pk != row.recipient_id:
            deed.name_party(PartyRole.RECIPIENT, recipient.pk)
        deed.change(
            row,
            recipient=recipient,
            recipient_name=recipient.full_name,
            known_on=data.get("known_on"),
            answer_by=data.get("answer_by"),
        )
        if row.known_on and row.known_on != deed.facts.get("known_on"):
            deed.corrected["known_on"] = deed.facts["known_on"] = row.known_on
        turn = lifecycle.asked(deed.matter)
        deed.change(turn, text=data["text"], said=said(form, data), answer_by=data.get("answer_by"))
        Subject.objects.filter(matter=deed.matter).delete()
        rows = data.get("subjects") or []
        add_subjects(deed, rows)
        index(deed, turn, rows)


@register
class SendCorrespondence(CorrespondenceAct):
    """Send it in the platform, without a letter of its own (直接发出)."""

    code = "correspondence.send"
    label = gettext_lazy("Send")
    leads_from = frozenset({lifecycle.DRAFTED})
    leads_to = lifecycle.SENT
    by = lifecycle.BY_SENDER
    asks = ActForm

    def awaits(self, matter: Matter, detail: Correspondence) -> str:
        """Some forms, and what goes outside this platform, take a letter."""
        if detail.declared.by_letter:
            return _("This form goes with a letter: draft it, have it checked and signed, and dispatch it.")
        if detail.recipient.elsewhere:
            return _("The recipient works outside this platform: it goes with a letter, on disc or paper.")
        return ""

    def do(self, deed: Deed) -> None:
        """Number and send it."""
        row: Correspondence = deed.detail
        why = self.awaits(deed.matter, row)
        if why:
            raise refuse("", why, _("Draft the letter from the page of this matter."))
        if under_way(deed.matter, LETTER.code):
            reason = _("A letter is being prepared for it.")
            raise refuse("", reason, _("Dispatch the letter, or have it voided first."))
        send(deed, row, own_number(deed, row.declared))


@register
class WithdrawCorrespondence(CorrespondenceAct):
    """Withdraw it: nothing is owed on it any more (撤回)."""

    code = "correspondence.withdraw"
    label = gettext_lazy("Withdraw it")
    leads_from = frozenset({lifecycle.DRAFTED, lifecycle.SENT, lifecycle.RECEIVED})
    leads_to = lifecycle.WITHDRAWN
    by = lifecycle.BY_SENDER
    asks = asks.ReasonForm
    grave = True

    def awaits(self, matter: Matter, detail: Correspondence) -> str:
        """What is owed for a period is not withdrawn."""
        return _("It is owed for its period and is not withdrawn.") if detail.declared.by_calendar else ""

    def do(self, deed: Deed) -> None:
        """The reason stands in the timeline, for both sides."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse(
                "", why, _("Change the draft; what went out already is set right with the next one.")
            )

"""Copies: each goes out with the letter, and is signed for on its own (抄送、签收)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.beside import Beside, beside_rows
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.papers.incoming import take_in_paper
from guantong.kernel.papers.models import Paper, PaperState
from guantong.mechanisms.correspondence import asks, lifecycle
from guantong.mechanisms.correspondence.acts.common import CorrespondenceAct
from guantong.mechanisms.correspondence.models import Copy, Correspondence

SENT_LETTERS = (PaperState.DISPATCHED, PaperState.SIGNED_FOR)


@dataclass(frozen=True)
class Subject:
    """Correspondence, and one of its copies."""

    correspondence: Correspondence
    copy: Copy


class CopyAct(CorrespondenceAct):
    """An act about one copy."""

    on_item = True

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Any:
        """Load both. Raises Refused where there is no such copy, or its time is over."""
        try:
            key = forms.UUIDField().clean(data.get("of_copy"))
        except forms.ValidationError:
            key = None
        copy = Copy.objects.select_related("organ__body").filter(matter=matter, pk=key).first()
        if copy is None or not self.open_to(copy):
            reason = _("There is no such copy, or this step is no longer, or not yet, possible.")
            raise refuse("of_copy", reason, _("Look at the page of the matter for how it stands now."))
        return Subject(lifecycle.load(matter), copy)

    def under(self, detail: Any) -> tuple[str, ...]:
        """The clause of the letter's form."""
        return super().under(detail.correspondence if isinstance(detail, Subject) else detail)

    def open_to(self, copy: Copy) -> bool:
        """Return whether the copy's own days allow the act."""
        return copy.sent_on is None

    def about(self, matter: Matter, detail: Subject) -> Correspondence:
        """The rules ask about the correspondence."""
        return detail.correspondence

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Name the copy."""
        return {"of_copy": detail.copy.pk}

    @staticmethod
    def names_copy(deed: Deed) -> Copy:
        """Let the rules say party:addressee of this copy, and return it."""
        copy: Copy = deed.detail.copy
        deed.items = {copy.pk}
        deed.letter_parties = {PartyRole.ADDRESSEE: copy.organ_id}
        deed.data["of_copy"] = copy.name
        return copy


@register
class SendCopy(CopyAct):
    """A copy goes out with the letter, and its receipt is owed (抄送).

    Who gets it reads what both sides read of it.
    """

    code = "correspondence.copy"
    label = gettext_lazy("Sent as a copy")
    leads_from = frozenset({lifecycle.SENT})
    by = lifecycle.BY_SENDER
    asks = asks.CopyForm
    hidden = True

    def do(self, deed: Deed) -> None:
        """Let the organ read it from now on."""
        copy = self.names_copy(deed)
        deed.change(copy, sent_on=deed.happened_on)
        deed.grant(copy.organ_id, Depth.FEEDBACK, "copy of the letter")


@register
class SignForCopy(CopyAct):
    """Sign for a copy; the writer records the slip of an organ outside this platform (签收抄送件)."""

    code = "correspondence.sign_for_copy"
    label = gettext_lazy("Sign for the copy")
    leads_from = lifecycle.GONE
    by = ()
    asks = asks.SignForCopyForm

    def open_to(self, copy: Copy) -> bool:
        """Return whether it went out and is not signed for."""
        return copy.sent_on is not None and copy.received_on is None

    def entitled(self, matter: Matter, detail: Any) -> tuple[Capacity, ...]:
        """Whose copy it is; the writer where that works outside this platform."""
        if not isinstance(detail, Subject):
            return self.by
        own = Capacity(party=PartyRole.ADDRESSEE, organ=detail.copy.organ_id)
        return (own, *lifecycle.BY_SENDER) if detail.copy.organ.elsewhere else (own,)

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Propose the actor where his own organ signs."""
        own = detail.copy.organ_id in (actor.organ.pk, actor.body_id)
        return {"of_copy": detail.copy.pk, "received_by": actor.officer.name if own else ""}

    def do(self, deed: Deed) -> None:
        """Keep day and name; its letter has a number among the papers received."""
        copy = self.names_copy(deed)
        if copy.sent_on and deed.happened_on < copy.sent_on:
            raise refuse(
                "happened_on",
                _("It went out on %(sent)s and cannot have been received before.") % {"sent": copy.sent_on},
                _("Give the day on which it reached you."),
            )
        deed.change(copy, received_on=deed.happened_on, received_by=deed.data["received_by"])
        if copy.organ_id not in (deed.actor.organ.pk, deed.actor.body_id):
            return
        letters = Paper.objects.select_related("organ__body", "department__body")
        letter = letters.filter(matter=deed.matter, kind=lifecycle.LETTER, state__in=SENT_LETTERS).first()
        if letter is not None:
            take_in_paper(deed, letter)


@beside_rows
def beside_copies(matter: Matter, detail: Any) -> Iterator[Beside]:
    """Give the receipt of each copy that went out and is not signed for (待签收抄送件)."""
    if not isinstance(detail, Correspondence) or not detail.declared.copies:
        return
    act = SignForCopy()
    if matter.state not in act.leads_from:
        return
    for copy in Copy.objects.filter(matter=matter).select_related("organ"):
        if act.open_to(copy):
            yield Beside(act, {"of_copy": str(copy.pk)}, copy.name, Subject(detail, copy))

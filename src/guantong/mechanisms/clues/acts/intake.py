"""Central intake: received, registered, returned, linked, merged (归口接收; CZ-3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Link, LinkKind, Matter
from guantong.kernel.matters.origins import add_origin, given_by, origin_named
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.models import Way
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import (
    ClueAct,
    enter_in_ledger,
    facts_of_new,
    give_ledger_number,
    index_clue,
    jurisdiction_outcome,
    name_sender,
    refuse_what_belongs_above,
    suggested_senders,
    supervise_by_default,
    take_in_letter,
)
from guantong.mechanisms.clues.forms import (
    OtherClueForm,
    ReasonForm,
    ReceiveForm,
    RegisterForm,
)

CASE_SUPERVISION = (Capacity(role="case_supervision"),)


@register
class RegisterClue(Act):
    """Register a clue that came on paper (登记纸质来件; CZ-3.2)."""

    code = "clue.register"
    label = gettext_lazy("Register a letter")
    kind = "clue"
    leads_to = lifecycle.RECEIVED
    by = CASE_SUPERVISION
    clauses = ("CZ-3.2",)
    asks = RegisterForm
    shown_at = Depth.FEEDBACK
    template = "clues/register.html"

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Matter | None:
        """Find the matter the clue arises from, where one is named and seen."""
        return origin_named(data)

    def initial(self, actor: Actor, matter: Matter | None, detail: Matter | None) -> dict[str, Any]:
        """Start with what the matter of origin says."""
        return given_by(detail)

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the organs as senders."""
        return {"senders": current(Organ.objects.exclude(pk=actor.organ.pk).select_related("body"))}

    def page_context(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Suggest senders: the place's own before others, and first who transfers clues by its role."""
        return {"senders": suggested_senders(actor)}

    def before_keeping(self, actor: Actor, data: Mapping[str, Any]) -> None:
        """Not even the scan of what belongs to the superior organ is kept (GR-15)."""
        refuse_what_belongs_above(actor, data["subjects"], data["happened_on"])

    def do(self, deed: Deed) -> None:
        """Enter it in the ledger as received on the day it arrived."""
        clue = enter_in_ledger(deed)
        name_sender(deed, deed.data["sender"])
        add_origin(deed)
        take_in_letter(deed, clue, Way.PAPER)
        facts_of_new(deed, clue)
        supervise_by_default(deed, clue)


@register
class ReceiveClue(ClueAct):
    """Receive a clue that was sent (接收; CZ-3.2)."""

    code = "clue.receive"
    label = gettext_lazy("Receive")
    leads_from = frozenset({lifecycle.SENT})
    leads_to = lifecycle.RECEIVED
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2",)
    asks = ReceiveForm
    shown_at = Depth.FEEDBACK

    def do(self, deed: Deed) -> None:
        """Enter it in the ledger."""
        clue = deed.detail
        if clue.sent_on and deed.happened_on < clue.sent_on:
            raise refuse(
                "happened_on",
                _("It was sent on %(sent)s and cannot have been received before.") % {"sent": clue.sent_on},
                _("Give the day on which it reached you."),
            )
        if not deed.matter.number:
            give_ledger_number(deed)
        take_in_letter(deed, clue, Way.PAPER if clue.on_paper else Way.SYSTEM)
        deed.change(clue, received_on=deed.happened_on)
        deed.facts["received_on"] = deed.happened_on
        deed.content["number"] = deed.matter.number
        subjects = lifecycle.persons_of(clue)
        deed.facts["jurisdiction"] = jurisdiction_outcome(deed.actor, subjects, deed.happened_on)
        supervise_by_default(deed, clue, lifecycle.supervision_of(clue))
        index_clue(deed, clue, subjects)


@register
class ReturnClue(ClueAct):
    """Return a clue that is incomplete or does not belong here (退回)."""

    code = "clue.return"
    label = gettext_lazy("Return to the sender")
    leads_from = frozenset({lifecycle.SENT, lifecycle.RECEIVED})
    leads_to = lifecycle.RETURNED
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2",)
    asks = ReasonForm
    shown_at = Depth.FEEDBACK
    grave = True

    def do(self, deed: Deed) -> None:
        """The reason goes to the sender with the entry."""


class OtherClueAct(ClueAct):
    """An act that names another clue of the ledger."""

    leads_from = frozenset({lifecycle.RECEIVED})
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2",)
    asks = OtherClueForm

    @staticmethod
    def other(deed: Deed) -> Matter:
        """Find the other clue by its ledger number. Raises Refused."""
        number = deed.data["other"].strip()
        kept = Visibility.objects.filter(
            matter=OuterRef("pk"), principal__in=deed.actor.principals, depth=Depth.FULL
        )
        clues = Matter.objects.filter(Exists(kept), kind="clue", number=number)
        found = clues.exclude(pk=deed.matter.pk).first()
        if found is None:
            raise refuse(
                "other",
                _("No other clue you may see has the number “%(number)s”.") % {"number": number},
                _("Copy the number from the ledger."),
            )
        return found


@register
class LinkDuplicate(OtherClueAct):
    """Link a clue with another about the same (关联)."""

    code = "clue.link_duplicate"
    label = gettext_lazy("Link with another clue")

    def do(self, deed: Deed) -> None:
        """Both stay, each with its own duties."""
        deed.add(
            Link(
                source=deed.matter,
                target=self.other(deed),
                kind=LinkKind.DUPLICATE,
                note=deed.data["reason"],
            )
        )


@register
class MergeClue(OtherClueAct):
    """Merge a clue into another that is open (并案)."""

    code = "clue.merge"
    label = gettext_lazy("Merge into another clue")
    leads_to = lifecycle.MERGED
    grave = True

    def do(self, deed: Deed) -> None:
        """This one ends; the other goes on."""
        other = self.other(deed)
        if not other.is_open:
            raise refuse("other", _("That clue is no longer open."), _("Link the two instead."))
        deed.add(Link(source=deed.matter, target=other, kind=LinkKind.MERGED, note=deed.data["reason"]))

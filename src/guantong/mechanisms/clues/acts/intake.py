"""Central intake: received, registered, returned, merged, forwarded (归口接收; CZ-3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Link, LinkKind, Matter, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import Organ, OrganKind
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import (
    ClueAct,
    add_subjects,
    current,
    enter_in_ledger,
    facts_of_new,
    give_ledger_number,
    index_clue,
    jurisdiction_outcome,
    make_clue,
    name_sender,
    refuse_what_belongs_above,
)
from guantong.mechanisms.clues.forms import (
    ClueForm,
    ForwardForm,
    OtherClueForm,
    ReasonForm,
    ReceiveForm,
    RegisterForm,
    SplitForm,
)
from guantong.mechanisms.clues.models import Clue, Source

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

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the organs as senders."""
        organs = Organ.objects.exclude(pk=actor.organ.pk).select_related("body")
        body = (Coalesce("body__kind", "kind"), Coalesce("body__name", "name"))
        return {"senders": current(organs).order_by(*body, F("body").asc(nulls_first=True), "name")}

    def before_keeping(self, actor: Actor, data: Mapping[str, Any]) -> None:
        """Not even the scan of what belongs to the superior organ is kept (GR-15)."""
        refuse_what_belongs_above(actor, data["subjects"], data["happened_on"])

    def do(self, deed: Deed) -> None:
        """Enter it in the ledger as received on the day it arrived."""
        clue = enter_in_ledger(deed)
        name_sender(deed, deed.data["sender"])
        facts_of_new(deed, clue)


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
        deed.change(clue, received_on=deed.happened_on)
        deed.facts["received_on"] = deed.happened_on
        deed.content["number"] = deed.matter.number
        subjects: list[dict[str, Any]] = list(map(dict, Subject.objects.filter(matter=deed.matter).values()))
        deed.facts["jurisdiction"] = jurisdiction_outcome(deed.actor, subjects, deed.happened_on)
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


class ForwardingAct(ClueAct):
    """An act by which all or part of a clue goes to another discipline organ."""

    leads_from = frozenset({lifecycle.RECEIVED})
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2",)
    grave = True

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the other discipline organs."""
        organs = Organ.objects.filter(kind=OrganKind.DISCIPLINE, parent__isnull=True)
        return {"organs": current(organs.exclude(pk=actor.body_id)).order_by("name")}

    @staticmethod
    def persons(deed: Deed) -> list[dict[str, Any]]:
        """Return the persons concerned, as the form takes them."""
        fields = ("name", "unit", "post", "authority", "id_number")
        return [dict(row) for row in Subject.objects.filter(matter=deed.matter).values(*fields)]

    def send_on(self, deed: Deed, link: str, allegation: str, title: str, rows: list[dict[str, Any]]) -> None:
        """Let the part arrive at the other organ, as a clue of its own ledger."""
        clue: Clue = deed.detail
        deed.follow.append(
            (
                "clue.arrive",
                None,
                {
                    "happened_on": deed.happened_on.isoformat(),
                    "to": deed.data["to"].pk,
                    "link": link,
                    "source_matter": str(deed.matter.pk),
                    "source": clue.source,
                    "title": title,
                    "category": clue.category,
                    "allegation": allegation,
                    "amount": clue.amount,
                    "unit": clue.unit,
                    "subjects": rows,
                    "evidence": clue.evidence,
                },
            )
        )


@register
class ForwardClue(ForwardingAct):
    """Forward a clue to the organ that has jurisdiction (转送; 监察法实施条例 Art. 169)."""

    code = "clue.forward"
    label = gettext_lazy("Forward to another organ")
    leads_to = lifecycle.FORWARDED
    asks = ForwardForm

    def do(self, deed: Deed) -> None:
        """It ends here and arrives there."""
        allegation, title = deed.detail.allegation, deed.matter.title
        self.send_on(deed, LinkKind.FORWARDED, allegation, title, self.persons(deed))


@register
class SplitClue(ForwardingAct):
    """Send the part for which another organ has jurisdiction (分拆转送; 监察法实施条例 Art. 171)."""

    code = "clue.split"
    label = gettext_lazy("Split and forward a part")
    asks = SplitForm

    def do(self, deed: Deed) -> None:
        """The rest stays here; nobody of it is named there."""
        rows = self.persons(deed)
        others = [row for row in rows if jurisdiction_outcome(deed.actor, [row], deed.happened_on) != "own"]
        self.send_on(deed, LinkKind.SPLIT, deed.data["part"], "", others or rows)


class ArriveForm(ClueForm):
    """What a forwarded clue carries."""

    to = forms.ModelChoiceField(Organ.objects.filter(kind=OrganKind.DISCIPLINE, parent__isnull=True))
    link = forms.ChoiceField(choices=[(LinkKind.FORWARDED, ""), (LinkKind.SPLIT, "")])
    source_matter = forms.UUIDField()
    source = forms.ChoiceField(choices=Source.choices)


@register
class ArriveClue(Act):
    """A clue that another discipline organ forwards arrives (转送到达)."""

    code = "clue.arrive"
    label = gettext_lazy("Arrive from another organ")
    kind = "clue"
    leads_to = lifecycle.SENT
    by = CASE_SUPERVISION
    clauses = ("CZ-3.2",)
    asks = ArriveForm
    shown_at = Depth.FEEDBACK
    hidden = True

    def do(self, deed: Deed) -> None:
        """Make it a clue of the other organ's, sent by this one."""
        data, to = deed.data, deed.data["to"]
        receiver = engine.organ_bound("case_supervision", to.jurisdiction_id, deed.happened_on, to.pk)
        if receiver is None:
            raise refuse(
                "to",
                _("%(organ)s has no case supervision department in this platform.") % {"organ": to},
                _("Forward it on paper and record that; or have the role bound."),
            )
        deed.matter.jurisdiction_id, deed.matter.organ = to.jurisdiction_id, to
        clue = make_clue(
            deed,
            source=data["source"],
            sender_name=deed.actor.organ.full_name,
            sent_on=deed.happened_on,
        )
        add_subjects(deed, data["subjects"])
        deed.add(Link(source=deed.matter, target_id=data["source_matter"], kind=data["link"]))
        deed.name_party(PartyRole.SENDER, deed.actor.organ.pk)
        deed.name_party(PartyRole.RECEIVER, receiver)
        deed.grant(deed.actor.organ.pk, Depth.FEEDBACK, "forwarding organ")
        deed.grant(receiver, Depth.FULL, "case supervision (CZ-3.2)")
        deed.facts["sent_on"] = deed.happened_on
        facts_of_new(deed, clue)
        index_clue(deed, clue, data["subjects"])

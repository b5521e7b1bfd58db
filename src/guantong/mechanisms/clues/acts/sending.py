"""The sender's side: drafting and amending what is to be transferred, handing it over (移送; CZ-3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.origins import add_origin, given_by, origin_named
from guantong.kernel.organs.models import Organ
from guantong.kernel.people.forms import add_subjects
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import (
    ClueAct,
    facts_of_new,
    index_clue,
    make_clue,
    make_title,
    send,
)
from guantong.mechanisms.clues.forms import DraftForm, HandOverForm, ReasonForm


@register
class DraftClue(Act):
    """Prepare a clue for transfer (拟移送问题线索; CZ-3.5)."""

    code = "clue.draft"
    label = _("Prepare a transfer")
    kind = "clue"
    leads_to = lifecycle.DRAFTED
    by = tuple(Capacity(role=role) for role in lifecycle.SENDERS)
    clauses = ("CZ-3.5",)
    asks = DraftForm
    shown_at = Depth.FEEDBACK
    template = "clues/draft.html"

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Matter | None:
        """Find the matter the clue arises from, where one is named and seen."""
        return origin_named(data)

    def initial(self, actor: Actor, matter: Matter | None, detail: Matter | None) -> dict[str, Any]:
        """Start with what the matter of origin says."""
        return given_by(detail)

    def do(self, deed: Deed) -> None:
        """Keep the draft with its sender."""
        role = next(role for role in lifecycle.SENDERS if role in deed.actor.roles)
        organ = deed.actor.organ
        clue = make_clue(deed, source=lifecycle.SENDERS[role], sender_name=organ.full_name)
        add_subjects(deed, deed.data["subjects"])
        deed.name_party(PartyRole.SENDER, organ.pk, officer_id=deed.actor.officer.pk)
        deed.grant(organ.pk, Depth.FEEDBACK, "sender")
        add_origin(deed)
        facts_of_new(deed, clue)
        index_clue(deed, clue, deed.data["subjects"])


@register
class AmendClue(ClueAct):
    """Amend what is to be transferred, also after it was returned (修改、补充)."""

    code = "clue.amend"
    label = _("Amend")
    leads_from = frozenset({lifecycle.DRAFTED, lifecycle.RETURNED})
    leads_to = lifecycle.DRAFTED
    by = lifecycle.BY_SENDER
    clauses = ("CZ-3.5",)
    asks = DraftForm
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK
    template = "clues/draft.html"

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Show what is there."""
        assert matter is not None  # noqa: S101 - amending takes a matter
        fields = ("name", "unit", "post", "authority", "id_number")
        subjects = [dict(row) for row in Subject.objects.filter(matter=matter).values(*fields)]
        return {
            "title": matter.title,
            "category": detail.category,
            "allegation": detail.allegation,
            "amount": detail.amount,
            "unit": detail.unit,
            "subjects": subjects,
            "evidence": detail.evidence,
            "concluded_on": detail.concluded_on,
        }

    def do(self, deed: Deed) -> None:
        """Write the new content; the old one stands in the timeline."""
        data, clue = deed.data, deed.detail
        deed.matter.title = data["title"] or make_title(data)
        deed.change(
            clue,
            category=data["category"],
            allegation=data["allegation"],
            amount=data["amount"],
            unit=data["unit"],
            evidence=data["evidence"],
            concluded_on=data["concluded_on"],
        )
        Subject.objects.filter(matter=deed.matter).delete()
        add_subjects(deed, data["subjects"])
        index_clue(deed, clue, data["subjects"])


@register
class WithdrawClue(ClueAct):
    """Withdraw a draft that will not be sent (撤回)."""

    code = "clue.withdraw"
    label = _("Withdraw the draft")
    leads_from = frozenset({lifecycle.DRAFTED, lifecycle.RETURNED})
    leads_to = lifecycle.WITHDRAWN
    by = lifecycle.BY_SENDER
    asks = ReasonForm
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK
    grave = True

    def do(self, deed: Deed) -> None:
        """The reason stands in the timeline."""


@register
class HandOverClue(ClueAct):
    """Hand the clue over with others on one signed list (随清单移交; CZ-3.2)."""

    code = "clue.hand_over"
    label = _("Hand over with a list")
    leads_from = frozenset({lifecycle.DRAFTED})
    leads_to = lifecycle.SENT
    by = lifecycle.BY_SENDER
    clauses = ("CZ-3.2",)
    asks = HandOverForm
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK
    hidden = True

    def do(self, deed: Deed) -> None:
        """It goes as a clue with a letter of its own does; the list's number is its letter number."""
        data = deed.data
        receiver: Organ = data["receiver"]
        deed.facts["sent_on"] = deed.happened_on
        send(
            deed,
            deed.detail,
            receiver.pk,
            number=data["letter_number"],
            signed_on=data["letter_date"],
            signed_by=data["letter_signer"],
        )

"""Collecting returns for a summary, and releasing it as a notice (收集、汇总、通报; CD-2.5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.forms import ActForm
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.ids import new_id
from guantong.kernel.matters.models import Depth, Link, LinkKind, Matter
from guantong.kernel.organs.models import Organ
from guantong.mechanisms.correspondence import asks, lifecycle, returns
from guantong.mechanisms.correspondence.acts.common import (
    CorrespondenceAct,
    facts_of_new,
    leaders_of,
    name_sides,
    own_number,
    send,
    write_content,
)
from guantong.mechanisms.correspondence.declared import get
from guantong.mechanisms.correspondence.downward_forms import ENFORCEMENT_RETURN, OFFICE
from guantong.mechanisms.correspondence.models import Correspondence


@register
class CollectReturns(CorrespondenceAct):
    """Ask discipline bodies for their returns: each is a matter of its own, part of this one (收集报送)."""

    code = "correspondence.collect"
    label = gettext_lazy("Collect returns")
    leads_from = lifecycle.UNSENT
    by = lifecycle.BY_SENDER
    asks = asks.CollectForm
    sight = Depth.FULL
    shown_at = Depth.FULL

    def awaits(self, matter: Matter, detail: Correspondence) -> str:
        """Only a summary is made of returns."""
        return "" if detail.declared.collects else _("Nothing is collected for it.")

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Correspondence) -> dict[str, Any]:
        """Offer those who owe returns."""
        form = detail.declared.collects
        return {"bodies": get(form).may_receive(actor) if form else Organ.objects.none()}

    def do(self, deed: Deed) -> None:
        """Each body chosen is asked at once."""
        row: Correspondence = deed.detail
        why = self.awaits(deed.matter, row)
        if why:
            raise refuse("", why, _("See the page of this matter."))
        asked = {one.row.recipient_id for one in returns.collected(deed.matter)}
        data, title = deed.data, f"报送{lifecycle.subject(row)}"
        for body in data["bodies"]:
            if body.pk in asked:
                reason = _("%(body)s has been asked already.") % {"body": body.full_name}
                raise refuse("bodies", reason, _("Leave it out."))
            told = {
                "happened_on": deed.happened_on.isoformat(),
                "whole": str(deed.matter.pk),
                "title": title,
                "recipient": body.pk,
                "text": data["text"],
                "answer_by": data["answer_by"].isoformat(),
            }
            deed.follow.append((AskReturn.code, new_id(), told))
        deed.data["bodies"] = [one.full_name for one in data["bodies"]]


@register
class AskReturn(Act):
    """A body is asked for its return (要求报送); it follows from collecting."""

    code = "correspondence.ask_return"
    label = gettext_lazy("Asked for a return")
    kind = "correspondence"
    shown_at = Depth.FEEDBACK
    clauses = (ENFORCEMENT_RETURN.clause,)
    leads_to = lifecycle.SENT
    by = tuple(Capacity(role=role) for role in sorted(OFFICE))
    asks = asks.AskReturnForm
    hidden = True

    def do(self, deed: Deed) -> None:
        """It is sent as it is made."""
        form = ENFORCEMENT_RETURN
        data, organ = deed.data, deed.actor.organ
        recipient: Organ = data["recipient"]
        deed.matter.title = data["title"]
        row = Correspondence(
            matter=deed.matter, form=form.code, sender=organ, sender_name=organ.full_name,
            recipient=recipient, recipient_name=recipient.full_name, answer_by=data["answer_by"],
        )  # fmt: skip
        deed.add(row)
        write_content(deed, form)
        name_sides(deed, organ, recipient)
        deed.grant(organ.pk, Depth.FEEDBACK, "writer of the letter")
        leaders = leaders_of(deed, deed.actor.body_id)
        if leaders is not None:
            deed.grant(leaders, Depth.FEEDBACK, "approves the summary")
        deed.add(Link(source=deed.matter, target_id=data["whole"], kind=LinkKind.PART))
        row.sent_on = deed.happened_on
        send(deed, row, own_number(deed, form))
        facts_of_new(deed, row)
        deed.events.append("correspondence.send")


@register
class ReleaseSummary(CorrespondenceAct):
    """What was approved has gone out as a notice (通报已发出)."""

    code = "correspondence.release"
    label = gettext_lazy("Released as a notice")
    leads_from = frozenset({lifecycle.ANSWERED})
    leads_to = lifecycle.CLOSED
    by = lifecycle.BY_SENDER
    asks = ActForm
    sight = Depth.FULL
    shown_at = Depth.FULL
    hidden = True

    def do(self, deed: Deed) -> None:
        """It ends with the notice."""

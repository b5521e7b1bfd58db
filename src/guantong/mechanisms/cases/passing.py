"""A case passes between departments on the record (案件在部门间移送; CD-1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.forms import ActForm, FilesField, LongTextField
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.forms import OrganField
from guantong.kernel.organs.models import Organ, RoleBinding
from guantong.mechanisms.cases import lifecycle
from guantong.mechanisms.cases.models import Case

DEPARTMENTS = ("supervision_department", "investigation_department", "trial_department")
"""Between which departments of a body a case may pass: supervision, investigation, trial."""


class PassOnForm(ActForm):
    """Handing a case on (移送)."""

    to = OrganField(Organ.objects.none(), label=gettext_lazy("To the department"))
    reason = LongTextField(label=gettext_lazy("Reason and what goes with it"), rows=4, max_length=2000)
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)

    def __init__(self, *args: Any, departments: QuerySet[Organ] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if departments is not None:
            self.fields["to"].queryset = departments  # type: ignore[attr-defined]


class TakeOverForm(ActForm):
    """Taking a case over (接收)."""

    note = LongTextField(label=gettext_lazy("Note"), rows=2, required=False, max_length=500)


class ReturnForm(ActForm):
    """Sending a case back (退回)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=1000)


class CaseAct(Act):
    """An act on a case that exists."""

    kind = "case"
    clauses = ("CD-1.1",)

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Case:
        """Load the case."""
        return lifecycle.load(matter)


def departments(actor: Actor) -> QuerySet[Organ]:
    """Return the departments of the actor's body to which a case may be handed on."""
    now = Q(until__isnull=True) | Q(until__gte=clock.today())
    bound = RoleBinding.objects.filter(now, role__in=DEPARTMENTS)
    found = Organ.objects.filter(pk__in=bound.values("organ"), body=actor.body_id, until__isnull=True)
    return found.exclude(pk=actor.organ.pk).select_related("body").order_by("name")


@register
class PassOn(CaseAct):
    """Hand a case on to another department, with its reason and what goes with it (移送案件)."""

    code = "case.pass_on"
    label = gettext_lazy("Hand the case on")
    leads_from = frozenset({lifecycle.FILED})
    leads_to = lifecycle.PASSING
    by = (Capacity(party=PartyRole.HANDLER),)
    asks = PassOnForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the departments of one's own body."""
        return {"departments": departments(actor)}

    def do(self, deed: Deed) -> None:
        """They see it from now on, and owe that they take it over or send it back."""
        to = deed.data["to"]
        deed.name_party(PartyRole.RECEIVER, to.pk, reason=deed.data["reason"][:500])
        deed.grant(to.pk, Depth.FULL, "the case is handed on to it (CD-1.1)")


@register
class TakeCaseOver(CaseAct):
    """Take over a case that was handed on (接收案件)."""

    code = "case.accept"
    label = gettext_lazy("Take the case over")
    leads_from = frozenset({lifecycle.PASSING})
    leads_to = lifecycle.FILED
    by = (Capacity(party=PartyRole.RECEIVER),)
    asks = TakeOverForm

    def do(self, deed: Deed) -> None:
        """It handles the case now; who handled it before stands in the record."""
        deed.end_party(PartyRole.RECEIVER)
        deed.name_party(PartyRole.HANDLER, deed.actor.organ.pk, officer_id=deed.actor.officer.pk)


@register
class SendCaseBack(CaseAct):
    """Send a case back that is not ready to be taken over (退回案件)."""

    code = "case.send_back"
    label = gettext_lazy("Send the case back")
    leads_from = frozenset({lifecycle.PASSING})
    leads_to = lifecycle.FILED
    by = (Capacity(party=PartyRole.RECEIVER),)
    asks = ReturnForm

    def do(self, deed: Deed) -> None:
        """Who handed it on handles it still; the other department sees it no longer."""
        receiver = deed.organ_of(PartyRole.RECEIVER)
        if receiver is None:
            raise refuse("", _("The case was handed on to nobody."), _("See the timeline."))
        deed.end_party(PartyRole.RECEIVER)
        deed.withdraw(receiver)

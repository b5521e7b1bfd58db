"""Changing the custodian of a matter (保管人变更): follows from the handover of a desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import officer_principal
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.forms import ActForm
from guantong.kernel.acts.registry import register
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.kernel.organs.models import Officer

TAKE_OVER = "matter.take_over"


class TakeOverForm(ActForm):
    """Another custodian (变更保管人)."""

    custodian = forms.ModelChoiceField(Officer.objects.all(), label=gettext_lazy("Custodian"))
    handover = forms.CharField(label=gettext_lazy("Number of the handover"), max_length=60)


@register
class TakeOverMatter(Act):
    """A matter passes into another officer's custody (变更专管人员)."""

    code = TAKE_OVER
    label = gettext_lazy("Custodian changed by handover")
    kind = "*"
    leads_from = ANY_STATE
    by = (Capacity(party=PartyRole.CUSTODIAN),)
    asks = TakeOverForm
    hidden = True

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Any:
        """The rules ask about the matter."""
        return kinds.get(matter.kind).load(matter)

    def do(self, deed: Deed) -> None:
        """Name him; what the predecessor saw in person ends."""
        before, successor = deed.parties[PartyRole.CUSTODIAN], deed.data["custodian"]
        if before.officer_id == successor.pk:
            reason = _("%(name)s is the custodian already.") % {"name": successor}
            raise refuse("custodian", reason, _("List the desk anew."))
        deed.name_party(
            PartyRole.CUSTODIAN, before.organ_id, officer_id=successor.pk, reason=deed.data["handover"]
        )
        if before.officer_id is not None:
            deed.withdraw(officer_principal(before.officer_id))

"""What can be done with a case (案件的行为)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Act, Capacity, Deed
from guantong.kernel.acts.forms import ActForm, LongTextField
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Link, LinkKind, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.organs.models import LEADERS
from guantong.mechanisms.cases import lifecycle
from guantong.mechanisms.cases.models import Case

OPENERS = ("supervision_department", "investigation_department", "stationed_group")


class OpenForm(ActForm):
    """Filing a case (立案)."""

    clue = forms.UUIDField()
    title = forms.CharField(max_length=200)
    basis = LongTextField(label=_("Facts and basis for filing"))
    approved_by = forms.CharField(label=_("Opening approved by"), max_length=60)
    handler = forms.IntegerField()
    custodian = forms.IntegerField()
    receiver = forms.IntegerField(required=False)
    leaders = forms.IntegerField(required=False)


@register
class OpenCase(Act):
    """Open a case from a clue (立案; 监督执纪工作规则 Art. 39)."""

    code = "case.open"
    label = _("Open a case")
    kind = "case"
    leads_to = lifecycle.FILED
    by = (*(Capacity(role=role) for role in (*OPENERS, "case_supervision")), Capacity(ranks=LEADERS))
    clauses = ("CZ-4.1",)
    asks = OpenForm
    hidden = True

    def do(self, deed: Deed) -> None:
        """File the case with the department that handled the clue."""
        data, organ = deed.data, deed.actor.organ
        body = organ.body or organ
        number = next_number(body.pk, "case", deed.happened_on.year)
        deed.matter.number = f"{body.number_prefix}立〔{deed.happened_on.year}〕{number}号"
        deed.matter.title = data["title"]
        deed.add(
            Case(
                matter=deed.matter,
                filed_on=deed.happened_on,
                basis=data["basis"],
                approved_by=data["approved_by"],
            ),
            Link(source=deed.matter, target_id=data["clue"], kind=LinkKind.CASE),
        )
        deed.name_party(PartyRole.HANDLER, data["handler"], officer_id=data["custodian"])
        deed.grant(data["handler"], Depth.FULL, "handles the case")
        others = {data["receiver"], data["leaders"], organ.pk} - {None, data["handler"]}
        for other in sorted(others):
            deed.grant(other, Depth.FULL, "supervises the case")
        deed.index(Depth.FULL, [deed.matter.title, data["basis"]], [deed.matter.number])


class NoteForm(ActForm):
    """A note on a case (办案记录)."""

    note = LongTextField(label=_("Note"))


@register
class NoteOnCase(Act):
    """Record a step of a case (记录进展)."""

    code = "case.note"
    label = _("Record a step")
    kind = "case"
    leads_from = frozenset({lifecycle.FILED})
    by = (Capacity(party=PartyRole.HANDLER),)
    asks = NoteForm

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Case:
        """Load the case."""
        return lifecycle.load(matter)

    def do(self, deed: Deed) -> None:
        """It stands in the timeline."""

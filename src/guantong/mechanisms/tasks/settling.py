"""What happens to a contested task (争议处理; CZ-1.2): it goes back up, and is settled there."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.mechanisms.tasks import lifecycle
from guantong.mechanisms.tasks.acts import TaskAct, new_day, require_all_parts_closed
from guantong.mechanisms.tasks.forms import ConfirmForm, ReasonForm, ReassignForm
from guantong.mechanisms.tasks.models import Task

UNIFY = ("CZ-1.2",)


@register
class ContestTask(TaskAct):
    """Contest a task that is another's to do: it goes back up, with the reason (提出争议)."""

    code = "task.contest"
    label = gettext_lazy("Contest the task")
    leads_from = frozenset({lifecycle.GIVEN, lifecycle.HANDLING})
    leads_to = lifecycle.CONTESTED
    clauses = UNIFY
    asks = ReasonForm

    def awaits(self, matter: Matter, detail: Task) -> str:
        """What an organ gave to itself has nobody above who could settle it."""
        return _("Your organ gave this task to itself.") if detail.led else ""

    def do(self, deed: Deed) -> None:
        """Who gave it settles it; what is divided further below is settled there first."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("Withdraw it, or divide it among others."))
        if deed.happened_on > deed.detail.due_on:
            reason = _("It was to be done by %(day)s; whose it is was to be settled before.")
            remedy = _("Report how far it is, or ask for an extension.")
            raise refuse("", reason % {"day": deed.detail.due_on}, remedy)
        require_all_parts_closed(deed)
        deed.change(deed.detail, contested=deed.data["reason"])


@register
class ReassignTask(TaskAct):
    """Give a contested task to another organ (改派)."""

    code = "task.reassign"
    label = gettext_lazy("Give it to another organ")
    leads_from = frozenset({lifecycle.CONTESTED})
    leads_to = lifecycle.GIVEN
    by = (Capacity(party=PartyRole.SENDER),)
    clauses = UNIFY
    asks = ReassignForm
    template = "web/act_naming_organs.html"

    def do(self, deed: Deed) -> None:
        """Its duties pass on; who contested it sees it no longer."""
        holder, before = deed.data["holder"], deed.organ_of(PartyRole.HANDLER)
        giver = deed.organ_of(PartyRole.SENDER)
        if holder.pk == before:
            reason = _("This organ holds the task already.")
            raise refuse("holder", reason, _("Choose another, or confirm that it is for this one."))
        led = holder.pk == giver
        deed.name_party(PartyRole.HANDLER, holder.pk, reason=deed.data["reason"])
        if before is not None:
            deed.withdraw(before)
        if not led:
            deed.grant(holder.pk, Depth.FULL, "holds the task")
        accepted_on = deed.happened_on if led else None
        values = {"accepted_on": accepted_on, "extension_until": None, "led": led}
        if led:
            deed.state = lifecycle.HANDLING
        deed.change(deed.detail, contested="", due_on=new_day(deed), **values)
        deed.facts.update(lifecycle.facts(deed.detail))


@register
class ConfirmTask(TaskAct):
    """Confirm that a contested task is for the organ that has it (维持分工)."""

    code = "task.confirm"
    label = gettext_lazy("Confirm who does it")
    leads_from = frozenset({lifecycle.CONTESTED})
    leads_to = lifecycle.HANDLING
    by = lifecycle.BY_GIVER
    clauses = UNIFY
    asks = ConfirmForm

    def do(self, deed: Deed) -> None:
        """It is to be done from this day on."""
        deed.change(deed.detail, contested="", accepted_on=deed.happened_on, due_on=new_day(deed))
        deed.facts.update(lifecycle.facts(deed.detail))

"""Key supervision: a leader's mark, his instruction, the interval of progress (重点督办; CZ-4.3)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import ClueAct, lay_before_leaders
from guantong.mechanisms.clues.forms import DeclineForm, SuperviseForm
from guantong.mechanisms.clues.models import Clue, Instruction, Supervision

SUPERVISED_IN = lifecycle.WITH_CASE_SUPERVISION | lifecycle.WITH_HANDLER - {lifecycle.CONCLUDED}


@register
class Supervise(ClueAct):
    """Put a clue under key supervision with a written instruction (重点督办、批示)."""

    code = "clue.supervise"
    label = gettext_lazy("Key supervision with an instruction")
    leads_from = SUPERVISED_IN
    by = lifecycle.BY_LEADER
    clauses = ("CZ-4.3",)
    asks = SuperviseForm

    def do(self, deed: Deed) -> None:
        """Keep the instruction; progress is owed at the interval from now on."""
        data = deed.data
        instruction = Instruction(
            matter=deed.matter,
            leader=data.get("signer") or deed.actor.officer.name,
            text=data["instruction"],
            given_on=deed.happened_on,
        )
        deed.add(instruction)
        deed.items = {instruction.pk}
        self._mark(deed)
        lay_before_leaders(deed)

    def _mark(self, deed: Deed) -> None:
        data = deed.data
        names = ("interval", "interval_unit") if data["interval"] else ()
        own = {name: data[name] for name in names}
        found = lifecycle.supervision_of(deed.detail)
        if found is None:
            found = Supervision(matter=deed.matter, since=deed.happened_on, **own)
            deed.add(found)
        else:
            again = {} if found.lifted_on is None else {"since": deed.happened_on}
            deed.change(found, lifted_on=None, lifted_reason="", **own, **again)
        deed.put_first(True)
        deed.facts.update(supervised=True, progress_interval=lifecycle.interval_of(found))


@register
class LiftSupervision(ClueAct):
    """End key supervision, with a reason (解除督办)."""

    code = "clue.lift_supervision"
    label = gettext_lazy("Lift the key supervision")
    leads_from = SUPERVISED_IN
    by = lifecycle.BY_LEADER
    clauses = ("CZ-4.3",)
    asks = DeclineForm

    def awaits(self, matter: Matter, detail: Clue) -> str:
        """Nothing is lifted that does not stand."""
        return "" if lifecycle.is_supervised(detail) else _("The clue is not under key supervision.")

    def do(self, deed: Deed) -> None:
        """No progress is owed at intervals any more; instructions given are still to be answered."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("See the timeline."))
        found = lifecycle.supervision_of(deed.detail)
        assert found is not None  # noqa: S101 - `awaits` has said so
        deed.change(found, lifted_on=deed.happened_on, lifted_reason=deed.data["reason"])
        deed.put_first(False)
        deed.facts["supervised"] = False

"""What becomes of decisions: owed, reported, struck off, or no longer pursued (议定事项落实)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Deed
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth
from guantong.mechanisms.meetings import lifecycle
from guantong.mechanisms.meetings.acts.deciding import DecisionAct
from guantong.mechanisms.meetings.acts.inviting import letter_parties
from guantong.mechanisms.meetings.forms import OfDecisionForm, ReleaseForm, ReportForm
from guantong.mechanisms.meetings.models import Decision, DecisionState

ALIVE = frozenset({DecisionState.OPEN, DecisionState.REPORTED})


@register
class Charge(DecisionAct):
    """What was decided is owed by its owner, by the day the meeting gave (交办议定事项)."""

    code = "meeting.charge"
    label = gettext_lazy("To be carried out")
    leads_from = lifecycle.AFTER
    asks = OfDecisionForm
    hidden = True

    def do(self, deed: Deed) -> None:
        """The owner sees the meeting's outline and what he owes, no paper."""
        row: Decision = deed.detail.row
        deed.items = {row.pk}
        letter_parties(deed, row.owner_id)
        deed.facts["decided_until"] = row.due_on
        deed.change(row, charged=True)
        if row.owner_id:
            deed.grant(row.owner_id, Depth.FEEDBACK, "carries out a decision")
        deed.data["decision"] = str(row.number)


@register
class Report(DecisionAct):
    """The owner reports what was done; the convener records what came on paper (报告落实情况)."""

    code = "meeting.report"
    label = gettext_lazy("Report what was done")
    leads_from = lifecycle.AFTER
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK
    asks = ReportForm

    def open_to(self, row: Decision) -> bool:
        """Return whether it is owed and not ended."""
        return row.charged and row.state in ALIVE

    def owner(self, row: Decision) -> int | None:
        """Return whose it is."""
        return row.owner_id

    def do(self, deed: Deed) -> None:
        """Keep the report with the decision, for those who may read that."""
        row: Decision = deed.detail.row
        deed.items = {row.pk}
        deed.change(
            row, state=DecisionState.REPORTED, report=deed.data["report"], reported_on=deed.happened_on
        )
        deed.data.update(decision=str(row.number), report="")


@register
class Settle(DecisionAct):
    """Strike a decision off as done (销号)."""

    code = "meeting.settle"
    label = gettext_lazy("Strike off as done")
    leads_from = lifecycle.AFTER
    asks = OfDecisionForm

    def open_to(self, row: Decision) -> bool:
        """Return whether it is owed and not ended."""
        return row.charged and row.state in ALIVE

    def do(self, deed: Deed) -> None:
        """It is done."""
        row: Decision = deed.detail.row
        deed.items = {row.pk}
        deed.change(row, state=DecisionState.SETTLED, ended_on=deed.happened_on)
        deed.data["decision"] = str(row.number)


@register
class Release(Settle):
    """Pursue a decision no longer, with the reason (不再落实)."""

    code = "meeting.release"
    label = gettext_lazy("Pursue it no longer")
    asks = ReleaseForm

    def do(self, deed: Deed) -> None:
        """What was owed is owed no longer."""
        row: Decision = deed.detail.row
        deed.items = {row.pk}
        deed.change(row, state=DecisionState.RELEASED, ended_on=deed.happened_on)
        deed.data["decision"] = str(row.number)

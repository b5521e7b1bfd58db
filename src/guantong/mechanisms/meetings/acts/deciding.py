"""Decisions as they are typed at the meeting (议定)."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Conflict, Deed, Fault, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.meetings import queries
from guantong.mechanisms.meetings.acts.base import RowAct, Subject
from guantong.mechanisms.meetings.acts.sitting import InSession
from guantong.mechanisms.meetings.forms import AmendForm, DecideForm, OfDecisionForm
from guantong.mechanisms.meetings.models import Decision, Item, ItemState

VALUES = ("text", "follows", "owner", "due_on")


def _owner(data: dict[str, Any]) -> str:
    """Return whose it is as the timeline says it: body and department."""
    return data["owner"].full_name if data["owner"] else ""


@register
class Decide(InSession):
    """Keep a decision: in words, what follows, whose it is, by when (议定一项)."""

    code = "meeting.decide"
    label = gettext_lazy("Type a decision")
    page = "meeting_sitting"
    asks = DecideForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the organs of the place, those invited first."""
        assert matter is not None  # noqa: S101 - the act is on a meeting
        return {"owners": queries.owners(matter)}

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose the day of the meeting."""
        return {"happened_on": detail.begun_on}

    def do(self, deed: Deed) -> None:
        """Number it within the meeting."""
        data, item = deed.data, None
        if data["item"]:
            agenda = Item.objects.filter(matter=deed.matter, state=ItemState.ACCEPTED)
            item = agenda.filter(pk=data["item"]).first()
            if item is None:
                reason = _("There is no such item on the agenda.")
                raise refuse("item", reason, _("Choose one of the agenda, or decide beside it."))
        last = Decision.objects.filter(matter=deed.matter).aggregate(last=Max("number"))["last"] or 0
        made = Decision(
            matter=deed.matter, item=item, number=last + 1, **{name: data[name] for name in VALUES}
        )
        deed.add(made)
        deed.content["decision"] = str(made.pk)
        deed.data.update(item=item.title if item else "", owner=_owner(data))


class DecisionAct(RowAct):
    """An act about one decision."""

    names = "decision"
    model = Decision

    def rows(self, matter: Matter) -> QuerySet[Any]:
        """The decisions that stand."""
        return Decision.objects.filter(matter=matter, struck=False).select_related("owner")


@register
class Amend(InSession, DecisionAct):
    """Word a decision otherwise while the meeting sits (修改议定事项)."""

    code = "meeting.amend"
    label = gettext_lazy("Word it otherwise")
    page = "meeting_sitting"
    asks = AmendForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Offer the organs of the place."""
        assert matter is not None  # noqa: S101 - the act is on a meeting
        return {"owners": queries.owners(matter)}

    def initial(self, actor: Actor, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Show it as it stands."""
        row: Decision = detail.row
        values = {name: getattr(row, name) for name in VALUES}
        return {**values, "decision": row.pk, "turn": row.turn, "happened_on": detail.meeting.begun_on}

    def do(self, deed: Deed) -> None:
        """Keep the new wording; who did not see the last one is told of it."""
        row, data = deed.detail.row, deed.data
        if data["turn"] is not None and data["turn"] != row.turn:
            said = _("Somebody has worded it otherwise since: %(text)s") % {"text": row.text}
            raise Conflict(Fault("text", said, _("Look at it; save again if it is to be otherwise.")))
        deed.change(row, turn=row.turn + 1, **{name: data[name] for name in VALUES})
        deed.data.update(decision=str(row.number), owner=_owner(data))


@register
class Strike(InSession, DecisionAct):
    """Strike a decision typed by mistake (删去议定事项)."""

    code = "meeting.strike"
    label = gettext_lazy("Strike it out")
    page = "meeting_sitting"
    asks = OfDecisionForm

    def do(self, deed: Deed) -> None:
        """It stands in the timeline only."""
        row: Decision = deed.detail.row
        deed.change(row, struck=True)
        deed.data["decision"] = str(row.number)

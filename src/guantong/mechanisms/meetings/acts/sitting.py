"""The meeting itself: who came, what became of the last one's decisions, its end (会议进行)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Deed, Fault, Refused, refuse
from guantong.kernel.acts.forms import ActForm
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.ids import new_id
from guantong.kernel.matters.models import LinkKind, Matter
from guantong.kernel.measures import engine
from guantong.mechanisms.meetings import lifecycle, queries
from guantong.mechanisms.meetings.acts.agenda import ItemAct
from guantong.mechanisms.meetings.acts.base import MeetingAct, RowAct, Subject
from guantong.mechanisms.meetings.acts.calling import open_papers, shut_papers
from guantong.mechanisms.meetings.acts.inviting import InviteeAct
from guantong.mechanisms.meetings.forms import AttendanceForm, BeginForm, FollowUpForm, OutcomeForm
from guantong.mechanisms.meetings.models import (
    Attendance,
    Decision,
    Follows,
    FollowUp,
    Invitee,
    Item,
    ItemState,
    Meeting,
    Outcome,
)

NAMED_AT_MOST = 5
CHARGE, TASK = "meeting.charge", "task.give"


@register
class BeginMeeting(MeetingAct):
    """Begin: what the last meeting decided is looked up as it stands now (会议开始)."""

    code = "meeting.begin"
    label = gettext_lazy("Begin the meeting")
    leads_from = lifecycle.BEFORE
    leads_to = lifecycle.SITTING
    asks = BeginForm

    def initial(self, actor: Actor, matter: Matter | None, detail: Meeting) -> dict[str, Any]:
        """Propose the day it was called for, or today where that is still to come."""
        today = clock.today()
        return {"happened_on": min(detail.held_on or today, today)}

    def do(self, deed: Deed) -> None:
        """Keep day and chair."""
        meeting: Meeting = deed.detail
        deed.change(meeting, begun_on=deed.happened_on, held_on=deed.happened_on, chair=deed.data["chair"])
        queries.take_up(deed, meeting)


class InSession(MeetingAct):
    """An act done while the meeting sits: it happens on the day of the meeting."""

    leads_from = frozenset({lifecycle.SITTING})

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose the day of the meeting."""
        meeting = detail.meeting if isinstance(detail, Subject) else detail
        named = super().initial(actor, matter, detail)
        return {**named, "happened_on": meeting.begun_on}


@register
class RecordAttendance(InSession, InviteeAct):
    """Whether an organ came, by whom, or why not (到会登记)."""

    code = "meeting.attendance"
    label = gettext_lazy("Record the attendance")
    page = "meeting_sitting"
    asks = AttendanceForm

    def do(self, deed: Deed) -> None:
        """Who was there goes on reading the papers; who was not reads them no longer."""
        invitee, data = deed.detail.row, deed.data
        absent = data["attendance"] == Attendance.ABSENT
        if absent:
            shut_papers(deed, invitee)
        elif invitee.attendance == Attendance.ABSENT:
            open_papers(deed, invitee)
        deed.items = {invitee.pk}
        deed.change(
            invitee, attendance=data["attendance"], came="" if absent else data["came"] or invitee.attends,
            why_absent=data["why_absent"] if absent else "",
        )  # fmt: skip
        deed.data["invitee"] = invitee.name


@register
class ReviewFollowUp(InSession, RowAct):
    """Say what becomes of what the last meeting decided; it is told to that meeting (逐项核查)."""

    code = "meeting.review"
    label = gettext_lazy("Go through an earlier decision")
    page = "meeting_sitting"
    names = "follow_up"
    model = FollowUp
    asks = FollowUpForm

    def do(self, deed: Deed) -> None:
        """Keep the outcome; what is done or dropped ends where it was decided."""
        row, data = deed.detail.row, deed.data
        deed.change(row, outcome=data["outcome"], note=data["note"])
        told = {
            "decision": str(row.decision),
            "happened_on": deed.happened_on.isoformat(),
            "reason": data["note"] or deed.matter.title,
        }
        code = {"settled": "meeting.settle", "released": "meeting.release"}.get(data["outcome"])
        owed = Decision.objects.filter(pk=row.decision, charged=True, state__in=queries.ALIVE)
        if code and owed.exists():
            deed.follow.append((code, row.meeting_id, told))
            deed.change(row, state=data["outcome"])
        deed.data["follow_up"] = row.text[:100]


@register
class HearItem(InSession, ItemAct):
    """An item on which nothing is decided: heard, or put off (听取、缓议)."""

    code = "meeting.hear"
    label = gettext_lazy("Nothing is decided on it")
    page = "meeting_sitting"
    leads_from = frozenset({lifecycle.SITTING})
    row_states = ("state", frozenset({ItemState.ACCEPTED}))
    asks = OutcomeForm

    def do(self, deed: Deed) -> None:
        """Keep what became of it."""
        item: Item = deed.detail.row
        deed.change(item, outcome=deed.data["outcome"])
        deed.data["item"] = item.title


@register
class Adjourn(InSession):
    """Close the meeting: nobody's attendance and no item is left open; what was decided is owed (散会)."""

    code = "meeting.adjourn"
    label = gettext_lazy("Close the meeting")
    leads_to = lifecycle.HELD
    asks = ActForm
    grave = True

    def do(self, deed: Deed) -> None:
        """Refuse while something is open, and name it; then let each decision follow its way."""
        meeting: Meeting = deed.detail
        if meeting.begun_on and deed.happened_on < meeting.begun_on:
            reason = _("The meeting began on %(day)s.") % {"day": meeting.begun_on}
            raise refuse("happened_on", reason, _("Give that day or a later one."))
        decisions = list(Decision.objects.filter(matter=deed.matter, struck=False))
        _require_attendance(deed)
        _require_outcomes(deed, decisions)
        for one in decisions:
            if one.follows == Follows.TASK:
                charge(deed, one)


def charge(deed: Deed, decision: Decision) -> None:
    """Let what was decided be owed, once this is done (议定事项交办).

    It is owed on the meeting itself where a rule says so of meetings like this; it becomes a task where a
    clause on meetings names `task.give` among its acts. Where none says anything, it stands in the minutes.
    """
    day, force = deed.happened_on.isoformat(), engine.rules_on(deed.matter.jurisdiction_id, deed.happened_on)
    if force.rules.opened_by(CHARGE, deed.facts).rules:
        told = {"decision": str(decision.pk), "happened_on": day}
        deed.follow.append((CHARGE, deed.matter.pk, told))
        return
    if not any(TASK in one.acts and one.id in lifecycle.CLAUSES for one in force.clauses):
        return
    task = new_id()
    if decision._state.adding:
        decision.task = task
    else:
        deed.change(decision, task=task)
    given = {
        "title": decision.text[:100], "text": decision.text, "holder": str(decision.owner_id),
        "due_on": decision.due_on.isoformat() if decision.due_on else "", "origin": str(deed.matter.pk),
        "link": LinkKind.DECIDED.value, "happened_on": day,
    }  # fmt: skip
    deed.follow.append((TASK, task, given))


def _require_attendance(deed: Deed) -> None:
    left = Invitee.objects.filter(matter=deed.matter, left_out=False, attendance="")
    names = list(left.values_list("name", flat=True))
    if names:
        raise _left(_("The attendance of %(count)s organs is not recorded: %(named)s."), names,
                    _("Record who came, who sent a deputy, who was absent and why."))  # fmt: skip


def _require_outcomes(deed: Deed, decisions: list[Decision]) -> None:
    decided = {one.item_id for one in decisions}
    open_ones = []
    for item in Item.objects.filter(matter=deed.matter, state=ItemState.ACCEPTED):
        if item.pk in decided:
            if item.outcome != Outcome.DECIDED:
                deed.change(item, outcome=Outcome.DECIDED)
        elif not item.outcome:
            open_ones.append(item.title)
    if open_ones:
        raise _left(_("Nothing stands yet on %(count)s items: %(named)s."), open_ones,
                    _("Type what was decided, or that it was heard or put off."))  # fmt: skip


def _left(said: str, names: list[str], remedy: str) -> Refused:
    more = _(" and %(more)s more") % {"more": len(names) - NAMED_AT_MOST}
    named = _(", ").join(names[:NAMED_AT_MOST]) + (more if len(names) > NAMED_AT_MOST else "")
    return Refused(Fault("", said % {"count": len(names), "named": named}, remedy))

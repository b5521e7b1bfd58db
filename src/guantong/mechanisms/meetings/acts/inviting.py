"""Who is invited, and what they answer (邀请与回执)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.models import Organ, Post
from guantong.mechanisms.meetings import lifecycle, queries
from guantong.mechanisms.meetings.acts.base import MeetingAct, RowAct, Subject, Told
from guantong.mechanisms.meetings.acts.calling import open_papers, shut_papers
from guantong.mechanisms.meetings.forms import (
    InviteForm,
    LeaveOutForm,
    MinutesReceivedForm,
    OfInviteeForm,
    ReplyForm,
)
from guantong.mechanisms.meetings.models import Invitee, Meeting, Reply


class InviteeAct(RowAct):
    """An act about one of those invited."""

    names = "invitee"
    model = Invitee

    def rows(self, matter: Matter) -> QuerySet[Any]:
        """Those still invited."""
        return Invitee.objects.filter(matter=matter, left_out=False).select_related("organ")


class OfOwn(Told, InviteeAct):
    """An act of an organ invited, which the convener records where it came otherwise."""

    def owner(self, row: Invitee) -> int | None:
        """Return the organ invited."""
        return row.organ_id


def letter_parties(deed: Deed, organ_id: int | None) -> None:
    """Let rules say party:addressee of the one of many whom this is about (个别责任)."""
    deed.letter_parties = {PartyRole.ADDRESSEE: organ_id}


@register
class Invite(MeetingAct):
    """Invite one more, who has no seat on the body (邀请列席)."""

    code = "meeting.invite"
    label = gettext_lazy("Invite another organ")
    leads_from = lifecycle.BEFORE
    asks = InviteForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Meeting) -> dict[str, Any]:
        """Offer the organs of the place that are not invited yet."""
        assert matter is not None  # noqa: S101 - the act is on a meeting
        return {"organs": queries.others(matter)}

    def do(self, deed: Deed) -> None:
        """Put it on the list; where the notice has gone out it is told at once."""
        data = deed.data
        organ: Organ | None = data["organ"]
        name = organ.full_name if organ else data["name"]
        made = Invitee(matter=deed.matter, organ=organ, name=name, member=False, reason=data["reason"])
        deed.add(made)
        deed.data["name"] = name
        if deed.matter.state == lifecycle.NOTIFIED:
            notify(deed, made)


def notify(deed: Deed, invitee: Invitee) -> None:
    """Let an invited organ be told, once this is done."""
    told = {"invitee": str(invitee.pk), "happened_on": deed.happened_on.isoformat()}
    deed.follow.append((Notify.code, deed.matter.pk, told))


@register
class Notify(InviteeAct):
    """An organ is told of the meeting with the notice, and owes its answer (送达会议通知)."""

    code = "meeting.notify"
    label = gettext_lazy("Invited with the notice")
    leads_from = frozenset({lifecycle.NOTIFIED})
    asks = OfInviteeForm
    hidden = True

    def do(self, deed: Deed) -> None:
        """It sees day, place and agenda from now on, and its duty names it."""
        invitee: Invitee = deed.detail.row
        deed.change(invitee, notified_on=deed.happened_on)
        deed.items = {invitee.pk}
        letter_parties(deed, invitee.organ_id)
        deed.data["invitee"] = invitee.name
        if invitee.organ_id:
            deed.grant(invitee.organ_id, Depth.FEEDBACK, "invited")


@register
class LeaveOut(InviteeAct):
    """Invite an organ no longer (取消邀请)."""

    code = "meeting.leave_out"
    label = gettext_lazy("Invite no longer")
    leads_from = lifecycle.BEFORE
    asks = LeaveOutForm

    def do(self, deed: Deed) -> None:
        """Its sight ends, and so does what it owes."""
        invitee: Invitee = deed.detail.row
        deed.items = {invitee.pk}
        deed.data["invitee"] = invitee.name
        for principal in (invitee.organ_id, invitee.reads_id, invitee.officer_id and -invitee.officer_id):
            if principal and principal != deed.organ_of(PartyRole.CONVENER):
                deed.withdraw(principal)
        deed.change(invitee, left_out=True)


@register
class ReplyToNotice(OfOwn):
    """Answer the notice: who attends, a deputy, or why not (会议回执); also recorded by the convener."""

    code = "meeting.reply"
    label = gettext_lazy("Answer the notice")
    leads_from = frozenset({lifecycle.NOTIFIED, lifecycle.SITTING})
    asks = ReplyForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Offer the posts of the organ invited and of its departments."""
        today, organ = clock.today(), detail.row.organ_id or 0
        held = Post.objects.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
        own = held.filter(Q(organ=organ) | Q(organ__body=organ)).select_related("officer")
        return {"posts": own.order_by("organ", "id")}

    def initial(self, actor: Actor, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Show what was answered before."""
        row: Invitee = detail.row
        return {"invitee": row.pk, "reply": row.reply, "attends": row.attends, "why_away": row.why_away}

    def do(self, deed: Deed) -> None:
        """Who attends reads the papers from now on, with the department that answered."""
        invitee, data = deed.detail.row, deed.data
        post: Post | None = data["post"]
        shut_papers(deed, invitee)
        away = data["reply"] == Reply.AWAY
        attends = "" if away else data["attends"] or (f"{post.officer.name}（{post.title}）" if post else "")
        deed.change(
            invitee, reply=data["reply"], replied_on=deed.happened_on, attends=attends,
            why_away=data["why_away"] if away else "",
            reads_id=None if away else _department(deed, invitee, post),
            officer_id=post.officer_id if post and not away else None,
        )  # fmt: skip
        if not away:
            open_papers(deed, invitee)
        deed.items = {invitee.pk}
        deed.data.update(invitee=invitee.name, post="", attends="", why_away="")


def _department(deed: Deed, invitee: Invitee, post: Post | None) -> int | None:
    """Return the department that is to read: the one that answers; the attendant's where it is recorded."""
    own = (deed.actor.organ.pk, deed.actor.body_id)
    if invitee.organ_id in own:
        return deed.actor.organ.pk
    return post.organ_id if post else None


@register
class SignForMinutes(OfOwn):
    """An organ signs for the minutes; the convener records the slip that came back (签收会议纪要)."""

    code = "meeting.sign_for_minutes"
    label = gettext_lazy("Sign for the minutes")
    leads_from = frozenset({lifecycle.CLOSED})
    asks = MinutesReceivedForm

    def open_to(self, row: Invitee) -> bool:
        """Return whether they were sent to it and are not signed for."""
        return row.minutes_sent_on is not None and row.minutes_received_on is None

    def initial(self, actor: Actor, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Propose the actor where his organ signs."""
        own = detail.row.organ_id in (actor.organ.pk, actor.body_id)
        return {"invitee": detail.row.pk, "received_by": actor.officer.name if own else ""}

    def do(self, deed: Deed) -> None:
        """Keep day and name."""
        invitee: Invitee = deed.detail.row
        if deed.happened_on < invitee.minutes_sent_on:  # type: ignore[operator]
            reason = _("They were sent on %(day)s.") % {"day": invitee.minutes_sent_on}
            raise refuse("happened_on", reason, _("Give the day on which they came."))
        deed.items = {invitee.pk}
        deed.change(
            invitee, minutes_received_on=deed.happened_on, minutes_received_by=deed.data["received_by"]
        )
        deed.data.update(invitee=invitee.name)

"""Calling, postponing and calling off a meeting (召集、延期、取消)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import Body, Organ
from guantong.mechanisms.meetings import lifecycle, queries
from guantong.mechanisms.meetings.acts.base import MeetingAct
from guantong.mechanisms.meetings.forms import AddForm, CallForm, PostponeForm, ReasonForm
from guantong.mechanisms.meetings.models import Invitee, Meeting

SERIES = "会议"
DAY = ("held_on", "starts_at", "place")


def invite(deed: Deed, organs: list[Organ], known: dict[int, Invitee]) -> None:
    """Put organs on the list of those invited, once each (列入参会单位)."""
    deed.add(*(Invitee(matter=deed.matter, organ=one, name=one.full_name) for one in organs
               if one.pk not in known))  # fmt: skip


def lay_before_leaders(deed: Deed) -> None:
    """Let the convener's leaders, who chair and sign, see the meeting."""
    place = deed.matter.jurisdiction_id
    leaders = engine.organ_bound("leadership", place, deed.happened_on, deed.actor.body_id)
    if leaders is not None:
        deed.name_party(PartyRole.APPROVER, leaders)
        deed.grant(leaders, Depth.FULL, "the convener's leaders")


def number(deed: Deed) -> None:
    """Give the meeting its number, once."""
    if not deed.matter.number:
        body, year = deed.actor.organ.body or deed.actor.organ, deed.happened_on.year
        serial = next_number(body.pk, "meeting", year)
        deed.matter.number = f"{body.number_prefix}{SERIES}〔{year}〕{serial}号"


@register
class AddMeeting(Act):
    """Call a meeting beyond those that come round (加开会议)."""

    code = "meeting.add"
    label = gettext_lazy("Call an additional meeting")
    kind = "meeting"
    leads_to = lifecycle.CALLED
    by = tuple(Capacity(role=role) for role in lifecycle.OFFICES)
    clauses = lifecycle.CLAUSES
    asks = AddForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the bodies whose office the actor's organ keeps."""
        today = Q(until__isnull=True)
        own = Body.objects.filter(today, office__in=(actor.organ.pk, actor.body_id))
        return {"bodies": own.order_by("name")}

    def do(self, deed: Deed) -> None:
        """Make it, with the members of the body invited and what the last one decided at its head."""
        data, body = deed.data, deed.data["body"]
        deed.matter.title = f"{body.name}（{data['held_on']}加开）"
        meeting = Meeting(
            matter=deed.matter, kind=body.kind, body=body, company=body.company, reply_by=data["reply_by"],
            subject=data["subject"], **{name: data[name] for name in DAY},
        )  # fmt: skip
        number(deed)
        deed.name_party(PartyRole.CONVENER, deed.actor.organ.pk)
        deed.grant(deed.actor.organ.pk, Depth.FULL, "convenes the meeting")
        lay_before_leaders(deed)
        deed.add(meeting)
        deed.facts.update(lifecycle.facts(meeting))
        invite(deed, list(queries.seats(body, deed.actor, data["held_on"])), {})
        queries.take_up(deed, meeting)
        deed.index(Depth.FEEDBACK, [deed.matter.title, meeting.subject], [deed.matter.number])


@register
class CallMeeting(MeetingAct):
    """Call the meeting of the period: day, place, members (召集会议)."""

    code = "meeting.call"
    label = gettext_lazy("Call the meeting")
    leads_from = frozenset({lifecycle.DUE})
    leads_to = lifecycle.CALLED
    asks = CallForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Meeting) -> dict[str, Any]:
        """Offer those who have a seat on the body."""
        return {"seats": queries.seats(detail.body, actor) if detail.body else Organ.objects.none()}

    def initial(self, actor: Actor, matter: Matter | None, detail: Meeting) -> dict[str, Any]:
        """Propose all members."""
        return {"members": [one.pk for one in queries.seats(detail.body, actor)] if detail.body else []}

    def do(self, deed: Deed) -> None:
        """Keep day and place, invite, and put what the last meeting decided at the head of the agenda."""
        data, meeting = deed.data, deed.detail
        number(deed)
        values = {name: data[name] for name in DAY}
        deed.change(meeting, reply_by=data["reply_by"], subject=data["subject"], **values)
        deed.facts.update(lifecycle.facts(meeting))
        invite(deed, list(data["members"]), queries.invited(deed.matter))
        lay_before_leaders(deed)
        queries.take_up(deed, meeting)
        deed.index(Depth.FEEDBACK, [deed.matter.title, meeting.subject], [deed.matter.number])


@register
class PostponeMeeting(MeetingAct):
    """Another day or place (延期、改地点); those invited read of it."""

    code = "meeting.postpone"
    label = gettext_lazy("Postpone the meeting")
    leads_from = lifecycle.BEFORE
    asks = PostponeForm
    shown_at = Depth.FEEDBACK

    def initial(self, actor: Actor, matter: Matter | None, detail: Meeting) -> dict[str, Any]:
        """Show the day and place as they are."""
        return {name: getattr(detail, name) for name in DAY}

    def do(self, deed: Deed) -> None:
        """Keep the new day."""
        deed.change(deed.detail, **{name: deed.data[name] for name in DAY})
        deed.facts.update(lifecycle.facts(deed.detail))


def open_papers(deed: Deed, invitee: Invitee) -> None:
    """Let department and officer who are to attend read the papers (材料知悉); who is absent, no longer."""
    for principal in readers(invitee):
        deed.grant(principal, Depth.FULL, "attends the meeting")


def readers(invitee: Invitee) -> list[int]:
    """Return the principals to whom an organ's answer has opened the papers."""
    officer = -invitee.officer_id if invitee.officer_id else None
    return [one for one in (invitee.reads_id, officer) if one]


@register
class CallOffMeeting(MeetingAct):
    """Call a meeting off (取消会议); one of the period is still to be held."""

    code = "meeting.call_off"
    label = gettext_lazy("Call the meeting off")
    leads_from = lifecycle.BEFORE
    asks = ReasonForm
    shown_at = Depth.FEEDBACK
    grave = True

    def do(self, deed: Deed) -> None:
        """An additional one ends; that of the period is to be called anew, and the answers are void."""
        meeting: Meeting = deed.detail
        if meeting.begins_on is None:
            deed.state = lifecycle.CALLED_OFF
        else:
            deed.state = lifecycle.DUE
            deed.change(meeting, held_on=None, starts_at="", place="", reply_by=None)
        for one in queries.invited(deed.matter).values():
            if one.reply:
                shut_papers(deed, one)
                deed.change(one, reply="", replied_on=None, attends="", why_away="", reads=None, officer=None)


def shut_papers(deed: Deed, invitee: Invitee) -> None:
    """Let an organ that does not attend read notice and minutes only (收回材料知悉)."""
    for principal in readers(invitee):
        deed.withdraw(principal)
    if invitee.organ_id and invitee.notified_on:
        deed.grant(invitee.organ_id, Depth.FEEDBACK, "invited")

"""Papers of meetings (会议文书): the notice, the minutes, a letter on what was decided."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.papers.compose import day_text, letter_of
from guantong.kernel.papers.kinds import PaperKind, Proposal, register
from guantong.kernel.papers.letter import Column, Letter, Table
from guantong.kernel.papers.models import Paper
from guantong.kernel.papers.outline import chinese_number
from guantong.mechanisms.meetings import lifecycle, queries
from guantong.mechanisms.meetings.acts.inviting import notify
from guantong.mechanisms.meetings.models import (
    Attendance,
    Decision,
    DecisionState,
    Follows,
    FollowUp,
    Invitee,
    Item,
    ItemState,
    Outcome,
)

SIGNERS = (
    *lifecycle.BY_LEADER,
    *lifecycle.BY_HEAD,
    Capacity(party=PartyRole.CONVENER, recorded=True),
)
CAME = {
    Attendance.PRESENT: "到会",
    Attendance.DEPUTY: "委托到会",
    Attendance.ABSENT: "请假",
}
FOLLOWED = {
    DecisionState.OPEN: "尚未落实",
    DecisionState.REPORTED: "已报告落实",
    DecisionState.SETTLED: "已落实，予以销号",
    DecisionState.RELEASED: "不再落实",
}


def _to_leaders(deed: Deed, paper: Paper) -> None:
    """Let the leaders see the meeting whose paper they are to sign."""
    place = deed.matter.jurisdiction_id
    leaders = engine.organ_bound("leadership", place, deed.happened_on, deed.actor.body_id)
    if leaders is not None:
        deed.grant(leaders, Depth.FULL, "the convener's leaders")


def _named(invitees: list[Invitee]) -> str:
    return "，".join(one.name for one in invitees) or "各成员单位"


def _propose_notice(matter: Matter, actor: Actor) -> Proposal:
    meeting = lifecycle.load(matter)
    invitees = list(queries.invited(matter).values())
    items = Item.objects.filter(matter=matter, state=ItemState.ACCEPTED).order_by("position")
    lines = [f"{place}．{one.title}" for place, one in enumerate(items, start=1)]
    if FollowUp.objects.filter(matter=matter).exists():
        lines.insert(0, "听取上次会议议定事项落实情况")
    about = f"，研究{meeting.subject}" if meeting.subject else ""
    text = [
        f"定于{day_text(meeting.held_on)}{meeting.starts_at}在{meeting.place}召开{_called(matter)}{about}。"
        "现将有关事项通知如下。",
        "一、会议议题",
        *(lines or ["议题由各参会单位申报后确定。"]),
        "二、参会单位",
        f"{_named(invitees)}。",
        "三、有关要求",
        f"请于{day_text(meeting.reply_by)}前反馈参会人员名单；需提请会议研究的事项，请一并申报议题并附材料。"
        "因故不能参会的，请说明原因并可委托有关负责同志参加。",
    ]
    return Proposal(
        title=f"关于召开{_called(matter)}的通知", addressee=_named(invitees)[:120], body="\n".join(text)
    )


def _called(matter: Matter) -> str:
    """Return the meeting's name without its period or day."""
    name = matter.title.partition("（")[0]
    return name if name.endswith("会议") else f"{name}会议"


def _notice_sent(deed: Deed, paper: Paper) -> None:
    """Those invited are told: each owes its answer, and sees day, place and agenda."""
    invitees = [one for one in queries.invited(deed.matter).values() if one.notified_on is None]
    if deed.matter.state not in lifecycle.BEFORE:
        raise refuse("", _("The meeting is over."), _("Void the notice."))
    if not queries.invited(deed.matter):
        raise refuse("", _("Nobody is invited."), _("Invite those who are to attend first."))
    deed.state = lifecycle.NOTIFIED
    for one in invitees:
        notify(deed, one)


NOTICE = register(
    PaperKind(
        code="meeting_notice",
        label=gettext_lazy("Notice of a meeting"),
        matter="meeting",
        series="会通",
        states=lifecycle.BEFORE,
        propose=_propose_notice,
        compose=lambda paper, matter: letter_of(paper),
        drafters=lifecycle.BY_CONVENER,
        checkers=lifecycle.BY_HEAD,
        signers=SIGNERS,
        sent_depth=Depth.FEEDBACK,
        checked=_to_leaders,
        dispatched=_notice_sent,
    )
)


def _propose_minutes(matter: Matter, actor: Actor) -> Proposal:
    meeting = lifecycle.load(matter)
    lines = [line for line in queries.agenda(matter) if line.item.state == ItemState.ACCEPTED]
    text = [
        f"{day_text(meeting.begun_on)}，{meeting.chair}在{meeting.place or '会议室'}主持召开"
        f"{_called(matter)}。现将会议议定事项纪要如下。"
    ]
    sections: list[tuple[str, list[str]]] = []
    follow_ups = list(FollowUp.objects.filter(matter=matter))
    if follow_ups:
        sections.append(("上次议定事项落实情况", [_followed(one) for one in follow_ups]))
    sections += [(line.item.title, _said(line)) for line in lines]
    beside = [one for one in queries.decisions(matter) if one.item_id is None]
    if beside:
        sections.append(("其他事项", [_decided(one) for one in beside]))
    for place, (title, body) in enumerate(sections, start=1):
        text += [f"{chinese_number(place)}、{title}", *body]
    invitees = list(queries.invited(matter).values())
    return Proposal(
        title=f"{_called(matter)}纪要",
        addressee=_named(invitees)[:120],
        body="\n".join(text),
        facts=("held_on",),
    )


def _followed(one: FollowUp) -> str:
    due = f"（{day_text(one.due_on)}前）" if one.due_on else ""
    note = f"：{one.note}" if one.note else ""
    return (
        f"{one.owner}{due}：{one.text.rstrip('。')}。{FOLLOWED[DecisionState(one.state)]}{note}".rstrip("。")
        + "。"
    )


def _said(line: queries.ItemLine) -> list[str]:
    if line.decisions:
        return [_decided(one) for one in line.decisions]
    return ["会议决定缓议。" if line.item.outcome == Outcome.DEFERRED else "会议听取了有关情况汇报。"]


def _decided(one: Decision) -> str:
    text = one.text.rstrip("。")
    whose = f"由{one.owner.full_name}负责" if one.owner else ""
    until = f"，于{day_text(one.due_on)}前完成" if one.due_on else ""
    letter = "，由召集单位发函交办" if one.follows == Follows.LETTER else ""
    tail = f"{whose}{until}{letter}".lstrip("，")
    return f"{text}。{tail}。" if tail else f"{text}。"


def _compose_minutes(paper: Paper, matter: Matter) -> Letter:
    """Add who was there, as it was recorded."""
    rows = tuple(
        (
            one.name,
            CAME.get(Attendance(one.attendance), "") if one.attendance else "",
            one.came,
        )
        for one in queries.invited(matter).values()
    )
    table = Table(
        caption="出席情况",
        columns=(
            Column(title="单位", width=5),
            Column(title="到会情况", width=2, align="center"),
            Column(title="到会人员", width=3),
        ),
        rows=rows,
    )
    return letter_of(paper, further=(table,) if rows else ())


def _minutes_sent(deed: Deed, paper: Paper) -> None:
    """Those invited read the minutes, also who was absent; the meeting is closed."""
    if deed.matter.state != lifecycle.HELD:
        raise refuse("", _("The meeting is not over yet."), _("Close the meeting first."))
    deed.state = lifecycle.CLOSED
    sent = Invitee.objects.filter(matter=deed.matter, left_out=False)
    for one in sent:
        deed.change(one, minutes_sent_on=deed.happened_on)
        if one.organ_id:
            deed.grant(one.organ_id, Depth.FEEDBACK, "reads the minutes")


MINUTES = register(
    PaperKind(
        code="meeting_minutes",
        label=gettext_lazy("Minutes of a meeting"),
        matter="meeting",
        series="会纪",
        states=frozenset({lifecycle.SITTING, lifecycle.HELD}),
        propose=_propose_minutes,
        compose=_compose_minutes,
        drafters=lifecycle.BY_CONVENER,
        checkers=lifecycle.BY_HEAD,
        signers=SIGNERS,
        sent_depth=Depth.FEEDBACK,
        checked=_to_leaders,
        dispatched=_minutes_sent,
    )
)


def _next_letter(matter: Matter) -> Decision | None:
    return queries.decisions(matter).filter(follows=Follows.LETTER, paper__isnull=True).first()


def _propose_letter(matter: Matter, actor: Actor) -> Proposal:
    meeting, decision = lifecycle.load(matter), _next_letter(matter)
    owner = decision.owner if decision else None
    said = decision.text.rstrip("。") if decision else ""
    until = f"请于{day_text(decision.due_on)}前函复办理情况。\n" if decision and decision.due_on else ""
    return Proposal(
        title=f"关于落实{_called(matter)}议定事项的函",
        addressee=owner.full_name if owner else "",
        addressee_id=owner.pk if owner else None,
        body=(
            f"{day_text(meeting.begun_on)}召开的{_called(matter)}议定：{said}。\n"
            f"现函告你单位，请按会议要求抓好落实。\n{until}特此函告。"
        ),
        facts=("held_on",),
    )


def _letter_drafted(deed: Deed, paper: Paper) -> None:
    """Keep by which letter the decision goes."""
    decision = _next_letter(deed.matter)
    if decision is None:
        raise refuse("", _("No decision of this meeting waits for a letter."), _("See its decisions."))
    deed.change(decision, paper=paper)


def _letter_sent(deed: Deed, paper: Paper) -> None:
    """Whom it goes to reads it, and what it is about."""
    if paper.addressee_id:
        deed.grant(paper.addressee_id, Depth.FEEDBACK, "addressee of the letter")


def _letter_voided(deed: Deed, paper: Paper) -> None:
    """The decision waits for another letter."""
    for one in Decision.objects.filter(paper=paper):
        deed.change(one, paper=None)


LETTER = register(
    PaperKind(
        code="meeting_letter",
        label=gettext_lazy("Letter on a decision"),
        matter="meeting",
        series="会函",
        states=lifecycle.AFTER,
        propose=_propose_letter,
        compose=lambda paper, matter: letter_of(paper),
        drafters=lifecycle.BY_CONVENER,
        checkers=lifecycle.BY_HEAD,
        signers=SIGNERS,
        recipients=(Capacity(party=PartyRole.ADDRESSEE),),
        sent_depth=Depth.FEEDBACK,
        checked=_to_leaders,
        drafted=_letter_drafted,
        dispatched=_letter_sent,
        voided=_letter_voided,
    )
)

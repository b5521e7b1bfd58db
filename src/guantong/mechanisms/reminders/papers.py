"""The work reminder letter (工作提示函): who checks and signs it, what its sending brings about."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity, Deed, Refused, refuse
from guantong.kernel.duties.engine import due, role_in
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import HEADS, LEADERS
from guantong.kernel.papers.compose import day_text, letter_of
from guantong.kernel.papers.kinds import PaperKind, Proposal, register
from guantong.kernel.papers.letter import Block, Column, KeyValue, Letter, Pair, Paragraph, Table
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.reminders.drafting import DISPATCH, KIND
from guantong.mechanisms.reminders.lifecycle import moot
from guantong.mechanisms.reminders.models import Reminder, ReminderState

ISSUER = (Capacity(party=PartyRole.ISSUER),)
ISSUER_HEAD = (Capacity(party=PartyRole.ISSUER, ranks=HEADS),)
ISSUER_SIGNERS = (
    *ISSUER_HEAD,
    Capacity(body_of=PartyRole.ISSUER, ranks=LEADERS),
    Capacity(party=PartyRole.ISSUER, recorded=True),
)
ADDRESSEE = (Capacity(party=PartyRole.ADDRESSEE),)


def answer_by(matter: Matter, on: date) -> date | None:
    """Return the day by which a reminder signed on a day is to be answered; None where no rule says so."""
    rules = engine.rules_on(matter.jurisdiction_id, on).rules
    rule = next(iter(rules.opened_by(DISPATCH, {}).rules), None)
    try:
        return due(on, rule.period).due_on if rule else None
    except Refused:
        return None


def _propose(matter: Matter, actor: Actor) -> Proposal:
    return Proposal("", "", "")


def _compose(paper: Paper, matter: Matter) -> Letter:
    reminder = Reminder.objects.get(paper=paper)
    duty = Duty.objects.filter(pk=reminder.duty_id).first()
    on = paper.signed_on or clock.today()
    by = reminder.answer_by or answer_by(matter, on)
    blocks: list[Block] = [_facts(reminder, duty, on, by)] if duty else []
    return letter_of(paper, further=(*blocks, *_earlier(reminder)))


def _facts(reminder: Reminder, duty: Duty, on: date, by: date | None) -> Block:
    late = max(0, (on - reminder.lapsed_on).days)
    return KeyValue(
        columns=1,
        pairs=(
            Pair(label="起算日期", value=day_text(duty.starts_on)),
            Pair(label="应完成日期", value=day_text(reminder.lapsed_on)),
            Pair(label="截至签发逾期", value=f"{late}天"),
            Pair(label="提示次数", value=f"第{reminder.number}次"),
            Pair(label="答复期限", value=day_text(by) if by else "收到本函后尽快答复"),
        ),
    )


def _earlier(reminder: Reminder) -> tuple[Block, ...]:
    """Return the record of the reminders before this one, as they were sent (历次提示)."""
    sent = Reminder.objects.filter(
        duty=reminder.duty_id, lapsed_on=reminder.lapsed_on, number__lt=reminder.number, sent_on__isnull=False
    )
    rows = tuple(
        (f"第{one.number}次", one.paper.number, day_text(one.sent_on), one.answer or "未答复")
        for one in sent.select_related("paper").order_by("number")
    )
    if not rows:
        return ()
    columns = (
        Column(title="提示", width=2),
        Column(title="文号", width=4),
        Column(title="发出日期", width=3),
        Column(title="答复", width=6),
    )
    return (Paragraph(text="历次提示情况："), Table(columns=columns, rows=rows))


def _of(paper: Paper) -> Reminder:
    return Reminder.objects.get(paper=paper)


def _to_the_point(deed: Deed, reminder: Reminder) -> None:
    """Refuse to go on with a reminder of what is no longer late. Raises Refused."""
    duty = Duty.objects.filter(pk=reminder.duty_id).first()
    same = Reminder.objects.filter(duty=reminder.duty_id, lapsed_on=reminder.lapsed_on)
    why = moot(reminder, duty, max(same.values_list("number", flat=True)))
    if why:
        raise refuse("", why, _("Withdraw the draft; nothing needs to be sent."))


def _going_on(deed: Deed, paper: Paper) -> None:
    _to_the_point(deed, _of(paper))


def _signed(deed: Deed, paper: Paper) -> None:
    reminder = _of(paper)
    _to_the_point(deed, reminder)
    deed.change(reminder, answer_by=answer_by(deed.matter, deed.happened_on))


def _dispatched(deed: Deed, paper: Paper) -> None:
    """From now on the answer is owed by the addressee, who sees the letter as deep as it goes."""
    reminder = _of(paper)
    _to_the_point(deed, reminder)
    deed.items = {reminder.pk}
    deed.letter_parties = {
        PartyRole.ISSUER: reminder.issuer_id,
        PartyRole.ADDRESSEE: reminder.addressee_id,
    }
    deed.change(reminder, state=ReminderState.SENT, sent_on=deed.happened_on)
    if not role_in(deed.parties, reminder.addressee_id):
        deed.grant(reminder.addressee_id, Depth(reminder.depth), "work reminder letter")


def _voided(deed: Deed, paper: Paper) -> None:
    reason = deed.data["reason"]
    deed.change(_of(paper), state=ReminderState.WITHDRAWN, reason=reason)


REMINDER_LETTER = register(
    PaperKind(
        code=KIND,
        label=gettext_lazy("Work reminder letter"),
        matter="*",
        series="提示",
        states=frozenset(),
        propose=_propose,
        compose=_compose,
        drafters=ISSUER,
        checkers=ISSUER_HEAD,
        signers=ISSUER_SIGNERS,
        recipients=ADDRESSEE,
        sent_depth=None,
        checked=_going_on,
        signed=_signed,
        dispatched=_dispatched,
        voided=_voided,
    )
)

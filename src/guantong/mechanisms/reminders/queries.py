"""What pages and API read of reminders (提示函查询): one query a block, none a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Section
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.models import PaperState
from guantong.kernel.prepared import Given, Prepared
from guantong.mechanisms.reminders.lifecycle import latest_of, moot
from guantong.mechanisms.reminders.models import Reminder, ReminderState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CODES = ("reminder.answer", "reminder.withdraw")


@dataclass(frozen=True)
class Tab:
    """A group of reminders that wait for the same step (待办分组). `step`: the bulk act on them."""

    code: str
    label: str | _StrPromise
    condition: Q
    step: str = ""


def _unsent(state: str) -> Q:
    return Q(state=ReminderState.DRAFTED, paper__state=state)


TABS = (
    Tab("check", _("To be checked"), _unsent(PaperState.DRAFT), "check"),
    Tab("sign", _("To be signed"), _unsent(PaperState.CHECKED), "sign"),
    Tab("dispatch", _("To be dispatched"), _unsent(PaperState.SIGNED), "dispatch"),
    Tab("sent", _("Sent, to be answered"), Q(state=ReminderState.SENT)),
    Tab("answered", _("Answered"), Q(state=ReminderState.ANSWERED)),
    Tab("withdrawn", _("Withdrawn"), Q(state=ReminderState.WITHDRAWN)),
)
TAB = {tab.code: tab for tab in TABS}


@dataclass(frozen=True)
class Line:
    """A reminder as listed: with its duty where the reader sees it, and why it is moot."""

    reminder: Reminder
    duty: Duty | None
    moot: str
    offers: tuple[tuple[str, str], ...] = ()


def box(actor: Actor, side: str) -> QuerySet[Reminder]:
    """Return the reminders the actor's body issued, or those addressed to it (发出的、收到的提示函)."""
    of_body = Q(**{side: actor.body_id}) | Q(**{f"{side}__body": actor.body_id})
    found = Reminder.objects.filter(of_body)
    return found if side == "issuer" else found.exclude(state=ReminderState.DRAFTED)


def counts(actor: Actor, side: str) -> Counter[str]:
    """Count the reminders of each group, in one query."""
    found: Counter[str] = Counter()
    rows = box(actor, side).values_list("state", "paper__state")
    groups: dict[tuple[str, str], str] = {
        (ReminderState.DRAFTED, PaperState.DRAFT): "check",
        (ReminderState.DRAFTED, PaperState.CHECKED): "sign",
        (ReminderState.DRAFTED, PaperState.SIGNED): "dispatch",
    }
    for state, paper in rows:
        found[groups.get((state, paper), str(state))] += 1
    return found


def lines(actor: Actor, reminders: Iterable[Reminder]) -> list[Line]:
    """Return reminders with their duties, in two queries."""
    rows = list(reminders)
    duties = Duty.objects.in_bulk([row.duty_id for row in rows])
    same = Reminder.objects.filter(duty__in=[row.duty_id for row in rows])
    latest = latest_of(same.only("duty_id", "lapsed_on", "number")) if rows else {}
    made = []
    for row in rows:
        duty = duties.get(row.duty_id)
        why = ""
        if row.state == ReminderState.DRAFTED:
            why = moot(row, duty, latest.get((row.duty_id, row.lapsed_on), row.number))
        made.append(Line(row, duty, why, tuple(_offers(actor, row))))
    return made


def _offers(actor: Actor, reminder: Reminder) -> Iterable[tuple[str, str]]:
    """Give the acts on the reminder itself that the actor can do now: code and label."""
    for code in CODES:
        act: Any = registry.get(code)
        if reminder.state in act.from_states and entitling(act.entitled(None, reminder), actor, {}):
            yield code, str(act.label)


OF_MATTER = Prepared(
    lambda: Reminder.objects.filter(matter=Given("matter")).select_related(
        "paper", "issuer__body", "addressee__body"
    )
)


def section(actor: Actor, matter: Matter) -> dict[str, Any]:
    """Return the reminders of one matter for its page."""
    rows = OF_MATTER(matter=matter.pk)
    return {"lines": lines(actor, rows)} if rows else {}


kinds.add_section(Section("reminders/section.html", section))

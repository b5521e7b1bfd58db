"""What pages, acts and papers read of sessions (梳理调度查询), in numbers of queries that stay the same."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.act import Fault
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.mechanisms.sessions import lifecycle
from guantong.mechanisms.sessions.models import Decision, Form, Item, Session

ALIVE = (DutyState.OPEN, DutyState.PAUSED)
OLD_DAYS = 90
LOOKED_BACK = 2
DECIDED_UNTIL = "decided_until"


def open_items(session: Matter, actor: Actor, on: date) -> list[Item]:
    """Return all that lies open in the ledger of the actor's department, as items to be decided on."""
    seen = Visibility.objects.filter(
        principal__in=(actor.organ.pk, actor.body_id), kind=lifecycle.LEDGER, depth=Depth.FULL, is_open=True,
        listed_on__lte=on,
    )  # fmt: skip
    handler = Party.objects.filter(matter=OuterRef("matter"), role=PartyRole.HANDLER, until__isnull=True)
    rows = seen.annotate(handler=Subquery(handler.values("organ")[:1])).order_by("due_on", "matter")
    states: dict[uuid.UUID, str] = {}
    handlers: dict[uuid.UUID, int | None] = {}
    for about, state, organ in rows.values_list("matter", "state", "handler"):
        states[about], handlers[about] = state, organ
    read = kinds.get(lifecycle.LEDGER).digests
    assert read is not None  # noqa: S101 - the ledger's kind gives them
    digests = read(states)
    owed: dict[uuid.UUID, Duty] = {}
    for duty in Duty.objects.filter(matter__in=states, state__in=ALIVE).order_by("state", "due_on", "id"):
        owed.setdefault(duty.matter_id, duty)
    return [
        _item(session, about, state, digests[about], handlers[about], owed.get(about))
        for about, state in states.items()
    ]


def _item(
    session: Matter,
    about: uuid.UUID,
    state: str,
    digest: kinds.Digest,
    handler: int | None,
    duty: Duty | None,
) -> Item:
    item = Item(
        matter=session, about_id=about, state=state, since=digest.since, waits_for=digest.waits_for,
        handler_id=handler,
    )  # fmt: skip
    if duty is not None:
        item.owed, item.owed_en = duty.name, duty.name_en
        item.owed_by_id, item.owed_since, item.next_due = duty.holder_id, duty.starts_on, duty.due_on
        item.paused = duty.state == DutyState.PAUSED
    return item


@dataclass
class FollowUp:
    """What an earlier session decided on the same matter, and whether it was done (落实情况)."""

    item: Item
    session: str
    duty: Duty | None = None

    @property
    def undone(self) -> bool:
        """Whether what was to be done by a day is still owed."""
        return self.duty is not None and self.duty.state in ALIVE


@dataclass
class Line:
    """An item as the session's page shows it. `faults`: what is wrong with what is `typed`."""

    item: Item
    on: date
    state: str
    before: list[FollowUp] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def age(self) -> int:
        """How many days it had lain open when the session began."""
        return (self.on - self.item.since).days

    @property
    def late(self) -> bool:
        """Whether its next date had passed."""
        return not self.item.paused and self.item.next_due is not None and self.item.next_due < self.on

    @property
    def stuck(self) -> bool:
        """Whether something stands in its way: late, paused, nobody handles it, or old."""
        return self.late or self.item.paused or self.item.handler_id is None or self.age > OLD_DAYS


def lines(session: Session, only: uuid.UUID | None = None) -> list[Line]:
    """Return the items of a session within the reader's sight, with what earlier sessions decided on them."""
    found = Item.objects.filter(matter=session.matter_id).select_related(
        "about", "handler", "owed_by__body", "decided_by__officer"
    )
    if only is not None:
        found = found.filter(pk=only)
    kind, on = kinds.get(lifecycle.LEDGER), session.begun_on or session.matter.happened_on
    made = [Line(item, on, kind.state_label(Depth.FULL, item.state)) for item in found]
    before = follow_up(session, [line.item.about_id for line in made])
    for line in made:
        line.before = before.get(line.item.about_id, [])
    return made


def earlier(session: Session) -> list[Session]:
    """Return the last two sortings of the same department before this session, newest first."""
    held = Session.objects.filter(
        form=Form.SORTING, matter__organ=session.matter.organ_id, matter__state=lifecycle.HELD,
        begun_on__lte=session.begun_on or session.matter.happened_on,
    )  # fmt: skip
    return list(held.exclude(pk=session.pk).select_related("matter").order_by("-begun_on")[:LOOKED_BACK])


def follow_up(session: Session, about: list[uuid.UUID]) -> dict[uuid.UUID, list[FollowUp]]:
    """Return what the last two sortings decided on these matters, and what became of it."""
    sessions = {one.pk: one.matter.number for one in earlier(session)}
    if not sessions or not about:
        return {}
    items = Item.objects.filter(matter__in=sessions, about__in=about).exclude(decision="")
    duties = Duty.objects.filter(matter__in=about, start_fact=DECIDED_UNTIL).exclude(
        state=DutyState.CANCELLED
    )
    dated = {(duty.matter_id, duty.starts_on): duty for duty in duties.order_by("id")}
    found: dict[uuid.UUID, list[FollowUp]] = {}
    for item in items.order_by("-decided_on", "-id"):
        duty = dated.get((item.about_id, item.due_on)) if item.due_on else None
        found.setdefault(item.about_id, []).append(FollowUp(item, sessions[item.matter_id], duty))
    return found


def block(session: Session) -> dict[str, Any]:
    """Return what the session's block on the page of the matter shows, in one query."""
    items = Item.objects.filter(matter=session.matter_id)
    counted = items.aggregate(
        all=Count("id"),
        decided=Count("id", filter=~Q(decision="")),
        **{one.value: Count("id", filter=Q(decision=one.value)) for one in Decision},
    )
    by_decision = [(str(one.label), counted[one.value]) for one in Decision if counted[one.value]]
    return {"session": session, "counted": counted, "by_decision": by_decision}

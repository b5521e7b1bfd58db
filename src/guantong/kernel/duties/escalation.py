"""What follows when a duty is late (逾期处置): the steps its rule names, each taken once when its day comes.

Dated from the due date, so that it does not matter when the sweep comes by. What a step makes (a reminder
letter) is made by the mechanism that has registered for the step's act.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.duties import engine as duties
from guantong.kernel.duties.batches import (
    AT_MOST,
    Found,
    Noted,
    depth_of,
    in_batches,
    locked,
    said_of,
    sights_of,
)
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.duties.rows import write_duties
from guantong.kernel.journal.many import Note, append_notes
from guantong.kernel.matters.models import Depth, Matter, Party
from guantong.kernel.measures import engine
from guantong.kernel.measures.rules import EscalationRule, Rule
from guantong.kernel.organs.models import Organ

log = logging.getLogger(__name__)
ESCALATE = "duty.escalate"


@dataclass(frozen=True)
class Step:
    """A step that has come: the duty that is late, the how manieth step on which day, who writes to whom."""

    duty: Duty
    matter: Matter
    number: int
    on: date
    issuer: Organ
    addressee: Organ
    depth: Depth


Maker = Callable[[list[Step]], None]
_makers: dict[str, Maker] = {}


def register(event: str, maker: Maker) -> None:
    """Let a mechanism make what steps of this act ask for, in the sight of the late duty's sides."""
    _makers[event] = maker


def _rule(duty: Duty, matter: Matter, today: date) -> Rule | None:
    return duties.rule_of(duty, engine.rules_on(matter.jurisdiction_id, today))


def first_on(duty: Duty, matter: Matter, today: date) -> date | None:
    """Return the day of a lapsed duty's first step; None where nothing follows.

    Where the calendar does not reach so far, the next day: the sweep asks again until it does.
    """
    rule = _rule(duty, matter, today)
    if rule is None or not rule.escalation:
        return None
    return _day(duty, rule.escalation[0]) or duty.due_on + timedelta(days=1)


def _day(duty: Duty, step: EscalationRule) -> date | None:
    try:
        return duties.due(duty.due_on, step.after).due_on
    except Refused as error:
        log.warning("duty %s: the day of its reminder is not known yet: %s", duty.pk, error)
        return None


def escalate(today: date) -> Noted:
    """Take every step whose day has come, once, and note it in the matter's chain (到期提示)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT duty, matter, reader FROM guantong_escalating(%s, %s)", [today, AT_MOST])
        found = [Found(*row) for row in cursor.fetchall()]
    return in_batches(found, lambda part: _escalate(part, today))


def _escalate(batch: list[Found], today: date) -> Noted:
    matters, sights = locked(batch), sights_of(batch)
    readers = {one.duty: one.reader for one in batch}
    late = Duty.objects.filter(
        pk__in=readers, matter__in=matters, state=DutyState.OPEN, escalates_on__lte=today, due_on__lt=today
    )
    seen = [
        duty
        for duty in late.select_related("holder").order_by("matter_id", "due_on", "pk")
        if sights.get((duty.matter_id, readers[duty.pk]), 0) >= depth_of(duty)
    ]
    places = _Places(seen)
    steps: dict[str, list[Step]] = {}
    notes: list[Note] = []
    for duty in seen:
        matter = matters[duty.matter_id]
        rule = _rule(duty, matter, today)
        for event, step in _steps_of(duty, matter, rule, today, places):
            steps.setdefault(event, []).append(step)
            said = said_of(duty, step=str(step.number), to=step.addressee.full_name)
            notes.append(Note(matter.pk, ESCALATE, step.on, step.depth, (duty.clause,), said))
    append_notes(matters, notes)
    for event, found in steps.items():
        if event in _makers:
            _makers[event](found)
    write_duties(moved=seen)
    return Noted(len(notes), len([one for one in batch if one.matter in matters]) - len(seen))


def _steps_of(
    duty: Duty, matter: Matter, rule: Rule | None, today: date, places: _Places
) -> Iterator[tuple[str, Step]]:
    """Give the steps that have come, and move the duty on to the next one."""
    steps = rule.escalation if rule else ()
    duty.escalates_on = None
    for number, step in enumerate(steps[duty.escalated :], start=duty.escalated + 1):
        day = _day(duty, step)
        if day is None or day > today:
            duty.escalates_on = day or today
            return
        duty.escalated = number
        issuer, addressee = places.organ(duty, matter, step.by), places.organ(duty, matter, step.to)
        if issuer is None or addressee is None:
            log.warning("duty %s: nobody is bound to %s or %s", duty.pk, step.by, step.to)
            continue
        yield step.act or "", Step(duty, matter, number, day, issuer, addressee, depth_of(duty))


class _Places:
    """Which organ a rule means in a matter (对应机构): parties and organs of a batch, read once."""

    def __init__(self, late: Iterable[Duty]) -> None:
        found = list(late)
        parties = Party.objects.filter(matter__in={duty.matter_id for duty in found}, until__isnull=True)
        self.parties = {(one.matter_id, one.role): one.organ_id for one in parties}
        self.organs: dict[int, Organ | None] = {}

    def organ(self, duty: Duty, matter: Matter, who: str) -> Organ | None:
        """Return the organ; of a role first the one in the body of the late duty's holder."""
        if who == f"party:{duty.holder_party}":
            return self._of(duty.holder_id)
        if who == f"party:{duty.claimant_party}":
            return self._of(duty.claimant_id)
        how, _colon, name = who.partition(":")
        if how == "party":
            return self._of(self.parties.get((matter.pk, name)))
        place, body = matter.jurisdiction_id, duty.holder.body_id_or_own if duty.holder else None
        within = engine.organ_bound(name, place, clock.today(), body) if body else None
        return self._of(within or engine.organ_bound(name, place, clock.today()))

    def _of(self, organ_id: int | None) -> Organ | None:
        if organ_id is None:
            return None
        if organ_id not in self.organs:
            self.organs[organ_id] = Organ.objects.select_related("body").filter(pk=organ_id).first()
        return self.organs[organ_id]

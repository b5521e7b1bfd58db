"""What the calendar notes about duties (日历所致): that they lapsed, that a provisional date is settled."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.calendar import Deadline
from guantong.kernel.duties import engine, escalation
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
from guantong.kernel.duties.models import Duty, DutyChange, DutyState
from guantong.kernel.duties.rows import write_duties
from guantong.kernel.journal.many import Note, append_notes

if TYPE_CHECKING:
    from guantong.kernel.calendar import WorkingCalendar

log = logging.getLogger(__name__)
LAPSE = "duty.lapse"
REDERIVE = "duty.rederive"
OCCASION = "duty.occasion"
DAY = timedelta(days=1)


def note_lapses(today: date) -> Noted:
    """Note each open duty past its date once, in its matter's chain (逾期登记).

    The entry happened on the day after the due date, whenever the sweep came by.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT duty, matter, reader FROM guantong_lapsed(%s, %s)", [today, AT_MOST])
        found = [Found(*row) for row in cursor.fetchall()]
    return in_batches(found, lambda part: _lapse(part, today))


def rederive_provisional(calendar: WorkingCalendar) -> Noted:
    """Derive provisional dates anew where the calendar has changed since (暂定期限重算)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT duty, matter, reader FROM guantong_provisional(%s, %s)", [calendar.version, AT_MOST]
        )
        found = [Found(*row) for row in cursor.fetchall()]
    return in_batches(found, lambda part: _rederive(part, calendar.version))


def _lapse(batch: list[Found], today: date) -> Noted:
    matters, sights = locked(batch), sights_of(batch)
    readers = {one.duty: one.reader for one in batch}
    duties = Duty.objects.filter(
        pk__in=readers, matter__in=matters, state=DutyState.OPEN, due_on__lt=today, overdue_noted=False
    ).order_by("matter_id", "due_on", "pk")
    seen = [duty for duty in duties if sights.get((duty.matter_id, readers[duty.pk]), 0) >= depth_of(duty)]
    for duty in seen:
        duty.overdue_noted = True
        duty.escalates_on = escalation.first_on(duty, matters[duty.matter_id], today)
    append_notes(
        matters,
        [
            Note(duty.matter_id, LAPSE, duty.due_on + DAY, depth_of(duty), (duty.clause,), said_of(duty))
            for duty in seen
        ],
    )
    write_duties(moved=seen)
    return Noted(len(seen), len([one for one in batch if one.matter in matters]) - len(seen))


def _rederive(batch: list[Found], version: str) -> Noted:
    matters, sights = locked(batch), sights_of(batch)
    readers = {one.duty: one.reader for one in batch}
    duties = Duty.objects.filter(pk__in=readers, matter__in=matters, ended_on__isnull=True)
    made: list[tuple[Duty, Deadline]] = []
    for duty in duties.order_by("matter_id", "pk"):
        if sights.get((duty.matter_id, readers[duty.pk]), 0) >= depth_of(duty):
            try:
                duty.first_due_on, deadline = engine.rederived(duty.starts_on, duty.explanation)
                made.append((duty, deadline))
            except Refused as error:
                log.warning("duty %s keeps its provisional date: %s", duty.pk, error)
    today = clock.today()
    entries = append_notes(
        matters,
        [
            Note(
                duty.matter_id, REDERIVE, max(today, duty.starts_on), depth_of(duty), (duty.clause,),
                said_of(duty, new_due_on=deadline.due_on.isoformat(), calendar=version),
            )
            for duty, deadline in made
        ],
    )  # fmt: skip
    _put(made, entries)
    return Noted(len(made), len([one for one in batch if one.matter in matters]) - len(made))


def _put(made: list[tuple[Duty, Deadline]], entries: list[int]) -> None:
    if not made:
        return
    changes = []
    for (duty, deadline), entry in zip(made, entries, strict=True):
        old = (duty.due_on, duty.explanation)
        engine.put(duty, deadline)
        changes.append(
            DutyChange(
                duty=duty, entry=entry, what="calendar", old_due_on=old[0], new_due_on=duty.due_on,
                old_explanation=old[1], at=clock.now(),
            )
        )  # fmt: skip
    write_duties(moved=[duty for duty, _deadline in made], changes=changes)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_settle(m, NULL, '[]'::jsonb, '[]'::jsonb, NULL, %s) FROM unnest(%s::uuid[]) m",
            [clock.now(), list({duty.matter_id for duty, _deadline in made})],
        )


def name_of(act: str) -> str:
    """Return what the calendar did, in a word; the code of any other act (日历条目的名称)."""
    names = {
        LAPSE: _("Overdue"),
        REDERIVE: _("Due date settled"),
        OCCASION: _("Period begun"),
        escalation.ESCALATE: _("Reminder drafted"),
    }
    return names.get(act, act)


def label(act: str, body: Mapping[str, Any]) -> str:
    """Return what an entry of the calendar says, in words; its code for any other entry (日历条目的说法)."""
    english = (get_language() or "").startswith("en")
    words = {
        "duty": body.get("name_en" if english else "name", ""),
        "due": body.get("due_on", ""),
        "new": body.get("new_due_on", ""),
    }
    if act == LAPSE:
        return _("Overdue: %(duty)s, due on %(due)s") % words
    if act == OCCASION:
        return _("A period has begun: %(duty)s, due by %(due)s") % words
    if act == REDERIVE:
        return _("The calendar is settled: %(duty)s, due on %(new)s (so far %(due)s)") % words
    if act == escalation.ESCALATE:
        words |= {"step": body.get("step", ""), "to": body.get("to", "")}
        return _("Reminder %(step)s drafted, to %(to)s: %(duty)s, due on %(due)s") % words
    return act

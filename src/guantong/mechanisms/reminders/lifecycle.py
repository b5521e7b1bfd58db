"""When a reminder is no longer to the point (提示函失去意义的情形)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from guantong.kernel.duties.models import Duty, DutyState
from guantong.mechanisms.reminders.models import Reminder


def moot(reminder: Reminder, duty: Duty | None, latest: int) -> str:
    """Return in words why a draft needs no sending any more; '' where it still does.

    `latest`: the number of the newest reminder of the same lapse.
    """
    if duty is None:
        return ""
    ended = {
        DutyState.DISCHARGED: (_("What was owed has been done on %(day)s."), duty.ended_on),
        DutyState.CANCELLED: (_("It is no longer owed since %(day)s."), duty.ended_on),
        DutyState.PAUSED: (_("The period is paused since %(day)s."), duty.paused_on),
    }
    if duty.state in ended:
        reason, day = ended[DutyState(duty.state)]
        return reason % {"day": day}
    if duty.due_on != reminder.lapsed_on:
        return _("The date has moved to %(day)s.") % {"day": duty.due_on}
    if latest > reminder.number:
        return _("Reminder %(number)s has taken its place.") % {"number": latest}
    return ""


def latest_of(reminders: Iterable[Reminder]) -> dict[tuple[object, object], int]:
    """Return by duty and lapse the number of the newest reminder."""
    found: dict[tuple[object, object], int] = {}
    for one in reminders:
        key = (one.duty_id, one.lapsed_on)
        found[key] = max(found.get(key, 0), one.number)
    return found

"""The records behind a figure (统计数字对应的记录): the very ones it counts, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guantong.insight import figures_clues as clues
from guantong.insight.figures import called, organ_names
from guantong.insight.figures_compliance import wanted_acts
from guantong.insight.figures_duties import COUNTED, OUTCOMES, wanted_duties
from guantong.insight.figures_hops import HOP, HOPS, wanted_hops
from guantong.insight.figures_reminders import wanted_reminders
from guantong.insight.figures_telling import WAYS, wanted_tellings
from guantong.insight.figures_wanted import Place, Wanted
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.calendar import UnknownYear, get_calendar
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Organ
from guantong.web.matter import explained
from guantong.web.wording import event_label

PAGE = 50


@dataclass(frozen=True)
class Said:
    """What one column says of a record (记录的一栏); `more` explains it."""

    text: str
    more: str = ""
    is_number: bool = False
    unbroken: bool = False


@dataclass(frozen=True)
class Record:
    """A record in the list, with the matter it belongs to."""

    matter: UUID
    number: str
    title: str
    said: tuple[Said, ...]
    place: Place


@dataclass(frozen=True)
class Records:
    """A page of records (记录清单), how many there are in all, and where the next page begins."""

    head: tuple[str, ...]
    rows: tuple[Record, ...]
    total: int
    next: Place | None


def records(actor: Actor, wanted: Wanted, size: int = PAGE) -> Records:
    """Return a page of the records behind a figure, in a constant number of queries."""
    return LISTS[wanted.of](actor, wanted, size)


def _day(value: date | None) -> Said:
    return Said(value.isoformat() if value else "—", unbroken=True)


def _number(value: int | None) -> Said:
    return Said("—" if value is None else str(value), is_number=True)


def _page(head: Iterable[str], made: list[Record], total: int, size: int) -> Records:
    shown = made[:size]
    return Records(tuple(head), tuple(shown), total, shown[-1].place if len(made) > size else None)


def days_late(duty: Duty, today: date) -> tuple[int, str] | None:
    """Return by how many days a duty was or is late, in the unit of its clause; None where it is not."""
    end = duty.ended_on or today
    if end <= duty.due_on:
        return None
    unit = str(duty.explanation["steps"][0]["unit"])
    if unit == "working_days":
        try:
            return get_calendar().working_days_between(duty.due_on, end), _("working days")
        except UnknownYear:
            pass  # the calendar does not know the year: calendar days are certain
    return (end - duty.due_on).days, _("days")


def _duties(actor: Actor, wanted: Wanted, size: int) -> Records:
    found = wanted_duties(wanted)
    total = found.count()
    if wanted.after and isinstance(wanted.after.row, UUID):
        day, row = wanted.after.day, wanted.after.row
        found = found.filter(Q(due_on__gt=day) | Q(due_on=day, id__gt=row))
    related = ("matter", "holder__body", "claimant__body")
    rows = found.select_related(*related).order_by("due_on", "id")[: size + 1]
    english, today = (get_language() or "").startswith("en"), clock.today()
    head = (
        _("Clause"),
        _("Duty"),
        _("Who owes"),
        _("Who is owed"),
        _("Due on"),
        _("Done on"),
        _("Late by"),
        _("What became of it"),
    )
    made = []
    for duty in rows:
        outcome = getattr(duty, "outcome")  # noqa: B009 - an annotation
        late = days_late(duty, today) if outcome in COUNTED else None
        due = duty.due_on.isoformat() + (f" ({_('provisional')})" if duty.provisional else "")
        said = (
            Said(duty.clause, unbroken=True),
            Said(duty.name_en if english else duty.name),
            Said(called(duty.holder)),
            Said(called(duty.claimant)),
            Said(due, explained(duty.explanation)),
            _day(duty.ended_on),
            Said(f"{late[0]} {late[1]}" if late else "—", is_number=True),
            Said(str(OUTCOMES[outcome])),
        )
        made.append(_of(duty.matter, said, Place(duty.due_on, duty.pk)))
    return _page(head, made, total, size)


def _of(matter: Matter, said: tuple[Said, ...], place: Place) -> Record:
    return Record(matter.pk, matter.number, matter.title, said, place)


def _hops(actor: Actor, wanted: Wanted, size: int) -> Records:
    total, taken = wanted_hops(wanted, size + 1)
    matters = Matter.objects.in_bulk([one.matter for one in taken])
    label = str(HOP.get(wanted.hop, HOPS[-1]).label)
    head = (_("Hop"), _("Begun on"), _("Ended on"), _("Days paused"), _("Days taken"))
    made = [
        _of(
            matters[one.matter],
            (Said(label), _day(one.begun), _day(one.ended), _number(one.paused), _number(one.days)),
            Place(one.ended, one.matter),
        )
        for one in taken
    ]
    return _page(head, made, total, size)


def _tellings(actor: Actor, wanted: Wanted, size: int) -> Records:
    total, taken = wanted_tellings(wanted, size + 1)
    matters = Matter.objects.in_bulk([one.matter for one in taken])
    organs = organ_names(pk for one in taken for pk in (one.sender, one.recipient) if pk)
    head = (
        _("How it was told"),
        _("Who tells"),
        _("Who is told"),
        _("Known on"),
        _("Told on"),
        _("Days"),
        _("Last day"),
        _("What became of it"),
    )
    made = []
    for one in taken:
        in_time = _("On time") if one.told else _("Still within time")
        late = _("Told late") if one.told else _("Overdue, not done")
        said = (
            Said(str(WAYS[one.way])),
            Said(organs.get(one.sender, "—") if one.sender else _("Not in the platform")),
            Said(organs.get(one.recipient, "—") if one.recipient else _("Not in the platform")),
            _day(one.known),
            _day(one.told),
            _number(one.days),
            _day(one.due),
            Said((late if one.late else in_time) if one.due else "—"),
        )
        made.append(_of(matters[one.matter], said, Place(one.at, one.row)))
    return _page(head, made, total, size)


def _acts(actor: Actor, wanted: Wanted, size: int) -> Records:
    found = wanted_acts(actor, wanted)
    total = found.count()
    if wanted.after and isinstance(wanted.after.row, int):
        day, row = wanted.after.day, wanted.after.row
        found = found.filter(Q(happened_on__lt=day) | Q(happened_on=day, id__lt=row))
    rows = found.select_related("matter", "organ__body").order_by("-happened_on", "-id")[: size + 1]
    head = (_("Clause"), _("Act"), _("Organ"), _("Day"))
    made = [
        _of(
            entry.matter,
            (
                Said(wanted.clause, unbroken=True),
                Said(event_label(entry.act)),
                Said(called(entry.organ)),
                _day(entry.happened_on),
            ),
            Place(entry.happened_on, entry.pk),
        )
        for entry in rows
    ]
    return _page(head, made, total, size)


def _open(actor: Actor, wanted: Wanted, size: int) -> Records:
    total, lying = clues.wanted_open(actor, wanted, size + 1)
    matters = Matter.objects.in_bulk([one.matter for one in lying])
    handlers = Organ.objects.select_related("body").in_bulk({one.handler for one in lying if one.handler})
    today = clock.today()
    head = (_("Handled by"), _("Since"), _("Age in days"), _("Band"))
    made = []
    for one in lying:
        organ = handlers.get(one.handler)
        said = (
            Said(called(organ)),
            _day(one.since),
            _number((today - one.since).days),
            Said(str(clues.BANDS[one.band][1])),
        )
        made.append(_of(matters[one.matter], said, Place(one.since, one.matter)))
    return _page(head, made, total, size)


def _returns(actor: Actor, wanted: Wanted, size: int) -> Records:
    found = clues.wanted_returns(wanted)
    total = found.count()
    if wanted.after and isinstance(wanted.after.row, int):
        day, row = wanted.after.day, wanted.after.row
        found = found.filter(Q(happened_on__lt=day) | Q(happened_on=day, id__lt=row))
    rows = found.select_related("matter", "content").order_by("-happened_on", "-id")[: size + 1]
    head = (_("Day"), _("Kind of return"), _("Sender"), _("Reason"))
    made = []
    for entry in rows:
        content = getattr(entry, "content", None)
        reason = (content.body.get("data") or {}).get("reason", "") if content else ""
        said = (
            _day(entry.happened_on),
            Said(str(clues.RETURNS[entry.act])),
            Said(getattr(entry, "sender") or "—"),  # noqa: B009 - an annotation
            Said(str(reason) or "—"),
        )
        made.append(_of(entry.matter, said, Place(entry.happened_on, entry.pk)))
    return _page(head, made, total, size)


def _reminders(actor: Actor, wanted: Wanted, size: int) -> Records:
    found = wanted_reminders(actor, wanted)
    total = found.count()
    if wanted.after and isinstance(wanted.after.row, UUID):
        day, row = wanted.after.day, wanted.after.row
        found = found.filter(Q(drafted_for__gt=day) | Q(drafted_for=day, id__gt=row))
    related = ("matter", "issuer__body", "addressee__body")
    rows = found.select_related(*related).order_by("drafted_for", "id")[: size + 1]
    head = (
        _("Clause"),
        _("Reminder no."),
        _("Reminded by"),
        _("Reminded"),
        _("Was due on"),
        _("Drafted for"),
        _("Sent out on"),
        _("Answered on"),
        _("State"),
    )
    made = [
        _of(
            one.matter,
            (
                Said(one.clause, unbroken=True),
                _number(one.number),
                Said(called(one.issuer)),
                Said(called(one.addressee)),
                _day(one.lapsed_on),
                _day(one.drafted_for),
                _day(one.sent_on),
                _day(one.answered_on),
                Said(one.get_state_display()),
            ),
            Place(one.drafted_for, one.pk),
        )
        for one in rows
    ]
    return _page(head, made, total, size)


LISTS: Mapping[str, Callable[[Actor, Wanted, int], Records]] = {
    "duties": _duties,
    "hops": _hops,
    "acts": _acts,
    "tellings": _tellings,
    "open": _open,
    "returns": _returns,
    "reminders": _reminders,
}

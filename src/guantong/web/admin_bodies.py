"""Bodies, seats, holdings, stationing and postings as the system administrator keeps them (机构台账)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.organs.called import seat_name
from guantong.kernel.organs.models import Body, Dated, Posting, Seat, Stake, Stationing
from guantong.web.admin_body_forms import BodyForm, PostingForm, SeatForm, StakeForm, StationingForm
from guantong.web.admin_kept import Register

_SINCE, _UNTIL = gettext_lazy("From"), gettext_lazy("Until")
_BODY = gettext_lazy("Coordinating body")
_STATE = gettext_lazy("Remark")


def _state(row: Dated) -> str:
    return _("entered by mistake") if row.mistake else ""


def _who(row: Seat) -> str:
    return f"{row.post.officer.name} {row.post.title}" if row.post else _("vacant")


def _seat(row: Seat) -> tuple[Any, ...]:
    return (row.body.name, seat_name(row.rank, row.body.kind), row.organ.full_name, _who(row), row.since,
            row.until or "", _state(row))  # fmt: skip


BODY_REGISTERS: dict[str, Register] = {
    "bodies": Register(
        gettext_lazy("Bodies"), Body, BodyForm, ("jurisdiction", "office__body"), ("name",),
        (_BODY, gettext_lazy("Jurisdiction"), gettext_lazy("Office kept by"), _SINCE, _UNTIL,
         _STATE),
        lambda row: (row.name, row.jurisdiction, row.office.full_name, row.since, row.until or "",
                     _state(row)),
        ("jurisdiction__code", "kind", "id"),
    ),
    "seats": Register(
        gettext_lazy("Seats"), Seat, SeatForm, ("body", "organ__body", "post__officer"),
        ("body__name", "organ__name", "post__officer__name"),
        (_BODY, gettext_lazy("Seat"), gettext_lazy("Organ"), gettext_lazy("Holder"), _SINCE,
         _UNTIL, _STATE),
        _seat, ("body", "-since", "-id"),
    ),
    "stakes": Register(
        gettext_lazy("Holdings"), Stake, StakeForm, ("owner", "company"), ("owner__name", "company__name"),
        (gettext_lazy("Enterprise"), gettext_lazy("Owner"), gettext_lazy("Share in per cent"), _SINCE, _UNTIL,
         _STATE),
        lambda row: (row.company.name, row.owner.name, row.percent, row.since, row.until or "", _state(row)),
        ("company__code", "-since", "-id"),
    ),
    "stationing": Register(
        gettext_lazy("Stationed groups"), Stationing, StationingForm, ("group__body", "host__body"),
        ("group__name", "host__name"),
        (gettext_lazy("Group"), gettext_lazy("Stationed at"), _SINCE, _UNTIL, _STATE),
        lambda row: (row.group.full_name, row.host.full_name, row.since, row.until or "", _state(row)),
        ("host__code", "-since", "-id"),
    ),
    "postings": Register(
        gettext_lazy("Exchange postings"), Posting, PostingForm, ("officer", "home__body", "host__body"),
        ("officer__name", "home__name", "host__name", "speciality"),
        (gettext_lazy("Officer"), gettext_lazy("From organ"), gettext_lazy("To organ"), _SINCE,
         gettext_lazy("Term ends on"), gettext_lazy("Ended on"), _STATE),
        lambda row: (row.officer.name, row.home.full_name, row.host.full_name, row.since, row.term_ends,
                     row.until or "", _state(row)),
        ("-since", "-id"),
    ),
}  # fmt: skip

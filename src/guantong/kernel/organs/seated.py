"""Who sits on which body on a day (议事协调机构的成员): rows with dates, read as they stood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from guantong.kernel.organs.leave import standing
from guantong.kernel.organs.models import Body, Jurisdiction, Post, Seat, SeatRank, Tier

SEAT_ORDER = {SeatRank.CHAIR: 0, SeatRank.DEPUTY: 1, SeatRank.MEMBER: 2}
TIERS = {"province": Tier.PROVINCE, "city": Tier.PREFECTURE, "county": Tier.COUNTY}
"""The words of the measures for the tiers of jurisdictions."""
RELATED = ("organ__body", "post__officer", "post__organ__body")


def holds_on(post: Post, on: date) -> bool:
    """Return whether a post is held on a day (是否在任)."""
    return post.since <= on and (post.until is None or post.until >= on)


@dataclass
class Seated:
    """A body with its seats as of a day, the chair first (机构及其席位)."""

    body: Body
    seats: list[Seat] = field(default_factory=list)

    def of(self, rank: str) -> list[Seat]:
        """Return the seats of this kind."""
        return [seat for seat in self.seats if seat.rank == rank]

    @property
    def chairs(self) -> list[Seat]:
        """Return who leads it."""
        return self.of(SeatRank.CHAIR)

    @property
    def deputies(self) -> list[Seat]:
        """Return who leads it next."""
        return self.of(SeatRank.DEPUTY)

    @property
    def members(self) -> list[Seat]:
        """Return the others."""
        return self.of(SeatRank.MEMBER)


def in_order(seats: Iterable[Seat]) -> list[Seat]:
    """Return seats in the order of a list of members (按主任、副主任、成员排序)."""
    return sorted(seats, key=lambda seat: (SEAT_ORDER[SeatRank(seat.rank)], seat.organ.code, seat.pk))


def bodies_on(on: date, places: Iterable[Jurisdiction]) -> list[Seated]:
    """Return the bodies of some places as they stood on a day, in two queries (某日的机构和成员)."""
    found = Body.objects.filter(standing(on), jurisdiction__in=list(places))
    bodies = list(found.select_related("jurisdiction", "office__body", "company").order_by("pk"))
    seats = Seat.objects.filter(standing(on), body__in=bodies).select_related(*RELATED)
    by_body: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_body[seat.body_id].append(seat)
    return [Seated(body, in_order(by_body[body.pk])) for body in bodies]


def body_on(body: Body, on: date) -> Seated:
    """Return one body as it stood on a day, in one query."""
    return Seated(body, in_order(Seat.objects.filter(standing(on), body=body).select_related(*RELATED)))

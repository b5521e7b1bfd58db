"""The liaison directory (联络名录; CD-2.1): who is liaison point of which body, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.measures import engine
from guantong.kernel.measures.roles import name_of
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Jurisdiction, Organ, OrganKind, Post, Rank, RoleBinding, Tier
from guantong.mechanisms.correspondence.first_forms import LIAISON_POINTS, LIAISON_REQUEST

TIERS = (Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY, Tier.ENTERPRISE)
IN_COMMISSION = ("liaison_office", "soe_work_committee")
IN_EACH = {
    OrganKind.REGULATOR: "accountability_department",
    OrganKind.ENTERPRISE: "accountability_department",
}
CLAUSE = LIAISON_REQUEST.clause


@dataclass
class Point:
    """One liaison point: what it is, where, who heads it; without an organ it is missing (联络点)."""

    role: str
    body: str
    organ: Organ | None = None
    people: list[Post] = field(default_factory=list)
    may_write: bool = False

    @property
    def name(self) -> str:
        """What the measure calls it."""
        return name_of(self.role)

    @property
    def head(self) -> Post | None:
        """Who heads it, else the first who works there."""
        ranked = sorted(self.people, key=lambda post: (list(Rank.values).index(post.rank), post.pk))
        return ranked[0] if ranked else None


@dataclass
class Place:
    """The liaison points of one jurisdiction."""

    jurisdiction: Jurisdiction
    points: list[Point] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How many are missing."""
        return sum(point.organ is None for point in self.points)


def directory(actor: Actor) -> list[Place]:
    """Return the liaison points by tier and place, in five queries; those of one's own place first."""
    today = clock.today()
    in_force = Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))
    bound = list(
        RoleBinding.objects.filter(in_force, role__in=LIAISON_POINTS)
        .select_related("organ__body", "jurisdiction")
        .order_by("pk")
    )
    people: dict[int, list[Post]] = {}
    posts = Post.objects.filter(in_force, organ__in={one.organ_id for one in bound})
    for post in posts.select_related("officer"):
        people.setdefault(post.organ_id, []).append(post)
    bodies = list(
        current(Organ.objects.filter(parent__isnull=True, kind__in=IN_EACH, elsewhere=False)).order_by("name")
    )
    writable = _writable(actor)
    places = []
    for jurisdiction in Jurisdiction.objects.order_by("code"):
        here = [one for one in bound if one.jurisdiction_id == jurisdiction.pk]
        own = [body for body in bodies if body.jurisdiction_id == jurisdiction.pk]
        place = Place(jurisdiction, _points(here, own, _adopted(jurisdiction)))
        for point in place.points:
            if point.organ is not None:
                point.people = people.get(point.organ.pk, [])
                point.may_write = point.organ.pk in writable
        if place.points:
            places.append(place)
    return sorted(places, key=lambda place: _order(place, actor))


def _order(place: Place, actor: Actor) -> tuple[bool, int, str]:
    own = place.jurisdiction.pk == actor.organ.jurisdiction_id
    return not own, TIERS.index(Tier(place.jurisdiction.tier)), place.jurisdiction.code


def _adopted(jurisdiction: Jurisdiction) -> bool:
    """Whether the clause binds the place today."""
    return any(
        clause.id == CLAUSE
        for applied in engine.applied_on(jurisdiction.pk, clock.today())
        for clause in applied.measure.file.clauses
    )


def _points(bound: list[RoleBinding], bodies: list[Organ], adopted: bool) -> list[Point]:
    """Return what is bound, and what the clause asks for and nobody fills (缺额)."""
    found = [
        Point(one.role, (one.organ.body or one.organ).name, one.organ)
        for role in LIAISON_POINTS
        for one in bound
        if one.role == role
    ]
    if not adopted:
        return found
    filled = {one.role for one in bound}
    found += [Point(role, "") for role in IN_COMMISSION if role not in filled]
    for body in bodies:
        role = IN_EACH[OrganKind(body.kind)]
        if not any(one.role == role and one.organ.body_id_or_own == body.pk for one in bound):
            found.append(Point(role, body.name))
    return found


def _writable(actor: Actor) -> set[int]:
    """Return the organs to which the actor may write."""
    if not actor.roles & LIAISON_REQUEST.senders:
        return set()
    return set(LIAISON_REQUEST.may_receive(actor).values_list("pk", flat=True))


def counted(places: list[Place]) -> dict[str, Any]:
    """Return how many points there are, and how many are missing."""
    points = [point for place in places for point in place.points]
    return {"all": len(points), "missing": sum(point.organ is None for point in points)}

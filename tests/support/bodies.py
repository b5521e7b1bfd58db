"""The bodies of the small town: city and county, each seat held as the measures require (议事协调机构)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from guantong.kernel.measures import engine
from guantong.kernel.organs.lacks import Lack, states
from guantong.kernel.organs.models import Body, Officer, Organ, Post, RoleBinding, Seat
from support.town import SINCE, Town, bind

ORGANS = [
    # code, name, kind, place
    ("party", "中共清川市委员会", "other", "city"),
    ("county_party", "中共云麓县委员会", "other", "county"),
    ("county_audit", "云麓县审计局", "audit", "county"),
    ("county_inspection", "中共云麓县委巡察工作领导小组办公室", "inspection", "county"),
]
ROLES = [
    ("audit", "audit_bureau"),
    ("county_audit", "audit_bureau"),
    ("county_inspection", "inspection_office"),
]
POSTS = [
    # code, name, organ, title, rank
    ("party_secretary", "程怀远", "party", "书记", "principal"),
    ("director", "段怀瑾", "inspection", "主任", "principal"),
    ("director_committee", "段怀瑾", "leaders", "常委", "leader"),
    ("county_party_secretary", "沈秉文", "county_party", "书记", "principal"),
    ("county_secretary", "赵慎行", "county_commission", "书记", "principal"),
    ("county_audit_leader", "蒋知远", "county_audit", "局长", "principal"),
    ("county_director", "梅若华", "county_inspection", "主任", "principal"),
    ("county_director_committee", "梅若华", "county_commission", "常委", "leader"),
]
BODIES = [
    # code, kind, name, office
    ("audit_commission", "audit_commission", "市委审计委员会", "audit"),
    ("tours", "inspection_leading_group", "市委巡察工作领导小组", "inspection"),
    ("group", "anti_corruption_coordination_group", "市反腐败协调小组", "commission"),
    ("joint", "economic_audit_joint_meeting", "市经济责任审计工作联席会议", "audit"),
]
SEATS = [
    # body, rank, post of the city, post of the county
    ("audit_commission", "chair", "party_secretary", "county_party_secretary"),
    ("audit_commission", "deputy", "secretary", "county_secretary"),
    ("audit_commission", "member", "director", "county_director"),
    ("audit_commission", "member", "audit_leader", "county_audit_leader"),
    ("tours", "chair", "secretary", "county_secretary"),
    ("tours", "member", "director", "county_director"),
    ("group", "chair", "secretary", "county_secretary"),
    ("group", "member", "audit_leader", "county_audit_leader"),
    ("joint", "chair", "audit_leader", "county_audit_leader"),
    ("joint", "member", "deputy", "county_secretary"),
]


@dataclass
class Table:
    """The bodies and seats by short names, those of the county with `county_` before."""

    town: Town
    bodies: dict[str, Body] = field(default_factory=dict)
    seats: dict[tuple[str, str], Seat] = field(default_factory=dict)

    def lacks(self, on: date, place: str = "") -> list[Lack]:
        """Return what is lacking on a day in the town's city and county, or in one of them."""
        engine.forget()
        places = {"city": [self.town.place], "county": [self.town.county]}
        found = states(on, places.get(place, [self.town.place, self.town.county]))
        return [one for state in found for one in state.lacks]

    def seat(self, body: str, post: str) -> Seat:
        """Return the seat that a post has on a body."""
        return self.seats[body, post]


def sit_down(town: Town) -> Table:
    """Let all sit at one table, as the clauses want it, in city and county."""
    places = {"city": town.place, "county": town.county}
    for code, name, kind, place in ORGANS:
        town.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=name[:40], kind=kind, jurisdiction=places[place], since=SINCE
        )
    for code, role in ROLES:
        bind(town.organs[code], role)
    officers: dict[str, Officer] = {}
    for number, (code, name, organ, title, rank) in enumerate(POSTS, start=1):
        if name not in officers:
            officers[name] = Officer.objects.create(name=name, staff_number=f"B{number:03d}")
        town.posts[code] = Post.objects.create(
            officer=officers[name], organ=town.organs[organ], title=title, rank=rank, since=SINCE
        )
    table = Table(town)
    for prefix, place in (("", town.place), ("county_", town.county)):
        for code, kind, name, office in BODIES:
            table.bodies[prefix + code] = Body.objects.create(
                jurisdiction=place, kind=kind, name=name.replace("市", "县") if prefix else name,
                office=town.organs[prefix + office], basis="〔2019〕8号", since=SINCE,
            )  # fmt: skip
    for body, rank, *posts in SEATS:
        for prefix, post in zip(("", "county_"), posts, strict=True):
            table.seats[prefix + body, post] = take(table.bodies[prefix + body], town.posts[post], rank)
    engine.forget()
    return table


def take(body: Body, post: Post, rank: str, since: date = SINCE, until: date | None = None) -> Seat:
    """Give a post a seat on a body."""
    organ = post.organ.body or post.organ
    return Seat.objects.create(
        body=body, organ=organ, post=post, rank=rank, basis="〔2019〕8号", since=since, until=until
    )


def unbind(town: Town, place: str, role: str) -> None:
    """Take a role from the organ it is bound to."""
    RoleBinding.objects.filter(jurisdiction__code=place, role=role).delete()

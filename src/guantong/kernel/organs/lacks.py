"""What bodies lack (空缺与不符): what the clauses in force require on a day, against who sits there.

Each lack names its clause and who can settle it. What cannot be said is told as unknown, never left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from guantong.kernel.measures import engine
from guantong.kernel.measures.roles import name_of
from guantong.kernel.measures.schema import BodyRule, Clause, ConcurrentRule, PostRule, SeatRule
from guantong.kernel.organs.called import said, seat_name
from guantong.kernel.organs.leave import ORDER, standing
from guantong.kernel.organs.models import (
    Jurisdiction,
    Organ,
    Post,
    Rank,
    RoleBinding,
    Seat,
    SeatRank,
    Tier,
)
from guantong.kernel.organs.seated import TIERS, Seated, bodies_on, holds_on

VACANT, BREACH, UNKNOWN = "vacant", "breach", "unknown"


@dataclass(frozen=True)
class Lack:
    """Something that is not as it must be, or not known (空缺、不符、不明)."""

    kind: str
    place: Jurisdiction
    about: str
    body_kind: str
    clause: str
    reason: str
    settled_by: str
    seat: int | None = None
    officer: int | None = None


@dataclass
class PlaceState:
    """The bodies of one place on a day: what there is, what must be, what is lacking (一地的机构)."""

    place: Jurisdiction
    seated: list[Seated] = field(default_factory=list)
    required: list[tuple[Clause, BodyRule]] = field(default_factory=list)
    lacks: list[Lack] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Seated]:
        """Return the bodies of a kind that are the place's own."""
        return [one for one in self.seated if one.body.kind == kind and one.body.company_id is None]

    def lacking(self, kind: str) -> list[Lack]:
        """Return what a kind of body lacks."""
        return [one for one in self.lacks if one.body_kind == kind]


@dataclass
class _Known:
    """What is read once for all places."""

    bound: dict[tuple[int, str], dict[int, Organ]]
    posts: dict[int, list[Post]]
    seats_of: dict[int, list[tuple[Seated, Seat]]]


def states(on: date, places: Iterable[Jurisdiction]) -> list[PlaceState]:
    """Return bodies and what they lack in some places on a day, in four queries (机构状况)."""
    wanted = list(places)
    found = {place.pk: PlaceState(place) for place in wanted}
    for seated in bodies_on(on, wanted):
        found[seated.body.jurisdiction_id].seated.append(seated)
    known = _known(on, found)
    for state in found.values():
        applied = engine.applied_on(state.place.pk, on)
        if not applied and state.place.tier in (Tier.PREFECTURE, Tier.COUNTY):
            state.lacks.append(_unadopted(state.place))
        own = [rule for one in applied for rule in one.measure.bodies]
        state.required = [(clause, rule) for clause, rule in own if _here(rule.tiers, state.place)]
        for clause, rule in state.required:
            state.lacks += _of_body(state, clause, rule, known)
        for one in applied:
            for clause, concurrent in one.measure.concurrent:
                if _here(concurrent.tiers, state.place):
                    state.lacks += _of_concurrent(state, clause, concurrent, known)
        state.lacks += _of_seats(state, on)
    return list(found.values())


def _here(tiers: Iterable[str], place: Jurisdiction) -> bool:
    return any(TIERS[tier] == place.tier for tier in tiers)


def _known(on: date, found: dict[int, PlaceState]) -> _Known:
    bound: dict[tuple[int, str], dict[int, Organ]] = defaultdict(dict)
    roles = {role for state in found.values() for role in _roles(state.place.pk, on)}
    bindings = RoleBinding.objects.filter(standing(on), jurisdiction__in=found, role__in=roles)
    for one in bindings.select_related("organ__body"):
        organ = one.organ.body or one.organ
        bound[one.jurisdiction_id, one.role][organ.pk] = organ
    organs = {pk for many in bound.values() for pk in many}
    posts: dict[int, list[Post]] = defaultdict(list)
    held = Post.objects.filter(standing(on), Q(organ__in=organs) | Q(organ__body__in=organs))
    for post in held.select_related("officer", "organ").order_by("pk"):
        posts[post.organ.body_id_or_own].append(post)
    seats_of: dict[int, list[tuple[Seated, Seat]]] = defaultdict(list)
    for state in found.values():
        for seated in state.seated:
            for seat in seated.seats:
                if seat.post is not None and holds_on(seat.post, on):
                    seats_of[seat.post.officer_id].append((seated, seat))
    return _Known(bound, posts, seats_of)


def _roles(place: int, on: date) -> Iterator[str]:
    for one in engine.applied_on(place, on):
        for _clause, body in one.measure.bodies:
            yield from (_role(seat.role) for seat in body.seats)
            yield _role(body.office)
        for _clause, rule in one.measure.concurrent:
            yield _role(rule.whoever.role)
            if rule.holds is not None:
                yield _role(rule.holds.role)


def _role(reference: str) -> str:
    return reference.partition(":")[2]


# --- Required bodies and seats


def _of_body(state: PlaceState, clause: Clause, rule: BodyRule, known: _Known) -> Iterator[Lack]:
    name = said(rule.name)
    bodies = state.of_kind(rule.kind)
    settled = _settled(state.place, rule.office, known)
    if not bodies:
        reason = _("There is no such body here, or it is not entered.")
        yield Lack(BREACH, state.place, name, rule.kind, clause.id, reason, settled)
        return
    for wanted in rule.seats:
        organ, unknown = _organ(state.place, wanted.role, known)
        if organ is None:
            yield Lack(UNKNOWN, state.place, name, rule.kind, clause.id, unknown, _administrator())
            continue
        for body in bodies:
            for reason, seat in _of_seat(body, wanted, organ, known):
                pk = seat.pk if seat else None
                yield Lack(BREACH, state.place, name, rule.kind, clause.id, reason, settled, pk)


def _of_seat(
    body: Seated, wanted: SeatRule, organ: Organ, known: _Known
) -> Iterator[tuple[str, Seat | None]]:
    own = [seat for seat in body.seats if seat.organ.body_id_or_own == organ.pk]
    fitting = [seat for seat in own if wanted.seat in (SeatRank.MEMBER, seat.rank)]
    as_what = seat_name(wanted.seat, body.body.kind)
    if not own:
        yield (
            _("%(organ)s has no seat on it; it must sit as: %(seat)s.") % {"organ": organ, "seat": as_what},
            None,
        )
        return
    if not fitting:
        words = {"organ": organ, "is": seat_name(own[0].rank, body.body.kind), "seat": as_what}
        yield _("%(organ)s sits as %(is)s; it must sit as: %(seat)s.") % words, own[0]
        return
    if not wanted.principal:
        return
    heads = {post.officer_id for post in known.posts[organ.pk] if post.rank == Rank.PRINCIPAL}
    held = [seat for seat in fitting if seat.post is not None]
    if held and not any(seat.post and seat.post.officer_id in heads for seat in held):
        post = held[0].post
        words = {"name": post.officer.name if post else "", "organ": organ}
        yield _("%(name)s sits there and is not the principal head of %(organ)s.") % words, held[0]


def _of_seats(state: PlaceState, on: date) -> Iterator[Lack]:
    """What any seat lacks, required or not: it is vacant, or its holder's post has ended."""
    clause_of = {rule.kind: clause.id for clause, rule in state.required}
    for one in state.seated:
        for seat in one.seats:
            kind, reason = _of_holder(seat, one.body.kind, on)
            if kind:
                yield Lack(
                    kind, state.place, one.body.name, one.body.kind, clause_of.get(one.body.kind, ""),
                    reason, one.body.office.full_name, seat.pk,
                )  # fmt: skip


def _of_holder(seat: Seat, body_kind: str, on: date) -> tuple[str, str]:
    words = {"organ": seat.organ.full_name, "seat": seat_name(seat.rank, body_kind)}
    if seat.post is None:
        return VACANT, _("The seat of %(organ)s (%(seat)s) is vacant.") % words
    if holds_on(seat.post, on):
        return "", ""
    words |= {"name": seat.post.officer.name, "post": seat.post.title, "day": str(seat.post.until or "")}
    if seat.post.until is not None and seat.post.until < on:
        return BREACH, _(
            "%(name)s of %(organ)s still has the seat, but the post %(post)s ended on %(day)s."
        ) % words
    return BREACH, _("%(name)s of %(organ)s has the seat, but not yet the post %(post)s.") % words


# --- Concurrent posts


def _of_concurrent(state: PlaceState, clause: Clause, rule: ConcurrentRule, known: _Known) -> Iterator[Lack]:
    name, kind = said(rule.name), rule.sits.body if rule.sits else ""

    def lack(what: str, reason: str, settled: str, officer: int | None = None) -> Lack:
        return Lack(what, state.place, name, kind, clause.id, reason, settled, None, officer)

    organ, unknown = _organ(state.place, rule.whoever.role, known)
    if organ is None:
        yield lack(UNKNOWN, unknown, _administrator())
        return
    other: Organ | None = None
    if rule.holds is not None:
        other, unknown = _organ(state.place, rule.holds.role, known)
        if other is None:
            yield lack(UNKNOWN, unknown, _administrator())
            return
    holders = [post for post in known.posts[organ.pk] if _as_high(post, rule.whoever)]
    if not holders:
        reason = _("Nobody holds the post: %(post)s, %(organ)s.") % {
            "post": _post_name(rule.whoever),
            "organ": organ,
        }
        yield lack(VACANT, reason, organ.full_name)
    for post in {one.officer_id: one for one in holders}.values():
        if not _holds_too(post, rule, other, known):
            words = {
                "name": post.officer.name,
                "post": post.title,
                "organ": organ,
                "too": _too(state, rule, other),
            }
            reason = _("%(name)s (%(organ)s, %(post)s) does not also hold: %(too)s.") % words
            yield lack(BREACH, reason, (other or organ).full_name, post.officer_id)


def _holds_too(post: Post, rule: ConcurrentRule, other: Organ | None, known: _Known) -> bool:
    if rule.holds is not None and other is not None:
        return any(
            one.officer_id == post.officer_id and _as_high(one, rule.holds) for one in known.posts[other.pk]
        )
    sits = rule.sits
    return sits is not None and any(
        seated.body.kind == sits.body
        and seated.body.jurisdiction_id == post.organ.jurisdiction_id
        and sits.seat in (SeatRank.MEMBER, seat.rank)
        for seated, seat in known.seats_of[post.officer_id]
    )


def _as_high(post: Post, wanted: PostRule) -> bool:
    return ORDER.index(Rank(post.rank)) >= ORDER.index(Rank(wanted.rank))


def _too(state: PlaceState, rule: ConcurrentRule, other: Organ | None) -> str:
    if rule.holds is not None:
        return _("%(post)s, %(organ)s") % {"post": _post_name(rule.holds), "organ": other}
    kind, rank = (rule.sits.body, rule.sits.seat) if rule.sits else ("", SeatRank.MEMBER)
    names = [said(body.name) for _clause, body in state.required if body.kind == kind]
    return _("%(post)s, %(organ)s") % {"post": seat_name(rank, kind), "organ": names[0] if names else kind}


def _post_name(rule: PostRule) -> str:
    return said(rule.title) if rule.title else str(Rank(rule.rank).label)


# --- Who is meant, and who can settle it


def _organ(place: Jurisdiction, reference: str, known: _Known) -> tuple[Organ | None, str]:
    """Return the one organ a role is bound to, or why it is not known."""
    role = _role(reference)
    found = list(known.bound[place.pk, role].values())
    if len(found) == 1:
        return found[0], ""
    words = {"role": name_of(role)}
    if found:
        return None, _("Several organs are bound to “%(role)s”, so it is not known which is meant.") % words
    return None, _("No organ is bound to “%(role)s”, so it cannot be said who must sit there.") % words


def _settled(place: Jurisdiction, office: str, known: _Known) -> str:
    organ, _unknown = _organ(place, office, known)
    return organ.full_name if organ else name_of(_role(office))


def _administrator() -> str:
    return _("The system administrator, under role bindings")


def _unadopted(place: Jurisdiction) -> Lack:
    reason = _("No measure is applied here, so it is not known which bodies there must be.")
    return Lack(
        UNKNOWN, place, place.name, "", "", reason, _("The system administrator, under measures applied")
    )

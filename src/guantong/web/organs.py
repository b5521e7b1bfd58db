"""Organs and people (机构与人员): who works where, in which roles; persons under oversight within sight."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.journal.reading import note
from guantong.kernel.matters import kinds
from guantong.kernel.measures.roles import name_of
from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, OrganKind, Post, RoleBinding
from guantong.kernel.people.models import Subject
from guantong.web.bodies import seats_of
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

MOST_FOUND = 100
MOST_PERSONS = 50
KIND_ORDER = OrganKind.values
RANK_ORDER = {"principal": 0, "leader": 1, "head": 2, "staff": 3}


@dataclass
class Node:
    """An organ with what belongs to it."""

    organ: Organ
    roles: list[str] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    departments: list[Node] = field(default_factory=list)


def _holds_today(today: date) -> Q:
    return Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))


@login_required
def organs(request: HttpRequest) -> HttpResponse:
    """Show the organs of one jurisdiction as a tree, or what a search finds in all of them."""
    query = request.GET.get("q", "").strip()[:60]
    places = list(Jurisdiction.objects.order_by("code"))
    actor: Actor | None = getattr(request, "actor", None)
    home = actor.organ.jurisdiction.code if actor else (places[0].code if places else "")
    chosen = next((p for p in places if p.code == request.GET.get("place", home)), None)
    context: dict[str, Any] = {"places": _tree_of_places(places), "place": chosen, "query": query}
    if query:
        context |= _found(query)
    elif chosen:
        context["bodies"] = tree(Organ.objects.filter(jurisdiction=chosen))
    return render(request, "web/house/organs.html", context)


def _tree_of_places(places: list[Jurisdiction]) -> list[dict[str, Any]]:
    """Return the jurisdictions in order with their level below the top."""
    children: dict[int | None, list[Jurisdiction]] = defaultdict(list)
    for place in places:
        children[place.parent_id].append(place)
    rows: list[dict[str, Any]] = []

    def walk(parent: int | None, level: int) -> None:
        for place in children[parent]:
            rows.append({"place": place, "level": level})
            walk(place.pk, level + 1)

    walk(None, 0)
    return rows


def tree(chosen: QuerySet[Organ]) -> list[Node]:
    """Return bodies with departments, present posts and roles, in three queries."""
    today = clock.today()
    organs_ = list(chosen.filter(_holds_today(today)).order_by("code"))
    organs_.sort(key=lambda organ: KIND_ORDER.index(organ.kind))
    nodes = {organ.pk: Node(organ) for organ in organs_}
    bindings = RoleBinding.objects.filter(_holds_today(today), organ__in=nodes)
    for organ_id, role in bindings.order_by("role").values_list("organ_id", "role"):
        if (name := name_of(role)) not in nodes[organ_id].roles:
            nodes[organ_id].roles.append(name)
    posts = Post.objects.filter(_holds_today(today), organ__in=nodes).select_related("officer")
    for post in sorted(posts, key=lambda post: (RANK_ORDER.get(post.rank, 9), post.pk)):
        nodes[post.organ_id].posts.append(post)
    tops: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.organ.parent_id or 0)
        (parent.departments if parent else tops).append(node)
    return tops


def _found(query: str) -> dict[str, Any]:
    today = clock.today()
    found_organs = Organ.objects.filter(
        Q(name__icontains=query) | Q(short_name__icontains=query) | Q(code=query)
    ).select_related("body", "jurisdiction")[:MOST_FOUND]
    found_posts = (
        Post.objects.filter(_holds_today(today))
        .filter(
            Q(officer__name__icontains=query) | Q(officer__staff_number=query) | Q(title__icontains=query)
        )
        .select_related("officer", "organ", "organ__body")
        .order_by("organ__code", "id")[:MOST_FOUND]
    )
    return {"found_organs": found_organs, "found_posts": found_posts}


@login_required
def officer_page(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Show an officer with all posts, present and past, and the roles they carry."""
    officer = get_object_or_404(Officer, pk=officer_id)
    today = clock.today()
    posts = list(
        officer.posts.select_related("organ", "organ__body", "organ__jurisdiction").order_by("-since", "-id")
    )
    roles: dict[int, list[str]] = defaultdict(list)
    bound = RoleBinding.objects.filter(_holds_today(today), organ__in=[post.organ_id for post in posts])
    for organ_id, role in bound.values_list("organ_id", "role"):
        roles[organ_id].append(name_of(role))
    rows = [
        {
            "post": post,
            "now": _is_now(post, today),
            "roles": roles[post.organ_id] if _is_now(post, today) else [],
        }
        for post in posts
    ]
    context = {
        "officer": officer,
        "rows": rows,
        "seats": seats_of(officer.pk),
        "postings": officer.postings.select_related("home__body", "host__body").order_by("-since", "-pk"),
    }
    return render(request, "web/house/officer.html", context)


def _is_now(post: Post, today: date) -> bool:
    return post.since <= today and (post.until is None or post.until >= today)


# --- Persons under oversight


def masked(number: str | None) -> str:
    """Return an identity number with all but the first four and last four characters hidden (脱敏)."""
    if not number:
        return ""
    if len(number) <= 8:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def _seen(actor: Actor) -> QuerySet[Visibility]:
    return Visibility.objects.filter(principal__in=actor.principals, depth__gte=2, until__gte=clock.today())


@in_post
def people(request: HttpRequest) -> HttpResponse:
    """List persons named in matters the reader sees: those of the newest matters, or found by name."""
    actor = actor_of(request)
    query = request.GET.get("q", "").strip()[:60]
    if query:
        note(actor, "search", detail="people", user_id=request.user.pk)
        matters = _named(query)
        subjects = Subject.objects.filter(matter__in=matters, name__startswith=query)
    else:
        newest = (
            _seen(actor).values("matter").annotate(listed=Max("listed_on")).order_by("-listed", "-matter")
        )
        matters = [row["matter"] for row in newest[:MOST_PERSONS]]
        subjects = Subject.objects.filter(matter__in=matters)
    rows = _persons(subjects)
    return render(request, "web/house/people.html", {"rows": rows, "query": query, "most": MOST_PERSONS})


def _named(beginning: str) -> list[uuid.UUID]:
    """Return the matters within sight in which a name begins so; the database's own function answers."""
    every = [kind.code for kind in kinds.all_kinds()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT matter FROM guantong_search_names(%s, %s, %s)", [beginning, every, MOST_FOUND])
        return [row[0] for row in cursor.fetchall()]


def _persons(subjects: Iterable[Subject]) -> list[dict[str, Any]]:
    """Group what several matters say of one known person; who is not identified stands alone."""
    rows: dict[object, dict[str, Any]] = {}
    for subject in subjects:
        row = rows.setdefault(subject.id_number or subject.pk, {"subject": subject, "count": 0})
        row["count"] += 1
        row["number"] = masked(subject.id_number)
    return list(rows.values())


@in_post
def person_page(request: HttpRequest, subject_id: uuid.UUID) -> HttpResponse:
    """Show a person with the matters within sight that name him. Raises Http404."""
    actor = actor_of(request)
    subject = Subject.objects.filter(pk=subject_id).first()
    if subject is None:
        raise Http404(_("There is no such person, or you may not see the matter."))
    note(actor, "open", subject.matter_id, f"person {subject.pk}", user_id=request.user.pk)
    same = Subject.objects.filter(pk=subject.pk)
    if subject.id_number:
        same = Subject.objects.filter(id_number=subject.id_number)
    namesakes = Subject.objects.filter(matter__in=_named(subject.name), name=subject.name).exclude(
        pk__in=same.values("pk")
    )
    context = {
        "subject": subject,
        "number": masked(subject.id_number),
        "rows": _matters(actor, same),
        "namesakes": _matters(actor, namesakes),
    }
    return render(request, "web/house/person.html", context)


def _matters(actor: Actor, subjects: QuerySet[Subject]) -> list[dict[str, Any]]:
    said = list(
        subjects.select_related("matter", "matter__organ", "matter__organ__body").order_by(
            "-matter__happened_on"
        )
    )
    depths: dict[uuid.UUID, int] = defaultdict(int)
    for matter, depth in (
        _seen(actor).filter(matter__in=[one.matter_id for one in said]).values_list("matter", "depth")
    ):
        depths[matter] = max(depths[matter], depth)
    rows = []
    for one in said:
        kind = kinds.get(one.matter.kind)
        rows.append(
            {
                "subject": one,
                "matter": one.matter,
                "kind": kind.label,
                "state": kind.state_label(depths[one.matter_id], one.matter.state),
                "url": matter_url(one.matter_id),
            }
        )
    return rows

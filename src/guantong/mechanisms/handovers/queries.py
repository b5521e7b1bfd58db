"""What lies on a desk (交接内容): custodies with what is owed in them, drafts, and what stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from guantong.accounts.models import SavedView
from guantong.kernel import clock
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.kernel.organs.models import Officer, Post
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.models import Paper, PaperState
from guantong.mechanisms.handovers import lifecycle
from guantong.mechanisms.handovers.models import MOVABLE, Handover, Item, What
from guantong.web.links import matter_url


def officers_of(organ_id: int) -> QuerySet[Officer]:
    """Return who holds a post in the department today (在岗人员)."""
    today = clock.today()
    lasting = Q(posts__until__isnull=True) | Q(posts__until__gte=today)
    found = Officer.objects.filter(lasting, posts__organ=organ_id, posts__since__lte=today)
    return found.distinct().order_by("name")


def posts_of(organ_id: int) -> QuerySet[Post]:
    """Return the posts of the department, past ones too: a desk may be left behind.

    `listed_as`: the number of the list in which the desk stands already; `others`: the officer's posts
    elsewhere; `views`: how many saved views he has.
    """
    today = clock.today()
    listed = Handover.objects.filter(post=OuterRef("pk"), matter__state=lifecycle.LISTED)
    others = (
        Post.objects.filter(Q(until__isnull=True) | Q(until__gte=today), officer=OuterRef("officer"))
        .exclude(organ=OuterRef("organ"))
        .annotate(called=Concat(Coalesce("organ__body__name", Value("")), "organ__name", Value(" "), "title"))
    )
    saved = SavedView.objects.filter(user__officer=OuterRef("officer")).order_by().values("user__officer")
    return (
        Post.objects.filter(organ=organ_id)
        .select_related("officer", "organ")
        .annotate(
            listed_as=Subquery(listed.values("matter__number")[:1]),
            others=ArraySubquery(others.values("called")),
            views=Subquery(saved.annotate(number=Count("pk")).values("number")),
        )
        .order_by("officer__name", "id")
    )


def lying_on(post: Post, matter: Matter) -> list[Item]:
    """Return everything that lies on the desk of a post, as rows of the handover, in three queries."""
    return [*_custodies(post, matter), *_drafts(post, matter), *_staying(post, matter)]


def custodies(post: Post) -> dict[uuid.UUID, Matter]:
    """Return the matters in the custody of who holds the post, in its department."""
    held = Party.objects.filter(
        role=PartyRole.CUSTODIAN, officer=post.officer_id, organ=post.organ_id, until__isnull=True
    )
    return {party.matter_id: party.matter for party in held.select_related("matter").order_by("matter")}


def come_since(handover: Handover) -> list[Item]:
    """Return what lies on the desk and is not on the list yet."""
    found = Item.objects.filter(matter=handover.matter_id, what__in=MOVABLE)
    known = set(found.values_list("what", "about", "title"))
    now = [*_custodies(handover.post, handover.matter), *_drafts(handover.post, handover.matter)]
    return [item for item in now if (item.what, item.about_id, item.title) not in known]


def _custodies(post: Post, matter: Matter) -> Iterable[Item]:
    found = custodies(post)
    owed: dict[uuid.UUID, list[Duty]] = {}
    alive = Duty.objects.filter(matter__in=found, state__in=(DutyState.OPEN, DutyState.PAUSED))
    own = alive.filter(holder__in=(post.organ_id, post.organ.body_id_or_own))
    for duty in own.defer("explanation").order_by("due_on", "id"):
        owed.setdefault(duty.matter_id, []).append(duty)
    for pk, about in found.items():
        duties = owed.get(pk, [])
        yield Item(
            matter=matter,
            about=about,
            what=What.CUSTODY,
            state=about.state,
            owed="；".join(f"{duty.name}（{duty.due_on}）" for duty in duties)[:300],
            due_on=duties[0].due_on if duties else None,
        )


def _drafts(post: Post, matter: Matter) -> Iterable[Item]:
    drafts = Paper.objects.filter(drafted_by=post, state__in=(PaperState.DRAFT, PaperState.CHECKED))
    for paper in drafts.select_related("matter").defer("letter", "facts").order_by("id"):
        title = f"{paper_kinds.get(paper.kind).label}{_(': ')}{paper.title}"[:200]
        yield Item(matter=matter, about=paper.matter, what=What.PAPER, title=title, state=paper.state)


def _staying(post: Post, matter: Matter) -> Iterable[Item]:
    """Return what is named and not handed over; the post is one of `posts_of`."""
    for title in getattr(post, "others", ()):
        why = _("That department hands it over itself, from a list of its own.")
        yield Item(matter=matter, what=What.POST, title=title[:200], stays=why[:200])
    views = getattr(post, "views", None)
    if views:
        why = _("They belong to the account and end with it; the successor saves his own.")
        yield Item(matter=matter, what=What.VIEWS, title=str(views), stays=why[:200])


@dataclass(frozen=True)
class Line:
    """One row of the list as it is shown."""

    item: Item
    url: str
    called: str
    state: str

    @property
    def movable(self) -> bool:
        """Whether somebody takes it over."""
        return self.item.what in MOVABLE


def lines(handover: Handover) -> list[Line]:
    """Return the rows of a list, the first due first, in one query."""
    found = Item.objects.filter(matter=handover.matter_id).select_related("about", "successor")
    ordered = sorted(found, key=lambda item: (item.what != What.CUSTODY, str(item.due_on or "9"), item.pk))
    return [_line(item) for item in ordered]


def _line(item: Item) -> Line:
    if item.about is None:
        return Line(item, "", item.title, "")
    called = f"{item.about.number} {item.title or item.about.title}".strip()
    if item.what == What.PAPER:
        state = str(PaperState(item.state).label)
    else:
        state = kinds.get(item.about.kind).state_label(Depth.FULL, item.state)
    return Line(item, matter_url(item.about.pk), called, state)


def untaken(handover: Handover) -> QuerySet[Item]:
    """Return what is still to be taken over."""
    return Item.objects.filter(matter=handover.matter_id, what__in=MOVABLE, taken_on__isnull=True)


def waiting_for(post: Post) -> QuerySet[Handover]:
    """Return the handovers in which something waits to be taken over by who holds the post (待接收)."""
    mine = Item.objects.filter(successor=post.officer_id, taken_on__isnull=True, what__in=MOVABLE)
    found = Handover.objects.filter(matter__in=mine.values("matter"), matter__state=lifecycle.LISTED)
    return found.select_related("matter", "post__officer")


def block(handover: Handover) -> dict[str, Any]:
    """Return what the page of a handover shows."""
    found = lines(handover)
    return {
        "handover": handover,
        "lines": found,
        "left": sum(line.movable and line.item.successor_id is None for line in found),
        "open": handover.matter.state == lifecycle.LISTED,
        "officers": officers_of(handover.post.organ_id).exclude(pk=handover.post.officer_id),
    }

"""Leave and deputies (请假、A/B角、代班): who is away, who acts in the post, where nobody does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused, refuse
from guantong.kernel.organs.models import LEADERS, Deputy, Leave, Organ, Post, Rank

if TYPE_CHECKING:
    from guantong.kernel.access.actors import Actor

LONGEST = timedelta(days=366)
ORDER = (Rank.STAFF, Rank.HEAD, Rank.LEADER, Rank.PRINCIPAL)


def standing(on: date) -> Q:
    """Return the condition that a post is held on a day."""
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def posts_for(by: Actor) -> QuerySet[Post]:
    """Return the posts he records for, and may name as deputies: a leader those of the whole body."""
    whole = Q(organ=by.body_id) | Q(organ__body=by.body_id)
    same = whole if by.rank in LEADERS else Q(organ=by.organ)
    found = Post.objects.filter(standing(clock.today()), same)
    return found.select_related("officer", "organ", "organ__body").order_by("organ__code", "id")


def deputy_of(post: Post, on: date) -> Post | None:
    """Return the standing deputy of a post (B角)."""
    found = (
        Deputy.objects.filter(standing(on), post=post)
        .select_related("deputy__officer", "deputy__organ")
        .first()
    )
    return found.deputy if found else None


def _may_for(by: Actor, post: Post) -> bool:
    """Whether the actor may record for this post: his own, his department's, or as a leader of the body."""
    if by.deputises:
        return False
    if by.post.officer_id == post.officer_id or by.organ.pk == post.organ_id:
        return True
    return by.rank in LEADERS and by.body_id == post.organ.body_id_or_own


def _not_his(name: str) -> Refused:
    reason = _("This is neither your post nor one of your department.")
    return refuse(
        name, reason, _("Let its holder record it, or somebody of that department, in his own post.")
    )


def _refuse_choice(by: Actor, post: Post, deputy: Post | None) -> None:
    """Refuse where the choice itself would give somebody more than he may give.

    Who is away chooses himself; for others only who ranks no lower, or as the standing pair says. Otherwise
    a colleague could make himself the deputy of his own head.
    """
    if deputy is None or by.post.officer_id == post.officer_id:
        return
    if ORDER.index(Rank(by.rank)) >= ORDER.index(Rank(post.rank)) and by.rank != Rank.STAFF:
        return
    pair = deputy_of(post, clock.today())
    if pair is None or pair.pk != deputy.pk:
        reason = _("For this post you may only enter the standing deputy.")
        remedy = _("Let its holder, or who ranks no lower, name the deputy.")
        raise refuse("deputy", reason, remedy)


def _refuse_deputy(by: Actor, post: Post, deputy: Post | None, since: date, until: date) -> None:
    """Refuse a deputy who is the same person, of another body, gone or himself away."""
    if deputy is None:
        return
    if deputy.officer_id == post.officer_id:
        raise refuse("deputy", _("Nobody stands in for himself."), _("Choose somebody else."))
    if deputy.organ.body_id_or_own != post.organ.body_id_or_own:
        reason = _("The deputy works in another organ.")
        raise refuse("deputy", reason, _("Choose somebody of the same organ."))
    if deputy.organ_id != post.organ_id and by.rank not in LEADERS:
        reason = _("The deputy works in another department and would see what yours alone may know.")
        raise refuse("deputy", reason, _("Choose a colleague, or let a leader of the organ record it."))
    if deputy.since > since or (deputy.until and deputy.until < until):
        reason = _("%(name)s does not hold that post all the time.") % {"name": deputy.officer.name}
        raise refuse("deputy", reason, _("Choose somebody who does, or record the leave in two parts."))
    away = Leave.objects.filter(post__officer=deputy.officer_id, since__lte=until, until__gte=since).first()
    if away:
        reason = _("%(name)s is away himself from %(since)s to %(until)s, and nobody stands in for a deputy.")
        words = {"name": deputy.officer.name, "since": away.since, "until": away.until}
        raise refuse("deputy", reason % words, _("Choose somebody else, or record the leave in two parts."))


def record_leave(by: Actor, post: Post, since: date, until: date, deputy: Post | None) -> Leave:
    """Record a leave (登记请假). Raises Refused."""
    _refuse_span(since, until)
    with transaction.atomic():
        Post.objects.select_for_update().filter(pk=post.pk).first()
        if not _may_for(by, post):
            raise refuse(
                "post", _("This is neither your post nor one of your department."), _("Let them record it.")
            )
        other = Leave.objects.filter(post=post, since__lte=until, until__gte=since).first()
        if other:
            reason = _("A leave from %(since)s to %(until)s is recorded already.")
            words = {"since": other.since, "until": other.until}
            raise refuse("since", reason % words, _("End that one first, or choose other days."))
        _refuse_deputy(by, post, deputy, since, until)
        _refuse_choice(by, post, deputy)
        return Leave.objects.create(
            post=post, deputy=deputy, since=since, until=until, recorded_by=by.post, recorded_at=clock.now()
        )


def _refuse_span(since: date, until: date) -> None:
    if until < since:
        raise refuse("until", _("The leave ends before it begins."), _("Check both days."))
    if until < clock.today():
        raise refuse(
            "until", _("The leave is over already."), _("Nothing is to be recorded; only days to come count.")
        )
    if until - since > LONGEST:
        raise refuse(
            "until", _("A leave of more than a year is a change of post."), _("Hand over the desk instead.")
        )


def end_leave(by: Actor, leave: Leave) -> None:
    """End a leave today: its holder is back, and the deputy sees nothing more (销假). Raises Refused."""
    if not _may_for(by, leave.post):
        raise _not_his("")
    yesterday = clock.today() - timedelta(days=1)
    if leave.until <= yesterday:
        raise refuse("", _("The leave is over already."), _("Reload the page."))
    leave.until, leave.ended_by, leave.ended_at = yesterday, by.post, clock.now()
    leave.save(update_fields=["until", "ended_by", "ended_at"])


def pair(by: Actor, post: Post, deputy: Post | None) -> None:
    """Name the standing deputy of a post, or nobody (A、B角). Raises Refused."""
    today = clock.today()
    if not _may_for(by, post):
        raise refuse(
            "post", _("This is neither your post nor one of your department."), _("Let them record it.")
        )
    own = by.post.officer_id == post.officer_id
    if not own and (by.rank == Rank.STAFF or ORDER.index(Rank(by.rank)) < ORDER.index(Rank(post.rank))):
        reason = _("The standing deputy is named by the holder, or by who ranks no lower.")
        raise refuse("post", reason, _("Let them record it."))
    _refuse_deputy(by, post, deputy, today, today)
    with transaction.atomic():
        Post.objects.select_for_update().filter(pk=post.pk).first()
        before = Deputy.objects.filter(post=post, until__isnull=True)
        before.update(until=today - timedelta(days=1))
        if deputy is not None:
            Deputy.objects.create(
                post=post, deputy=deputy, since=today, recorded_by=by.post, recorded_at=clock.now()
            )


@dataclass(frozen=True)
class Gap:
    """Days on which nobody acts in a post (空岗)."""

    leave: Leave
    since: date
    until: date


def leaves_of(organ: Organ) -> list[Leave]:
    """Return who is or will be away from a department, or from a body and its departments, by day."""
    there = Q(post__organ=organ) | Q(post__organ__body=organ)
    found = Leave.objects.filter(there, until__gte=clock.today())
    related = ("post__officer", "post__organ__body", "deputy__officer", "deputy__organ__body")
    return list(found.select_related(*related).order_by("since", "id"))


def gaps(leaves: Iterable[Leave]) -> list[Gap]:
    """Return where nobody acts: no deputy is named, or he is away himself, in one query."""
    wanted = list(leaves)
    officers = {one.deputy.officer_id for one in wanted if one.deputy}
    away = list(Leave.objects.filter(post__officer__in=officers).select_related("post"))
    found = [Gap(one, one.since, one.until) for one in wanted if one.deputy is None]
    for one in wanted:
        for other in away:
            since, until = max(one.since, other.since), min(one.until, other.until)
            if one.deputy and other.post.officer_id == one.deputy.officer_id and since <= until:
                found.append(Gap(one, since, until))
    return sorted(found, key=lambda gap: (gap.since, gap.leave.pk))

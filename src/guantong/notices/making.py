"""Making notices (生成提醒): counted from the duties, so that there is no second account of what is owed."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.scope import scope_of
from guantong.kernel.calendar import get_calendar
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.organs.models import Post
from guantong.notices.models import Notice
from guantong.web.models import Preference

KEY = "notices"
HOUR = 8
KEPT = timedelta(days=90)
NONE = uuid.UUID(int=0)


@dataclass(frozen=True)
class Waiting:
    """What an organ's open duties come to: their ids in order, how many fall due today, how many are late."""

    ids: list[uuid.UUID]
    due_today: int
    late: int

    def since(self, upto: uuid.UUID) -> int:
        """Count the duties that began after the one up to which they were counted."""
        return len(self.ids) - bisect_right(self.ids, upto)


def make() -> int:
    """Write a notice for whomever something new waits, and in the morning for whomever something is due.

    Returns how many were written or added to. Safe to run at any time and twice: what was counted once is
    not counted again. The first look of a post tells nothing: it only notes where counting begins.
    """
    now = clock.now()
    Notice.objects.filter(made_at__lt=now - KEPT, read_at__isnull=False).delete()
    people = list(_people())
    latest = _latest(user for user, _post in people)
    hours = _hours(user.pk for user, _post in people)
    made = 0
    by_organ: dict[tuple[int, int], list[tuple[User, Post]]] = defaultdict(list)
    for user, post in people:
        by_organ[post.organ_id, post.organ.body_id_or_own].append((user, post))
    for organs, holders in by_organ.items():
        waiting = _waiting(organs)
        for user, post in holders:
            last = latest.get((user.pk, post.pk))
            made += _tell(user, post, last, waiting, now, hours.get(user.pk, HOUR))
    return made


def _people() -> Iterable[tuple[User, Post]]:
    today = clock.today()
    accounts = User.objects.filter(is_active=True, officer__isnull=False)
    users = {user.officer_id: user for user in accounts}
    posts = Post.objects.filter(officer__in=list(users), since__lte=today).exclude(until__lt=today)
    for post in posts.select_related("organ").order_by("id"):
        yield users[post.officer_id], post


def _latest(users: Iterable[User]) -> dict[tuple[int, int], Notice]:
    mine = Notice.objects.filter(user__in=set(users))
    newest = mine.values("user", "post").annotate(last=Max("id")).values("last")
    return {(one.user_id, one.post_id): one for one in Notice.objects.filter(pk__in=newest)}


def _hours(users: Iterable[int]) -> dict[int, int]:
    wishes = Preference.objects.filter(key=KEY, user__in=set(users)).values_list("user_id", "value")
    return {user: int(value.get("hour", HOUR)) for user, value in wishes}


def _waiting(organs: tuple[int, int]) -> Waiting:
    with scope_of(organs):
        alive = Duty.objects.filter(holder__in=organs, ended_on__isnull=True, state=DutyState.OPEN)
        rows = list(alive.order_by("id").values_list("id", "due_on"))
    today = clock.today()
    return Waiting(
        [duty for duty, _due in rows],
        sum(due == today for _duty, due in rows),
        sum(due < today for _duty, due in rows),
    )


@transaction.atomic
def _tell(user: User, post: Post, last: Notice | None, waiting: Waiting, now: datetime, hour: int) -> int:
    upto = waiting.ids[-1] if waiting.ids else last.upto if last else NONE
    if last is None:
        Notice.objects.create(user=user, post=post, made_at=now, upto=upto, read_at=now)
        return 0
    new = waiting.since(last.upto)
    digest = _morning(last, hour)
    urgent = (waiting.due_today, waiting.late) if digest else (0, 0)
    said: dict[str, Any] = {"upto": max(upto, last.upto)}
    if digest:
        said |= {"digest_on": clock.today(), "due_today": urgent[0], "late": urgent[1]}
    if not new and not any(urgent):
        _go_on(last, said)
        return 0
    if last.read_at is None:
        Notice.objects.filter(pk=last.pk).update(**said, new=last.new + new, made_at=now)
    else:
        said.setdefault("digest_on", last.digest_on)
        Notice.objects.create(user=user, post=post, made_at=now, new=new, **said)
    return 1


def _go_on(last: Notice, said: dict[str, Any]) -> None:
    """Nothing is to be told: note up to where was counted, and keep an unread notice true."""
    if last.read_at is not None:
        said = {name: value for name, value in said.items() if name in ("upto", "digest_on")}
    if any(getattr(last, name) != value for name, value in said.items()):
        Notice.objects.filter(pk=last.pk).update(**said)


def _morning(last: Notice, hour: int) -> bool:
    """Whether the day's summary is due: once a day, from the hour chosen, not on days surely off."""
    return hour_has_come(hour) and last.digest_on != clock.today()


def hour_has_come(hour: int) -> bool:
    """Return whether people are told now: from the hour chosen on, not on days surely off."""
    reached = timezone.localtime(clock.now()).hour >= hour
    return reached and not get_calendar().surely_rests(clock.today())

"""Calendar feeds (日历订阅): a secret address that says how many deadlines a day has, and nothing of them."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import UTC, date, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from guantong.accounts.models import User
from guantong.accounts.tokens import digest
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import refuse
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.organs.models import Post
from guantong.notices.models import Feed

BYTES = 32
MOST = 5
"""Feeds that one account may have open."""


def create(user: User, post: Post) -> str:
    """Make a feed for one of the user's own present posts; return its secret, which is never shown again.

    Raises Refused, naming `post`.
    """
    if not _held(user, post):
        raise refuse("post", _("A feed is bound to a post that you hold today."), _("Choose one of yours."))
    if Feed.objects.filter(user=user, revoked_at__isnull=True).count() >= MOST:
        reason = _("You have %(most)s calendar addresses already.") % {"most": MOST}
        raise refuse("post", reason, _("Revoke one that is no longer used."))
    raw = secrets.token_urlsafe(BYTES)
    Feed.objects.create(user=user, post=post, digest=digest(raw), created_at=clock.now())
    return raw


def find(raw: str) -> Feed | None:
    """Return the feed of a secret where it still opens: not revoked, account open, post held today."""
    found = Feed.objects.select_related("user", "post", "post__organ", "post__organ__body")
    feed = found.filter(digest=digest(raw), revoked_at__isnull=True).first()
    return feed if feed and _held(feed.user, feed.post) else None


def _held(user: User, post: Post) -> bool:
    today = clock.today()
    lasting = post.since <= today and (post.until is None or post.until >= today)
    return bool(user.is_active and user.officer_id == post.officer_id and lasting)


def read_today(feed: Feed) -> None:
    """Remember that the feed is in use; once a day, so that reading costs no writing."""
    if feed.read_on != clock.today():
        Feed.objects.filter(pk=feed.pk).update(read_on=clock.today())


def days_of(actor: Actor) -> list[tuple[date, str]]:
    """Return what a feed says of each day, within the actor's sight: numbers, and today what is late."""
    today = clock.today()
    alive = Duty.objects.filter(
        ended_on__isnull=True, state=DutyState.OPEN, holder__in={actor.organ.pk, actor.body_id}
    )
    days: Counter[date] = Counter()
    late = 0
    for due_on, number in alive.values_list("due_on").annotate(number=Count("id")).order_by("due_on"):
        if due_on < today:
            late += number
        else:
            days[due_on] += number
    shown = sorted({*days, *([today] if late else [])})
    return [(day, _in_words(days[day], late if day == today else 0)) for day in shown]


def _in_words(number: int, late: int) -> str:
    said = []
    if number:
        said.append(ngettext("%(n)d duty due", "%(n)d duties due", number) % {"n": number})
    if late:
        said.append(ngettext("%(n)d overdue", "%(n)d overdue", late) % {"n": late})
    return _(", ").join(said)


def calendar_of(feed: Feed, days: list[tuple[date, str]]) -> bytes:
    """Return the feed as iCalendar (RFC 5545): one event a day, stamped with the moment it is read."""
    sheet = Calendar()
    sheet.add("prodid", "-//Guantong//Deadlines//ZH")
    sheet.add("version", "2.0")
    sheet.add("method", "PUBLISH")
    sheet.add("x-wr-calname", _("Guantong: deadlines"))
    sheet.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    for day, words in days:
        event = Event()
        event.add("uid", f"{day.isoformat()}-{feed.pk}@guantong")
        event.add("dtstamp", clock.now().astimezone(UTC))
        event.add("last-modified", clock.now().astimezone(UTC))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", words)
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        sheet.add_component(event)
    return bytes(sheet.to_ical())

"""Pages of notices and calendar feeds (提醒与订阅): for officers; the feed itself for its secret."""

from __future__ import annotations

import hashlib
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guantong.accounts import attempts
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.actors import actor_for
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Refused
from guantong.notices import feeds as calendars
from guantong.notices.mail import configured
from guantong.notices.making import HOUR, KEY
from guantong.notices.models import Feed, Notice
from guantong.web.guard import actor_of, in_post
from guantong.web.models import prefer, preferences

SHOWN = 60
HOURS = range(7, 19)
CACHED_SECONDS = 900


class WishesForm(forms.Form):
    """When the day's summary comes, and whether by mail too (提醒方式)."""

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Summary of the day at"),
        choices=[(hour, f"{hour}:00") for hour in HOURS],
        coerce=int,
    )
    mail = forms.EmailField(
        label=gettext_lazy("Mail address"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Once a day, if something waits. The mail says how much, never what."),
    )

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        if not configured():
            self.fields["mail"].disabled = True
            self.fields["mail"].help_text = _(
                "No mail server is set up; the system administrator can name one."
            )


class FeedForm(forms.Form):
    """The post whose deadlines the calendar shows (订阅身份)."""

    post = forms.ChoiceField(label=gettext_lazy("Post"))

    def __init__(self, *given: object, posts: dict[int, str], **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        cast(forms.ChoiceField, self.fields["post"]).choices = [(str(pk), name) for pk, name in posts.items()]


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@in_post
def notices(request: HttpRequest) -> HttpResponse:
    """List one's notices, the unread first; keep how one wants to be told."""
    user = _user(request)
    kept = preferences(user, KEY).get(KEY, {"hour": HOUR, "mail": ""})
    form = WishesForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        mail = form.cleaned_data["mail"] if configured() else kept.get("mail", "")
        prefer(user, KEY, {"hour": form.cleaned_data["hour"], "mail": mail})
        messages.success(request, _("Kept."))
        return redirect("notices")
    listed = Notice.objects.filter(user=user).exclude(new=0, due_today=0, late=0)
    rows = listed.select_related("post", "post__organ", "post__organ__body").order_by("-id")[:SHOWN]
    context = {"rows": sorted(rows, key=lambda one: one.read_at is not None), "form": form}
    return render(request, "notices/notices.html", context, status=422 if form.errors else 200)


@require_POST
@in_post
def read(request: HttpRequest) -> HttpResponse:
    """Mark all of one's notices as read."""
    Notice.objects.filter(user=_user(request), read_at__isnull=True).update(read_at=clock.now())
    return redirect("notices")


@never_cache
@in_post
def feeds(request: HttpRequest) -> HttpResponse:
    """List one's calendar addresses; make one, which is shown this once."""
    user, actor = _user(request), actor_of(request)
    posts = {post.pk: f"{post.organ.full_name} {post.title}" for post in actor.posts}
    form, made = FeedForm(request.POST or None, posts=posts), ""
    if request.method == "POST" and form.is_valid():
        post = next(one for one in actor.posts if str(one.pk) == form.cleaned_data["post"])
        try:
            raw = calendars.create(user, post)
        except Refused as refused:
            for fault in refused.faults:
                form.add_error(fault.field or None, f"{fault.reason} {fault.remedy}")
        else:
            made = request.build_absolute_uri(reverse("feed", args=[f"{raw}.ics"]))
    rows = Feed.objects.filter(user=user).select_related("post", "post__organ", "post__organ__body")
    context = {"rows": rows, "form": form, "made": made}
    return render(request, "notices/feeds.html", context, status=422 if form.errors else 200)


@require_POST
@in_post
def revoke(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Close one of one's own calendar addresses. Raises Http404 for anybody else's."""
    feed = get_object_or_404(Feed, pk=feed_id, user=_user(request))
    if feed.revoked_at is None:
        Feed.objects.filter(pk=feed.pk).update(revoked_at=clock.now())
    messages.success(request, _("The calendar address opens nothing any more."))
    return redirect("feeds")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer a calendar programme that knows the secret address; anything else is not found."""
    address = f"feed:{request.META.get('REMOTE_ADDR', '')}"  # apart from the programs of the API
    secret = secret.removesuffix(".ics")
    if attempts.barred(address, secret):
        return _nothing(429)
    found = calendars.find(secret)
    actor = actor_for(found.post.officer_id, found.post_id, exactly=True) if found else None
    if found is None or actor is None:
        attempts.failed(address)
        return _nothing(404)
    attempts.good(secret)
    calendars.read_today(found)
    with translation.override("en" if request.GET.get("lang") == "en" else "zh-hans"), scope(actor):
        days = calendars.days_of(actor)
        tag = f'"{hashlib.sha256(repr(days).encode()).hexdigest()[:32]}"'
        same = request.headers.get("If-None-Match") == tag
        body = b"" if same else calendars.calendar_of(found, days)
    answer = HttpResponse(body, "text/calendar; charset=utf-8", 304 if same else 200)
    answer["ETag"] = tag
    answer["Cache-Control"] = f"private, max-age={CACHED_SECONDS}"
    return answer


def _nothing(status: int) -> HttpResponse:
    return HttpResponse("", "text/plain; charset=utf-8", status)


urlpatterns = [
    path("notices/", notices, name="notices"),
    path("notices/read/", read, name="notices_read"),
    path("calendar/feeds/", feeds, name="feeds"),
    path("calendar/feeds/<int:feed_id>/revoke/", revoke, name="feed_revoke"),
    path("calendar/feed/<str:secret>", feed, name="feed"),
]

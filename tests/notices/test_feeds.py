"""Calendar feeds: numbers a day to whoever knows the address, and nothing of any matter."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from guantong.accounts import attempts
from guantong.kernel import clock
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.organs.models import Post
from guantong.notices.models import Feed
from guantong.site.masking import MaskSecrets
from support.browse import signed_in, text
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    cache.clear()
    with clock.set_to(at("2026-10-12")):
        yield


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is written into the log meanwhile, as the site's handler writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskSecrets())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def address(play: Player, who: str) -> str:
    """Make a feed on the page and return its path."""
    page = signed_in(who).post("/calendar/feeds/", {"post": play.town.posts[who].pk})
    found = re.search(r"http://testserver(/calendar/feed/[\w-]{43}\.ics)", text(page))
    assert found, text(page)[:500]
    return found[1]


def test_each_day_says_how_much_is_due_and_today_what_is_late(play: Player) -> None:
    play.registered("2026-08-03")
    play.registered("2026-10-09")
    answer = Client().get(address(play, "clerk"))
    assert answer["Content-Type"].startswith("text/calendar")
    told = {one.decoded("dtstart"): str(one["summary"]) for one in Calendar.from_ical(answer.content).events}
    with play.see("clerk"):
        held = Duty.objects.filter(
            holder=play.town.organs["supervision"], state=DutyState.OPEN, ended_on__isnull=True
        )
        due = list(held.values_list("due_on", flat=True))
    today = date(2026, 10, 12)
    late = sum(day < today for day in due)
    assert late
    assert set(told) == {day for day in due if day >= today} | {today}
    assert f"{late} 项超期" in told[today]
    for day in set(told) - {today}:
        assert told[day] == f"{due.count(day)} 项到期"


def test_nothing_of_a_matter_is_in_it(play: Player) -> None:
    play.registered("2026-09-21", title="反映王喆拆分采购的问题")
    body = text(Client().get(address(play, "clerk")))
    with play.see("clerk"):
        names = set(Duty.objects.values_list("name", flat=True)) | set(
            Duty.objects.values_list("clause", flat=True)
        )
    secrets = {"王喆", "采购", "清纪", "沈若川", "案件监督", *names}
    assert not [word for word in secrets if word in body]


def test_a_wrong_revoked_or_outlived_address_is_not_found_and_not_logged(
    play: Player, log: io.StringIO
) -> None:
    path = address(play, "clerk")
    assert Client().get(path).status_code == 200
    feed = Feed.objects.get()
    assert path.split("/")[-1].removesuffix(".ics") not in feed.digest
    assert signed_in("handler").post(f"/calendar/feeds/{feed.pk}/revoke/").status_code == 404
    post = play.town.posts["clerk"]
    Post.objects.filter(pk=post.pk).update(until=date(2026, 10, 12))
    assert Client().get(path).status_code == 200
    with clock.set_to(at("2026-10-13")):
        assert Client().get(path).status_code == 404
    Post.objects.filter(pk=post.pk).update(until=None)
    signed_in("clerk").post(f"/calendar/feeds/{feed.pk}/revoke/")
    for wrong in (path, f"/calendar/feed/{'x' * 43}.ics"):
        answer = Client().get(wrong)
        assert (answer.status_code, answer.content) == (404, b"")
    for way in (Client().post(path), Client().get(path.removesuffix(".ics")), Client().put(path)):
        assert way.status_code in (404, 405)
    secret = path.split("/")[-1].removesuffix(".ics")
    assert "/calendar/feed/…" in log.getvalue()
    assert secret not in log.getvalue()
    assert "x" * 43 not in log.getvalue()


def test_it_is_shown_once_and_unchanged_content_is_not_sent_again(play: Player) -> None:
    play.registered("2026-10-09")
    path = address(play, "clerk")
    assert path not in text(signed_in("clerk").get("/calendar/feeds/"))
    first = Client().get(path)
    again = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with clock.set_to(at("2026-10-12") + timedelta(hours=3)):
        later = Client().get(path)
        assert later["ETag"] == first["ETag"]
        assert later.content != first.content, "stamped with the moment it is read"
    play.registered("2026-10-12")
    assert Client().get(path)["ETag"] != first["ETag"]


def test_whoever_tries_too_many_is_barred_and_the_good_one_is_not(play: Player) -> None:
    path = address(play, "clerk")
    assert Client().get(path).status_code == 200
    answers = [Client().get(f"/calendar/feed/{number:043}.ics").status_code for number in range(40)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert Client().get(path).status_code == 200
    assert not attempts.barred("127.0.0.1", "gt_x"), "programs of the API are counted apart"


def test_another_s_post_and_a_sixth_address_are_refused(play: Player) -> None:
    page = signed_in("clerk").post("/calendar/feeds/", {"post": play.town.posts["handler"].pk})
    assert page.status_code == 422
    for _ in range(5):
        address(play, "clerk")
    page = signed_in("clerk").post("/calendar/feeds/", {"post": play.town.posts["clerk"].pk})
    assert page.status_code == 422
    assert "请先停用" in text(page)

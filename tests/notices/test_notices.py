"""Notices and mail: that something waits, once, to the right officer, and never what."""

from __future__ import annotations

import html
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.organs.models import Post
from guantong.notices.mail import MailError, send
from guantong.notices.making import make
from guantong.notices.models import Notice
from support.browse import signed_in, text
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    made = Player(town)
    with clock.set_to(at("2026-10-09")):
        make()
    return made


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at("2026-10-12")):
        yield


def unread(play: Player, who: str) -> list[tuple[int, int, int]]:
    found = Notice.objects.filter(post=play.town.posts[who], read_at__isnull=True)
    return list(found.values_list("new", "due_today", "late"))


def test_the_first_look_tells_nothing(town: Town) -> None:
    Player(town).registered("2026-10-09")
    assert make() == 0
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_what_began_is_told_once_to_those_who_owe_it_and_added_to_what_is_unread(play: Player) -> None:
    play.registered("2026-10-12")
    make()
    first = unread(play, "clerk")
    assert first
    assert first[0][0] > 0
    assert unread(play, "clerk_head") == first
    assert not unread(play, "stranger")
    make()
    assert unread(play, "clerk") == first
    play.registered("2026-10-12")
    make()
    assert unread(play, "clerk") == [(2 * first[0][0], first[0][1], first[0][2])]


def test_the_morning_tells_what_is_due_once_and_not_on_a_day_off(play: Player) -> None:
    play.registered("2026-07-06")
    make()
    signed_in("clerk").post("/notices/read/")
    assert not unread(play, "clerk")
    make()
    assert not unread(play, "clerk"), "the day's summary comes once"
    with clock.set_to(at("2026-10-17")):
        make()
        assert not unread(play, "clerk"), "Saturday"
    with clock.set_to(at("2026-10-19").replace(hour=6)):
        make()
        assert not unread(play, "clerk"), "before the hour"
    with clock.set_to(at("2026-10-19")):
        make()
        assert unread(play, "clerk")[0][2] > 0


def test_an_unread_notice_says_what_is_true_today(play: Player) -> None:
    clue = play.registered("2026-07-06")
    make()
    assert unread(play, "clerk")[0][2] > 0
    play.act("2026-10-12", "clerk", "clue.return", clue, reason="材料不全")
    Notice.objects.filter(read_at__isnull=True).update(new=0)
    with clock.set_to(at("2026-10-13")):
        make()
        assert unread(play, "clerk") == [(0, 0, 0)]


def test_the_bell_shows_the_number_in_one_query_and_reading_clears_it(play: Player) -> None:
    play.registered("2026-10-12")
    make()
    client = signed_in("clerk")
    number = sum(sum(row) for row in unread(play, "clerk"))
    assert (
        f'<span class="gt-count">{number}</span>'
        in text(client.get("/notices/")).split('class="gt-bell"')[1][:400]
    )
    with CaptureQueriesContext(connection) as captured:
        client.get("/notices/")
    assert len([one for one in captured.captured_queries if "SUM(" in one["sql"]]) == 1
    client.post("/notices/read/")
    assert "gt-count" not in text(client.get("/calendar/feeds/")).split('class="gt-bell"')[1][:300]


def test_what_waits_is_counted_in_the_same_number_of_queries_for_more_duties(play: Player) -> None:
    def queries() -> int:
        play.registered("2026-10-12")
        Notice.objects.all().update(read_at=clock.now())
        with CaptureQueriesContext(connection) as captured:
            make()
        return len(captured.captured_queries)

    queries()
    assert queries() == queries()


class TestMail:
    """By mail, where a server is named and the officer wants it."""

    @pytest.fixture(autouse=True)
    def server(self, settings: Any) -> None:
        settings.EMAIL_HOST = "mail.example"

    def wish(self, address: str, hour: int = 9) -> Any:
        return signed_in("clerk").post("/notices/", {"hour": hour, "mail": address})

    def test_once_a_day_and_never_what(self, play: Player) -> None:
        self.wish("clerk@example.org")
        play.registered("2026-10-12", title="反映王喆拆分采购的问题")
        with clock.set_to(at("2026-10-12").replace(hour=10)):
            make()
            assert send() == 1
            assert send() == 0
        assert [one.to for one in mail.outbox] == [["clerk@example.org"]]
        said = mail.outbox[0].subject + mail.outbox[0].body
        assert "新事项" in said
        assert not [word for word in ("王喆", "采购", "清纪", "CZ-", "线索", "沈若川") if word in said]

    def test_not_before_the_hour_and_not_to_who_does_not_want_it(self, play: Player) -> None:
        play.registered("2026-10-12")
        make()
        assert send() == 0
        self.wish("clerk@example.org", 18)
        with clock.set_to(at("2026-10-12").replace(hour=10)):
            assert send() == 0

    def test_not_on_a_day_off_and_not_after_the_post(self, play: Player) -> None:
        self.wish("clerk@example.org", 9)
        play.registered("2026-10-12")
        with clock.set_to(at("2026-10-12").replace(hour=10)):
            make()
        with clock.set_to(at("2026-10-17").replace(hour=10)):
            assert send() == 0, "Saturday"
        post = play.town.posts["clerk"]
        Post.objects.filter(pk=post.pk).update(until="2026-10-12")
        with clock.set_to(at("2026-10-19").replace(hour=10)):
            assert send() == 0

    def test_a_failure_is_raised_for_the_job_and_made_up_for(
        self, play: Player, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.wish("clerk@example.org", 8)
        play.registered("2026-10-12")
        with clock.set_to(at("2026-10-12").replace(hour=10)):
            make()
            with monkeypatch.context() as broken:
                broken.setattr("guantong.notices.mail.send_mail", _fail)
                with pytest.raises(MailError):
                    send()
            assert send() == 1

    def test_a_wrong_address_is_said_at_its_field(self, play: Player) -> None:
        page = self.wish("nobody")
        assert page.status_code == 422
        assert 'id="id_mail_error"' in text(page)
        assert "nobody" in html.unescape(text(page))


def test_without_a_server_the_page_says_so_and_nothing_is_sent(play: Player, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert "尚未配置邮件服务器" in text(signed_in("clerk").get("/notices/"))
    assert send() == 0


def _fail(*_given: Any, **_named: Any) -> None:
    raise SMTPException

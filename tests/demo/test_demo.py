"""The demonstration city: made through acts alone, the same each time, standing in a believable present."""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from datetime import date, datetime
from random import Random

import pdfplumber
import pytest
from django.db import connection, transaction
from django.utils.translation import override

from guantong.demo import closes, database, desks, make
from guantong.demo.city import build
from guantong.demo.scans import pdf
from guantong.demo.stage import ZONE, Stage
from guantong.kernel import clock
from guantong.kernel.access.posts import current_posts
from guantong.kernel.access.scope import scope, scope_of
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.returns import queries
from guantong.mechanisms.returns.models import Adjustment, Close
from support.demonstration import SOME, principals


class UndoneError(Exception):
    """Rolls a making back."""


def told() -> list[tuple[object, ...]]:
    """Everything a reader would notice, without the ids."""
    with scope_of(principals()):
        matters = Matter.objects.order_by("id").values_list(
            "kind", "number", "title", "state", "happened_on", "recorded_at", "version"
        )
        papers = Paper.objects.order_by("id").values_list("kind", "number", "state", "signed_on")
        return [*matters, *papers]


@pytest.mark.django_db
def test_it_is_made_through_acts_and_the_same_each_time() -> None:
    seen = []
    for _time in range(2):
        with contextlib.suppress(UndoneError), transaction.atomic():
            made = make.make(finished=3, present=SOME[:3])
            assert made.entries == sum(made.acts.values()) == make.count_entries()
            with connection.cursor() as cursor:
                cursor.execute("SELECT sum(seq) FROM guantong_journal_heads()")
                assert cursor.fetchone()[0] == made.entries, "each chain is as long as its entries"
            seen.append((made.acts, told()))
            raise UndoneError
    assert seen[0] == seen[1]
    assert seen[0][0]["clue.receive"] > 1


@pytest.mark.django_db
def test_the_months_are_closed_one_was_opened_again_and_late_clues_are_adjustments() -> None:
    until = datetime(2026, 11, 24, 8, 30, tzinfo=ZONE)
    with override("zh-hans"):
        with clock.set_to(until - make.YEAR):
            city = build()
        stage = Stage(city, until)
        for story in closes.stories_of(stage, Random(1), until):  # noqa: S311 - fictional
            stage.begin(story)
        stage.play()
    with clock.set_to(until), scope(city.actor("qc.clerk")):
        found = list(Close.objects.select_related("matter").order_by("month"))
        assert str(found[-1]) == "2026-10" and len(found) == 11
        assert {one.matter.state for one in found} == {"closed"}
        assert [str(one) for one in found if one.turn == 2] == ["2026-07"]
        reopened = Entry.objects.get(act="close.reopen")
        assert reopened.content.body["data"]["reason"] == closes.REASON
        taken = Adjustment.objects.values_list("month", "act").distinct()
        assert set(taken) == {(date(2026, 8, 1), "clue.register")}
        pending = queries.pending(city.actor("qc.clerk"))
        assert {(one.month, one.act) for one in pending} == {(date(2026, 10, 1), "clue.register")}


@pytest.mark.django_db
def test_somebody_is_away_with_a_deputy_and_two_desks_pass_on() -> None:
    until = datetime(2026, 11, 24, 8, 30, tzinfo=ZONE)
    with override("zh-hans"):
        with clock.set_to(until - make.YEAR):
            city = build()
        stage = Stage(city, until)
        for story in desks.handovers(city, until):
            stage.begin(story)
        stage.play()
        with clock.set_to(until):
            desks.leaves(city)
            posts = current_posts(city.posts["qc.deputy"].officer_id, clock.today())
    assert city.posts[desks.AWAY].pk in {post.pk for post in posts}, "the deputy may act in the post"
    with scope_of(principals()):
        states = Counter(Matter.objects.filter(kind="handover").values_list("state", flat=True))
    assert states == {"done": 1, "listed": 1}


def test_it_is_thrown_away_and_its_city_can_be_built_anew(committed) -> None:
    assert database.contents() is database.Contents.NOTHING
    assert make.make(finished=1, present=[]).entries > 0
    database.throw_away()
    assert database.contents() is database.Contents.NOTHING
    assert make.count_entries() == 0
    assert build().posts


def test_a_scan_is_a_pdf_with_its_text() -> None:
    lines = ["问题线索呈批件", "领导批示:同意。", "秦望山"]
    with pdfplumber.open(io.BytesIO(pdf(lines))) as document:
        assert len(document.pages) == 1
        assert document.pages[0].width == 595
    assert b"%%EOF" in pdf(lines)

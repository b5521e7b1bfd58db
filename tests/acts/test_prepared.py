"""Prepared querysets say what the querysets they are made of say (预编译查询)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel.matters.models import Party
from guantong.kernel.organs.models import Organ, Post
from guantong.kernel.prepared import Given, Prepared
from support.town import Town, build

ROWS = Prepared(lambda: Post.objects.filter(organ=Given("organ")).select_related("officer", "organ__body"))
SOME = Prepared(lambda: Organ.objects.filter(pk__among=Given("organs")).prefetch_related("posts"))
WORDS: Prepared[Any] = Prepared(
    lambda: (
        Post.objects.filter(organ__among=Given("organs"))
        .order_by("title", "id")
        .values_list("title", flat=True)
    )
)


@pytest.fixture
def town(db: None) -> Town:
    """Build the small town."""
    return build()


def test_rows_are_those_of_the_queryset_each_time_for_its_own_values(town: Town) -> None:
    """Two askings of the same statement do not see each other's values."""
    for code in ("leaders", "supervision", "leaders"):
        organ = town.organs[code]
        found = ROWS(organ=organ.pk)
        assert found == list(Post.objects.filter(organ=organ))
        assert found
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert {post.organ.body.name for post in found if post.organ.body} == {
                town.organs["commission"].name
            }
            assert all(post.officer.name for post in found)
        assert len(asked) == 0, "what is selected with them is loaded"


def test_a_list_is_one_value_however_long(town: Town) -> None:
    """The SQL of three organs is that of one and of none."""
    codes = ["leaders", "supervision", "first"]
    texts = set()
    for number in range(len(codes) + 1):
        ids = [town.organs[code].pk for code in codes[:number]]
        with CaptureQueriesContext(connection) as asked:
            assert {organ.pk for organ in SOME(organs=ids)} == set(ids)
        texts.add(asked[0]["sql"].partition("ANY")[0])
        assert len(asked) == (2 if number else 1), "one for the organs, one for their posts"
    assert len(texts) == 1


def test_values_and_their_order_are_kept(town: Town) -> None:
    """Lists of values come as the queryset would give them."""
    ids = [town.organs[code].pk for code in ("leaders", "supervision")]
    plain = Post.objects.filter(organ__in=ids).order_by("title", "id").values_list("title", flat=True)
    assert WORDS(organs=ids) == list(plain)
    assert WORDS.first(organs=ids) == plain[0]


def test_nothing_found_and_a_value_missing(town: Town) -> None:
    """`first` and `get` say that there is nothing; a value left out is an error, not a wide search."""
    statement = Prepared(lambda: Party.objects.filter(matter=Given("matter")))
    assert statement.first(matter=uuid.uuid4()) is None
    with pytest.raises(Party.DoesNotExist):
        statement.get(matter=uuid.uuid4())
    with pytest.raises(KeyError):
        statement()

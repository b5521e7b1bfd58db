"""What was exported imports again without loss: into an empty ledger, and into its own without a trace."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.people.models import Authority
from guantong.kernel.sheets import read_workbook
from guantong.mechanisms.clues.importing import Status
from guantong.mechanisms.clues.models import Category, Clue, Source
from importing.test_ledger_import import TODAY, exported, run
from support.play import Player, at

pytestmark = pytest.mark.django_db
CHARACTERS = st.one_of(
    st.sampled_from("张王李赵䶮喆垚一二〔2026〕号、，。；=+-@'\"\n /\\·（）%"),
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
)


def texts(most: int, least: int = 1) -> st.SearchStrategy[str]:
    """Texts as a form keeps them: without blanks at the ends."""
    return (
        st.text(CHARACTERS, min_size=least, max_size=most).map(lambda text: text.strip()).filter(
            lambda text: len(text) >= least and "\n" not in text[: least and 1]
        )
    )  # fmt: skip


def lines(most: int, least: int = 1) -> st.SearchStrategy[str]:
    """Texts of one line."""
    return texts(most, least).map(lambda text: " ".join(text.split())).filter(lambda text: len(text) >= least)


PERSON = st.fixed_dictionaries(
    {
        "name": lines(12),
        "unit": lines(20),
        "post": lines(10, 0),
        "authority": st.sampled_from(
            [Authority.COUNTY, Authority.ENTERPRISE, Authority.NONE, Authority.UNKNOWN]
        ),
    }
)
DAY = st.integers(0, 900).map(lambda days: (date(2026, 9, 28) - timedelta(days=days)).isoformat())
CLUE = st.fixed_dictionaries(
    {
        "sender": st.just(""),
        "sender_name": lines(20),
        "source": st.sampled_from(Source.values),
        "letter_number": lines(20),
        "letter_date": st.just("2024-01-02"),
        "letter_signer": lines(8, 0),
        "category": st.sampled_from(Category.values),
        "allegation": texts(80),
        "amount": st.one_of(st.just(""), st.decimals(0, 10**12, places=2).map(str)),
        "unit": lines(20),
        "title": lines(30, 0),
        "subjects": st.lists(PERSON, max_size=3),
    }
)


class Emptied(Exception):  # noqa: N818 - named for what it says
    """Leaves the database as it was."""


def said(content: bytes) -> list[dict[str, Any]]:
    """The rows of an export without the columns that tell of the platform's own life."""
    sheet = read_workbook(content)[0]
    head = [str(cell) for cell in sheet.rows[1]]
    keys = [sheet.keys[label] for label in head]
    left = {"number", "due_on", "handler", "custodian"}
    rows = [
        {key: cell for key, cell in zip(keys, row, strict=True) if key not in left} for row in sheet.rows[2:]
    ]
    return sorted(rows, key=repr)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(DAY, CLUE), min_size=1, max_size=4))
def test_round_trip(play: Player, clues: list[tuple[str, dict[str, Any]]]) -> None:
    content = b""
    try:
        with transaction.atomic():
            for day, data in clues:
                try:
                    play.act(day, "clerk", "clue.register", **data)
                except Refused:
                    continue
            with play.see("clerk"):
                count = Clue.objects.count()
            with clock.set_to(at(TODAY)):
                content = exported(play)
            again = run(play, content)
            assert [one.status for one in again] == [Status.THERE] * count, [one.faults for one in again]
            raise Emptied
    except Emptied:
        pass
    try:
        with transaction.atomic():
            fresh = run(play, content)
            assert [one.status for one in fresh] == [Status.ADDED] * count, [one.faults for one in fresh]
            with clock.set_to(at(TODAY)):
                assert said(exported(play)) == said(content)
            raise Emptied
    except Emptied:
        pass

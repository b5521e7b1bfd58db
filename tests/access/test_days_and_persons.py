"""Sight ends with the platform's day; a person's number tells nothing of matters one does not see."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope_of
from guantong.kernel.people.models import Subject
from support.browse import signed_in, text
from support.play import Player

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "110101199003077758", "110101198001010010"
ZONES = ("Etc/GMT+12", "UTC", "Asia/Shanghai", "Pacific/Kiritimati")
"""At every hour of the day one of them has another date than Shanghai."""


def rows(query: str, arguments: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return cursor.fetchall()


@pytest.mark.parametrize(("days", "seen"), [(-1, 0), (0, 1)])
@pytest.mark.parametrize("zone", ZONES)
def test_a_grants_last_day_is_the_platforms(play: Player, days: int, seen: int, zone: str) -> None:
    clue, guest = play.registered(), play.town.organs["second"].pk
    until = (clock.today() + timedelta(days=days)).isoformat()
    given = json.dumps([{"principal": guest, "depth": 3, "basis": "x", "until": until}])
    with play.see("clerk"):
        rows(
            "SELECT guantong_grant(%s, 'clue', 'received', '2026-09-28', %s::jsonb, '[]'::jsonb, NULL,"
            " now())",
            [clue, given],
        )
    with transaction.atomic():
        rows("SELECT set_config('TimeZone', %s, true)", [zone])
        with scope_of([guest]):
            for table in ("matters_matter", "clues_clue", "journal_entry", "people_subject"):
                assert rows(f"SELECT count(*) FROM {table}") == [(seen,)], table
            found = rows("SELECT * FROM guantong_search_names('苏见微', ARRAY['clue'], 5)")
            assert len(found) == seen
        transaction.set_rollback(True)


def test_nothing_in_the_database_asks_for_the_connections_day() -> None:
    policies = rows(
        "SELECT polrelid::regclass::text FROM pg_policy"
        " WHERE concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) ~* 'current_date'"
    )
    functions = rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'guantong%' AND prosrc ~* 'current_date|current_timestamp::date|now\\(\\)::date'"
    )
    assert (policies, functions) == ([], [])
    [(source,)] = rows("SELECT prosrc FROM pg_proc WHERE proname = 'guantong_today'")
    assert f"'{settings.TIME_ZONE}'" in source


def test_the_day_is_worked_out_once_by_the_planner(play: Player) -> None:
    """A function that is not inlined would be called for each row of each policy."""
    with play.see("clerk"):
        plan = str(
            rows("EXPLAIN (VERBOSE) SELECT * FROM matters_matter m JOIN clues_clue c ON c.matter_id = m.id")
        )
    assert "Asia/Shanghai" in plan and "guantong_today" not in plan


def known_in_the_county(play: Player, number: str) -> None:
    play.act(
        "2026-09-28", "county_clerk", "clue.register", sender_name="某单位", source="enforcement",
        letter_number="1号", letter_date="2026-09-28", category="discipline", allegation="x",
        subjects=[{"name": "真名实姓", "unit": "云麓县某局", "authority": "county", "id_number": number}],
    )  # fmt: skip


def test_a_number_known_elsewhere_is_like_one_known_nowhere(play: Player) -> None:
    known_in_the_county(play, NUMBER)
    play.registered(letter_number="0号")  # what a process reads once is read
    told = []
    for place, number in enumerate((NUMBER, OTHER), start=1):
        person = {"name": "苏见微", "unit": "清川公交集团有限公司", "authority": "city", "id_number": number}
        with CaptureQueriesContext(connection) as queries:
            play.registered(letter_number=f"{place}号", subjects=[person])
        asked = [one["sql"][:30] for one in queries if "SAVEPOINT" not in one["sql"]]
        with play.see("clerk"):
            subject = Subject.objects.get(id_number=number)
        page = text(signed_in("clerk").get(f"/people/{subject.pk}/"))
        assert "真名实姓" not in page
        assert {field.name for field in Subject._meta.fields} == {
            "id", "matter", "name", "id_number", "unit", "post", "post_on", "authority", "party_member",
            "supervisory_object",
        }, "nothing on it comes from elsewhere"  # fmt: skip
        told.append(asked)
    assert told[0] == told[1], "the database is asked the same"
    tables = rows("SELECT to_regclass('people_person')::text, to_regproc('guantong_person')::text")
    assert tables == [(None, None)]


def test_within_sight_one_number_is_one_person(play: Player) -> None:
    for place, name in enumerate(("苏见微", "苏见薇")):
        person = {"name": name, "unit": "清川公交", "authority": "city", "id_number": NUMBER}
        clue = play.registered(letter_number=f"{place}号", subjects=[person])
    [row] = signed_in("clerk").get("/people/").context["rows"]
    assert row["count"] == 2
    with play.see("clerk"):
        subject = Subject.objects.get(matter=clue)
    page = signed_in("clerk").get(f"/people/{subject.pk}/")
    assert len(page.context["rows"]) == 2
    assert NUMBER not in text(page)

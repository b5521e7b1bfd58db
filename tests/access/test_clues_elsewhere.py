"""Clues of other organs about the same person: how many, where, since when; no more (跨机关查重)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.scope import enter, scope_of
from guantong.kernel.matters.models import Matter
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption
from guantong.kernel.organs.models import Jurisdiction, Organ
from guantong.kernel.search.text import normalise_name
from support.browse import readings, signed_in, text
from support.canaries import Crawler, Planted
from support.play import Player, at
from support.town import SINCE, bind

pytestmark = pytest.mark.django_db
NUMBER = "110101199003077758"
PERSON = {"name": "路遥之", "unit": "云麓县城市管理局", "post": "副局长", "authority": "county"}
KNOWN = {**PERSON, "id_number": NUMBER}
CANARIES = {
    "title": "朝朝暮暮", "allegation": "大江东去", "sender": "千古风流", "letter number": "西边人道九号",
    "post": "人物故垒", "evidence": "是三国周", "colleague": "浪淘尽九",
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_a_day() -> Iterator[None]:
    with clock.set_to(at("2026-10-13")):
        yield


def county_clue(play: Player, day: str = "2026-09-28", **person: str) -> UUID:
    """Let the county enter a clue about the person, full of canaries."""
    c = CANARIES
    about = {**KNOWN, "post": c["post"], **person}
    colleague = {"name": c["colleague"], "unit": "云麓县某局", "authority": "county"}
    return play.act(
        day, "county_clerk", "clue.register", sender="", sender_name=c["sender"], source="enforcement",
        letter_number=c["letter number"], letter_date=day, title=c["title"], allegation=c["allegation"],
        category="discipline", subjects=[about, colleague], evidence=[{"title": c["evidence"]}],
    )  # fmt: skip


def asked(play: Player, who: str, clue: UUID) -> list[tuple[Any, ...]]:
    """Ask the database with somebody's eyes: short name of the organ, open, how many, since when."""
    query = "SELECT * FROM guantong_clues_elsewhere(%s, %s, NULL, now())"
    with play.see(who), connection.cursor() as cursor:
        cursor.execute(query, [clue, play.town.posts[who].pk])
        rows = cursor.fetchall()
    names = dict(Organ.objects.values_list("pk", "code"))
    return [(names[organ], *rest) for organ, *rest in rows]


def own(play: Player, *persons: dict[str, str]) -> UUID:
    return play.registered("2026-09-28", subjects=list(persons))


def test_the_page_says_which_organ_how_many_and_since_when_and_no_more(play: Player) -> None:
    county_clue(play)
    clue = own(play, KNOWN)
    page = signed_in("clerk").get(f"/clues/{clue}/elsewhere/")
    assert "其他机关有相似线索：中共云麓县纪律检查委员会 1件（在办，2026年起）。可通过联系点核实。" in text(
        page
    )
    for address in (f"/matters/{clue}/", f"/matters/{clue}/acts/clue.propose_assignment/"):
        shown = signed_in("clerk").get(address).content.decode()
        assert f'hx-get="/clues/{clue}/elsewhere/"' in shown, address
    crawler = Crawler(
        User.objects.get(username="clerk"), Planted(clue, {"matter_id": [str(clue)], "code": []})
    )
    crawler.crawl()
    assert f"/clues/{clue}/elsewhere/" in crawler.bodies
    assert crawler.where({**CANARIES, "county's ledger": "云纪线索"}) == []


def test_nobody_else_is_told_anything(play: Player) -> None:
    county_clue(play)
    clue = play.assigned(own(play, KNOWN))
    for who in ("auditor", "audit_leader", "handler", "handler_head", "deputy", "stranger", "inspector"):
        assert asked(play, who, clue) == [], who
        assert signed_in(who).get(f"/clues/{clue}/elsewhere/").status_code == 404, who
    for administers in ("system", "security", "audit"):
        User.objects.create_user(username=administers, password="x", administers=administers)
        assert signed_in(administers).get(f"/clues/{clue}/elsewhere/").status_code == 403
        enter((), administers)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM guantong_clues_elsewhere(%s, 1, NULL, now())", [clue])
            assert cursor.fetchall() == [], administers
    assert [what for what, _detail in readings() if what == "elsewhere"] == []
    assert asked(play, "clerk", clue) == [("county_commission", True, 1, 2026)]


def test_each_question_leaves_one_row_and_no_content(play: Player) -> None:
    county_clue(play)
    clue = own(play, KNOWN)
    for times in (1, 2):
        signed_in("clerk").get(f"/clues/{clue}/elsewhere/")
        assert [one for one in readings() if one[0] == "elsewhere"] == [("elsewhere", "")] * times


def test_a_person_is_known_by_number_or_by_name_and_unit(play: Player) -> None:
    county_clue(play, name="路 遥之", unit="云麓县 城市管理局", id_number="")
    told = [("county_commission", True, 1, 2026)]
    assert asked(play, "clerk", own(play, PERSON)) == told, "name and unit, however they are spaced"
    assert asked(play, "clerk", own(play, KNOWN)) == told, "the number is not known there"
    assert asked(play, "clerk", own(play, {**PERSON, "unit": "云麓县水利局"})) == [], "a namesake"
    county_clue(play, id_number=NUMBER, name="路遥知", unit="别的单位")
    assert asked(play, "clerk", own(play, KNOWN)) == [("county_commission", True, 2, 2026)]


def test_two_numbers_are_two_persons_whatever_they_are_called(play: Player) -> None:
    county_clue(play, id_number="110101198001010010")
    assert asked(play, "clerk", own(play, KNOWN)) == []
    assert asked(play, "clerk", own(play, PERSON)) == [("county_commission", True, 1, 2026)]


def test_closed_ones_are_told_as_closed_with_the_first_year(play: Player) -> None:
    with clock.set_to(at("2025-03-04")):
        first = county_clue(play, "2025-03-03")
    county_clue(play)
    with play.see("county_clerk"), connection.cursor() as cursor:
        cursor.execute("UPDATE matters_matter SET state = 'closed', is_open = false WHERE id = %s", [first])
    clue = own(play, KNOWN)
    assert asked(play, "clerk", clue) == [
        ("county_commission", True, 1, 2026), ("county_commission", False, 1, 2025),
    ]  # fmt: skip
    said = text(signed_in("clerk").get(f"/clues/{clue}/elsewhere/"))
    assert "1件（在办，2026年起）" in said and "1件（已办结，2025年起）" in said


@pytest.mark.parametrize("state", ["returned", "merged", "forwarded"])
def test_what_the_other_organ_does_not_keep_is_not_told(play: Player, state: str) -> None:
    there = county_clue(play)
    if state == "returned":
        play.act("2026-09-29", "county_clerk", "clue.return", there, reason="不全")
    elif state == "merged":
        other = county_clue(play, id_number="", name="别人")
        number = play.matter("county_clerk", other).number
        play.act("2026-09-29", "county_clerk", "clue.merge", there, other=number, reason="同一事")
    else:
        to = play.town.organs["commission"].pk
        play.act("2026-09-29", "county_clerk", "clue.forward", there, to=to, reason="市管")
    assert asked(play, "clerk", own(play, KNOWN)) == []


def test_what_is_in_no_ledger_yet_is_not_told(play: Player) -> None:
    clue = own(play, KNOWN)
    drafted = play.drafted(subjects=[KNOWN])
    assert asked(play, "clerk", clue) == []
    play.sent(drafted)
    assert asked(play, "clerk", clue) == []


def test_what_one_sees_anyhow_is_shown_there_not_here(play: Player) -> None:
    first, second = own(play, KNOWN), own(play, KNOWN)
    to = play.town.organs["county_commission"].pk
    play.act("2026-09-29", "clerk", "clue.forward", first, to=to, reason="县管")
    with play.see("county_clerk"):
        arrived = Matter.objects.get(kind="clue").pk
    play.act("2026-09-30", "county_clerk", "clue.receive", arrived)
    assert asked(play, "clerk", second) == []
    assert asked(play, "clerk", arrived) == [], "one asks about one's own ledger only"


def test_a_subordinate_organ_is_told_nothing_of_its_superior(play: Player) -> None:
    own(play, KNOWN)
    assert asked(play, "county_clerk", county_clue(play)) == []


def test_a_neighbour_is_told(play: Player) -> None:
    county_clue(play)
    place = Jurisdiction.objects.create(code="990122", name="临岚县", tier="county", parent=play.town.place)
    body = Organ.objects.create(
        code="next",
        name="临岚县纪委",
        short_name="临岚县纪委",
        kind="discipline",
        jurisdiction=place,
        since=SINCE,
    )
    department = Organ.objects.create(
        code="next_supervision", name="案管室", short_name="案管室", kind="discipline", jurisdiction=place,
        parent=body, body=body, since=SINCE,
    )  # fmt: skip
    bind(department, "case_supervision")
    clerk = play.town.posts["stranger"]
    clerk.organ = department
    clerk.save()
    for adoption in Adoption.objects.filter(jurisdiction=play.town.county):
        adoption.pk, adoption.jurisdiction = None, place
        adoption.save()
    engine.forget()
    clue = play.act(
        "2026-09-28", "stranger", "clue.register", sender_name="某单位", source="enforcement",
        letter_number="1号", letter_date="2026-09-28", category="discipline", allegation="x",
        subjects=[KNOWN],
    )  # fmt: skip
    assert asked(play, "stranger", clue) == [("county_commission", True, 1, 2026)]


def test_the_role_is_asked_for_today(play: Player) -> None:
    county_clue(play)
    clue = own(play, KNOWN)
    binding = play.town.organs["supervision"].bindings.get(role="case_supervision")
    binding.until = date(2026, 1, 1)
    binding.save()
    assert asked(play, "clerk", clue) == []
    with scope_of([play.town.organs["supervision"].pk]), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM guantong_clues_elsewhere(%s, 1, NULL, now())", [clue])
        assert cursor.fetchone()[0] == 0


def test_it_costs_the_same_however_many_there_are(play: Player) -> None:
    clue, counts = own(play, KNOWN), []
    for _number in range(3):
        county_clue(play)
        signed_in("clerk").get(f"/clues/{clue}/elsewhere/")
        with CaptureQueriesContext(connection) as queries:
            signed_in("clerk").get(f"/clues/{clue}/elsewhere/")
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts


@pytest.mark.parametrize(
    "name", ["王喆", "王 喆", "　王喆 ", "阿不都·买买提", "阿不都•买买提", "阿不都．买买提", "Ａｂｃ 集团"]
)
def test_names_fold_in_the_database_as_in_the_index(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT guantong_folded(%s)", [name])
        assert cursor.fetchone()[0] == normalise_name(name)

"""Counties side by side (CD-1.2): what each decided, who is missing; what is owed as far as one sees."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from guantong.insight.counties import County, counties_of
from guantong.kernel import clock
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Duty, Occasion
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.organs.models import Jurisdiction, RoleBinding
from support.browse import signed_in
from support.meetings import table
from support.play import Player, at
from support.town import SINCE

pytestmark = pytest.mark.django_db
DAY = "2026-09-28"
REASON = "县级人手少，县委同意延长"


@pytest.fixture
def city(play: Player) -> Any:
    """The town with its liaison office, whose county has decided one value and is reviewed in the spring."""
    table(play.town)
    adoption = Adoption.objects.get(jurisdiction=play.town.county, measure_version__measure="chenzhou")
    adoption.settings = {"CZ-3.3/first_reminder": {"days": 25}}
    adoption.decisions = {"CZ-3.3/first_reminder": {"reason": REASON, "by": "县委书记", "on": "2026-09-01"}}
    adoption.on_trial, adoption.review_on = True, date(2026, 9, 1)
    adoption.save()
    engine.forget()
    with clock.set_to(at(DAY)):
        yield play


def county(play: Player, who: str = "liaison_clerk") -> County:
    with play.see(who):
        [found] = counties_of(play.town.actor(who))
    return found


def page(who: str = "liaison_clerk", status: int = 200, path: str = "/counties/") -> str:
    answer = signed_in(who).get(path)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode(errors="replace"))


def test_what_a_county_decided_its_review_and_its_missing_roles_stand_side_by_side(city: Player) -> None:
    shown = page()
    for said in ("云麓县", REASON, "县委书记", "CZ-3.3", "2026-09-01"):
        assert said in shown
    found = county(city)
    [own] = found.own
    assert (own.clause, own.name, own.same) == ("CZ-3.3", "first_reminder", False)
    assert [one.measure.id for one in found.adopted if one.review_late] == ["chenzhou"]
    assert "CZ-3.3/first_reminder" not in {
        reading.key for one in found.adopted for reading in one.open_readings
    }
    assert "case_supervision" in {one.code for one in found.bound}
    missing = {one.code: one.rules for one in found.missing}
    assert missing["leadership"], "the county has bound no leaders, and rules need them"
    RoleBinding.objects.create(
        jurisdiction=city.town.county, role="leadership", organ=city.town.organs["county_supervision"],
        since=SINCE,
    )  # fmt: skip
    assert "leadership" in {one.code for one in county(city).bound}


def forwarded(play: Player) -> Any:
    matter = play.registered()
    target = play.town.organs["county_commission"].pk
    return play.act("2026-09-29", "clerk", "clue.forward", matter, to=target, reason="涉及县管干部")


def test_only_duties_that_the_reader_may_see_are_counted(city: Player) -> None:
    forwarded(city)
    with city.see("county_clerk"):
        owed = Duty.objects.filter(holder__jurisdiction=city.town.county, ended_on__isnull=True).count()
    assert owed > 0
    assert county(city).owed.open == 0, "the liaison office sees nothing of the clue"
    assert county(city, "clerk").owed.open > 0
    with clock.set_to(at("2027-03-01")):
        late = county(city, "clerk").owed
    assert 0 < late.late <= late.open


def test_nothing_of_what_a_county_handles_is_on_the_page(city: Player) -> None:
    matter = forwarded(city)
    with city.see("clerk"):
        title, number = city.matter("clerk", matter).title, city.matter("clerk", matter).number
    shown = page()
    assert title not in shown
    assert number not in shown


def test_what_comes_round_is_held_open_or_not_within_sight_never_said_to_be_missing(city: Player) -> None:
    MeasureVersion.objects.update(published_at=at("2026-09-01"))
    RoleBinding.objects.create(
        jurisdiction=city.town.county, role="liaison_office", organ=city.town.organs["county_supervision"],
        since=SINCE,
    )  # fmt: skip
    engine.forget()
    open_due(date.fromisoformat(DAY))
    with city.see("county_clerk"):
        assert Occasion.objects.filter(jurisdiction=city.town.county, clause="CD-2.2").exists()
    [found] = [one for one in county(city).rounds if one.clause == "CD-2.2"]
    assert (found.begun, found.held, found.open, found.unseen) == (1, 0, 0, 1)


def test_the_coordinating_office_and_its_leaders_compare_nobody_else(city: Player) -> None:
    for who in ("liaison_clerk", "liaison_head", "deputy", "secretary"):
        page(who)
        page(who, path="/counties/export/")
    for who in ("clerk", "handler", "auditor", "regulator_chief", "audit_leader", "county_clerk"):
        page(who, 403)
        page(who, 403, "/counties/export/")


def test_a_place_without_counties_is_told_what_stands_here(city: Player) -> None:
    Jurisdiction.objects.filter(pk=city.town.county.pk).update(parent=None)
    assert "没有区县" in page()


def test_the_workbook_holds_the_comparison_and_the_reasons(city: Player) -> None:
    answer = signed_in("liaison_clerk").get("/counties/export/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert len(book.sheet_names) == 5
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
             for cell in row]  # fmt: skip
    assert {"云麓县", REASON, "CZ-3.3", "县委书记"} <= set(cells)
    assert any("夏知秋" in cell for cell in cells), "whose copy it is"


def test_the_number_of_queries_does_not_grow_with_the_counties(city: Player) -> None:
    def asked() -> int:
        with city.see("liaison_clerk"), CaptureQueriesContext(connection) as queries:
            counties_of(city.town.actor("liaison_clerk"))
        return len(queries)

    asked()
    one = asked()
    adoptions = list(Adoption.objects.filter(jurisdiction=city.town.county))
    for code in ("990122", "990123", "990124"):
        place = Jurisdiction.objects.create(code=code, name=code, tier="county", parent=city.town.place)
        for adoption in adoptions:
            Adoption.objects.create(
                jurisdiction=place, measure_version=adoption.measure_version, since=adoption.since
            )
    engine.forget()
    asked()
    assert asked() == one

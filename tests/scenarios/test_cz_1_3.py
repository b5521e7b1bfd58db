"""CZ-1.3: the inspection office's director sits on the standing committee; exchange (双向交流)."""

from __future__ import annotations

from datetime import date

import pytest

from guantong.kernel import clock
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.problems import MeasureError
from guantong.kernel.measures.publish import adopt
from guantong.kernel.organs.lacks import BREACH, UNKNOWN, VACANT
from guantong.kernel.organs.models import Posting
from guantong.web.postings import rows_on
from support.bodies import Table, sit_down, unbind
from support.play import Player, at
from support.ways import BY_ACTS

pytestmark = [pytest.mark.django_db, BY_ACTS]
TODAY = date(2026, 11, 2)
CLAUSE = "CZ-1.3"


@pytest.fixture
def table(play: Player) -> Table:
    """The town with its bodies, nothing lacking."""
    return sit_down(play.town)


@pytest.mark.parametrize(
    ("prefix", "place", "name"), [("", "清川市", "段怀瑾"), ("county_", "云麓县", "梅若华")]
)
def test_cz_1_3_the_director_holds_a_post_on_the_committee_at_both_levels(
    table: Table, prefix: str, place: str, name: str
) -> None:
    assert [one for one in table.lacks(TODAY) if one.clause == CLAUSE] == []
    post = table.town.posts[f"{prefix}director_committee"]
    post.until = date(2026, 10, 20)
    post.save()
    assert table.lacks(date(2026, 10, 20)) == [], "he held it to the end of that day"
    (lack,) = table.lacks(date(2026, 10, 21))
    assert (lack.kind, lack.clause, lack.place.name) == (BREACH, CLAUSE, place)
    assert name in lack.reason
    assert "常委" in lack.reason
    assert lack.settled_by


def test_cz_1_3_a_post_of_lower_rank_is_not_enough(table: Table) -> None:
    post = table.town.posts["director_committee"]
    post.rank = "head"
    post.save()
    assert [(one.kind, one.clause) for one in table.lacks(TODAY)] == [(BREACH, CLAUSE)]


def test_cz_1_3_no_director_is_a_vacancy_and_no_binding_is_unknown(table: Table) -> None:
    post = table.town.posts["director"]
    post.until = date(2026, 10, 1)
    post.save()
    assert VACANT in {one.kind for one in table.lacks(TODAY, "city") if one.clause == CLAUSE}
    unbind(table.town, "990100", "inspection_office")
    found = {one.kind for one in table.lacks(TODAY, "city") if one.clause == CLAUSE}
    assert found == {UNKNOWN}


def test_cz_1_3_no_place_may_decide_otherwise(table: Table) -> None:
    version = Adoption.objects.filter(measure_version__measure="chenzhou")[0].measure_version
    with pytest.raises(MeasureError) as refused:
        adopt(table.town.county, version, TODAY, {f"{CLAUSE}/director_on_committee": False})
    assert refused.value.problems[0].code == "override_forbidden"


def test_cz_1_3_postings_that_end_soon_or_are_over_come_first(table: Table) -> None:
    town = table.town
    for who, ends, until in (
        ("auditor", "2026-11-20", None),
        ("handler", "2027-10-31", None),
        ("team_member", "2026-10-31", None),
        ("inspector", "2026-09-30", "2026-09-30"),
    ):
        Posting.objects.create(
            officer=town.posts[who].officer, home=town.organs["executing"], host=town.organs["first"],
            work="协助办理审计线索", since="2025-11-01", term_ends=ends, until=until,
            speciality="工程审计、数据分析",
        )  # fmt: skip
    with clock.set_to(at("2026-11-02")):
        today = clock.today()

        def names(shown: str, query: str = "") -> list[tuple[str, str]]:
            return [(row.posting.officer.name, row.state) for row in rows_on(today, shown, query)]

        assert names("open") == [("岑子墨", "over"), ("叶怀安", "ending"), ("韩牧之", "open")]
        assert names("ending") == [("岑子墨", "over"), ("叶怀安", "ending")]
        assert names("ended") == [("白望舒", "ended")]
        assert names("open", "数据分析 韩牧之") == [("韩牧之", "open")]
        assert names("open", "法医") == []

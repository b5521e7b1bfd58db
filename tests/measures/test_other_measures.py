"""Rules of other places, as example measures: each is accounted for, none is published (CD-1.2)."""

from __future__ import annotations

import csv

from guantong.kernel.measures.catalogue import FOLDER, shipped_measures
from guantong.kernel.measures.load import load_measure

OTHER = FOLDER / "other"
MEASURES = {path.stem: load_measure(path) for path in sorted(OTHER.glob("*.yaml"))}


def rows(name: str) -> list[dict[str, str]]:
    with (OTHER / name).open(encoding="utf-8") as given:
        return list(csv.DictReader(given))


def test_each_rule_stands_as_one_clause_of_its_places_measure() -> None:
    rules, accounted = rows("rules.csv"), rows("accounted.csv")
    assert [int(one["row"]) for one in accounted] == list(range(1, len(rules) + 1))
    assert len(rules) == 34
    written = [clause for measure in MEASURES.values() for clause in measure.clauses]
    assert sorted(one["clause"] for one in accounted) == sorted(written), "none twice, none besides"
    for rule, one in zip(rules, accounted, strict=True):
        assert one["clause"] in MEASURES[one["file"]].clauses
        place = MEASURES[one["file"]].file.jurisdiction.place.zh
        unnamed = rule["place"].startswith(("某市", "national"))
        assert unnamed or rule["place"].startswith(place[:2]), (rule["place"], place)


def test_what_works_has_a_duty_and_what_does_not_says_what_is_missing() -> None:
    for one in rows("accounted.csv"):
        clause = MEASURES[one["file"]].clauses[one["clause"]]
        assert bool(clause.owed()) == (clause.status == "carried"), clause.id
        assert one["missing"] or clause.status == "carried", clause.id
        assert not (one["missing"] and clause.status == "carried") or clause.not_yet, clause.id


def test_no_example_is_published_by_default() -> None:
    assert not {measure.id for measure in shipped_measures()} & {one.id for one in MEASURES.values()}

"""Decision tables answer every point of their domain exactly once, or say why they do not."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.measures.domains import Space, holds
from guantong.kernel.measures.load import load_measure
from guantong.kernel.measures.table_schema import TableSpec
from guantong.kernel.measures.tables import Decision, DecisionTable, Unknown
from guantong.measures import NAMES, path

TEXT = {"zh": "文", "en": "text"}
CITE = {"source": "text", "at": TEXT}
COLOURS = ("red", "green", "blue")
LOW, HIGH = 0, 12


def table(rows: list[dict[str, Any]], hit: str = "first") -> TableSpec:
    """A table over a colour, a number from 0 to 12 and a yes or no."""
    return TableSpec.model_validate(
        {
            "title": TEXT,
            "clause": "SM-1.1",
            "hit": hit,
            "settled_by": "role:desk",
            "inputs": {
                "colour": {"label": TEXT, "kind": "enum", "values": dict.fromkeys(COLOURS, TEXT)},
                "number": {"label": TEXT, "kind": "int", "min": LOW, "max": HIGH},
                "flag": {"label": TEXT, "kind": "bool"},
            },
            "outputs": {"row": {"label": TEXT, "kind": "int"}},
            "rows": [
                {"when": when, "then": {"row": at}, "cite": CITE, "why": TEXT}
                for at, when in enumerate(rows, 1)
            ],
        }
    )


def points() -> list[dict[str, Any]]:
    return [
        {"colour": colour, "number": number, "flag": flag}
        for colour, number, flag in product(COLOURS, range(LOW, HIGH + 1), (True, False))
    ]


def fitting(spec: TableSpec, point: dict[str, Any]) -> list[int]:
    """Numbers of the rows that hold at a point, found by trying each."""
    return [
        at
        for at, row in enumerate(spec.rows, 1)
        if all(holds(condition, point[name]) for name, condition in row.when.items())
    ]


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    when: dict[str, Any] = {}
    if draw(st.booleans()):
        when["colour"] = draw(st.lists(st.sampled_from(COLOURS), min_size=1, unique=True))
    if draw(st.booleans()):
        first = draw(st.integers(LOW - 1, HIGH))
        when["number"] = draw(
            st.sampled_from(
                [{"from": first}, {"below": first + 1}, {"from": first, "below": first + 4}, [first, 3]]
            )
        )
    if draw(st.booleans()):
        when["flag"] = draw(st.booleans())
    return when


tables = st.lists(conditions(), min_size=1, max_size=6).map(table)


@given(tables)
def test_gaps_are_exactly_the_points_no_row_fits(spec: TableSpec) -> None:
    space = Space(spec)
    holes = space.gaps()
    for point in points():
        inside = [box for box in holes if all(_in(space, box, name, value) for name, value in point.items())]
        assert len(inside) == (0 if fitting(spec, point) else 1)


def _in(space: Space, box: tuple[frozenset[int], ...], name: str, value: Any) -> bool:
    side = box[list(space.columns).index(name)]
    for at in side:
        cell = space.columns[name][at]
        if isinstance(value, bool | str):
            if cell.low == value:
                return True
        elif int(cell.low or 0) <= value <= int(HIGH if cell.high is None else cell.high):
            return True
    return False


@given(tables)
def test_overlaps_are_exactly_the_pairs_that_share_a_point(spec: TableSpec) -> None:
    shared = {
        (first - 1, second - 1)
        for point in points()
        for first in fitting(spec, point)
        for second in fitting(spec, point)
        if first < second
    }
    assert {(first, second) for first, second, _where in Space(spec).overlaps()} == shared


@given(tables)
def test_unreachable_rows_are_those_no_point_comes_to(spec: TableSpec) -> None:
    reached = {found[0] - 1 for point in points() if (found := fitting(spec, point))}
    assert set(Space(spec).unreachable()) == set(range(len(spec.rows))) - reached


@given(tables)
def test_deciding_takes_the_first_row_that_fits_or_is_unknown(spec: TableSpec) -> None:
    decision_table = DecisionTable("t", spec)
    for point in points():
        wanted = fitting(spec, point)
        found = decision_table.decide(point)
        if wanted:
            assert isinstance(found, Decision)
            assert found.row == wanted[0] == found.outputs["row"]
            assert found.trace[-1].row == found.row
        else:
            assert isinstance(found, Unknown)
            assert found.settled_by == "role:desk"


@given(tables, st.sampled_from(["colour", "number", "flag"]))
def test_a_missing_input_is_guessed_by_nobody(spec: TableSpec, missing: str) -> None:
    """Decided without an input only where every value of it leads to the same row."""
    decision_table = DecisionTable("t", spec)
    for point in points():
        found = decision_table.decide({**point, missing: None})
        rows = {
            tuple(fitting(spec, other)[:1])
            for other in points()
            if all(other[name] == point[name] for name in point if name != missing)
        }
        if isinstance(found, Decision):
            assert rows == {(found.row,)}
        elif missing not in found.missing:
            assert rows == {()}


@pytest.mark.parametrize("name", NAMES)
def test_shipped_tables_answer_every_point_once(name: str) -> None:
    for shipped in load_measure(path(name)).file.tables.values():
        space = Space(shipped)
        sides = [[cell.sample for cell in found] for found in space.columns.values()]
        for values in product(*sides):
            rows = fitting(shipped, dict(zip(space.columns, values, strict=True)))
            assert len(rows) == 1 if shipped.hit == "unique" else rows


def test_values_outside_the_domain_are_unknown() -> None:
    decision_table = DecisionTable("t", table([{}]))
    for name, value in [
        ("colour", "pink"),
        ("number", HIGH + 1),
        ("number", True),
        ("flag", 1),
        ("number", "3"),
    ]:
        found = decision_table.decide({name: value})
        assert isinstance(found, Unknown)
        assert found.missing == (name,)


def test_a_name_that_is_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        DecisionTable("t", table([{}])).decide({"weather": "fine"})


def test_true_is_not_the_number_one() -> None:
    assert not holds(1, True)
    assert not holds([True], 1)
    assert holds([0, 1], 1)


def test_unknown_row_gives_its_own_reason_and_settler() -> None:
    spec = table([{"flag": True}, {"flag": False}])
    raw = spec.model_dump(by_alias=True, exclude_none=True)
    raw["rows"][1] |= {
        "then": {},
        "unknown": {"reason": {"zh": "待定", "en": "{open}"}, "settled_by": "role:head"},
    }
    found = DecisionTable("t", TableSpec.model_validate(raw)).decide({"flag": False})
    assert isinstance(found, Unknown)
    assert found.settled_by == "role:head"
    assert str(found.reason) in ("待定", "{open}")

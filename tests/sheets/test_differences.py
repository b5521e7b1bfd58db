"""Comparing with a file that comes again and again: no difference is lost, none is asked twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.sheets.differences import Change, compare, settle

FIELDS = ("amount", "unit", "persons")
VALUES = st.sampled_from(["", "1", "2", "3"])
RECORD = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))
PART = st.dictionaries(st.sampled_from(FIELDS), VALUES)


@given(RECORD, RECORD, PART, PART)
def test_what_agrees_or_is_not_said_is_no_difference(
    here: dict[str, str], there: dict[str, str], base: dict[str, str], left: dict[str, str]
) -> None:
    found = compare(base, here, there, left)
    assert set(found) == {name for name in FIELDS if there[name] and there[name] != here[name]}


@given(RECORD, RECORD, RECORD)
def test_the_side_that_moved_is_named(
    base: dict[str, str], here: dict[str, str], there: dict[str, str]
) -> None:
    for name, change in compare(base, here, there, {}).items():
        moved = (here[name] != base[name], there[name] != base[name])
        assert (
            moved
            == {Change.THERE: (False, True), Change.HERE: (True, False), Change.BOTH: (True, True)}[change]
        )


@given(RECORD, RECORD, PART, PART, st.sets(st.sampled_from(FIELDS)), st.data())
def test_what_was_decided_is_not_asked_again_and_the_rest_is(
    here: dict[str, str],
    there: dict[str, str],
    base: dict[str, str],
    left: dict[str, str],
    touched: set[str],
    data: st.DataObject,
) -> None:
    found = compare(base, here, there, left, touched)
    asked = [name for name, change in found.items() if change.asks]
    decided = {name: data.draw(st.booleans()) for name in asked if data.draw(st.booleans())}
    seen, kept = settle(base, here, there, left, decided)
    then = {**here, **{name: there[name] for name, taken in decided.items() if taken}}
    again = compare(seen, then, there, kept, touched)
    assert {name for name, change in again.items() if change.asks} == set(asked) - set(decided)
    assert {name for name, change in again.items() if change is Change.LEFT} >= {
        name for name, taken in decided.items() if not taken
    }


@given(RECORD, RECORD, RECORD, VALUES)
def test_what_was_left_is_asked_again_only_when_it_changes_there_again(
    base: dict[str, str], here: dict[str, str], there: dict[str, str], later: str
) -> None:
    asked = [name for name, change in compare(base, here, there, {}).items() if change.asks]
    seen, kept = settle(base, here, there, {}, dict.fromkeys(asked, False))
    again = compare(seen, here, {**there, "amount": later}, kept)
    if "amount" in asked and later and later not in (here["amount"], there["amount"]):
        assert again["amount"] is Change.THERE
    elif "amount" in asked and later == there["amount"]:
        assert again["amount"] is Change.LEFT


@given(RECORD, RECORD)
def test_of_what_was_never_compared_only_what_was_changed_here_is_a_conflict(
    here: dict[str, str], there: dict[str, str]
) -> None:
    found = compare({}, here, there, {}, touched={"unit"})
    for name, change in found.items():
        assert change is (Change.BOTH if name == "unit" else Change.THERE)

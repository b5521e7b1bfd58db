"""Hashes of the journal: vectors of the standard, canonical form, chains, trees, proofs."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.journal import hashing, verify

MATTER = "0192f0c4-0000-7000-8000-000000000001"
AT = datetime(2026, 9, 28, 1, 2, 3, 4, tzinfo=UTC)
ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
ABCD16 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts
keys = texts.map(lambda text: unicodedata.normalize("NFC", text))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def header(**changes: object) -> hashing.EntryHeader:
    first = hashing.EntryHeader(
        matter_id=MATTER,
        seq=1,
        prev="",
        act="clue.register",
        happened_on=date(2026, 9, 28),
        recorded_at=AT,
        post_id=7,
        organ_id=3,
        officer_name="陈珺",
        capacity="案件监督管理室 干部",
        clauses=("CZ-3.2",),
        depth=1,
        state_from="",
        state_to="received",
        content_digest=hashing.content_digest(bytes(32), {"title": "x"}),
    )
    return replace(first, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("data", "expected"), [(b"abc", ABC), (b"abcd" * 16, ABCD16)])
def test_sm3_gives_the_vectors_of_gbt_32905(data: bytes, expected: str) -> None:
    assert hashing.sm3(data) == f"sm3:{expected}"
    assert verify.sm3_pure(data).hex() == expected


@given(st.binary(max_size=300))
def test_our_own_sm3_equals_the_library(data: bytes) -> None:
    assert "sm3:" + verify.sm3_pure(data).hex() == hashing.sm3(data)


@pytest.mark.parametrize("length", [55, 56, 63, 64, 65, 119, 120, 128, 10_000])
def test_our_own_sm3_pads_rightly_at_the_edges_of_blocks(length: int) -> None:
    assert "sm3:" + verify.sm3_pure(b"\xa5" * length).hex() == hashing.sm3(b"\xa5" * length)


def test_the_verifier_prefers_a_faster_sm3_only_if_it_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify.best_sm3()(b"abc").hex() == ABC
    monkeypatch.setattr(verify, "_sm3_openssl", lambda _: bytes(32))
    assert verify.best_sm3() is verify.sm3_pure

    def absent(_: bytes) -> bytes:
        raise ValueError

    monkeypatch.setattr(verify, "_sm3_openssl", absent)
    assert verify.best_sm3() is verify.sm3_pure


def test_canonical_form_is_the_documented_one() -> None:
    value = {"乙": [True, None, -1], "a": "e\u0301\n", "A": {"d": date(2026, 1, 2)}}
    assert hashing.canonical(value).decode() == '{"A":{"d":"2026-01-02"},"a":"é\\n","乙":[true,null,-1]}'


@given(values)
def test_canonical_survives_storing_as_json_and_both_implementations_agree(value: object) -> None:
    data = hashing.canonical(value)
    assert hashing.canonical(json.loads(data)) == data
    assert verify.canonical(verify.read_json(data.decode())) == data
    assert json.loads(data) == hashing.plain(value)


@given(st.dictionaries(keys, scalars, max_size=6))
def test_canonical_forgets_the_order_of_keys(value: dict[str, object]) -> None:
    assert hashing.canonical(dict(reversed(value.items()))) == hashing.canonical(value)


@given(texts)
def test_canonical_is_one_for_all_unicode_forms_of_a_text(text: str) -> None:
    nfc = hashing.canonical(unicodedata.normalize("NFC", text))
    assert hashing.canonical(unicodedata.normalize("NFD", text)) == nfc


@given(values, values)
def test_different_values_have_different_canonical_forms(left: object, right: object) -> None:
    same = json.dumps(hashing.plain(left), sort_keys=True) == json.dumps(hashing.plain(right), sort_keys=True)
    assert (hashing.canonical(left) == hashing.canonical(right)) == same


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (1.0, r"\$: float"),
        ({"amount": Decimal("1.10")}, r"\$\.amount: Decimal"),
        ({"a": [b"x"]}, r"\$\.a\[0\]: bytes"),
        ((1, 2), r"\$: tuple"),
        ({1: "x"}, r"\$: key 1"),
        ({"é": 1, "e\u0301": 2}, "occurs twice"),
        ("a\x00b", "NUL"),
        ("\ud800", "surrogate"),
        (2**63, "64 bits"),
        (datetime(2026, 1, 1), "without time zone"),  # noqa: DTZ001
    ],
)
def test_canonical_refuses_and_says_where(value: object, place: str) -> None:
    with pytest.raises(hashing.CanonicalError, match=place):
        hashing.canonical(value)


def test_canonical_refuses_bottomless_nesting() -> None:
    value: object = []
    for _ in range(100):
        value = [value]
    with pytest.raises(hashing.CanonicalError, match="deep"):
        hashing.canonical(value)


def test_moments_are_written_in_utc_whatever_their_zone() -> None:
    china = AT.astimezone(timezone(timedelta(hours=8)))
    assert hashing.iso_instant(china) == "2026-09-28T01:02:03.000004Z"


def test_the_salt_makes_equal_contents_differ_and_has_a_fixed_length() -> None:
    assert hashing.content_digest(bytes(32), "x") != hashing.content_digest(b"\x01" * 32, "x")
    with pytest.raises(ValueError, match="31 bytes"):
        hashing.content_digest(bytes(31), "x")


@pytest.mark.parametrize(
    "change",
    [
        {"act": "clue.assign"},
        {"happened_on": date(2026, 9, 27)},
        {"recorded_at": AT + timedelta(microseconds=1)},
        {"post_id": 8},
        {"organ_id": None},
        {"officer_name": "陈俊"},
        {"capacity": "审计组 组长"},
        {"clauses": ("CZ-3.3",)},
        {"depth": 3},
        {"state_from": "returned"},
        {"state_to": "assigned"},
        {"content_digest": hashing.content_digest(b"\x01" * 32, {"title": "x"})},
        {"matter_id": MATTER[:-1] + "2"},
        {"seq": 2, "prev": hashing.sm3(b"")},
    ],
)
def test_every_field_of_the_header_is_in_the_hash(change: dict[str, object]) -> None:
    assert hashing.entry_hash(header(**change)) != hashing.entry_hash(header())


def test_the_first_entry_is_bound_to_its_matter_by_the_genesis_value() -> None:
    assert hashing.genesis(MATTER) != hashing.genesis(MATTER[:-1] + "2")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seq": 2}, "has no entry before"),
        ({"prev": hashing.sm3(b"")}, "has no entry before"),
        ({"seq": 0}, "has no entry before"),
        ({"seq": 2, "prev": "md5:00"}, "not a hash"),
        ({"content_digest": "sm3:XYZ"}, "not a hash"),
        ({"matter_id": MATTER.upper()}, "lower-case"),
        ({"act": ""}, "act code"),
        ({"happened_on": AT}, "not a moment"),
    ],
)
def test_a_header_out_of_form_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        header(**change)


def rfc_root(leaves: list[bytes]) -> str:
    """The recursive definition of RFC 6962, section 2.1, word for word."""

    def tree(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return verify.sm3_pure(b"\x00" + part[0])
        split = 1
        while split * 2 < len(part):
            split *= 2
        return verify.sm3_pure(b"\x01" + tree(part[:split]) + tree(part[split:]))

    return "sm3:" + tree(leaves).hex()


@pytest.mark.parametrize("size", [*range(1, 18), 33])
def test_roots_follow_rfc_6962_in_both_implementations(size: int) -> None:
    leaves = [bytes([i]) for i in range(size)]
    tree = verify._Tree(verify.best_sm3())
    for leaf in leaves:
        tree.add(leaf)
    assert hashing.merkle_root(leaves) == rfc_root(leaves) == tree.root()


@given(st.data(), st.lists(st.binary(max_size=4), min_size=1, max_size=40, unique=True))
def test_a_proof_holds_for_its_leaf_and_for_no_other(data: st.DataObject, leaves: list[bytes]) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, proof = hashing.merkle_root(leaves), hashing.merkle_proof(leaves, index)
    size = len(leaves)
    assert hashing.verify_proof(leaves[index], index, size, proof, root)
    assert not hashing.verify_proof(leaves[index] + b"!", index, size, proof, root)
    assert not hashing.verify_proof(leaves[index], size, size, proof, root)
    assert not hashing.verify_proof(leaves[index], index, size, [*proof, hashing.sm3(b"")], root)
    assert not hashing.verify_proof(leaves[index], index, size, proof, hashing.sm3(b""))
    if size > 1:
        assert not hashing.verify_proof(leaves[index], index, size, proof[:-1], root)
        assert not hashing.verify_proof(leaves[(index + 1) % size], index, size, proof, root)
        assert not hashing.verify_proof(leaves[index], index, size, ["x", *proof[1:]], root)


def test_a_node_cannot_pass_for_a_leaf() -> None:
    one, two = b"1", b"2"
    inner = verify.sm3_pure(b"\x00" + one) + verify.sm3_pure(b"\x00" + two)
    assert hashing.merkle_root([one, two]) != hashing.merkle_root([inner])


def test_trees_and_proofs_refuse_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="without leaves"):
        hashing.merkle_root([])
    with pytest.raises(IndexError, match="no leaf 2 among 2"):
        hashing.merkle_proof([b"a", b"b"], 2)


def checkpoint(**changes: object) -> hashing.CheckpointHeader:
    first = hashing.CheckpointHeader(1, 1, 9, 5, hashing.sm3(b"root"), "", AT)
    return replace(first, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"first_id": 2},
        {"last_id": 10},
        {"count": 6},
        {"root": hashing.sm3(b"other")},
        {"number": 2, "previous": hashing.sm3(b"")},
        {"at": AT + timedelta(seconds=1)},
    ],
)
def test_every_field_of_a_checkpoint_is_in_its_hash(change: dict[str, object]) -> None:
    assert hashing.checkpoint_hash(checkpoint(**change)) != hashing.checkpoint_hash(checkpoint())


@pytest.mark.parametrize(
    "change", [{"number": 2}, {"previous": hashing.sm3(b"")}, {"count": 10}, {"count": 0}, {"root": "x"}]
)
def test_a_checkpoint_out_of_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|not a hash"):
        checkpoint(**change)


def test_expunging_takes_two_people_and_a_reason() -> None:
    with pytest.raises(ValueError, match="two different people"):
        hashing.Expunging(1, hashing.sm3(b""), (4, 4), "误录", AT)
    with pytest.raises(ValueError, match="reason"):
        hashing.Expunging(1, hashing.sm3(b""), (4, 5), "  ", AT)

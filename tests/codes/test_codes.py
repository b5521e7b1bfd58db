"""ID numbers and unified social credit codes: hand-made cases, properties, comparison with a library."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from guantong.kernel.codes import CodeError, normalise_code
from guantong.kernel.organs.codes import (
    ALPHABET,
    AUTHORITIES,
    check_character,
    is_credit_code,
    parse_credit_code,
)
from guantong.kernel.people.codes import check_digit, is_id_number, mask_id, parse_id_number

TODAY = date(2026, 11, 23)
SAMPLE = "11010519491231002X"  # the example of GB 11643
births = st.dates(date(1900, 1, 1), TODAY)
id_numbers = st.builds(
    lambda born, order: (first := f"110105{born:%Y%m%d}{order:03d}") + check_digit(first),
    births,
    st.integers(0, 999),
)
credit_codes = st.builds(
    lambda authority, kind, division, body: (
        (first := f"{authority}{kind}{division:06d}{body}") + check_character(first)
    ),
    st.sampled_from(sorted(AUTHORITIES)),
    st.integers(1, 9),
    st.integers(110000, 659999),
    st.text(ALPHABET, min_size=9, max_size=9),
)


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def test_the_example_of_the_standard() -> None:
    parsed = parse_id_number(SAMPLE, today=TODAY)
    assert (parsed.birth_date, parsed.gender, parsed.division) == (date(1949, 12, 31), "female", "110105")


@pytest.mark.parametrize("written", [SAMPLE.lower(), full_width(SAMPLE), f" {SAMPLE[:6]} {SAMPLE[6:]}\u3000"])
def test_id_numbers_as_people_write_them(written: str) -> None:
    assert parse_id_number(written, today=TODAY).value == SAMPLE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "length"),
        (SAMPLE[:-1], "length"),
        ("110105491231002", "old_form"),
        ("1101051949123100X2", "character"),
        ("110105194912310O2X", "character"),
        ("11010519491231002٣", "character"),
        ("99010519491231002X", "region"),
        ("11010519490231002X", "birth_date"),
        ("11010518991231002X", "birth_date"),
        ("11010520261124002X", "birth_date"),
        (SAMPLE[:-1] + "0", "check"),
    ],
)
def test_wrong_id_numbers_say_why(text: str, kind: str) -> None:
    with pytest.raises(CodeError) as caught:
        parse_id_number(text, today=TODAY)
    assert caught.value.kind == kind
    assert len(text) < 15 or text not in str(caught.value)


def test_a_permanent_resident_from_abroad() -> None:
    number = "91128419800101201"
    assert parse_id_number(number + check_digit(number), today=TODAY).birth_date == date(1980, 1, 1)


@given(id_numbers)
def test_made_id_numbers_are_accepted_here_and_by_the_library(number: str) -> None:
    parsed = parse_id_number(number, today=TODAY)
    assert ric.calc_check_digit(number) == number[-1]
    assert ric.get_birth_date(number) == parsed.birth_date
    assert parsed.gender == ("male" if int(number[16]) % 2 else "female")


@given(id_numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_found(number: str, position: int, character: str) -> None:
    changed = number[:position] + character + number[position + 1 :]
    assert is_id_number(changed, today=TODAY) is (changed == number)


@given(id_numbers, st.integers(0, 16))
def test_two_exchanged_neighbours_are_always_found(number: str, at: int) -> None:
    changed = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert is_id_number(changed, today=TODAY) is (changed == number)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (SAMPLE, "110***********002X"),
        (full_width(SAMPLE), "110***********002X"),
        ("E12345678", "E******78"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_masking(text: str, masked: str) -> None:
    assert mask_id(text) == masked


@given(st.text(max_size=30))
def test_masking_hides_most_and_keeps_the_length(text: str) -> None:
    value, masked = normalise_code(text), mask_id(text)
    assert len(masked) == len(value)
    shown = sum(a == b for a, b in zip(value, masked, strict=True) if a != "*")
    assert shown <= 7


@pytest.mark.parametrize("code", ["91110000600037341L", "91350100M000100Y43"])
def test_known_credit_codes(code: str) -> None:
    assert parse_credit_code(code).value == code
    assert parse_credit_code(full_width(code.lower())).value == code
    assert parse_credit_code(f"{code[:2]}-{code[2:8]} {code[8:]}").value == code


@pytest.mark.parametrize("authority", ["A", "N", "Y"])
def test_authorities_the_library_refuses_are_accepted(authority: str) -> None:
    first = f"{authority}1110105MA0000000"
    code = first + check_character(first)
    assert parse_credit_code(code).authority == AUTHORITIES[authority]
    assert not uscc.is_valid(code)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("9111000060003734", "length"),
        ("9111000060003734IL", "character"),
        ("9111000060003734中L", "character"),
        ("G1110000600037341L", "authority"),
        ("9111000A600037341L", "region"),
        ("91110000600037341M", "check"),
    ],
)
def test_wrong_credit_codes_say_why(text: str, kind: str) -> None:
    with pytest.raises(CodeError) as caught:
        parse_credit_code(text)
    assert caught.value.kind == kind
    assert str(caught.value)


@given(credit_codes)
def test_credit_codes_agree_with_the_library_where_it_knows_the_authority(code: str) -> None:
    assert is_credit_code(code)
    assert uscc.is_valid(code) is code[0].isdigit()


@given(credit_codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_of_a_credit_code_is_always_found(code: str, at: int, character: str) -> None:
    changed = code[:at] + character + code[at + 1 :]
    assert is_credit_code(changed) is (changed == code)


@given(st.text(max_size=25))
def test_any_text_is_answered(text: str) -> None:
    assert is_credit_code(text) in (True, False)
    assert is_id_number(text, today=TODAY) in (True, False)

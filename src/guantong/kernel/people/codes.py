"""Citizen ID numbers (公民身份号码), GB 11643-1999: checking, reading, masking for display."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext_lazy as _

from guantong.kernel.codes import CodeError, normalise_code

LENGTH = 18
OLD_LENGTH = 15
WEIGHTS = tuple(2 ** (LENGTH - 1 - position) % 11 for position in range(LENGTH - 1))
CHECK = "10X98765432"
FOREIGN = "9"
"""First digit of a foreign permanent resident's number (外国人永久居留身份证); the province follows it."""
EARLIEST = date(1900, 1, 1)
DIGITS = frozenset("0123456789")
PROVINCES = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for number in range(first, last + 1)
)
"""GB/T 2260 provinces; 83 stands on the residence permits of Taiwan."""

Gender = Literal["male", "female"]


@dataclass(frozen=True)
class IdNumber:
    """A checked ID number (公民身份号码) and what it says: division code, birth date, gender."""

    value: str
    division: str
    birth_date: date
    gender: Gender


def check_digit(first17: str) -> str:
    """The 18th character for the first 17 digits (MOD 11-2)."""
    return CHECK[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def parse_id_number(text: str, *, today: date) -> IdNumber:
    """The ID number in `text`, which may have full-width characters, spaces, or a small x.

    Raises `CodeError` with kind `length`, `old_form` (15 digits), `character`, `region`, `birth_date` (no
    such day, before 1900, after `today`) or `check`.
    """
    value = normalise_code(text)
    _check_form(value)
    province = value[1:3] if value[0] == FOREIGN else value[:2]
    if province not in PROVINCES:
        raise CodeError(
            "region",
            _("The ID number names the province {digits}, which does not exist. Compare it with the card."),
            {"digits": province},
        )
    born = _birth_date(value[6:14], today)
    if check_digit(value[:-1]) != value[-1]:
        raise CodeError(
            "check",
            _("The last character of the ID number does not match the others: a digit is mistyped or two "
              "are exchanged. Compare it with the card."),
        )  # fmt: skip
    return IdNumber(value, value[:6], born, "male" if int(value[16]) % 2 else "female")


def _check_form(value: str) -> None:
    if len(value) == OLD_LENGTH and DIGITS.issuperset(value):
        raise CodeError(
            "old_form",
            _("This is an ID number of the old form with 15 digits. Enter the present one with 18."),
        )
    if len(value) != LENGTH:
        raise CodeError(
            "length",
            _("An ID number has 18 characters, this one has {length}. Compare it with the card."),
            {"length": len(value)},
        )
    for position, character in enumerate(value, 1):
        if character not in DIGITS and not (position == LENGTH and character == "X"):
            raise CodeError(
                "character",
                _("Character {position} of the ID number is not a digit (only the last may be X)."),
                {"position": position},
            )


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        born = None
    if born is None or not EARLIEST <= born <= today:
        raise CodeError(
            "birth_date",
            _("Characters 7 to 14 of the ID number are no possible date of birth. Compare it with the card."),
        )
    return born


def is_id_number(text: str, *, today: date) -> bool:
    """Whether `parse_id_number` would accept it."""
    try:
        parse_id_number(text, today=today)
    except CodeError:
        return False
    return True


def mask_id(text: str) -> str:
    """An identity document number for display (脱敏): '110***********1234'.

    Eighteen or fifteen characters keep the first three and last four, shorter ones of six and more the
    first and the last two, still shorter ones nothing. The length stays.
    """
    value = normalise_code(text)
    head, tail = (3, 4) if len(value) >= OLD_LENGTH else (1, 2) if len(value) >= 6 else (0, 0)
    return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]

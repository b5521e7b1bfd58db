"""Unified social credit codes (统一社会信用代码), GB 32100-2015: an own check.

`python-stdnum` refuses the registering authorities A, N and Y, which the standard's code list has.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guantong.kernel.codes import CodeError, normalise_code

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUE = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))
AUTHORITIES = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监督管理",
    "A": "中央军委改革和编制办公室",
    "N": "农业农村",
    "Y": "其他",
}


@dataclass(frozen=True)
class CreditCode:
    """A checked code (统一社会信用代码): authority, division, organisation code (组织机构代码)."""

    value: str
    authority: str
    division: str
    organisation_code: str


def check_character(first17: str) -> str:
    """The 18th character for the first 17 (MOD 31)."""
    total = sum(VALUE[character] * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def parse_credit_code(text: str) -> CreditCode:
    """The code in `text`, which may have full-width characters, small letters, spaces or hyphens.

    Raises `CodeError` with kind `length`, `character`, `authority`, `region` or `check`. The check digit of
    the organisation code inside is not looked at: the outer one covers it.
    """
    value = normalise_code(text)
    if len(value) != LENGTH:
        raise CodeError(
            "length",
            _("A unified social credit code has 18 characters, this one has {length}."),
            {"length": len(value)},
        )
    for position, character in enumerate(value, 1):
        if character not in VALUE:
            raise CodeError(
                "character",
                _("Character {position} of the unified social credit code is “{character}”: only digits and "
                  "capital letters without I, O, S, V, Z occur (perhaps 1, 0, 5 or 2 is meant)."),
                {"position": position, "character": character},
            )  # fmt: skip
    if value[0] not in AUTHORITIES:
        raise CodeError(
            "authority",
            _("The unified social credit code begins with “{character}”, which is no registering authority."),
            {"character": value[0]},
        )
    if not value[2:8].isdecimal():
        raise CodeError(
            "region",
            _("Characters 3 to 8 of the unified social credit code are a division code and must be digits."),
        )
    if check_character(value[:-1]) != value[-1]:
        raise CodeError(
            "check",
            _("The last character of the unified social credit code does not match the others: one is "
              "mistyped or two are exchanged. Compare it with the certificate."),
        )  # fmt: skip
    return CreditCode(value, AUTHORITIES[value[0]], value[2:8], value[8:17])


def is_credit_code(text: str) -> bool:
    """Whether `parse_credit_code` would accept it."""
    try:
        parse_credit_code(text)
    except CodeError:
        return False
    return True

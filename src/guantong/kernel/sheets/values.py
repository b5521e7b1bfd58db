"""Reading cells as dates, amounts, names, text (单元格取值). What cannot be is refused with its address."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from .errors import SheetError
from .reading import Cell

EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(10_000, 110_000)
"""Excel day numbers taken for dates: 1927 to 2201."""
YEARS = range(1900, 2101)
EXACT_DIGITS = 15
UNITS = {
    "": Decimal(1), "元": Decimal(1), "圆": Decimal(1), "千元": Decimal(10**3), "万": Decimal(10**4),
    "万元": Decimal(10**4), "百万元": Decimal(10**6), "千万元": Decimal(10**7), "亿": Decimal(10**8),
    "亿元": Decimal(10**8),
}  # fmt: skip
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
PART = re.compile(rf"({NUMBER})(亿元|千万元|百万元|万元|千元|元|圆|亿|万)?")
LARGEST = Decimal(10**15)
CENT = Decimal("0.01")
DATE_FORMS = (
    re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
CLOCK = re.compile(r"[T ]?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
CHINESE_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年"
    r"([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
CHINESE_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
SEPARATOR = re.compile(r"[、,;/|\n\r]+")
REMAINDER = re.compile(r"等(?:[\d一二三四五六七八九十两]*人)?$")


def to_text(cell: Cell) -> str:
    """A cell as text: '' when empty, 15 for 15.0, dates as 2026-03-05; outer white space removed.

    Raises `SheetError` (kind `digits_lost`) for a number of more than 15 digits: the program that kept an
    ID or account number as a number has already lost its last digits.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int) and len(str(abs(cell))) > EXACT_DIGITS:
        raise SheetError(
            "digits_lost",
            _("A number with more than 15 digits is stored as a number: its last digits are lost."),
            _("Set the column to text, enter the number again from the source, and take the file again."),
        )
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, str):
        return cell.strip()
    return str(cell)


def to_date(cell: Cell) -> date | None:
    """A cell as a date, None when empty.

    Takes dates, Excel day numbers (1900 system), 2026.3.5, 2026-03-05, 2026/3/5, 2026年3月5日, 20260305,
    二〇二六年三月五日, each with a time behind it or not. Raises `SheetError` (kind `date`) for what is no
    full date or does not exist; a missing day or a two-digit year is never guessed.
    """
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, bool | time | timedelta):
        raise _no_date(cell)
    if isinstance(cell, int | float):
        return _date_of_number(cell)
    return _date_of_text(cell)


def _date_of_number(number: float) -> date:
    if int(number) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(number))
    if float(number).is_integer() and len(str(int(number))) == 8:
        return _date_of_text(str(int(number)))
    raise _no_date(number)


def _date_of_text(cell: str) -> date:
    text = CLOCK.sub("", " ".join(unicodedata.normalize("NFKC", cell).split()))
    text = text.replace(" ", "").replace("。", ".")
    for form in DATE_FORMS:
        if found := form.fullmatch(text):
            return _make(cell, *(int(part) for part in found.groups()))
    if found := CHINESE_DATE.fullmatch(text):
        year = int("".join(str(CHINESE_DIGITS[digit]) for digit in found[1]))
        return _make(cell, year, _chinese_number(found[2]), _chinese_number(found[3]))
    raise _no_date(cell)


def _make(cell: str, year: int, month: int, day: int) -> date:
    try:
        return _plausible(date(year, month, day))
    except ValueError as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError(
            "date",
            _("There is no day “{value}” in the calendar."),
            _("Compare it with the paper and enter the right date."),
            values={"value": cell},
        ) from error


def _plausible(day: date) -> date:
    if day.year not in YEARS:
        raise _no_date(day.isoformat())
    return day


def _chinese_number(text: str) -> int:
    """One to ninety-nine; what is no such number becomes 99 or more, which no month or day is."""
    tens, ten, ones = text.rpartition("十")
    high = CHINESE_DIGITS.get(tens, 99 if tens else 1) * 10 if ten else 0
    return high + CHINESE_DIGITS.get(ones, 99 if ones else 0)


def _no_date(value: object) -> SheetError:
    return SheetError(
        "date",
        _("“{value}” is no full date."),
        _("Write year, month and day, such as 2026-03-05."),
        values={"value": value},
    )


def to_amount(cell: Cell, unit: str = "") -> Decimal | None:
    """A cell as an amount in yuan, to the cent; None when empty.

    `unit` is the column's (such as 万元) and holds where the cell names none. Takes 1,234.56, full-width
    digits, 12.5万元, 3亿2000万元, ¥ or 人民币 before it. Raises `SheetError` (kind `amount`) for the rest.
    """
    if cell is None:
        return None
    if isinstance(cell, bool | date | time | timedelta):
        raise _no_amount(cell)
    if isinstance(cell, int | float):
        return _yuan(cell, Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell), unit)
    text = "".join(unicodedata.normalize("NFKC", cell).split()).replace("，", ",")
    text = re.sub(r"^(?:人民币)?[¥￥]?", "", text).removesuffix("整")
    negative = text.startswith(("-", "−"))
    return _parts(cell, text[1:] if negative else text, unit, -1 if negative else 1)


def _parts(cell: str, text: str, unit: str, sign: int) -> Decimal:
    parts = PART.findall(text)
    if not parts or "".join(number + own for number, own in parts) != text:
        raise _no_amount(cell)
    if len(parts) == 1:
        number, own = parts[0]
        return _yuan(cell, sign * Decimal(number.replace(",", "")), own or unit)
    factors = [UNITS[own] for _number, own in parts]
    if any(not own for _number, own in parts) or factors != sorted(set(factors), reverse=True):
        raise _no_amount(cell)
    total = sum(Decimal(number.replace(",", "")) * UNITS[own] for number, own in parts)
    return _yuan(cell, sign * Decimal(total), "元")


def _yuan(cell: object, number: Decimal, unit: str) -> Decimal:
    try:
        yuan = (number * UNITS[unit]).quantize(CENT)
    except (InvalidOperation, KeyError) as error:
        raise _no_amount(cell) from error
    if not yuan.is_finite() or abs(yuan) >= LARGEST:
        raise _no_amount(cell)
    return yuan


def _no_amount(value: object) -> SheetError:
    return SheetError(
        "amount",
        _("“{value}” is no amount of money."),
        _("Write a number with or without a unit, such as 12.5万元 or 125000."),
        values={"value": value},
    )


@dataclass(frozen=True)
class NameList:
    """Names of a cell (姓名) and, where it says 等3人, that others are not named."""

    names: tuple[str, ...]
    remainder: str = ""


def to_names(cell: Cell) -> NameList:
    """Names divided by 、 , ; / or line breaks; blanks within a name ('张 三') go; each name once.

    Blanks divide names only where every piece has two characters or more ('张三 李四').
    """
    text = unicodedata.normalize("NFKC", to_text(cell))
    found = REMAINDER.search(text.strip())
    if found:
        text = text.strip()[: found.start()]
    names: dict[str, None] = {}
    for piece in SEPARATOR.split(text):
        words = piece.split()
        divided = words if len(words) > 1 and all(len(word) > 1 for word in words) else ["".join(words)]
        names.update(dict.fromkeys(word for word in divided if word))
    return NameList(tuple(names), found[0] if found else "")

"""Periods (期限): a number of working days, days, months or years."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal, Self

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .errors import PeriodError

Unit = Literal["working_days", "days", "months", "years"]
UNITS: tuple[Unit, ...] = ("working_days", "days", "months", "years")
CHINESE: dict[Unit, str] = {"working_days": "个工作日", "days": "日", "months": "个月", "years": "年"}
ENGLISH: dict[Unit, str] = {"working_days": "working day", "days": "day", "months": "month", "years": "year"}


class Period(BaseModel):
    """Exactly one of working days, days, months or years (期限).

    `Period(months=3)`. Raises pydantic's `ValidationError` where none or several are given; `parse_period`
    raises `PeriodError` with text for people.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    working_days: int | None = Field(default=None, ge=0, le=10_000)
    days: int | None = Field(default=None, ge=0, le=40_000)
    months: int | None = Field(default=None, ge=0, le=1_200)
    years: int | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(getattr(self, unit) is not None for unit in UNITS) != 1:
            raise ValueError("exactly one of working_days, days, months, years")
        return self

    @property
    def unit(self) -> Unit:
        """Which of the four it is."""
        return next(unit for unit in UNITS if getattr(self, unit) is not None)

    @property
    def count(self) -> int:
        """How many of the unit."""
        return int(getattr(self, self.unit))

    def text(self, language: str) -> str:
        """'10个工作日' or '10 working days'."""
        return amount_text(self.count, self.unit, language)


def amount_text(count: int, unit: Unit, language: str) -> str:
    """A number with its unit, in Chinese when `language` begins with 'zh', else in English."""
    if language.startswith("zh"):
        return f"{count}{CHINESE[unit]}"
    return f"{count} {ENGLISH[unit]}{'' if count == 1 else 's'}"


def parse_period(value: Mapping[str, Any]) -> Period:
    """A period from a measure file or form, such as `{"months": 3}`.

    Raises `PeriodError` unless it has exactly one known unit with a whole number, not negative.
    """
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in UNITS:
        raise PeriodError(
            _("A period has exactly one of {units}, not {value}. Write for example “months: 3”."),
            units=", ".join(UNITS),
            value=value,
        )
    unit, count = next(iter(value.items()))
    try:
        return Period(**{unit: count})
    except ValueError as error:
        raise PeriodError(
            _("The number of {unit} must be a whole number that is not negative or absurd, not {count}."),
            unit=unit,
            count=count,
        ) from error


def last_calendar_day(start: date, count: int, *, unit: Unit, first_day_counts: bool) -> date:
    """The last of so many calendar days, months or years from `start` (末日).

    Where the first day counts the period ends a day earlier, on the eve of the corresponding day; a month
    that has no such day ends it with its own last in either case. No period ends before it begins.
    """
    end = add_calendar(start, count, unit)
    cut_short = unit != "days" and end.day != start.day
    return end - timedelta(days=1) if first_day_counts and count and not cut_short else end


def add_calendar(start: date, count: int, unit: Unit) -> date:
    """`start` plus calendar days, months or years (民法典 200-202).

    Months and years end on the corresponding day or, where there is none, on the month's last.
    Raises `PeriodError` beyond the year 9999.
    """
    try:
        if unit == "days":
            return start + timedelta(days=count)
        months = start.year * 12 + start.month - 1 + count * (12 if unit == "years" else 1)
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(start.day, last))
    except (OverflowError, ValueError, IndexError) as error:
        raise PeriodError(_("The period from {start} ends beyond the year 9999."), start=start) from error

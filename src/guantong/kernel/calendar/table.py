"""The year table of working days (工作日年表): reading and checking the files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from .errors import YearTableError

BUILT_IN = Path(__file__).with_name("years.yaml")
DAY = timedelta(days=1)
SATURDAY = 5


class Holiday(BaseModel):
    """A range of days off (放假): Chinese name as in the notice, first and last day included."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field(min_length=1)
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    def days(self) -> Iterator[date]:
        """Every day of the range."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + offset * DAY


class Year(BaseModel):
    """The arrangement of one year (年度放假安排) and the notice it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notice: str = Field(min_length=1)
    provisional: bool
    note: str = ""
    holidays: tuple[Holiday, ...]
    worked: tuple[date, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    names: dict[str, str] = Field(default_factory=dict)
    years: dict[int, Year]


@dataclass(frozen=True)
class YearTable:
    """Years without a gap, and the English names of the holidays.

    `version` is a short digest of the content: it changes when a day, a name or a notice does, and only then.
    """

    years: Mapping[int, Year]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        years = sorted(self.years.items())
        content = "\n".join(f"{number}:{year.model_dump_json()}" for number, year in years)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def english(self, name: str) -> str:
        """English name of a holiday; the Chinese one where none is given."""
        return " and ".join(self.names.get(part, part) for part in name.split("、"))


def read_table(extra: Path | None = None) -> YearTable:
    """The built-in table, with the years of the `*.yaml` files of folder `extra` added or put in their place.

    Raises `YearTableError` where a file cannot be read or a year contradicts itself, or years are missing
    in between.
    """
    files = [BUILT_IN]
    if extra is not None:
        if not extra.is_dir():
            raise YearTableError(str(extra), None, _("the folder does not exist"))
        files += sorted(extra.glob("*.yaml"))
    years: dict[int, Year] = {}
    names: dict[str, str] = {}
    for path in files:
        content = _read(path)
        for number, year in content.years.items():
            _check(path.name, number, year)
        years |= content.years
        names |= content.names
    missing = sorted(set(range(min(years), max(years) + 1)) - set(years))
    if missing:
        raise YearTableError(files[-1].name, missing[0], _("this year is missing in between"))
    _check_overlap(years, files[-1].name)
    return YearTable(years, names)


def _read(path: Path) -> _File:
    try:
        raw: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return _File.model_validate(raw)
    except (YAMLError, OSError, UnicodeDecodeError, ValueError) as error:
        reason = _first_reason(error) if isinstance(error, ValidationError) else str(error)
        raise YearTableError(path.name, None, reason) from error


def _first_reason(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _check(source: str, number: int, year: Year) -> None:
    for holiday in year.holidays:
        if holiday.last < holiday.first:
            raise YearTableError(source, number, _("a holiday ends before it begins"))
    for day in (*(day for holiday in year.holidays for day in holiday.days()), *year.worked):
        if not (day.year == number or (day.year == number - 1 and day.month == 12)):
            raise YearTableError(source, number, _("a day lies outside the year and its preceding December"))
    if any(day.weekday() < SATURDAY for day in year.worked):
        raise YearTableError(source, number, _("a day under “worked” is not a Saturday or Sunday"))


def _check_overlap(years: Mapping[int, Year], source: str) -> None:
    off = {day for year in years.values() for holiday in year.holidays for day in holiday.days()}
    for number, year in years.items():
        if off.intersection(year.worked):
            raise YearTableError(source, number, _("a day is both off and worked"))

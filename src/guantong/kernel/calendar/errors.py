"""Errors of the calendar (日历)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class CalendarError(ValueError):
    """Something about days or periods that cannot be (日历错误). `str()` is text for people."""

    def __init__(self, template: object, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return str(self.template).format(**self.values)


class UnknownYear(CalendarError):  # noqa: N818 - named for what it says
    """A date outside the year table (年表未收录的年份): the answer is unknown and never guessed."""

    def __init__(self, year: int, first: int, last: int) -> None:
        self.year = year
        super().__init__(
            _(
                "The working days of {year} are not known: the year table holds {first} to {last}. "
                "Add the year from the State Council's notice to the calendar folder."
            ),
            year=year,
            first=first,
            last=last,
        )


class YearTableError(CalendarError):
    """A year table that contradicts itself (年表有误). Names file, year, reason."""

    def __init__(self, source: str, year: int | None, reason: object) -> None:
        self.source = source
        self.year = year
        super().__init__(
            _("Calendar file {source}, year {year}: {reason}"), source=source, year=year or "-", reason=reason
        )


class PeriodError(CalendarError):
    """A period that is not one (期限写法有误)."""

"""Working days and deadlines (工作日与期限): the year table, periods, due dates with their explanation."""

from .deadlines import Deadline, before, deadline, estimated, extend, shift
from .errors import CalendarError, PeriodError, UnknownYear, YearTableError
from .explanation import CIVIL_CODE, Closure, Explanation, Reading, Step
from .periods import Period, parse_period
from .working import WorkingCalendar, get_calendar, load

__all__ = [
    "CIVIL_CODE",
    "CalendarError",
    "Closure",
    "Deadline",
    "Explanation",
    "Period",
    "PeriodError",
    "Reading",
    "Step",
    "UnknownYear",
    "WorkingCalendar",
    "YearTableError",
    "before",
    "deadline",
    "estimated",
    "extend",
    "get_calendar",
    "load",
    "parse_period",
    "shift",
]

"""Days on which things happen in tests (测试用日期)."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def standing(moment: datetime) -> ContextVar[datetime | None]:
    """Return a clock that stands, for a site whose threads all have to read it."""
    return ContextVar("clock", default=moment)


def at(day: str, hour: int = 10) -> datetime:
    """Return an hour of a day in Shanghai."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)

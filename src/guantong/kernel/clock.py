"""What time it is (时钟). A demonstration or a test may set it; nothing else reads the machine's clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the present moment, aware."""
    return _set.get() or timezone.now()


def today() -> date:
    """Return the present day in the platform's time zone."""
    return timezone.localtime(now()).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let it be `moment` (aware) inside the block."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)

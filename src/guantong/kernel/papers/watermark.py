"""Watermark (水印): who looked at a paper, in which capacity, when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from guantong.kernel.papers.letter import clean

MAX_PART = 24


@dataclass(frozen=True)
class Watermark:
    """Reader, capacity (身份) and time of a view or export. `at` must carry a time zone."""

    reader: str
    capacity: str
    at: dt.datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at: the time of a watermark needs a time zone")

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines tiled over each page: who, in which capacity, when; none is wider than a tile."""
        parts = (" ".join(clean(part).split())[:MAX_PART] for part in (self.reader, self.capacity))
        return *filter(None, parts), f"{self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def text(self) -> str:
        """Return the words in one line."""
        return "　".join(filter(None, self.lines))

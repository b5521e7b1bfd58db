"""How what is owed for a period counts, shown in a cell (期次状态): in words and in its colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

TONES = {
    "in_time": "done",
    "told": "done",
    "late": "stopped",
    "missing": "stopped",
    "due": "wait",
    "extra": "active",
}


class PeriodCell:
    """A cell of a table of periods (期次); `WORDS`: what each standing is called there."""

    WORDS: ClassVar[Mapping[str, Any]]
    standing: str

    @property
    def words(self) -> str:
        """How it counts, in words."""
        return str(self.WORDS[self.standing])

    @property
    def tone(self) -> str:
        """Colour of the state."""
        return TONES[self.standing]

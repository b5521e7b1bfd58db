"""A fault of meaning, by its path in the file (检查结果)."""

from __future__ import annotations

from dataclasses import dataclass

from guantong.kernel.measures.places import Loc, Side
from guantong.kernel.measures.problems import Message


@dataclass(frozen=True)
class Finding:
    """A fault whose line and column are still to be looked up (待定位的问题)."""

    loc: Loc
    code: str
    reason: Message
    remedy: Message
    side: Side = "value"

"""What the caller may know of a state (按知悉范围显示的状态; CZ-3.3)."""

from __future__ import annotations

from guantong.kernel.matters import kinds
from guantong.mechanisms.clues import lifecycle as clues

_CODES = {"clue": clues.state_for}


def state_code(kind: str, depth: int, state: str) -> str:
    """Return the code of a state as a reader of this depth may know it."""
    told = _CODES.get(kind)
    return told(depth, state) if told and state else state


def state_label(kind: str, depth: int, state: str) -> str:
    """Return the name of a state as a reader of this depth may know it."""
    return kinds.get(kind).state_label(depth, state) if state else ""

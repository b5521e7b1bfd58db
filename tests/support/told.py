"""What a cell of the permission matrices comes to for a reader (矩阵单元的告知)."""

from __future__ import annotations


def as_told(written: str, depth: int) -> str:
    """Return what is told of all that a cell says is missing (告知内容).

    Who sees only a part, and whose act it is not, is not told of the state: many answers would
    tell it.
    """
    lacks = written.split("+")
    if depth < 3 and "capacity" in lacks and "state" in lacks:
        lacks.remove("state")
    return "+".join(lacks)

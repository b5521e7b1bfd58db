"""The measure files that come with the platform (随附办法)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from guantong.kernel.measures.load import load_text
from guantong.kernel.measures.measure import Measure

FOLDER = Path(__file__).resolve().parents[2] / "measures"


@cache
def shipped_measures() -> tuple[Measure, ...]:
    """Return all measures in the package, by file name; a published copy of one is not read again."""
    return tuple(
        load_text(path.read_text(encoding="utf-8"), path.name) for path in sorted(FOLDER.glob("*.yaml"))
    )

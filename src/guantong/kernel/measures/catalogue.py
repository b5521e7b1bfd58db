"""The measure files that come with the platform (随附办法)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from guantong.kernel.measures.load import load_measure
from guantong.kernel.measures.measure import Measure

FOLDER = Path(__file__).resolve().parents[2] / "measures"


@cache
def shipped_measures() -> tuple[Measure, ...]:
    """Return all measures in the package, by file name."""
    return tuple(load_measure(path) for path in sorted(FOLDER.glob("*.yaml")))

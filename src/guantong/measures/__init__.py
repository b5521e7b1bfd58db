"""The measures that come with the platform (随附办法), as data."""

from __future__ import annotations

from pathlib import Path

NAMES = ("general", "chenzhou", "chengdu")


def path(name: str) -> Path:
    """The file of a measure that comes with the platform (随附办法文件). KeyError: no such measure."""
    if name not in NAMES:
        raise KeyError(name)
    return Path(__file__).with_name(f"{name}.yaml")

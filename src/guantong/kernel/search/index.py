"""What goes into the index (检索索引)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from guantong.kernel.matters.models import Depth
from guantong.kernel.search.text import normalise_name, to_tsvector_text


def entry(depth: Depth, texts: Iterable[str], names: Iterable[str]) -> dict[str, Any]:
    """Return one depth's words and names, as the database function `guantong_settle` takes them."""
    kept = [name for name in names if name]
    words = to_tsvector_text(" ".join([*(text for text in texts if text), *kept]))
    return {
        "depth": int(depth),
        "words": words,
        "names": sorted({normalise_name(name)[:120] for name in kept}),
    }

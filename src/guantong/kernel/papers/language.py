"""In which language papers are written (文书用语): Chinese, whoever reads the page of their draft."""

from __future__ import annotations

from django.utils.translation import override


def language_of_papers() -> override:
    """Return the context in which labels come out as papers say them."""
    return override("zh-hans")

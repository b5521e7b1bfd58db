"""Template tags of the pages of matters (事项页标签)."""

from __future__ import annotations

from typing import Any

from django import template

from guantong.web.matter import clause_url
from guantong.web.timeline import amount

register = template.Library()


@register.simple_tag
def clause_address(clause: str) -> str:
    """Return where a clause stands, or '' (条款网址)."""
    return clause_url(clause)


@register.filter
def item(mapping: dict[str, Any] | None, key: str) -> Any:
    """Return what a mapping holds under a key, or None."""
    return (mapping or {}).get(key)


@register.filter
def yuan(value: Any) -> str:
    """Word an amount with thousands parted (金额)."""
    return "" if value is None else amount(value)


@register.filter
def megabytes(size: int) -> str:
    """Word a file's size."""
    return f"{max(1, size // 1024)} KB" if size < 2**20 else f"{size / 2**20:.1f} MB"

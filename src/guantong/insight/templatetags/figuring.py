"""A figure in a table (统计单元格): one tag a cell, for a page has a thousand of them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guantong.insight.figures import Cell

register = template.Library()


@register.simple_tag
def figure_cell(cell: Cell, records_url: str) -> SafeString:
    """Return the cell; a figure leads to the records behind it (数字链接到记录)."""
    names = ("gt-said-cell" if cell.words else "gt-num") + (" gt-quiet" if cell.quiet else "")
    if not cell.asks:
        return format_html('<td class="{}">{}</td>', names, cell.text)
    return format_html(
        '<td class="{}"><a href="{}?{}">{}</a></td>', names, records_url, cell.query, cell.text
    )

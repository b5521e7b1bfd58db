"""Charts in the page (统计图): what each draws, as data for our script; the table beside it says the same."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guantong.insight.figures import Chart


def drawing(chart: Chart) -> dict[str, Any]:
    """Return what the script needs to draw a chart, in the reader's language."""
    return {
        **chart.data(),
        "locale": "EN" if (get_language() or "").startswith("en") else "ZH",
        "said": _("Chart: %(title)s. The table says the same.") % {"title": chart.title},
    }

"""What axe finds on a page, and whether it fits the screens of an office (无障碍与版面检查)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

AXE = Path(__file__).resolve().parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, { resultTypes: ['violations'], selectors: false, elementRef: false })
  .then(results => results.violations)"""
"""What passed is left in the browser: sending it takes a third of the time."""
SCREENS = ((1920, 1080), (1366, 768))


def violations(page: Any) -> list[str]:
    """Return what axe finds against its rules on the page as it stands, once it has loaded."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN)
    return [f"{one['id']}: {node['html'][:140]}" for one in found for node in one["nodes"]]


def too_wide(page: Any) -> list[int]:
    """Return the widths of screens on which the page runs over the side; ends on the smallest."""
    wide = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") > 0:
            wide.append(width)
    return wide

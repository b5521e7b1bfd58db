"""The sign-in page as a browser gets it from the running site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.browser


def test_signing_in_wrongly_is_told_without_saying_which_half_was_wrong(page: Any) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto("/accounts/login/")
    page.fill("#id_login", "nobody")
    page.fill("#id_password", "not-the-password")
    page.click("#sign-in button")
    page.wait_for_selector("[role=alert], .gt-error")
    assert page.input_value("#id_login") == "nobody"
    assert page.locator("a[href*=signup], a[href*=reset]").count() == 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(done => done.violations.map(v => [v.id, v.nodes[0].html]))")
    assert found == []
    assert complaints == []


def test_a_page_that_is_not_there_looks_like_one_that_may_not_be_seen(page: Any) -> None:
    answer = page.goto("/nosuch/page/")
    assert answer.status == 404
    assert page.locator("body[data-trouble]").count() == 1

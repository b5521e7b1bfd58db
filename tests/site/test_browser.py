"""The site in a browser: the policy holds, the language is Chinese, a large upload is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_the_sign_in_page_breaks_no_policy(page: Any) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto("/accounts/login/")
    assert answer.status == 200
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("input[name=login]").is_visible()
    assert said == []


def test_200_megabytes_from_a_form_get_a_page_not_a_broken_connection(
    browser: Any, served: tuple[Any, int], tmp_path: Path
) -> None:
    page = browser.new_page()
    large = tmp_path / "扫描件.pdf"
    with open(large, "wb") as handle:
        handle.truncate(200 * 2**20)
    page.goto(f"http://127.0.0.1:{served[1]}/accounts/login/")
    page.evaluate(
        """() => {
            const form = document.createElement("form");
            Object.assign(form, {method: "post", enctype: "multipart/form-data", action: "/health/"});
            const input = document.createElement("input");
            Object.assign(input, {type: "file", name: "scan", id: "scan"});
            const button = Object.assign(document.createElement("button"), {id: "send", textContent: "送"});
            form.append(input, button);
            document.body.append(form);
        }"""
    )
    page.set_input_files("#scan", large)
    page.click("#send")
    page.wait_for_load_state()
    assert "60 MB" in page.content()
    page.close()

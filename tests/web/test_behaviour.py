"""What the page's script does, in a real browser under the real content security policy."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import guantong
from guantong.site.csp import POLICY

PACKAGE = Path(guantong.__file__).parent
HOST = "http://guantong.test"
CSP = "; ".join(f"{name} {value}" for name, value in POLICY.items())
BARE = """<!DOCTYPE html><html lang="zh-CN"><head><title>x</title>
<script src="/static/guantong/app.js" defer></script></head><body{}></body></html>"""
pytestmark = pytest.mark.browser


class Site:
    """Answers the browser from files and rendered pages, and keeps what was posted."""

    def __init__(self, styled: Any) -> None:
        self.pages = {"/style/": styled(), "/wrong/": styled("wrong"), "/other/": styled()}
        self.pages["/trouble/"] = BARE.format(" data-trouble")
        self.pages["/sign-in/"] = BARE.format("")
        self.posted: list[str] = []
        self.answer_posts_with = "/other/"

    def handle(self, route: Any) -> None:
        request, path = route.request, urlsplit(route.request.url).path
        if path.startswith("/static/"):
            self._file(route, path.removeprefix("/static/"))
            return
        if request.method == "POST":
            self.posted.append(request.post_data or "")
            path = self.answer_posts_with
        headers = {"Content-Security-Policy": CSP}
        route.fulfill(body=self.pages[path], content_type="text/html; charset=utf-8", headers=headers)

    @staticmethod
    def _file(route: Any, name: str) -> None:
        for folder in (PACKAGE / "static", PACKAGE / "web" / "static"):
            if (folder / name).is_file():
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                route.fulfill(path=folder / name, content_type=kind)
                return
        route.fulfill(status=404)


@pytest.fixture
def site(styled: Any) -> Site:
    return Site(styled)


@pytest.fixture
def look(browser: Any, site: Site) -> Iterator[Any]:
    """A page of the office screen on which every complaint of the browser fails the test."""
    context = browser.new_context(base_url=HOST, viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.route(f"{HOST}/**", site.handle)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.set_default_timeout(5000)
    page.goto("/style/")
    yield page
    context.close()
    assert complaints == []


def type_facts(page: Any, text: str = "已核实的情况") -> None:
    page.fill("#id_facts", text)
    page.check("#id_first")
    page.check("input[name=way][value='2']")
    page.wait_for_timeout(400)


@pytest.mark.parametrize("width", [1000, 1366, 1920])
def test_the_page_fits_the_screen(look: Any, width: int) -> None:
    look.set_viewport_size({"width": width, "height": 768})
    assert look.evaluate("document.documentElement.scrollWidth") <= width
    tops = look.locator("tbody tr .gt-nowrap, tbody tr td:not(.gt-title)").evaluate_all(
        "cells => cells.filter(cell => cell.scrollHeight > 40 && cell.closest('tr').clientHeight < 40).length"
    )
    assert tops == 0


def test_what_was_typed_survives_leaving_and_can_be_dropped(look: Any) -> None:
    type_facts(look)
    look.goto("/other/")
    look.goto("/style/")
    assert look.input_value("#id_facts") == "已核实的情况"
    assert look.is_checked("#id_first")
    assert look.is_checked("input[name=way][value='2']")
    note = look.locator("main .gt-note[role=status]")
    assert note.count() == 1
    note.get_by_role("button").click()
    assert look.input_value("#id_facts") == ""
    look.reload()
    assert look.input_value("#id_facts") == ""


@pytest.mark.parametrize("interruption", ["/sign-in/", "/trouble/"])
def test_an_interrupted_form_is_given_back(look: Any, site: Site, interruption: str) -> None:
    type_facts(look)
    site.answer_posts_with = interruption
    look.click("#letter button.btn-primary")
    look.wait_for_function("() => !document.querySelector('#letter')")
    look.goto("/style/")
    assert look.input_value("#id_facts") == "已核实的情况"


def test_a_recorded_form_is_not_given_back(look: Any, site: Site) -> None:
    type_facts(look)
    look.click("#letter button.btn-primary")
    look.wait_for_load_state()
    look.goto("/style/")
    assert look.input_value("#id_facts") == ""


def test_a_form_returned_with_errors_keeps_the_servers_values(look: Any, site: Site) -> None:
    type_facts(look)
    site.answer_posts_with = "/wrong/"
    look.click("#letter button.btn-primary")
    look.wait_for_selector("[data-form-errors]")
    assert look.input_value("#id_facts") == ""
    assert look.locator("main .gt-note[role=status]").count() == 0


def test_passwords_and_tokens_are_never_kept(look: Any) -> None:
    look.evaluate(
        """() => { const field = document.createElement('input');
        field.type = 'password'; field.name = 'secret'; field.value = 'CANARY';
        document.querySelector('#letter').append(field); }"""
    )
    type_facts(look)
    kept = look.evaluate("JSON.stringify(Object.values(sessionStorage))")
    assert "已核实的情况" in kept
    assert "CANARY" not in kept
    assert "csrfmiddlewaretoken" not in kept


def test_another_accounts_drafts_are_removed(look: Any) -> None:
    look.evaluate("sessionStorage.setItem('guantong.draft:99::/style/', JSON.stringify({fields: [], at: 1}))")
    type_facts(look)
    look.reload()
    keys = look.evaluate("Object.keys(sessionStorage)")
    assert [key.split(":")[1] for key in keys] == ["7"]


def test_a_second_click_sends_nothing(look: Any, site: Site) -> None:
    type_facts(look)
    look.evaluate(
        """() => { const form = document.querySelector('#letter');
        const button = form.querySelector('.btn-primary');
        button.click(); button.click(); form.requestSubmit(button); }"""
    )
    look.wait_for_load_state()
    look.wait_for_timeout(300)
    assert len(site.posted) == 1


def test_a_grave_act_asks_first(look: Any, site: Site) -> None:
    look.get_by_role("button", name="退回").click()
    dialog = look.locator("#gt-confirm")
    assert dialog.is_visible()
    assert "退回函" in dialog.inner_text()
    dialog.locator("[value=no]").click()
    look.wait_for_timeout(200)
    assert site.posted == []
    look.get_by_role("button", name="退回").click()
    dialog.locator("[value=yes]").click()
    look.wait_for_timeout(500)
    assert len(site.posted) == 1
    assert 'name="return"' in site.posted[0]


def test_rows_are_chosen_in_runs_and_counted(look: Any) -> None:
    ticks, bar = look.locator("[data-bulk-item]"), look.locator(".gt-bulk")
    assert not bar.is_visible()
    ticks.nth(1).click()
    ticks.nth(4).click(modifiers=["Shift"])
    assert look.locator("[data-bulk-count]").inner_text() == "4"
    look.locator("[data-bulk-clear]").click()
    assert not bar.is_visible()
    look.locator("[data-bulk-all]").check()
    assert look.locator("[data-bulk-count]").inner_text() == str(ticks.count())


def test_the_keyboard_reaches_search_rows_and_help(look: Any) -> None:
    look.keyboard.press("/")
    assert look.evaluate("document.activeElement.id") == "gt-search"
    look.keyboard.type("?")
    assert look.input_value("#gt-search") == "?"
    assert not look.locator("#gt-help").is_visible()
    look.evaluate("document.activeElement.blur()")
    look.keyboard.press("j")
    look.keyboard.press("x")
    assert look.locator("[data-bulk-count]").inner_text() == "1"
    look.keyboard.press("?")
    assert look.locator("#gt-help").is_visible()
    look.keyboard.press("Escape")
    assert not look.locator("#gt-help").is_visible()


def test_the_first_tab_offers_to_skip_to_the_content(look: Any) -> None:
    look.keyboard.press("Tab")
    assert look.evaluate("document.activeElement.className") == "gt-skip"
    look.keyboard.press("Enter")
    assert look.evaluate("document.activeElement.id") == "main"


def test_a_menu_closes_with_escape_and_by_clicking_elsewhere(look: Any) -> None:
    menu = look.locator("details.gt-capacity")
    menu.locator("summary").click()
    assert menu.get_attribute("open") is not None
    look.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    menu.locator("summary").click()
    look.mouse.click(700, 90)
    assert menu.get_attribute("open") is None


@pytest.mark.parametrize("address", ["/style/", "/wrong/"])
def test_no_accessibility_failures(look: Any, address: str) -> None:
    axe = PACKAGE.parent.parent / "assets" / "node_modules" / "axe-core" / "axe.min.js"
    assert axe.exists(), "axe-core is missing: run `make assets`"
    look.goto(address)
    look.evaluate(axe.read_text(encoding="utf-8"))
    found = look.evaluate("axe.run().then(done => done.violations.map(v => [v.id, v.nodes[0].html]))")
    assert found == []

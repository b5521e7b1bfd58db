"""The frame and the components, rendered: what everybody's pages rely on."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

import guantong
from guantong.site.views import plain_page
from guantong.web import style
from guantong.web.context import navigation
from guantong.web.icons import ICONS, icon_paths

from .conftest import account, actor, dressed

PACKAGE = Path(guantong.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
INLINE = re.compile(
    r"""<style|\sstyle=|\son[a-z]+=["']|href=["']javascript:|<script(?![^>]*\ssrc=)""", re.IGNORECASE
)
HIDDEN = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken" value="\w+">')


def test_templates_keep_to_the_strict_policy() -> None:
    assert len(TEMPLATES) > 30
    wrong = [
        f"{path.relative_to(PACKAGE)}: {found.group()}"
        for path in TEMPLATES
        if (found := INLINE.search(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []


def test_every_icon_asked_for_is_drawn() -> None:
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r'<c-icon name="([^"{]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 10
    assert asked - ICONS.keys() == set()
    with pytest.raises(KeyError, match="no icon 'nosuch'; there are"):
        icon_paths("nosuch")


def test_the_style_page_shows_every_component(styled: Any) -> None:
    html = styled("wrong&messages")
    badges = "gt-due-late gt-due-paused gt-provisional gt-state-wait"
    parts = "gt-timeline gt-bulk gt-pager gt-empty gt-note-error data-confirm= data-copy= data-print"
    for part in f"{badges} {parts}".split():
        assert part in html, part
    assert "<c-" not in html


def test_a_wrong_field_is_bound_to_its_error_and_its_help(styled: Any) -> None:
    html = styled("wrong")
    field = re.search(r'<input[^>]*name="number"[^>]*>', html)
    assert field
    assert 'aria-invalid="true"' in field.group()
    described = re.search(r'aria-describedby="([^"]+)"', field.group())
    assert described
    for name in described.group(1).split():
        assert f'id="{name}"' in html
    assert '<a href="#id_received_on">' in html
    assert "请核对来文落款日期" in html


def test_components_take_nothing_that_merely_has_the_same_name_on_the_page() -> None:
    """A page that knows a `title` or a `help` must not find them in every card and field."""
    for path in sorted((PACKAGE / "web" / "templates" / "cotton").rglob("*.html")):
        taken = re.match(r"<c-vars ([^>]*)/>", path.read_text(encoding="utf-8"))
        named = re.findall(r'(:?[\w-]+)(="[^"]*")?', taken[1]) if taken else []
        assert {name for name, value in named if not value} <= {":field", ":form"}, path.name


def test_text_from_outside_is_escaped_in_components() -> None:
    html = render_to_string("web/shell/messages.html", {"messages": ["<img src=x>"]})
    assert "&lt;img" in html
    assert "<img" not in html


def labels(who: Any, acts_as: Any, path: str = "/") -> list[str]:
    request = dressed(RequestFactory().get(path), who, acts_as)
    with override("en"):
        return [str(link["label"]) for group in navigation(request) for link in group["links"]]


def test_navigation_offers_intake_to_case_supervision_only(places: None) -> None:
    assert "Register a letter" in labels(account(), actor())
    other = labels(account(), actor(roles=frozenset({"audit_executing_department"})))
    assert "Register a letter" not in other
    assert "Clues" in other


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("system", ["Clauses of the measures", "Organs and people", "Administration"]),
        ("security", ["Clauses of the measures", "Organs and people", "Administration"]),
        (
            "audit",
            ["Clauses of the measures", "Organs and people", "Journal and its proof", "Administration"],
        ),
    ],
)
def test_administrators_are_offered_no_matters(places: None, kind: str, expected: list[str]) -> None:
    assert labels(account(administers=kind), None) == expected


def test_nobody_is_offered_nothing(places: None) -> None:
    assert labels(account(is_authenticated=False), None) == []


def test_the_place_one_is_at_is_marked(places: None) -> None:
    request = dressed(RequestFactory().get("/ledger/?q=x"), account(), actor())
    here = [str(link["url"]) for group in navigation(request) for link in group["links"] if link["here"]]
    assert here == ["/ledger/"]


def test_the_capacity_is_shown_and_others_are_offered(styled: Any) -> None:
    html = styled()
    assert "<strong>云汀市纪委监委案件监督管理室 副主任</strong>" in html
    assert re.search(r'<button name="post" value="2"[^>]*>\s*驻市国资委纪检监察组 组员', html)
    single = styled(acts_as=actor(posts=actor().posts[:1]))
    assert 'name="post"' not in single
    assert "gt-capacity-fixed" in single


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html"])
def test_pages_of_trouble_need_no_request_and_say_what_to_do(name: str) -> None:
    html = render_to_string(name)
    assert "data-trouble" in html
    assert html.count("<p>") >= 3
    assert 'href="/"' in html


@pytest.mark.parametrize(("status", "reason"), [(413, "too_large"), (500, "server"), (503, "database")])
def test_pages_of_trouble_need_no_database(status: int, reason: str) -> None:
    """No fixture lets this test reach a database: pytest-django would refuse."""
    answer = plain_page(RequestFactory().get("/x/"), status, reason, limit=60)
    assert answer.status_code == status
    assert b"data-trouble" in answer.content
    assert b"csrfmiddlewaretoken" not in answer.content


def test_accounts_of_the_demonstration_show_only_there(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = SimpleNamespace(
        ACCOUNTS=[SimpleNamespace(username="anguan", name="沈若川", post="案管室", tries="x")],
        PASSWORD="shown-here",
    )
    monkeypatch.setitem(sys.modules, "guantong.demo.accounts", module)
    request = dressed(RequestFactory().get("/"), account(is_authenticated=False, pk=None), None)
    settings.GUANTONG_DEMO = False
    form = style.LetterForm()
    form.fields["login"], form.fields["password"] = form.fields["number"], form.fields["facts"]
    assert "shown-here" not in render_to_string("account/login.html", {"form": form}, request)
    settings.GUANTONG_DEMO = True
    html = render_to_string("account/login.html", {"form": form}, request)
    assert "shown-here" in html
    assert 'data-fill-with="anguan"' in html

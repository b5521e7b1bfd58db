"""The scripts that guard messages, lock files and notices."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_messages_are_found_in_python_and_templates() -> None:
    messages = _script("messages")
    python = 'a = _("One")\nb = ngettext("%d act", "%d acts", n)\nc = pgettext("state", "Open")\nd = "not me"'
    assert {key for key, _place in messages.calls(python, "x.py")} == {
        (None, "One"),
        (None, "%d act"),
        ("state", "Open"),
    }
    template = (
        '{% load i18n %}\n<p>{% translate "Don\'t" %}</p>'
        "{% blocktranslate %}{{ n }} left{% endblocktranslate %}"
        '{% translate "Open" context "state" %}{{ _("Shown") }}'
    )
    found = dict(messages.template_calls(template, "x.html"))
    assert {(None, "Don't"), (None, "%(n)s left"), ("state", "Open"), (None, "Shown")} <= set(found)
    assert found[(None, "Don't")] == "x.html:2"


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ('msgid "%(n)s left"\nmsgstr "剩 %(m)s"\n', "placeholders"),
        ('#, fuzzy\nmsgid "One"\nmsgstr "一"\n', "fuzzy"),
        ('msgid "Two"\nmsgstr "二"\n', "“二” here, “两” in a.po"),
    ],
)
def test_a_wrong_translation_is_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, complaint: str
) -> None:
    messages = _script("messages")
    monkeypatch.setattr(messages, "PARTS", tmp_path)
    (tmp_path / "a.po").write_text('msgid ""\nmsgstr ""\n\nmsgid "Two"\nmsgstr "两"\n', encoding="utf-8")
    (tmp_path / "b.po").write_text(f'msgid ""\nmsgstr ""\n\n{part}', encoding="utf-8")
    _whole, wrong = messages.merge()
    assert len(wrong) == 1
    assert wrong[0].startswith("b.po:4:")
    assert complaint in wrong[0]


def test_lock_files_hold_every_dependency_by_digest_and_no_address() -> None:
    assert _script("locks").problems() == []


def test_a_dependency_that_is_not_locked_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locks = _script("locks")
    for name in locks.LOCKS:
        (tmp_path / name).write_text("https://host/x\nodd==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "assets").mkdir()
    for name in ("package.json", "package-lock.json"):
        (tmp_path / "assets" / name).write_text((ROOT / "assets" / name).read_text(encoding="utf-8"))
    monkeypatch.setattr(locks, "ROOT", tmp_path)
    found = "\n".join(locks.problems())
    assert "requirements.lock: django>=5.2,<5.3 is missing" in found
    assert "requirements.lock: holds an address" in found
    assert "requirements.lock: odd has no digest" in found


def test_the_notices_name_every_package_shipped() -> None:
    notices = _script("notices")
    written = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    rows = [*notices.python_rows(), *notices.asset_rows()]
    assert len(rows) > 30
    for name, version, _licence in rows:
        assert f"| {name} | {version} |" in written

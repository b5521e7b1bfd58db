"""The documentation agrees with the code, with itself, and names no machine (文档与代码一致)."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.relative_to(ROOT).as_posix()
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]


def test_pages_made_from_the_code_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("diagrams", ROOT / "scripts" / "diagrams.py")
    assert spec is not None
    assert spec.loader is not None
    diagrams = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(diagrams)
    stale = [
        path.name for path, text in diagrams.documents().items() if path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run python scripts/diagrams.py"


def test_every_package_is_described() -> None:
    text = (ROOT / "scripts" / "diagrams.py").read_text(encoding="utf-8")
    for folder in ("kernel", "mechanisms"):
        for path in (ROOT / "src" / "guantong" / folder).iterdir():
            if (path / "__init__.py").exists():
                assert f'"{folder}/{path.name}"' in text


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{name} links to {target}"


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").as_posix()
        if name != "README.md" and not name.startswith("decisions/"):
            assert f"({name})" in index, f"docs/README.md does not name {name}"


def chapters(language: str) -> list[str]:
    text = (ROOT / "docs" / "guide" / f"{language}.md").read_text(encoding="utf-8")
    return re.findall(r"^## (\d+)\.", text, re.MULTILINE)


def test_both_guides_have_the_same_chapters() -> None:
    assert chapters("zh") == chapters("en")
    assert len(chapters("zh")) > 8

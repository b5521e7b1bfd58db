"""Compile the Chinese messages (界面译文) from src/guantong/locale/parts/*.po.

`python scripts/messages.py`          merges the parts into django.mo
`python scripts/messages.py --check`  fails when a message of the source has no translation, when two parts
                                      disagree, or when placeholders differ
`python scripts/messages.py --missing kernel/acts`   prints what is not translated below a folder, to fill in
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "guantong"
PARTS = PACKAGE / "locale" / "parts"
TARGET = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
Key = tuple[str | None, str]


def calls(source: str, where: str) -> Iterator[tuple[Key, str]]:
    """Give every message of a Python source with its place."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        place = f"{where}:{node.lineno}"
        if name in _SINGLE | _PLURAL and texts:
            yield (None, texts[0]), place
        elif name in _CONTEXT and len(texts) > 1:
            yield (texts[0], texts[1]), place


def template_calls(source: str, where: str) -> Iterator[tuple[Key, str]]:
    """Give every message of a template: Django turns its tags into calls between filler."""
    code = templatize(source)
    pattern = re.compile(
        r"\b(?:n?p?gettext|_)\((?:u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?\s*)+", re.DOTALL
    )
    for match in pattern.finditer(code):
        line = code[: match.start()].count("\n") + 1
        call = match.group().rstrip().rstrip(",") + ")"
        for key, _place in calls(call, where):
            yield key, f"{where}:{line}"


def used() -> dict[Key, str]:
    """Collect the messages of the whole source, each with the first place it stands at."""
    found: dict[Key, str] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in file.parts:
            for key, place in calls(file.read_text(encoding="utf-8"), str(file.relative_to(PACKAGE))):
                found.setdefault(key, place)
    for file in sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("templates/**/*.txt")]):
        for key, place in template_calls(file.read_text(encoding="utf-8"), str(file.relative_to(PACKAGE))):
            found.setdefault(key, place)
    return {key: place for key, place in found.items() if key[1]}


def merge() -> tuple[polib.POFile, list[str]]:
    """Merge the parts; return the whole and what is wrong with them."""
    whole = polib.POFile(wrapwidth=100)
    whole.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    seen: dict[Key, tuple[str, str]] = {}
    wrong = []
    for part in sorted(PARTS.glob("*.po")):
        for entry in polib.pofile(str(part)):
            key = (entry.msgctxt, entry.msgid)
            text = entry.msgstr or entry.msgstr_plural.get(0, "")
            place = f"{part.name}:{entry.linenum}"
            if entry.obsolete or not text:
                continue
            if "fuzzy" in entry.flags:
                wrong.append(f"{place}: “{entry.msgid}” is marked fuzzy")
            if key in seen:
                if seen[key][0] != text:
                    wrong.append(
                        f"{place}: “{entry.msgid}” is “{text}” here, “{seen[key][0]}” in {seen[key][1]}"
                    )
                continue
            if not set(_PLACEHOLDER.findall(text)) <= set(
                _PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or ""))
            ):
                wrong.append(f"{place}: placeholders of “{entry.msgid}” differ")
            seen[key] = (text, place)
            whole.append(entry)
    return whole, wrong


def main() -> None:
    """Compile, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when something is missing")
    parser.add_argument(
        "--missing", metavar="FOLDER", help="print entries for what is not translated below it"
    )
    given = parser.parse_args()
    whole, wrong = merge()
    known = {(entry.msgctxt, entry.msgid) for entry in whole}
    missing = {key: place for key, place in used().items() if key not in known}
    if given.missing is not None:
        for (context, text), place in missing.items():
            if place.startswith(given.missing):
                print(polib.POEntry(msgctxt=context, msgid=text, comment=place))  # noqa: T201
        return
    if given.check:
        wrong += [f"{place}: “{key[1]}” is not translated" for key, place in missing.items()]
        sys.exit("\n".join(wrong) or 0)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    whole.save_as_mofile(str(TARGET))
    print(f"{len(whole)} messages")  # noqa: T201


if __name__ == "__main__":
    main()

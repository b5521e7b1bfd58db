"""Check the lock files (锁定文件): every dependency is in them, by digest, and no host name is."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"requirements.lock": [], "requirements-run.lock": ["run"], "requirements-dev.lock": ["run", "dev"]}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""


def problems() -> list[str]:
    """Return what is wrong with the lock files, nothing when all is well."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = []
    for name, groups in LOCKS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE))
        wanted = list(project["project"]["dependencies"])
        for group in groups:
            wanted += [item for item in project["dependency-groups"][group] if isinstance(item, str)]
        found += [
            f"{name}: {item} is missing; run `make lock`" for item in wanted if _name(item) not in locked
        ]
        if "://" in text:
            found.append(f"{name}: holds an address")
        found += [
            f"{name}: {entry.split('==')[0]} has no digest"
            for entry in re.split(r"\n(?=\S)", text)
            if "==" in entry and "--hash=sha256:" not in entry
        ]
    lock = (ROOT / "assets" / "package-lock.json").read_text(encoding="utf-8")
    if "://" in lock:
        found.append("assets/package-lock.json: holds an address")
    wanted_assets = json.loads((ROOT / "assets" / "package.json").read_text(encoding="utf-8"))
    if json.loads(lock)["packages"][""].get("dependencies") != wanted_assets["dependencies"]:
        found.append("assets/package-lock.json: differs from package.json; run `make lock`")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or 0)

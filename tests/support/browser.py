"""Finding Chromium, and starting it so that it talks to nobody but the test."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip
"""The shell without windows first: it takes a quarter less of the processor for the same pages."""
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def flags() -> list[str]:
    """Return the flags for this user: the sandbox does not work for root."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


def _found() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).exists():
            raise RuntimeError(f"CHROMIUM names {named}, which does not exist.")
        return named
    return next((path for path in map(shutil.which, NAMES) if path), None)


def find_chromium(lock_folder: Path) -> str:
    """Return Chromium's path, installing Debian's package when root runs the tests.

    Raises RuntimeError saying what to install; browser tests are never skipped in silence.
    """
    with open(lock_folder / "chromium.lock", "a") as handle:  # workers wait for one of them to install it
        fcntl.flock(handle, fcntl.LOCK_EX)
        found = _found()
        if found:
            return found
        if os.geteuid() == 0 and shutil.which("apt-get"):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment, capture_output=True)
            for package in NAMES[:2]:  # older releases have no shell by itself
                done = subprocess.run(
                    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
                    check=False, env=environment, capture_output=True, text=True,
                )  # fmt: skip
                if found := _found():
                    return found
            raise RuntimeError(f"apt-get install chromium failed: {done.stderr[-500:]}")
    raise RuntimeError(
        "Browser tests need Chromium: install the package `chromium` (apt-get install chromium) "
        "or Google Chrome, or let CHROMIUM name its program."
    )

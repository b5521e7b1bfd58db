"""A served site."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support.processes import free_port, until


@pytest.fixture
def served(child_environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `guantong serve` on the test's database; give the process and its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "guantong.cli.main", "serve", "--port", str(port), "--workers", "1"],
        env=child_environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert until(True, port), process.stdout.read() if process.poll() is not None else "no answer"  # type: ignore[union-attr]
        yield process, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.wait(20)

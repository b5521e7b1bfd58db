"""`guantong serve` as a process: refusals, crashes, leaving."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "guantong.cli.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _status(port: int, path: str = "/health/") -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _until(wanted: bool, port: int, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (_status(port) == 200) is wanted:
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def served(child_environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `guantong serve` on the test's database; give the process and its port."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "guantong.cli.main", "serve", "--port", str(port), "--workers", "1"],
        env=child_environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert _until(True, port), process.stdout.read() if process.poll() is not None else "no answer"  # type: ignore[union-attr]
        yield process, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.wait(20)


def test_it_serves_and_leaves_when_asked(served: tuple[subprocess.Popen[str], int]) -> None:
    process, port = served
    assert _status(port, "/static/vendor/htmx/htmx.min.js") == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert _until(False, port)


def test_killed_it_frees_the_port(served: tuple[subprocess.Popen[str], int]) -> None:
    process, port = served
    process.kill()
    process.wait()
    assert _until(False, port, 20), "web processes outlive their supervisor"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_a_port_in_use_is_told_with_another(child_environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _run(child_environment, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"--port {port + 1}" in done.stderr


def test_the_owner_role_does_not_serve(child_environment: dict[str, str]) -> None:
    environment = {**child_environment, "DATABASE_URL": child_environment["DATABASE_OWNER_URL"]}
    done = _run(environment, "serve", "--port", str(_free_port()))
    assert done.returncode == 1
    assert "guantong_owner owns" in done.stderr


def test_missing_migrations_are_told(child_environment: dict[str, str], committed) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    done = _run(child_environment, "serve", "--port", str(_free_port()))
    assert done.returncode == 1
    assert "guantong migrate" in done.stderr


def test_a_wrong_url_is_one_line_not_a_traceback() -> None:
    done = _run({**os.environ, "DATABASE_URL": "mysql://x/y"}, "manage", "check")
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_needs_no_database_and_names_every_command(tmp_path) -> None:
    done = _run({**os.environ, "GUANTONG_DATA": str(tmp_path / "none")}, "--help")
    assert done.returncode == 0
    for name in (
        "serve",
        "migrate",
        "roles",
        "backup",
        "restore",
        "demo",
        "sweep",
        "import",
        "export",
        "verify",
    ):
        assert f"  {name} " in done.stdout
    assert not (tmp_path / "none").exists()

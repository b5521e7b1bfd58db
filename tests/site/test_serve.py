"""`guantong serve` as a process: refusals, crashes, leaving."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

from support.processes import free_port, status, until


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "guantong.cli.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_it_serves_and_leaves_when_asked(served: tuple[subprocess.Popen[str], int]) -> None:
    process, port = served
    assert status(port, "/static/vendor/htmx/htmx.min.js") == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert until(False, port)


def test_killed_it_frees_the_port(served: tuple[subprocess.Popen[str], int]) -> None:
    process, port = served
    process.kill()
    process.wait()
    assert until(False, port, 20), "web processes outlive their supervisor"
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
    done = _run(environment, "serve", "--port", str(free_port()))
    assert done.returncode == 1
    assert "guantong_owner owns" in done.stderr


def test_missing_migrations_are_told(child_environment: dict[str, str], committed) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    done = _run(child_environment, "serve", "--port", str(free_port()))
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

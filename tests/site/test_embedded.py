"""The embedded PostgreSQL: starting, crashing, and who gets in."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from guantong.site import embedded, roles

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder that the server's user can pass through, stopped and removed afterwards."""
    folder = Path("/tmp") / f"guantong-test-{os.getpid()}-{tmp_path.name[-20:]}"  # noqa: S108 (removed below)
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    if folder.exists():
        server = embedded.Server(folder)
        if server.cluster.exists():
            server.stop()
        shutil.rmtree(folder)


def _ask(server: embedded.Server, role: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url(role)) as connection:
        return connection.execute(sql.SQL(question)).fetchall()


def test_a_fresh_folder_gets_a_server_with_the_three_roles(data: Path) -> None:
    server = embedded.start(data)
    embedded.start(data)
    found = _ask(
        server, "guantong_app",
        "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles "
        "WHERE rolname LIKE 'guantong%' ORDER BY rolname",
    )  # fmt: skip
    assert found == [
        ("guantong_app", False, False, True),
        ("guantong_owner", False, False, True),
        ("guantong_search", False, False, False),
    ]
    settings = dict(_ask(server, "guantong_app", "SELECT name, setting FROM pg_settings"))  # type: ignore[arg-type]
    assert settings["listen_addresses"] == ""
    assert settings["fsync"] == settings["synchronous_commit"] == "on"
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700


def test_what_the_owner_makes_the_app_role_may_use_and_not_change(data: Path) -> None:
    server = embedded.start(data)
    with psycopg.connect(server.url("guantong_owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        owner.execute("CREATE FUNCTION seen() RETURNS bigint SECURITY DEFINER LANGUAGE sql RETURN 1")
        owner.execute("ALTER FUNCTION seen() OWNER TO guantong_search")
    with psycopg.connect(server.url("guantong_app"), autocommit=True) as app:
        app.execute("INSERT INTO thing (name) VALUES ('a')")
        assert app.execute("SELECT seen(), count(*) FROM thing").fetchone() == (1, 1)
        for refused in (
            "TRUNCATE thing",
            "DROP TABLE thing",
            "CREATE TABLE other ()",
            "SET ROLE guantong_search",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(sql.SQL(refused))


def test_five_starts_at_once_give_one_server(data: Path) -> None:
    code = (
        "from pathlib import Path; from guantong.site import embedded\n"
        f"print(embedded.start(Path({str(data)!r})).postmaster())"
    )
    command = [sys.executable, "-c", code]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(5)]
    said = {process.communicate()[0].strip() for process in processes}
    assert said == {str(embedded.Server(data).postmaster())}


def test_after_kill_9_it_starts_again_with_every_commit(data: Path) -> None:
    server = embedded.start(data)
    acknowledged = 0
    with psycopg.connect(server.url("guantong_owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE thing (id int)")
        with contextlib.suppress(psycopg.OperationalError):
            for number in range(100_000):
                owner.execute("INSERT INTO thing VALUES (%s)", [number])
                acknowledged += 1
                if number == 300:
                    server.kill()
                    os.kill(owner.info.backend_pid, 9)
    deadline = time.monotonic() + 5
    while server.answers():
        assert time.monotonic() < deadline, "the postmaster outlives kill -9"
        time.sleep(0.05)
    embedded.start(data)
    assert 300 < acknowledged < 100_000
    assert _ask(server, "guantong_owner", "SELECT count(*) FROM thing")[0][0] in {
        acknowledged,
        acknowledged + 1,
    }


def test_stop_and_start_again(data: Path) -> None:
    server = embedded.start(data)
    server.stop()
    server.stop()
    assert not server.running()
    server.start()
    assert server.running()
    assert server.answers()


@as_root
def test_a_folder_copied_from_under_its_server_touches_that_server_not(data: Path, tmp_path: Path) -> None:
    server = embedded.start(data)
    copy = embedded.Server(tmp_path / "copy")
    shutil.copytree(server.cluster, copy.cluster, symlinks=True)
    for step in (copy.start, copy.stop):
        with pytest.raises(embedded.EmbeddedError, match="was copied while its server ran"):
            step()
    assert server.running()


def test_another_user_of_the_machine_does_not_get_in(data: Path) -> None:
    server = embedded.start(data)
    path = str(server.socket_folder / ".s.PGSQL.5432")
    code = f"import socket; socket.socket(socket.AF_UNIX).connect({path!r})"
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
    done = subprocess.run(
        [python, "-c", code], user="nobody", group="nogroup", capture_output=True, check=False
    )
    assert done.returncode != 0
    assert b"Permission" in done.stderr or b"denied" in done.stderr


@as_root
def test_root_does_not_run_postgres_as_root(data: Path) -> None:
    server = embedded.start(data)
    process = server.postmaster()
    assert process is not None
    assert Path(f"/proc/{process}").stat().st_uid == server.account.pw_uid != 0


@as_root
def test_a_data_folder_nobody_can_reach_keeps_its_mode(data: Path) -> None:
    hidden = data / "hidden"
    hidden.mkdir(parents=True)
    hidden.chmod(0o700)
    server = embedded.Server(hidden / "var")
    try:
        server.start()
        assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
        assert not server.cluster.is_relative_to(data)
        assert server.answers()
    finally:
        server.stop()
        shutil.rmtree(server.cluster.parent)


@as_root
def test_programs_out_of_reach_are_copied(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = embedded.wheel_binaries()
    assert wheel is not None
    closed = data.with_name(data.name + "-closed")
    package = closed / wheel.parent.parent.name
    package.mkdir(parents=True)
    try:
        shutil.copytree(wheel.parent, package / wheel.parent.name, symlinks=True)
        libraries = wheel.parent.parent.with_name(wheel.parent.parent.name + ".libs")
        shutil.copytree(libraries, closed / libraries.name)
        closed.chmod(0o700)
        monkeypatch.setattr(embedded, "wheel_binaries", lambda: package / wheel.parent.name / "bin")
        server = embedded.start(data)
        assert server.binaries.is_relative_to(data)
        assert server.answers()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(closed)


def test_a_long_path_moves_the_socket(data: Path) -> None:
    server = embedded.Server(data / ("x" * 90))
    assert len(str(server.socket_folder / ".s.PGSQL.5432").encode()) <= embedded.SOCKET_LIMIT
    server.start()
    assert server.answers()
    server.stop()


def test_a_cluster_of_another_version_is_refused_with_the_remedy(data: Path) -> None:
    server = embedded.start(data)
    server.stop()
    (server.cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.EmbeddedError, match="guantong backup"):
        server.start()
    (server.cluster / "PG_VERSION").write_text("18\n")


def test_the_roles_for_a_server_of_ones_own_are_complete() -> None:
    text = roles.own_server_sql("oversight")
    assert 'CREATE DATABASE "oversight" OWNER guantong_owner' in text
    assert text.index("CREATE ROLE guantong_search") < text.index("ALTER DEFAULT PRIVILEGES")

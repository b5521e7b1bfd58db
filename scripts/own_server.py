"""Run a command on a throw-away PostgreSQL of one's own (自备数据库): `own_server.py [--bin DIR] COMMAND …`

Uses the machine's PostgreSQL (Debian's /usr/lib/postgresql/*/bin, or --bin), makes the roles exactly as
`guantong roles --print` says, logs in with passwords over TCP, and removes everything afterwards.
"""

from __future__ import annotations

import argparse
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from guantong.site import roles
from guantong.site.embedded import unprivileged_user

DATABASE = "guantong"
BACKUP = "guantong_backup"


def newest() -> Path | None:
    """Return the folder of programs of the newest PostgreSQL installed, None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


class Cluster:
    """A PostgreSQL cluster in a temporary folder, listening on one TCP port of this machine."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self.account = unprivileged_user() if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.passwords = {
            name: secrets.token_urlsafe(12) for name in ("postgres", BACKUP, roles.OWNER, roles.APP)
        }

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the URL of a role, password included."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def _call(self, *command: str) -> None:
        switch = {"user": self.account.pw_uid, "group": self.account.pw_gid} if os.geteuid() == 0 else {}
        with open(self.folder / "output", "a") as output:
            done = subprocess.run(command, cwd="/", check=False, stdout=output, stderr=output, **switch)  # type: ignore[call-overload]
        if done.returncode != 0:
            sys.exit((self.folder / "output").read_text()[-2000:])

    def start(self) -> None:
        """Make the cluster, start it, and make roles and database as documented."""
        if os.geteuid() == 0:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        secret = self.folder / "password"
        secret.write_text(self.passwords["postgres"])
        secret.chmod(0o644)
        data = self.folder / "data"
        self._call(str(self.programs / "initdb"), "-D", str(data), "-U", "postgres",
                   "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--pwfile={secret}")  # fmt: skip
        options = (
            f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        )
        self._call(str(self.programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(self.folder / "log"),
                   "-o", options, "start")  # fmt: skip
        self._make_roles()

    def _make_roles(self) -> None:
        psql = [
            str(self.programs / "psql"),
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.url("postgres", "postgres"),
        ]
        subprocess.run(psql, input=roles.own_server_sql(DATABASE), text=True, check=True)
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as superuser:
            superuser.execute("CREATE ROLE guantong_backup LOGIN BYPASSRLS IN ROLE pg_read_all_data")
            for name in (BACKUP, roles.OWNER, roles.APP):
                superuser.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                        sql.Identifier(name), sql.Literal(self.passwords[name])
                    )
                )
            superuser.execute("ALTER ROLE guantong_owner CREATEDB")  # these two for tests only
            superuser.execute("GRANT pg_signal_backend TO guantong_owner")

    def stop(self) -> None:
        """Stop the cluster at once."""
        self._call(
            str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop"
        )


@contextmanager
def own_server(programs: Path) -> Iterator[Cluster]:
    """Give a running cluster, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="guantong-own-", dir="/tmp"))
    cluster = Cluster(programs, folder)
    try:
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Run the command with DATABASE_URL and DATABASE_OWNER_URL set; exit as it does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=newest(), help="folder of initdb and pg_ctl")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if given.bin is None or not (given.bin / "initdb").exists():
        sys.exit(
            "No PostgreSQL server was found. Debian: apt-get install postgresql; or name its programs: --bin."
        )
    with own_server(given.bin) as cluster:
        urls = {
            "DATABASE_URL": cluster.url(roles.APP),
            "DATABASE_OWNER_URL": cluster.url(roles.OWNER),
            "DATABASE_BACKUP_URL": cluster.url(BACKUP),
        }
        done = subprocess.run(given.command, env={**os.environ, **urls}, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()

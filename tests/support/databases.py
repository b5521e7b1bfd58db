"""Test databases: one template made by the migrations as the owner, one clone for each process.

Several runs may go on at once; each names its databases after its process, and sweeps away those of
processes that are gone. On a server of one's own the owner role needs, for tests only:
`ALTER ROLE guantong_owner CREATEDB; GRANT pg_signal_backend TO guantong_owner;`
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from guantong.kernel.measures import engine
from guantong.site import embedded, roles
from guantong.site.databases import uses_embedded

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "var" / "test"
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 (the folder's owner is checked)
"""A file system in memory, and how much must be free there for the tests' server to keep its files in it."""
HOME = str(connections["owner"].settings_dict["NAME"])
"""The owner's ordinary database, before any test database was pointed at."""
_SOURCES = ("**/migrations/*.py", "**/*.sql", "**/sql.py", "**/policies.py")
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "128MB"}
"""What a server need not do whose databases are thrown away. Tests of crashes have servers of their own."""
_MIGRATED = ("django", "django-allauth", "django-axes", "procrastinate")


def digest() -> str:
    """Digest everything the migrations say."""
    package = ROOT / "src" / "guantong"
    total = hashlib.sha256()
    for file in sorted({path for pattern in _SOURCES for path in package.glob(pattern)}):
        total.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes() + b"\0")
    for name in _MIGRATED:
        total.update(f"{name} {version(name)}\n".encode())
    return total.hexdigest()[:12]


def cluster() -> Path:
    """Return where the server of the tests keeps its files: in memory where there is room for them.

    A database is two thousand small files, which a disk takes a second to make; tests make hundreds.
    """
    folder = MEMORY / f"guantong-test-{os.getuid()}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
    try:
        if not folder.exists() and shutil.disk_usage(MEMORY).free < ROOM:
            return DATA
        folder.mkdir(mode=0o755, exist_ok=True)
    except OSError:
        return DATA
    return folder if folder.stat().st_uid == os.getuid() else DATA


class TestDatabases:
    """Makes, clones and drops the databases of this process; `name` is the clone in use.

    `source` is what it is cloned from. `suffix`: letters that name a second database, for tests of two
    instances.
    """

    __test__ = False

    def __init__(self, suffix: str = "") -> None:
        self.name = f"test_guantong_p{os.getpid()}{suffix}"
        self.template = self.source = f"test_guantong_t{digest()}"
        DATA.mkdir(parents=True, exist_ok=True)
        if uses_embedded():
            server = embedded.start(cluster())
            with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as superuser:
                for needed in ("ALTER ROLE {} CREATEDB", "GRANT pg_signal_backend TO {}"):
                    superuser.execute(sql.SQL(needed).format(sql.Identifier(roles.OWNER)))
                for name, value in _CARELESS.items():
                    superuser.execute(
                        sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                    )
                superuser.execute("SELECT pg_reload_conf()")
            for alias in ("default", "owner"):
                connections[alias].settings_dict["HOST"] = str(server.socket_folder)
        self._home = HOME
        with self._lock(), self._admin() as admin:
            self._drop_orphans(admin)
            if not self._exists(admin, self.template):
                self._make_template(admin)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with open(DATA / "template.lock", "a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _admin(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """Connect as the owner to its ordinary database, where it may create and drop test databases."""
        given = connections["owner"].settings_dict
        with psycopg.connect(
            host=given["HOST"], port=given["PORT"], user=given["USER"], password=given["PASSWORD"],
            dbname=self._home, autocommit=True,
        ) as admin:  # fmt: skip
            yield admin

    @staticmethod
    def _exists(admin: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
        return bool(admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())

    @staticmethod
    def _drop(admin: psycopg.Connection[tuple[object, ...]], name: str) -> None:
        if not name.startswith("test_"):
            raise AssertionError(f"refusing to drop {name}: not a test database")
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop_orphans(self, admin: psycopg.Connection[tuple[object, ...]]) -> None:
        rows = admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_guantong\\_%' AND datdba = "
            "(SELECT oid FROM pg_roles WHERE rolname = current_user)"
        ).fetchall()
        for (name,) in rows:
            process = re.fullmatch(r"test_guantong_p(\d+)[a-z]*", str(name))
            dead = process and not _alive(int(process[1]))
            outdated = str(name).startswith("test_guantong_t") and name != self.template
            if dead or outdated:
                self._drop(admin, str(name))

    def _make_template(self, admin: psycopg.Connection[tuple[object, ...]]) -> None:
        draft = f"test_guantong_p{os.getpid()}"
        self._drop(admin, draft)
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(draft), sql.Identifier(roles.OWNER)
            )
        )
        self.point(draft)
        with connections["owner"].cursor() as cursor:
            cursor.execute(roles.database_sql())
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        connections.close_all()
        admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(draft), sql.Identifier(self.template)
            )
        )

    @staticmethod
    def point(name: str) -> None:
        """Let both connections of Django lead to this database."""
        if not name.startswith("test_"):
            raise AssertionError(f"{name} is not a test database")
        connections.close_all()
        for alias in ("default", "owner"):
            connections[alias].settings_dict["NAME"] = name

    def clone(self) -> None:
        """Make this process's database anew from the template, or from what is held (0.1 s)."""
        connections.close_all()
        for kept in (engine._measures, engine._with_settings, engine._rules):
            kept.clear()  # by ids that mean something else in the new database
        with self._lock(), self._admin() as admin:
            self._drop(admin, self.name)
            self._copy(admin, self.source, self.name)
        self.point(self.name)

    @staticmethod
    def _copy(admin: psycopg.Connection[tuple[object, ...]], source: str, name: str) -> None:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(roles.OWNER), sql.Identifier(source)
            )
        )

    def hold(self) -> None:
        """Let clones begin with what the database holds now, until `release`."""
        connections.close_all()
        held = f"{self.name}held"
        with self._admin() as admin:
            self._drop(admin, held)
            self._copy(admin, self.name, held)
        self.source = held

    def release(self) -> None:
        """Let go what was held: the database is again as migrations leave it."""
        held, self.source = self.source, self.template
        self.clone()
        if held != self.template:
            with self._admin() as admin:
                self._drop(admin, held)

    def drop(self) -> None:
        """Drop this process's database."""
        connections.close_all()
        with self._admin() as admin:
            self._drop(admin, self.name)

    def environment(self) -> dict[str, str]:
        """Return the environment with which a child process works on this process's database."""
        urls = {"DATABASE_URL": "default", "DATABASE_OWNER_URL": "owner"}
        values = {variable: _url(connections[alias].settings_dict) for variable, alias in urls.items()}
        return {**os.environ, **values, "GUANTONG_DATA": str(settings.GUANTONG_DATA)}


def _url(given: dict[str, str]) -> str:
    password = f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else ""
    return (
        f"postgresql://{given['USER']}{password}@/{given['NAME']}"
        f"?host={quote(given['HOST'], safe='')}&port={given['PORT'] or 5432}"
    )


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

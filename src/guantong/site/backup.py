"""Backup and restore (备份与恢复): one file with database, attachments, checkpoints and secret.

The database is dumped first and the files are read afterwards: files are only ever added, so every file
the dump speaks of is in the backup.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from guantong.site import embedded, roles
from guantong.site.databases import uses_embedded
from guantong.site.paths import ensure_data_folder

FORMAT = 1
FOLDERS = ("files", "attachments", "checkpoints")
SECRET = "secret.key"  # noqa: S105 (a file name)
DUMP = "database.dump"
_MANIFEST = "manifest.json"
Report = Callable[[str], None]


class BackupError(RuntimeError):
    """A backup cannot be written or read; the message says why and what helps."""


@dataclass(frozen=True)
class _Target:
    """The database to dump or fill, and the programs of its version."""

    url: str
    programs: Path
    major: int


def backup(data: Path, file: Path, report: Report = lambda _text: None) -> int:
    """Write everything into `file` (mode 0600); return its size in bytes.

    Raises BackupError when the file exists, the programs are missing, or the role cannot read everything.
    """
    if file.exists():
        raise BackupError(f"{file} exists already: choose another name, or remove it.")
    target = _target(data, reading=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        report("database")
        dump = Path(folder) / DUMP
        _run(target, "pg_dump", "--format=custom", "--no-password", f"--file={dump}")
        draft = Path(folder) / "draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
            digests = {}
            for name, source in [(DUMP, dump), *_files(data)]:
                report(name)
                digests[name] = _add(archive, name, source)
            _add_manifest(archive, digests, target.major)
            raw.flush()
        with open(draft, "rb+") as written:
            os.fsync(written.fileno())
        draft.rename(file)
    return file.stat().st_size


def restore(data: Path, file: Path, report: Report = lambda _text: None) -> dict[str, object]:
    """Read a backup into an empty database and an empty data folder; return its manifest.

    Everything is unpacked and checked against its digests before anything is changed. Raises
    BackupError when the file is no backup or damaged, or when something is there already.
    """
    target = _target(data, reading=False)
    _refuse_used(target, data)
    ensure_data_folder(data)
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        manifest = _unpack(file, Path(folder), report)
        made_by = int(str(manifest["postgres"]))
        if made_by > target.major:
            raise BackupError(
                f"The backup comes from PostgreSQL {made_by}, the database here is {target.major}: "
                f"restore into PostgreSQL {made_by} or newer."
            )
        report("database")
        _run(target, "pg_restore", "--exit-on-error", "--single-transaction", "--no-password",
             f"--dbname={conninfo_to_dict(target.url)['dbname']}", str(Path(folder) / DUMP))  # fmt: skip
        for name in FOLDERS:
            if (Path(folder) / name).exists():
                shutil.rmtree(data / name, ignore_errors=True)
                (Path(folder) / name).rename(data / name)
        if (Path(folder) / SECRET).exists():
            (Path(folder) / SECRET).replace(data / SECRET)
    return manifest


def _target(data: Path, *, reading: bool) -> _Target:
    if uses_embedded():
        server = embedded.start(data)
        return _Target(server.url("postgres"), server.binaries, embedded.MAJOR)
    variable = "DATABASE_BACKUP_URL" if reading else "DATABASE_OWNER_URL"
    url = os.environ.get(variable)
    if not url:
        hint = (
            "a role that may read every row: CREATE ROLE guantong_backup LOGIN BYPASSRLS "
            "IN ROLE pg_read_all_data"
            if reading
            else "the role guantong_owner"
        )
        raise BackupError(f"{variable} is not set. Let it name {hint}.")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            major = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        raise BackupError(f"{variable}: the database does not answer ({error}).") from error
    return _Target(url, _programs(major), major)


def _programs(major: int) -> Path:
    """Find pg_dump and pg_restore of this major version."""
    places = [
        f"/usr/lib/postgresql/{major}/bin",
        f"/usr/pgsql-{major}/bin",
        f"/opt/homebrew/opt/postgresql@{major}/bin",
    ]
    found = shutil.which("pg_dump")
    if found:
        places.insert(0, str(Path(found).parent))
    carried = embedded.wheel_binaries()
    if carried:
        places.append(str(carried))
    for place in places:
        program = Path(place) / "pg_dump"
        if program.exists():
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            if f" {major}." in said:
                return Path(place)
    raise BackupError(
        f"No pg_dump of PostgreSQL {major} was found: install its client programs "
        f"(Debian: apt-get install postgresql-client-{major})."
    )


def _run(target: _Target, program: str, *arguments: str) -> None:
    """Run a program on the target; the password goes through the environment, not the command line."""
    names = {
        "dbname": "PGDATABASE",
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
    }
    names |= {key: f"PG{key.upper()}" for key in ("sslmode", "sslrootcert", "sslcert", "sslkey")}
    given = {names[key]: str(value) for key, value in conninfo_to_dict(target.url).items() if key in names}
    done = subprocess.run(
        [target.programs / program, *arguments],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-800:]}")


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file():
                yield str(path.relative_to(data)), path
    if (data / SECRET).exists():
        yield SECRET, data / SECRET


def _add(archive: tarfile.TarFile, name: str, source: Path) -> str:
    archive.add(source, name, recursive=False, filter=_anonymous)
    with open(source, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _add_manifest(archive: tarfile.TarFile, digests: dict[str, str], major: int) -> None:
    manifest = {
        "format": FORMAT,
        "guantong": importlib.metadata.version("guantong"),
        "postgres": major,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": digests,
    }
    content = json.dumps(manifest, indent=1).encode()
    member = tarfile.TarInfo(_MANIFEST)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _unpack(file: Path, folder: Path, report: Report) -> dict[str, object]:
    """Unpack a backup and check every digest; return the manifest."""
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, object] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError) as error:
        raise BackupError(f"{file} is not a whole backup ({error}): take another copy.") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{file} has format {manifest.get('format')}, this version reads {FORMAT}.")
    digests = manifest["sha256"]
    assert isinstance(digests, dict)  # noqa: S101
    (folder / _MANIFEST).unlink()
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    if present != set(digests):
        odd = sorted(present ^ set(digests))[0]
        raise BackupError(f"{file} is damaged: {odd} is missing or does not belong there. Take another copy.")
    for name, digest in digests.items():
        report(name)
        with open(folder / name, "rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != digest:
                raise BackupError(f"{file} is damaged at {name}: take another copy.")
    return manifest


def _refuse_used(target: _Target, data: Path) -> None:
    with psycopg.connect(target.url, connect_timeout=5) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        missing = {roles.OWNER, roles.APP, roles.SEARCH} - {
            str(name) for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()
        }
    if missing:
        raise BackupError(
            f"The roles {', '.join(sorted(missing))} are missing: see `guantong roles --print`."
        )
    if row and row[0]:
        raise BackupError(
            f"The database holds {row[0]} tables already. Restore into an empty one: another GUANTONG_DATA "
            "folder, or a new database."
        )
    for name in FOLDERS:
        if any((data / name).rglob("*")):
            raise BackupError(f"{data / name} is not empty: choose another GUANTONG_DATA folder.")

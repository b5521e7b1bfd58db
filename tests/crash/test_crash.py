"""Killed in the midst of acts: what was acknowledged is there whole, nothing is there half.

Each test has a site of its own with its own PostgreSQL, so that nobody else's is killed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guantong.site import embedded

ROOT = Path(__file__).resolve().parents[2]
ACTS = 1000
SECONDS = 180

pytestmark = pytest.mark.xdist_group("crash")


class Site:
    """A site in a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
        own = {
            "PYTHONPATH": paths,
            "GUANTONG_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "guantong.site.settings",
        }
        left_out = ("DATABASE_URL", "DATABASE_OWNER_URL")
        self.environment = {key: value for key, value in os.environ.items() if key not in left_out} | own

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a process of this site."""
        return subprocess.Popen(
            [sys.executable, "-m", *command], env=self.environment, cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *command: str) -> str:
        """Run a process of this site to its end and return what it printed."""
        process = self.start(*command)
        said, trouble = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, trouble[-2000:]
        return said

    def assert_whole(self, told: list[str]) -> None:
        """Check that every acknowledged act is there, and that nothing is there half."""
        said = json.loads(self.run("crash.worker", "check").splitlines()[-1])
        there = dict(said["entries"])
        pairs = [line.split() for line in told if line.endswith("\n")]
        assert [line for line in pairs if there.get(int(line[1])) != line[0]] == []
        assert len(there) - len(pairs) in (0, 1), "more than the act under way was not acknowledged"
        assert said["problems"] == []


def folder(name: str) -> Path:
    """Return a data folder not yet there, its path short enough for a socket; whoever asks removes it."""
    found = Path("/tmp") / f"guantong-crash-{os.getpid()}{name}"  # noqa: S108
    shutil.rmtree(found, ignore_errors=True)
    return found


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """The data folder, at rest, of a migrated site with the small town in it."""
    data = folder("-prepared")
    made = Site(data)
    made.run("guantong.cli.main", "migrate")
    made.run("crash.worker", "build")
    embedded.Server(data).stop()
    yield data
    shutil.rmtree(data)


@pytest.fixture
def site(prepared: Path) -> Iterator[Site]:
    """A running site of its own."""
    data = folder("")
    subprocess.run(["cp", "-a", prepared, data], check=True)
    embedded.start(data)
    yield Site(data)
    embedded.Server(data).stop()
    shutil.rmtree(data)


def read(child: subprocess.Popen[str], wanted: int) -> list[str]:
    """Return the first acknowledgements of a child."""
    assert child.stdout is not None
    told = []
    for line in child.stdout:
        told.append(line)
        if len(told) == wanted:
            return told
    assert child.stderr is not None
    raise AssertionError(f"the child ended after {len(told)} acts: {child.stderr.read()[-2000:]}")


def test_a_process_killed_among_a_thousand_acts(site: Site) -> None:
    child = site.start("crash.worker", "act")
    told = read(child, ACTS)
    os.kill(child.pid, signal.SIGKILL)
    rest, _trouble = child.communicate(timeout=30)
    assert child.returncode == -signal.SIGKILL
    site.assert_whole(told + rest.splitlines(keepends=True))


def test_postgresql_killed_under_writes_and_started_again(site: Site) -> None:
    server = embedded.Server(site.data)
    child = site.start("crash.worker", "act")
    told = read(child, 100)
    server.kill()
    rest, trouble = child.communicate(timeout=60)
    assert child.returncode == 1 and "OperationalError" in trouble, trouble[-1000:]
    embedded.start(site.data)
    site.assert_whole(told + rest.splitlines(keepends=True))


def test_a_process_killed_among_batches_leaves_none_half(site: Site) -> None:
    child = site.start("crash.worker", "batches")
    told = read(child, 40)
    os.kill(child.pid, signal.SIGKILL)
    rest, _trouble = child.communicate(timeout=30)
    told += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    said = json.loads(site.run("crash.worker", "check").splitlines()[-1])
    there = dict(said["entries"])
    assert all(there[int(entry)] == matter for matter, entry in (line.split() for line in told))
    batches, left = divmod(len(there), 6)  # a round and its five clues, one entry each
    assert (left, batches - len(told)) in ((0, 0), (0, 1))
    assert said["problems"] == []


def test_a_process_killed_during_a_close_leaves_it_wholly_closed_or_not_at_all(site: Site) -> None:
    told: list[str] = []
    sizes: set[int] = set()
    for lines in (13 + 10, 11, 12):  # twelve clues and the draft come first; then the kills fall on each step
        child = site.start("crash.worker", "closes")
        told += read(child, lines)
        os.kill(child.pid, signal.SIGKILL)
        rest, _trouble = child.communicate(timeout=30)
        told += rest.splitlines(keepends=True)
        close = json.loads(site.run("crash.worker", "closed").splitlines()[-1])
        assert close["state"] in ("drafted", "submitted", "closed")
        assert sorted(map(int, close["turns"])) == list(range(1, close["turn"] + 1)), "each turn, and no more"
        sizes |= set(close["turns"].values())
        assert close["figures"] == 12
    assert len(sizes) == 1 and sizes.pop() > 12, "no turn is frozen half"
    said = json.loads(site.run("crash.worker", "check").splitlines()[-1])
    there = dict(said["entries"])
    acknowledged = [line.split() for line in told if line.endswith("\n")]
    assert all(there[int(entry)] == matter for matter, entry in acknowledged)
    assert 0 <= len(there) - len(acknowledged) <= 3, "at most the act under way at each kill"
    assert said["problems"] == []

"""Two platforms for the tests of the exchange by disc."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.databases import TestDatabases
from support.instances import Instance


@pytest.fixture
def audit(committed: TestDatabases, tmp_path: Path) -> Instance:
    """The audit bureau's platform."""
    return Instance(committed, tmp_path / "audit", "secret of the audit bureau", "audit")


@pytest.fixture
def commission(committed: TestDatabases, tmp_path: Path) -> Iterator[Instance]:
    """The commission's platform, on a database of its own."""
    second = TestDatabases("b")
    second.clone()
    yield Instance(second, tmp_path / "commission", "secret of the commission", "commission")
    TestDatabases.point(committed.name)
    second.drop()
    TestDatabases.point(committed.name)


@pytest.fixture
def acquainted(audit: Instance, commission: Instance) -> tuple[Instance, Instance]:
    """Both, each with its key and the other's confirmed."""
    commission.trust("audit", audit.make_key())
    audit.trust("commission", commission.make_key())
    return audit, commission

"""Records of what administrators change, and who reads them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from guantong.accounts.admin import record
from guantong.accounts.models import AdminRecord, User
from guantong.kernel.access.scope import enter


def seen(administers: str) -> list[str]:
    enter((), administers)
    return list(AdminRecord.objects.order_by("id").values_list("what", flat=True))


def test_each_administrator_reads_his_own_and_the_auditor_all(town: Any) -> None:
    for kind in ("system", "security"):
        record(User.objects.get(username=kind), f"{kind}.did", "something")
    assert seen("system") == ["system.did"]
    assert seen("security") == ["security.did"]
    assert seen("audit") == ["system.did", "security.did"]
    assert seen("") == []


def test_only_what_differs_is_kept(town: Any) -> None:
    system = User.objects.get(username="system")
    record(system, "organs.change", "x", {"name": "a", "code": "1"}, {"name": "b", "code": "1"})
    enter((), "audit")
    row = AdminRecord.objects.get()
    assert (row.before, row.after) == ({"name": "a"}, {"name": "b"})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_adminrecord SET what = 'nothing'",
        "DELETE FROM accounts_adminrecord",
        "TRUNCATE accounts_adminrecord",
    ],
)
def test_a_record_is_never_changed_or_removed(town: Any, statement: str) -> None:
    record(User.objects.get(username="system"), "did", "something")
    enter((), "audit")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AdminRecord.objects.count() == 1

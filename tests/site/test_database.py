"""The database as tests and the site use it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.contrib.sessions.models import Session
from django.db import InternalError, ProgrammingError, connection, connections
from django.utils import timezone


@pytest.mark.django_db
def test_tests_run_as_the_restricted_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, name = cursor.fetchone()
        assert user == "guantong_app"
        assert name.startswith("test_guantong_")
        with pytest.raises((ProgrammingError, InternalError), match=r"permission denied|must be owner"):
            cursor.execute("DROP TABLE django_session")


def test_committed_data_is_gone_in_the_next_clone(committed) -> None:
    Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
    connection.close()
    assert Session.objects.count() == 1
    committed.clone()
    assert Session.objects.count() == 0


def test_a_child_process_works_on_the_same_database(child_environment) -> None:
    Session.objects.create(session_key="seen", session_data="", expire_date=timezone.now())
    code = (
        "import django; django.setup()\n"
        "from django.contrib.sessions.models import Session\n"
        "print(Session.objects.get().session_key)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**child_environment, "DJANGO_SETTINGS_MODULE": "guantong.site.settings"},
    )  # fmt: skip
    assert done.stdout.strip() == "seen"


def test_the_owner_role_is_refused_for_serving(committed) -> None:
    from guantong.site.checks import check_role, role_problem

    assert role_problem("default") is None
    assert check_role(None, ["default"]) == []
    assert "owns" in (role_problem("owner") or "")
    settings = connections["default"].settings_dict
    connection.close()
    owner = connections["owner"].settings_dict
    kept = settings["USER"], settings["PASSWORD"]
    settings["USER"], settings["PASSWORD"] = owner["USER"], owner["PASSWORD"]
    try:
        assert [error.id for error in check_role(None, ["default"])] == ["guantong.E001"]
    finally:
        connection.close()
        settings["USER"], settings["PASSWORD"] = kept

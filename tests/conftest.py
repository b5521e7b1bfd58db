"""What all tests share: the database as the restricted role, a running site, a browser.

| fixture | what it gives |
|---|---|
| `db` (or mark `django_db`) | the database, rolled back after the test |
| `committed` | the database with real commits; thrown away and cloned anew afterwards |
| `play_once` | plays something for a whole module, whose tests all begin there |
| `live_site` | address of a running site (implies `committed`) |
| `child_environment` | environment for a child process on the same database (implies `committed`) |
| `page` | a Chromium page of 1366 x 768, in Chinese, with `live_site` as its base address |
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from functools import partial, wraps
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings as hypothesis_settings

from support.browser import find_chromium, flags
from support.databases import DATA, TestDatabases

Made = TypeVar("Made")

# How long one example takes tells of the machine, not of the code.
hypothesis_settings.register_profile("guantong", deadline=None)
hypothesis_settings.load_profile("guantong")


def pytest_collection_finish() -> None:
    """Let garbage be looked for seldom, and not in what is imported by now: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_itemcollected(item: Any) -> None:
    """Call every test with room for its calls, as the web processes do."""
    from guantong.site.room import with_room

    if isinstance(item, pytest.Function):
        item.obj = wraps(item.obj)(partial(with_room, item.obj))


@pytest.fixture(scope="session", autouse=True)
def test_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep files in a temporary folder, hash passwords quickly, ask for a second factor only where tested."""
    from django.conf import settings

    folder = tmp_path_factory.mktemp("data")
    settings.GUANTONG_DATA = folder
    settings.MEDIA_ROOT = folder / "attachments"
    settings.GUANTONG_REQUIRE_MFA = False
    os.environ["GUANTONG_REQUIRE_MFA"] = "0"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def few_statements() -> Iterator[None]:
    """See to it that every act of every test takes few statements."""
    from support.statements import counted

    with counted() as said:
        yield
    assert not said, "\n".join(said)


@pytest.fixture(autouse=True)
def remembered_throughout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a process remembers of adoptions last through a test, however slow, and not beyond it.

    Else a count of queries tells whether five seconds have gone by.
    """
    from guantong.kernel.measures import engine

    engine.forget()
    monkeypatch.setattr(engine, "SECONDS_KEPT", 3600.0)


@pytest.fixture(scope="session")
def databases(django_test_environment: None, django_db_blocker: Any) -> Iterator[TestDatabases]:
    """Make this process's database from the template."""
    with django_db_blocker.unblock():
        made = TestDatabases()
        made.clone()
        yield made
        made.drop()


@pytest.fixture(scope="session")
def django_db_setup(databases: TestDatabases, django_db_blocker: Any) -> None:
    """Check that tests work on a test database, as the restricted role, before the first of them runs."""
    from django.db import connection

    from guantong.site.checks import role_problem

    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            name = cursor.fetchone()[0]
        assert name.startswith("test_"), f"{name} is not a test database"
        problem = role_problem()
        assert problem is None, f"tests must run as the restricted role: {problem}"
        connection.close()


@pytest.fixture
def committed(
    django_db_setup: None, databases: TestDatabases, django_db_blocker: Any
) -> Iterator[TestDatabases]:
    """Give the database with real commits; the next test gets a fresh clone."""
    with django_db_blocker.unblock():
        yield databases
        databases.clone()


@pytest.fixture(scope="module")
def play_once(
    django_db_setup: None, databases: TestDatabases, django_db_blocker: Any
) -> Iterator[Callable[[Callable[[], Made]], Made]]:
    """Let something be played once: every test of the module begins with the database as it was then.

    What is returned is kept in memory; give each test a `deepcopy`, for tests change what they hold.
    """
    from django.db import transaction

    def once(make: Callable[[], Made]) -> Made:
        with django_db_blocker.unblock():
            databases.clone()  # with its sequences at their beginnings
            with transaction.atomic():
                made = make()
            databases.hold()
        return made

    yield once
    with django_db_blocker.unblock():
        databases.release()


@pytest.fixture
def child_environment(committed: TestDatabases) -> dict[str, str]:
    """Return the environment for a child process that works on the test's database."""
    return committed.environment()


@pytest.fixture
def live_site(committed: TestDatabases) -> Iterator[str]:
    """Run the site in a thread and return its address, without a slash at the end."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return Chromium's path; without it browser tests fail and say what to install."""
    Path(DATA).mkdir(parents=True, exist_ok=True)
    return find_chromium(DATA)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """Start one Chromium for this process."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop running in this thread
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags())
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, live_site: str) -> Iterator[Any]:
    """Open a page of the usual office screen."""
    context = browser.new_context(
        base_url=live_site,
        viewport={"width": 1366, "height": 768},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def play(db: None) -> Any:
    """Give a small town and hands that act in it."""
    from support.play import Player
    from support.town import build

    return Player(build())

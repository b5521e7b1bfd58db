"""Every page of the demonstration city, for every kind of user: how long the server takes (全部页面).

python -m bench.pages [--write] [--fresh]
"""

from __future__ import annotations

import argparse
import html
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parents[1]
MOST_MS, LISTED = 100, 15
EACH_KIND, DEPTH, ROUNDS = 2, 2, 4
"""So many pages of one kind for each account, so many links from its first page, so often timed."""
LEFT_OUT = re.compile(r"^/(accounts/logout|language|static|media)/|/(export|pdf|docx|zip|file|files)/")
"""What is no page: files that are made or given out, and what changes something."""


@dataclass(frozen=True)
class Timed:
    """A page as one account sees it (一个页面): the best and the middle of some rounds, in ms."""

    kind: str
    address: str
    account: str
    best: float
    middle: float


def main() -> None:
    """Measure, print the slowest, and with --write put the table into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="make the demonstration anew")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    given = parser.parse_args()
    folder = Path(os.environ.get("GUANTONG_BENCH_DATA") or ROOT / "var" / "bench-demonstration")
    os.environ["GUANTONG_DATA"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guantong.site.settings")
    os.environ.setdefault("GUANTONG_LOG_LEVEL", "WARNING")
    os.environ["GUANTONG_DEMO"] = "1"

    from bench import prepare

    prepare.database(folder, fresh=given.fresh)
    import django

    django.setup()
    from bench import report
    from guantong.demo import database
    from guantong.demo.make import make

    if database.contents() is database.Contents.NOTHING:
        make(lambda _what, _done, _total: None)
    import_module("guantong.site.wsgi")  # measures read and garbage looked for as in a web process
    from guantong.site.room import with_room

    pages = with_room(lambda: slowest_of(everything()))
    text = table(pages, report.machine())
    print(text)
    if given.write:
        report.write(ROOT / "docs" / "performance.md", text, "pages")
    if pages and pages[0].best >= MOST_MS:
        raise SystemExit(1)


def everything() -> Iterator[Timed]:
    """Time the pages that each account of the demonstration can come to."""
    from django.conf import settings
    from django.test import Client

    from guantong.accounts.models import User
    from guantong.demo.accounts import ACCOUNTS

    settings.ALLOWED_HOSTS = ["*"]
    slow = []
    for account in ACCOUNTS:
        client = Client()
        user = User.objects.get(username=account.username)
        client.force_login(user, backend="guantong.accounts.recognised.Backend")
        for page in _of(client, account.username, "/administration/" if account.administers else "/"):
            if page.best < MOST_MS:
                yield page
            else:
                slow.append((client, page))
    for client, page in slow:  # a machine has slow minutes: what was too slow is asked once more at the end
        again = _timed(client, page.account, page.kind, page.address)
        yield min(page, again, key=lambda one: one.best)


def _of(client: Client, account: str, first: str) -> Iterator[Timed]:
    waiting, seen = [(first, 0)], Counter[str]()
    while waiting:
        address, depth = waiting.pop(0)
        kind = kind_of(address)
        if seen[kind] >= EACH_KIND or LEFT_OUT.search(address):
            continue
        seen[kind] += 1
        answer = client.get(address)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        yield _timed(client, account, kind, address)
        if depth < DEPTH:
            found = re.findall(r'href="(/[^"#]*)"', answer.content.decode())
            waiting += [(html.unescape(one), depth + 1) for one in found]


def _timed(client: Client, account: str, kind: str, address: str) -> Timed:
    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return Timed(kind, address, account, times[0], times[len(times) // 2])


def kind_of(address: str) -> str:
    """Return an address without ids and values: pages of one kind differ in these alone."""
    parts = urlsplit(address)
    path = re.sub(r"/([0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=/)", "/…", parts.path)
    names = sorted({name for name, _value in parse_qsl(parts.query)})
    return f"{path}?{'&'.join(names)}" if names else path


def slowest_of(pages: Iterator[Timed]) -> list[Timed]:
    """Return of each kind of page the slowest, the slowest kind first."""
    worst: dict[str, Timed] = {}
    for page in pages:
        if page.kind not in worst or page.best > worst[page.kind].best:
            worst[page.kind] = page
    return sorted(worst.values(), key=lambda page: -page.best)


def table(pages: list[Timed], machine: str) -> str:
    """Return the slowest of them as Markdown."""
    over = sum(page.best >= MOST_MS for page in pages)
    rows = ((f"`{page.kind}`", page.account, f"{page.best:.0f} ms | {page.middle:.0f} ms") for page in pages)
    lines = [
        f"{len(pages)} kinds of pages, {over} of them at {MOST_MS} ms or more. Machine: {machine}.",
        "",
        "| page | account | best | middle |",
        "|---|---|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in islice(rows, LISTED)),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

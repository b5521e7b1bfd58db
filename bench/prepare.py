"""The bench database: an embedded server of its own, filled once and used again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

from guantong.site import embedded


def database(folder: Path, *, fresh: bool) -> None:
    """Start the server of the bench's own data folder and bring its tables up to date."""
    if fresh and folder.exists():
        embedded.Server(folder).stop()
        shutil.rmtree(folder)
    embedded.start(folder)
    subprocess.run(
        [sys.executable, "-m", "guantong.cli.main", "migrate"], check=True, stdout=subprocess.DEVNULL
    )


def filled(folder: Path, count: int, entries: int):  # type: ignore[no-untyped-def]
    """Return the city, and the seconds the loading took (0 where it was loaded before)."""
    from django.db import transaction

    from bench.load import load
    from guantong.demo.accounts import make_accounts
    from guantong.demo.city import City, build
    from guantong.kernel.organs.models import Jurisdiction, Organ

    with psycopg.connect(embedded.Server(folder).url("postgres"), autocommit=True) as session:
        here = session.execute("SELECT count(*) FROM clues_clue").fetchone()
        if here and here[0] >= count:
            return known(City), 0.0
        if Jurisdiction.objects.exists() or Organ.objects.exists():
            raise SystemExit(f"{folder} was filled in part or otherwise: run again with --fresh")
        with transaction.atomic():
            city = build()
            make_accounts(city)
        return city, load(session, city, count, entries)


def known(kind):  # type: ignore[no-untyped-def]
    """Return the city that is already there."""
    from guantong.demo.city import all_posts
    from guantong.kernel.organs.models import Jurisdiction, Organ, Post

    city = kind()
    city.places = {place.code: place for place in Jurisdiction.objects.all()}
    city.organs = {organ.code: organ for organ in Organ.objects.all()}
    held = {
        (post.officer.name, post.organ.code): post for post in Post.objects.select_related("officer", "organ")
    }
    city.posts = {code: held[name, organ] for code, name, organ, _title, _rank in all_posts()}
    return city

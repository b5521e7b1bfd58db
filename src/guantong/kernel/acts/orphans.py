"""Files whose act failed (无主文件): stored before the act, named by no attachment after it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from guantong.kernel.acts import files

KEPT_SECONDS = 86_400.0
PAUSE_SECONDS = 3_600.0
AT_ONCE = 1_000
_MARK = ".looked-through"


def remove_orphans(*, at_once: bool = False) -> int:
    """Remove stored files that no attachment names once they are a day old; the number removed.

    Looks through the store once an hour, and only at files that came since it looked last; `at_once`: now,
    and at all.
    """
    store = files.folder()
    if not store.is_dir():
        return 0
    mark, now = store / _MARK, time.time()
    looked = mark.stat().st_mtime if mark.exists() and not at_once else 0.0
    if now - looked < PAUSE_SECONDS:
        return 0
    old = [
        path for path in _files(store) if looked - KEPT_SECONDS <= path.stat().st_mtime < now - KEPT_SECONDS
    ]
    removed = 0
    for start in range(0, len(old), AT_ONCE):
        removed += _remove(old[start : start + AT_ONCE], store)
    mark.touch()
    return removed


def _files(store: Path) -> Iterator[Path]:
    for path in store.iterdir():
        if path.is_dir():
            yield from path.iterdir()
        elif path.name != _MARK:
            yield path


def _remove(paths: list[Path], store: Path) -> int:
    """Remove those of a batch that are unfinished uploads, or that no attachment names."""
    digests = {f"sm3:{path.name}": path for path in paths if path.parent != store}
    with connection.cursor() as cursor:
        cursor.execute("SELECT guantong_files_named(%s)", [list(digests)])
        named = {row[0] for row in cursor.fetchall()}
    doomed = [path for digest, path in digests.items() if digest not in named]
    doomed += [path for path in paths if path.parent == store]
    for path in doomed:
        path.unlink(missing_ok=True)
    return len(doomed)

"""How many statements an act takes (行为的语句数): twelve at most, however many rows it has to do with.

Counted as the bench counts: without SAVEPOINT and its like, and without what a process remembers for some
seconds of adoptions and bindings. An act that follows from another counts its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection

from guantong.kernel.acts import perform as performing

MOST = 12
MORE: dict[str, int] = {}
"""Acts that take more, and how many at most: none may be added without a reason, none may grow."""
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK")
REMEMBERED = ('FROM "measures_', 'FROM "organs_rolebinding"')


@contextmanager
def counted() -> Iterator[list[str]]:
    """Count the statements of every act done meanwhile; yields what is said of those that took too many."""
    plain, running, said = performing._perform, list[list[str]](), list[str]()

    def watch(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        text = str(sql)
        if running and not text.startswith(NOT_COUNTED) and not any(one in text for one in REMEMBERED):
            running[-1].append(text[:90])
        return execute(sql, params, many, context)

    def watched(act: Any, *given: Any, **more: Any) -> Any:
        running.append([])
        try:
            with nullcontext() if len(running) > 1 else connection.execute_wrapper(watch):
                done = plain(act, *given, **more)
        finally:
            made = running.pop()
        if len(made) > MORE.get(act.code, MOST):
            said.append("\n  ".join([f"{act.code} took {len(made)} statements:", *made]))
        return done

    performing._perform = watched
    try:
        yield said
    finally:
        performing._perform = plain

"""How many statements an act takes (行为的语句数): twelve at most, however many rows it has to do with.

Counted as the bench counts: without SAVEPOINT and its like, and without what a process remembers for some
seconds of adoptions and bindings. An act that follows from another counts its own, and so does each thread;
what another process does is not counted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection

from guantong.kernel.acts import perform as performing

MOST = 12
MORE = {
    # a list of many clues is composed from them, for the proposal and once more for what is kept
    "paper.draft": 22, "paper.dispatch": 17, "round.receive": 14, "round.close": 14,
    # a letter sets its own record and the duty it reminds of beside its text
    "paper.sign": 15,
    # a sealed file is counted, proved and kept, before the act that it carries
    "clue.import_disc": 16, "correspondence.import_disc": 14, "task.import_disc": 14, "task.take_reply": 14,
    **dict.fromkeys(
        (
            "clue.take_receipt", "clue.take_feedback", "clue.take_return", "clue.take_request",
            "clue.take_answer", "correspondence.take_receipt", "correspondence.take_answer",
            "correspondence.take_follow_up",
        ),
        13,
    ),
    # a desk is all that one officer holds: custody, duties and papers of many matters
    "handover.record": 16, "handover.take_over": 15, "handover.arrange": 13,
    # the agenda begins with what the last meeting left open
    "meeting.call": 17, "meeting.record": 13,
    "correspondence.amend": 14, "correspondence.sign_for_copy": 13,
    # with an idempotency key, which takes one, and with a number, a receipt or new parties
    "clue.register": 14, "clue.receive": 13, "matter.correct": 13, "task.reassign": 13, "session.begin": 13,
}  # fmt: skip
"""Acts that take more, and how many at most: none is to be added, none may grow."""
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK")
REMEMBERED = ('FROM "measures_', 'FROM "organs_rolebinding"')


@contextmanager
def counted() -> Iterator[list[str]]:
    """Count the statements of every act done meanwhile; yields what is said of those that took too many."""
    plain, said, here = performing._perform, list[str](), threading.local()

    def acts() -> list[list[str]]:
        """The statements of the acts that are being done in this thread, the innermost last."""
        here.acts = getattr(here, "acts", [])
        return here.acts  # type: ignore[no-any-return]

    def watch(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        text, running = str(sql), acts()
        if running and not text.startswith(NOT_COUNTED) and not any(one in text for one in REMEMBERED):
            running[-1].append(text[:90])
        return execute(sql, params, many, context)

    def watched(act: Any, *given: Any, **more: Any) -> Any:
        running = acts()
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

"""The reader's scope, told to the database for one transaction (知悉范围)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from guantong.kernel.access.actors import Actor


def enter(principals: Iterable[int], administers: str = "") -> None:
    """Set whose sight the rest of the present transaction has.

    Raises RuntimeError outside a transaction, where the setting would be lost at once.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a scope lasts for a transaction; open one first")
    _put("{" + ",".join(str(principal) for principal in principals) + "}", administers)


@contextmanager
def scope(actor: Actor) -> Iterator[None]:
    """Run the block in a transaction with the actor's sight."""
    with scope_of(actor.principals):
        yield


@contextmanager
def scope_of(principals: Iterable[int]) -> Iterator[None]:
    """Run the block in a transaction with the sight of these principals (for the sweep).

    Inside another transaction the sight is again what it was before, once the block is left.
    """
    within = connection.in_atomic_block
    with transaction.atomic():
        before = _put("{" + ",".join(str(principal) for principal in principals) + "}", "")
        yield
        if within:
            _put(*before)


def _put(principals: str, administers: str) -> tuple[str, str]:
    """Set both settings for the present transaction and return what they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('guantong.principals', true), ''),"
            " coalesce(current_setting('guantong.administers', true), ''),"
            " set_config('guantong.principals', %s, true), set_config('guantong.administers', %s, true)",
            [principals, administers],
        )
        row = cursor.fetchone()
    return str(row[0]), str(row[1])

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
    value = "{" + ",".join(str(principal) for principal in principals) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('guantong.principals', %s, true),"
            " set_config('guantong.administers', %s, true)",
            [value, administers],
        )


@contextmanager
def scope(actor: Actor) -> Iterator[None]:
    """Run the block in a transaction with the actor's sight."""
    with transaction.atomic():
        enter(actor.principals)
        yield


@contextmanager
def scope_of(principals: Iterable[int]) -> Iterator[None]:
    """Run the block in a transaction with the sight of these principals (for the sweep)."""
    with transaction.atomic():
        enter(principals)
        yield

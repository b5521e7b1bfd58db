"""The nightly balance (夜间平衡): what came into each ledger by its acts, what became of it by its rows."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guantong.insight.models import Balance
from guantong.kernel import clock
from guantong.kernel.journal.checkpoint import lease

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

log = logging.getLogger(__name__)
LEASE = 0x6775616E_0B

REASONS: dict[str, _StrPromise] = {
    "no_act": _("No act made it."),
    "not_received": _("It has a ledger number, and no act received it."),
    "no_number": _("It was received and has no ledger number."),
    "state": _("Its last act led to another state than the one it has."),
    "open": _("It is marked open though finished, or finished though open."),
    "flow": _("By its acts it came in and left otherwise than its state says."),
    "day": _("Its day of receipt is another than the act's and the corrections'."),
    "list": _("Lists show it in another state."),
    "import": _("It was imported, and what the old book says of it is missing."),
    "disc": _("It came by disc, and the sealed file is missing."),
}
CAME: dict[str, _StrPromise] = {
    "clue.register": _("On paper"),
    "clue.receive": _("In the platform"),
    "clue.import_open": _("Old book"),
    "clue.import_closed": _("Old book, closed"),
    "clue.import_disc": _("By disc"),
}


def run() -> int | None:
    """Take the balance of today (夜间平衡); how many clues are at odds, None where another process takes it.

    Taken again on the same day it replaces the earlier result.
    """
    with lease(LEASE) as held:
        if not held:
            return None
        with connection.cursor() as cursor:
            cursor.execute("SELECT guantong_take_balance(%s, %s)", [clock.today(), clock.now()])
            odd = int(cursor.fetchone()[0])
    if odd:
        log.warning("the nightly balance found %s clues at odds with their acts", odd)
    return odd


def run_if_due() -> int | None:
    """Take the balance unless today has one: the first job after midnight does, or after a standstill."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guantong_balanced_on()")
        newest = cursor.fetchone()[0]
    return None if newest == clock.today() else run()


def newest_rows() -> list[Balance]:
    """Return the newest balance within the reader's sight: a department's own, or all of them as counts."""
    newest = Balance.objects.order_by("-run_on").values("run_on")[:1]
    rows = Balance.objects.filter(run_on=newest).select_related("organ__body", "sender__body")
    return list(rows.order_by("organ", "-month", "source", "id"))


@dataclass(frozen=True)
class Odd:
    """A clue at odds with its acts (不平事项)."""

    matter: UUID
    number: str
    month: date | None
    reason: str


ODD = """
SELECT b.matter_id, b.number, coalesce(b.booked_on, b.acted_on), b.reason FROM insight_book b
WHERE b.reason <> '' AND b.organ_id = ANY (%s) ORDER BY 3 DESC NULLS FIRST, 2 LIMIT %s
"""


def odd_ones(organs: Iterable[int], at_most: int) -> list[Odd]:
    """Return the clues at odds in the ledgers of these departments, within the reader's sight."""
    with connection.cursor() as cursor:
        cursor.execute(ODD, [list(organs), at_most])
        return [Odd(*row) for row in cursor.fetchall()]

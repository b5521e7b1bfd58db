"""The sweep (到期巡检): what dates alone bring about. Safe to run at any time, twice, or a week late.

Everything is read from the dates; nothing is counted. Each part commits by itself, so that a trouble in one
does not hold back the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error, connection

from guantong.kernel import clock
from guantong.kernel.acts.orphans import remove_orphans
from guantong.kernel.calendar import get_calendar
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.calendar_acts import note_lapses, rederive_provisional
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.journal.checkpoint import checkpoint, lease

log = logging.getLogger(__name__)
LEASE = 0x6775616E_02


@dataclass
class Swept:
    """What one sweep did, in numbers. `unseen`: lapses in whose matter nobody concerned has the sight."""

    held: bool = True
    opened: int = 0
    lapsed: int = 0
    unseen: int = 0
    escalated: int = 0
    rederived: int = 0
    expired: int = 0
    orphans: int = 0
    checkpoints: int = 0
    troubles: int = 0


def sweep() -> Swept:
    """Open periods, note lapses, remind, settle provisional dates, end grants, drop orphans (巡检).

    One at a time: where another process sweeps, this one does nothing (`held` is False). A part that fails
    is logged and counted as a trouble; it is tried again the next time.
    """
    done = Swept()
    with lease(LEASE) as held:
        if not held:
            return Swept(held=False)
        for part in (_occasions, _lapses, _escalations, _provisional, _grants, _files, _checkpoints):
            _run(part, done)
    return done


def _run(part: Callable[[Swept], None], done: Swept) -> None:
    try:
        part(done)
    except (Error, OSError, ValueError):
        log.exception("the sweep could not finish: %s", part.__name__.strip("_"))
        done.troubles += 1


def _occasions(done: Swept) -> None:
    done.opened = open_due(clock.today())


def _lapses(done: Swept) -> None:
    noted = note_lapses(clock.today())
    done.lapsed, done.unseen = noted.noted, noted.unseen


def _escalations(done: Swept) -> None:
    taken = escalate(clock.today())
    done.escalated = taken.noted
    done.unseen += taken.unseen


def _provisional(done: Swept) -> None:
    done.rederived = rederive_provisional(get_calendar()).noted


def _grants(done: Swept) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT guantong_expire_grants(%s, %s)", [clock.today(), clock.now()])
        done.expired = int(cursor.fetchone()[0])


def _files(done: Swept) -> None:
    done.orphans = remove_orphans()


def _checkpoints(done: Swept) -> None:
    done.checkpoints = checkpoint()

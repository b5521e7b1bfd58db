"""Files that were not taken in (拒收登记): seen by whoever tried and by the security administrator."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import F

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.models import Refusal
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.organs.models import Organ

PLACE = re.compile(r"[a-z_.0-9]{1,60}")
LISTED = 50


@dataclass(frozen=True)
class Listed:
    """A refusal as it is shown: the row, with reason and remedy in the reader's language."""

    row: Refusal
    fault: Fault


def keep(actor: Actor, data: bytes, error: ExchangeError) -> Refusal:
    """Record that a file was refused; the same one again is counted (登记拒收)."""
    said = {name: str(value) for name, value in error.words.items()}
    if "where" in said and not PLACE.fullmatch(said["where"]):
        said["where"] = "—"  # a place in the file is told, a word of its content is not
    known = {"post": actor.post, "words": said, "at": clock.now()}
    found, made = Refusal.objects.get_or_create(
        organ=actor.organ, digest=sm3(data), code=error.code, defaults=known
    )
    if not made:
        Refusal.objects.filter(pk=found.pk).update(**known, times=F("times") + 1)
    return found


def listed(organ: Organ | None = None) -> list[Listed]:
    """Return the newest refusals: of one department, or of all of them."""
    rows = Refusal.objects.select_related("organ__body", "post__officer")
    if organ is not None:
        rows = rows.filter(organ=organ)
    return [Listed(row, ExchangeError(row.code, **row.words).fault) for row in rows[:LISTED]]

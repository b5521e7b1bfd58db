"""What the tests of the demonstration share (演示)."""

from __future__ import annotations

from guantong.demo import make
from guantong.kernel.organs.models import Organ

SOME = [stand for stand in make.PRESENT if stand[0] in {"sent", "received", "accepted", "handling", "paused"}]


def principals() -> list[int]:
    """Return all organs, to see what each of them sees."""
    return list(Organ.objects.values_list("pk", flat=True))

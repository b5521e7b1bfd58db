"""Identifiers that sort by time and can be made before the row exists (UUID version 7, RFC 9562)."""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last = [0]


def new_id() -> uuid.UUID:
    """Return a new UUIDv7; those made by one process sort in the order in which they were made.

    Twelve bits behind the milliseconds count within one millisecond (RFC 9562, method 3): rows written
    together, such as the persons of a letter, keep the order in which they were entered.
    """
    with _lock:
        nanos = time.time_ns()
        tick = max(nanos // 1_000_000 << 12 | nanos % 1_000_000 * 4096 // 1_000_000, _last[0] + 1)
        _last[0] = tick
    value = (tick >> 12 & (1 << 48) - 1) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | secrets.randbits(62))

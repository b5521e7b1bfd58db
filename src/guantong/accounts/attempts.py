"""How many unknown tokens an address has shown (未知令牌限次), counted in the database for all processes.

A token is 256 random bits: nobody guesses one. The limit keeps whoever tries, or has a wrong token in a loop,
from costing a look-up and a line in the log each time. A token that works costs nothing more.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import cache
from django.db import connection

from guantong.accounts import tokens
from guantong.accounts.models import Attempts
from guantong.kernel import clock

MOST_FAILURES = 30
WITHIN = timedelta(minutes=1)
KNOWN_SECONDS = 3600
FORGOTTEN = timedelta(hours=1)

COUNT = """
INSERT INTO accounts_attempts AS a (address, since, count) VALUES (%(address)s, %(now)s, 1)
ON CONFLICT (address) DO UPDATE SET
  count = CASE WHEN a.since > %(begun)s THEN a.count + 1 ELSE 1 END,
  since = CASE WHEN a.since > %(begun)s THEN a.since ELSE %(now)s END
RETURNING count, since
"""


def barred(address: str, raw: str) -> bool:
    """Return whether this process bars the address and has not lately seen this token to be good.

    Nothing is looked up: a process learns that an address is barred from the next failure it counts.
    """
    return cache.get(f"api-barred:{address}") is not None and cache.get(_known(raw)) is None


def failed(address: str) -> bool:
    """Count an unknown token; return whether the address has shown too many and is barred."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"address": address[:64], "now": now, "begun": now - WITHIN})
        count, since = cursor.fetchone()
    if count == 1:
        Attempts.objects.filter(since__lt=now - FORGOTTEN).delete()
    if count <= MOST_FAILURES:
        return False
    cache.set(f"api-barred:{address}", True, (since + WITHIN - now).total_seconds())
    return True


def good(raw: str) -> None:
    """Remember that a token is good."""
    cache.set(_known(raw), True, KNOWN_SECONDS)


def _known(raw: str) -> str:
    return f"api-known:{tokens.digest(raw)}"

"""Child of the crash tests, on a site of its own: `python -m crash.worker build|act|batches|check`.

`act` registers clues and moves each a few steps, `batches` registers inspection rounds of five clues each,
both without end; every line they write is `<matter> <entry>`, written only after the act's transaction has
committed. `check` writes what is there and what is wrong.
"""

from __future__ import annotations

import json
import sys
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import django

django.setup()

from django.db import connections, transaction  # noqa: E402

from guantong.accounts.models import User  # noqa: E402
from guantong.kernel import clock  # noqa: E402
from guantong.kernel.access.actors import Actor, actor_for  # noqa: E402
from guantong.kernel.access.scope import scope  # noqa: E402
from guantong.kernel.acts.perform import perform  # noqa: E402
from guantong.kernel.organs.models import Organ  # noqa: E402
from support.consistency import problems_committed  # noqa: E402
from support.town import build, remember_measures  # noqa: E402

NOON = datetime(2026, 9, 28, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
LETTER = {
    "happened_on": "2026-09-28", "source": "audit", "letter_date": "2026-09-28", "category": "discipline",
    "allegation": "违规发放补贴。", "unit": "清川公交集团有限公司",
}  # fmt: skip


def acting(name: str) -> Actor:
    """Return the actor behind a test account."""
    officer_id = User.objects.get(username=name).officer_id
    actor = actor_for(officer_id) if officer_id else None
    assert actor is not None
    return actor


def done(actor: Actor, code: str, matter: uuid.UUID | None, **data: object) -> uuid.UUID:
    """Do one act and acknowledge it once it is committed."""
    with scope(actor):
        result = perform(code, actor, matter, {"happened_on": "2026-09-28", **data})
    sys.stdout.write(f"{result.matter_id} {result.entry_id}\n")
    sys.stdout.flush()
    return result.matter_id


def act() -> None:
    """Go on until killed."""
    remember_measures()
    clerk, deputy = acting("clerk"), acting("deputy")
    sender = Organ.objects.get(code="executing").pk
    handler = Organ.objects.get(code="first").pk
    number = 0
    with clock.set_to(NOON):
        while True:
            number += 1
            clue = done(clerk, "clue.register", None, **LETTER, sender=sender, letter_number=f"{number}号")
            done(clerk, "clue.propose_assignment", clue, handler=handler, reason="按分工")
            done(deputy, "clue.approve_assignment", clue)


def batches() -> None:
    """Register batches that came on paper until killed."""
    remember_measures()
    clerk, number = acting("clerk"), 0
    line = {"name": "王喆", "unit": "清川市水利局", "category": "discipline", "allegation": "违规发放补贴。"}
    batch = {"title": "第三轮巡察", "units": "清川市水利局", "sender_name": "巡察办", "items": [line] * 5}
    with clock.set_to(NOON):
        while True:
            number += 1
            letter = {"letter_number": f"{number}号", "letter_date": "2026-09-28"}
            done(clerk, "round.register", None, **batch, **letter)


def check() -> None:
    """Print all entries with their matters, and every disagreement, seen past every policy."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET ROLE guantong_search")
        cursor.execute("SELECT id, matter_id FROM journal_entry")
        entries = [[int(pk), str(matter)] for pk, matter in cursor.fetchall()]
        cursor.execute("RESET ROLE")
    sys.stdout.write(
        json.dumps({"entries": entries, "problems": problems_committed()}, ensure_ascii=False) + "\n"
    )


if __name__ == "__main__":
    if sys.argv[1] == "build":
        with transaction.atomic():
            build()
    else:
        {"act": act, "batches": batches, "check": check}[sys.argv[1]]()

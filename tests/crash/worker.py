"""Child of the crash tests, on a site of its own: `python -m crash.worker build|act|batches|closes|check`.

`act` registers clues and moves each a few steps, `batches` registers inspection rounds of five clues each,
`closes` closes a month and reopens it, going on where it was left; all without end. Every line they write is
`<matter> <entry>`, written only after the act's transaction has committed. `check` writes what is there and
what is wrong, `closed` how the close stands.
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
from django.db.models import Count  # noqa: E402

from guantong.accounts.models import User  # noqa: E402
from guantong.kernel import clock  # noqa: E402
from guantong.kernel.access.actors import Actor, actor_for  # noqa: E402
from guantong.kernel.access.scope import scope  # noqa: E402
from guantong.kernel.acts.perform import perform  # noqa: E402
from guantong.kernel.organs.models import Organ  # noqa: E402
from guantong.mechanisms.returns.models import Behind, Close  # noqa: E402
from support.consistency import problems_committed  # noqa: E402
from support.town import build, remember_measures  # noqa: E402

NOON = datetime(2026, 9, 28, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
CLOSING, CLOSED_ON, CLUES = NOON.replace(month=10, day=9), "2026-10-09", 12
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


def closes() -> None:
    """Close a month over some clues, and reopen it, until killed; begun again it goes on."""
    remember_measures()
    clerk, deputy = acting("clerk"), acting("deputy")
    steps = {"drafted": (clerk, "close.submit"), "submitted": (deputy, "close.approve")}
    with clock.set_to(CLOSING):
        close = the_close()
        if close is None:
            sender = Organ.objects.get(code="executing").pk
            for number in range(CLUES):
                done(clerk, "clue.register", None, **LETTER, sender=sender, letter_number=f"{number}号")
            done(clerk, "close.draft", None, happened_on=CLOSED_ON, month="2026-09")
        while True:
            close = the_close()
            assert close is not None
            actor, code = steps.get(close.matter.state, (deputy, "close.reopen"))
            done(actor, code, close.pk, happened_on=CLOSED_ON, reason="复核")


def the_close() -> Close | None:
    """Return the month's close, as case supervision sees it."""
    with scope(acting("clerk")):
        return Close.objects.select_related("matter").first()


def closed() -> None:
    """Print the close's state and turn, what figures it holds, and how many rows stand behind each turn."""
    with scope(acting("clerk")):
        close = Close.objects.select_related("matter").get()
        turns = Behind.objects.filter(matter=close.pk).values_list("turn").annotate(n=Count("pk"))
        said = {
            "state": close.matter.state, "turn": close.turn, "turns": dict(turns),
            "figures": close.figures["clues_received__audit__month"],
        }  # fmt: skip
    sys.stdout.write(json.dumps(said) + "\n")


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
        {"act": act, "batches": batches, "closes": closes, "closed": closed, "check": check}[sys.argv[1]]()

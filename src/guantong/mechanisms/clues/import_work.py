"""Going through the rows of an import (导入执行): few at once in the request, many by a job, step by step.

Each step is one transaction in which the acts are done and it is written how far one has come. A job that
died is done again and goes on from there; what came of a row does not depend on how often it was begun.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guantong.kernel.access.actors import Actor, actor_for
from guantong.kernel.access.scope import enter
from guantong.kernel.acts.act import Refused
from guantong.mechanisms.clues import again, import_rows, import_store, importing, jobs
from guantong.mechanisms.clues import import_decisions as decisions
from guantong.mechanisms.clues.import_rows import Table
from guantong.mechanisms.clues.import_store import Draft
from guantong.mechanisms.clues.importing import IN, Status

log = logging.getLogger(__name__)
STEP_SECONDS = 2.0
TELL_SECONDS = 0.5
AT_ONCE = 100
"""So many rows at most are gone through in the request itself."""
TO_DO = frozenset({Status.NEW, Status.CHANGED})
WHOLE_AT_MOST = 500
"""So many clues at most are entered all or nothing; more by the command line."""


class Blocked(Exception):  # noqa: N818 - named for what it says
    """A row stands in the way of all or nothing."""


def begin(actor: Actor, draft: Draft, stage: str, rows: int) -> None:
    """Begin to go through rows, or go on where it stopped. Raises OSError, Moved."""
    draft.stage, draft.trouble = stage, ""
    draft.officer, draft.language = actor.officer.pk, get_language() or ""
    import_store.save(draft)
    if rows > AT_ONCE:
        jobs.go_on.defer(token=draft.token)
        return
    while draft.at_work:
        _advance(actor, draft)


def go_on(token: str) -> None:
    """Do the work of an import to its end, as a job; another that is at it already is left alone."""
    while True:
        try:
            with transaction.atomic():
                if not _is_alone(token) or not _step(token):
                    return
        except import_store.Moved:
            return
        except Exception as error:
            log.exception("an import stopped")
            _stop(token, str(error) if isinstance(error, Refused) else "")
            return


def _is_alone(token: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 9))", [f"import/{token}"])
        return bool(cursor.fetchone()[0])


def _step(token: str) -> bool:
    """Do one step for whoever began it; tells whether there was one to do."""
    draft = import_store.load(token)
    if draft is None or not draft.at_work:
        return False
    with translation.override(draft.language):
        actor = actor_for(draft.officer, draft.post)
        if actor is None or actor.post.pk != draft.post:
            draft.trouble = _("You no longer act in the post in which you began this import.")
            import_store.save(draft)
            return False
        enter(actor.principals)
        _advance(actor, draft)
    return True


def _stop(token: str, why: str) -> None:
    """Keep that the work has stopped, and why; what earlier steps did stays."""
    with transaction.atomic():
        draft = import_store.load(token)
        if draft is not None:
            with translation.override(draft.language):
                draft.trouble = why or _(
                    "The platform has made an error; the administrator finds it in the log."
                )
            import_store.save(draft)


def _advance(actor: Actor, draft: Draft) -> None:
    """Do the next step of what the import is at, and keep where it stands then."""
    {"checking": _check, "trying": _try, "running": _enter_whole if draft.whole else _enter}[draft.stage](
        actor, draft
    )
    import_store.save(draft)


def _telling(token: str) -> Callable[[int, int], None]:
    """Return who is told how far one is, and writes it down twice a second."""
    last = [0.0]

    def tell(done: int, total: int) -> None:
        if time.monotonic() - last[0] > TELL_SECONDS:
            last[0] = time.monotonic()
            import_store.tell(token, done, total)

    return tell


def tables_of(draft: Draft) -> list[Table]:
    """Return the tables of the file with the columns chosen."""
    tables = import_rows.tables(draft.sheets)[0]
    for table in tables:
        by_index = {column.index: column for column in table.header.columns}
        chosen = draft.columns.get(table.name, {})
        table.columns = {key: by_index[at] for key, at in chosen.items() if at in by_index}
    return tables


def _check(actor: Actor, draft: Draft) -> None:
    """Look every row up (试导入)."""
    taken = [table for table in tables_of(draft) if table.name not in draft.left_out]
    for table in taken:
        import_rows.remap(table, {})
    entries = [entry for table in taken for entry in import_rows.entries(table, draft.name)]
    platform, tell = decisions.platform_of(actor, draft), _telling(draft.token)
    checked = importing.Check(actor, platform)
    draft.outcomes = checked.of(entries, lambda done: tell(done, len(entries)))
    if platform is not None:
        decisions.remember(platform, taken)
        draft.gone = again.gone(platform, [entry.data["book_number"] for entry in entries])
    importing.place(draft.outcomes, taken)
    draft.skipped = [[one.sheet, one.row, one.reason] for table in taken for one in import_rows.skips(table)]
    draft.stage = "checked"
    if any(one.status is Status.ABOVE for one in draft.outcomes):
        draft.sheets = []
    if platform is not None and not any(one.status in TO_DO for one in draft.outcomes):
        before = decisions.taken_before(platform, draft)
        draft.taken_before = (
            f"{timezone.localtime(before.at).date()} {before.post.officer.name}" if before else ""
        )
        decisions.finish(actor, draft)


def _try(actor: Actor, draft: Draft) -> None:
    """See what would follow from what is ticked."""
    draft.trial = decisions.trial(actor, draft, _telling(draft.token))
    draft.stage = "checked"


def _enter(actor: Actor, draft: Draft) -> None:
    """Do the next rows, for about two seconds."""
    ends, tell = time.monotonic() + STEP_SECONDS, _telling(draft.token)
    platform, total = decisions.platform_of(actor, draft), len(draft.outcomes)
    todo = [one for one in draft.outcomes if importing.is_to_do(one)]
    for done, one in enumerate(todo, start=total - len(todo) + 1):
        importing.do(actor, one, platform, draft.name)
        tell(done, total)
        if time.monotonic() > ends:
            break
    if not any(importing.is_to_do(one) for one in todo):
        decisions.finish(actor, draft)


def _enter_whole(actor: Actor, draft: Draft) -> None:
    """Do all rows or none."""
    todo = [one for one in draft.outcomes if importing.is_to_do(one)]
    kept = [(one.status, one.number, one.matter) for one in todo]
    platform, tell = decisions.platform_of(actor, draft), _telling(draft.token)
    try:
        if len(todo) > WHOLE_AT_MOST or any(one.status not in IN for one in draft.outcomes):
            raise Blocked
        with transaction.atomic():
            for done, one in enumerate(todo, start=1):
                importing.do(actor, one, platform, draft.name)
                tell(done, len(todo))
                if one.status not in IN:
                    raise Blocked
            decisions.finish(actor, draft)
    except Blocked:
        draft.stage, draft.sheets, draft.given_up = "done", [], True
        for one, (status, number, matter) in zip(todo, kept, strict=True):
            if one.status in IN:
                one.status, one.number, one.matter = status, number, matter

"""Deciding on the differences of an import (差异处理): ticks, bulk by column, trial, and the record of it."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.duties.models import Duty
from guantong.kernel.papers.models import Paper
from guantong.kernel.sheets.differences import Change
from guantong.mechanisms.clues import again, importing
from guantong.mechanisms.clues.import_lists import counted
from guantong.mechanisms.clues.import_rows import Table
from guantong.mechanisms.clues.import_store import Draft, Trial
from guantong.mechanisms.clues.importing import Outcome, Status
from guantong.mechanisms.clues.models import Platform, PlatformImport

SHOWN = 100
"""So many differing rows are decided on at once; what is not shown is not decided, but by column."""


def platform_of(actor: Actor, draft: Draft) -> Platform | None:
    """Return the source platform of an import; None for an old book that comes once."""
    if not draft.platform:
        return None
    return Platform.objects.get_or_create(organ=actor.organ, name=draft.platform)[0]


def headings(tables: list[Table]) -> list[str]:
    """Return the headings by which an export is recognised (表头识别)."""
    return sorted({column.path for table in tables for column in table.header.columns})


def recognised(actor: Actor, tables: list[Table]) -> Platform | None:
    """Return the platform whose last export had these headings."""
    return Platform.objects.filter(organ=actor.organ, headings=headings(tables)).first()


def remember(platform: Platform, tables: list[Table]) -> None:
    """Keep which column is which for the next export of the platform."""
    platform.columns = {key: one.path for table in tables for key, one in table.columns.items()}
    platform.headings = headings(tables)
    platform.save(update_fields=["columns", "headings"])


def as_remembered(platform: Platform, table: Table) -> dict[str, int]:
    """Return the columns of a table as they were chosen the last time."""
    by_path = {column.path: column.index for column in table.header.columns}
    return {key: by_path[path] for key, path in platform.columns.items() if path in by_path}


def changed(draft: Draft) -> list[tuple[int, Outcome]]:
    """Return the rows on which somebody has to decide, with their place among all."""
    return [(at, one) for at, one in enumerate(draft.outcomes) if one.status is Status.CHANGED]


def tick(draft: Draft, given: Mapping[str, Any]) -> None:
    """Keep what was ticked: of the rows shown everything is decided, of the others what a column takes."""
    for place, (at, one) in enumerate(changed(draft)):
        one.decided = {}
        for line in one.lines:
            in_bulk = line.change is Change.THERE and f"all-{line.name}" in given
            if line.change.asks and (in_bulk or place < SHOWN):
                one.decided[line.name] = in_bulk or f"t-{at}-{line.name}" in given


class _Undo(Exception):  # noqa: N818 - not an error: it takes the trial back
    pass


def trial(actor: Actor, draft: Draft, told: Callable[[int, int], None]) -> Trial:
    """Do what was ticked, see what follows, and take it back whole. `told` hears how far it is."""
    todo = copy.deepcopy([one for _at, one in changed(draft) if any(one.decided.values())])
    matters = [UUID(one.matter) for one in todo]
    platform, found = platform_of(actor, draft), Trial()
    before, flagged = _duties(matters), _flagged(matters)
    try:
        with transaction.atomic():
            for done, one in enumerate(todo, start=1):
                importing.do(actor, one, platform, draft.name)
                told(done, len(todo))
            for key, (due, ended) in _duties(matters).items():
                old_due, was_ended = before.get(key, (due, True))
                found.opened += was_ended and not ended
                found.ended += ended and not was_ended
                found.moved += key in before and old_due != due
            found.flagged = _flagged(matters) - flagged
            found.refused = [one for one in todo if one.status is Status.REJECTED]
            raise _Undo
    except _Undo:
        return found


def _duties(matters: list[UUID]) -> dict[Any, tuple[Any, bool]]:
    rows = Duty.objects.filter(matter__in=matters).values_list("pk", "due_on", "ended_on")
    return {pk: (due, ended is not None) for pk, due, ended in rows}


def _flagged(matters: list[UUID]) -> int:
    return Paper.objects.filter(matter__in=matters).exclude(flagged="").count()


def taken_before(platform: Platform | None, draft: Draft) -> PlatformImport | None:
    """Return the record of the very same file, if it was taken in before."""
    found = PlatformImport.objects.filter(platform=platform, digest=draft.digest)
    return found.select_related("post__officer").first() if platform and draft.digest else None


def finish(actor: Actor, draft: Draft) -> None:
    """End an import; that of a platform is recorded, the very same file once (导入记录)."""
    draft.stage, draft.sheets = "done", []
    for one in draft.outcomes:
        one.entry = None
    platform = platform_of(actor, draft)
    if platform is not None:
        numbers = {str(status): number for status, number in counted(draft.outcomes).items() if number}
        PlatformImport.objects.get_or_create(
            platform=platform,
            digest=draft.digest,
            defaults={
                "file": draft.name, "post": actor.post, "at": clock.now(),
                "counts": {**numbers, "gone": len(draft.gone)},
            },
        )  # fmt: skip


def shown(draft: Draft) -> dict[str, Any]:
    """Return what the page says of the differences."""
    differing = changed(draft)
    there = Counter(
        (line.name, line.label) for _at, one in differing for line in one.lines if line.change is Change.THERE
    )
    quiet = [
        (one, [line for line in one.lines if not line.change.asks])
        for one in draft.outcomes
        if any(not line.change.asks for line in one.lines)
    ]
    return {
        "changed": differing[:SHOWN],
        "more_changed": max(0, len(differing) - SHOWN),
        "bulk": [(name, label, number) for (name, label), number in there.items()],
        "quiet": quiet[:SHOWN],
        "more_quiet": max(0, len(quiet) - SHOWN),
        "hints": [one for one in draft.outcomes if one.hint][:SHOWN],
        "gone": draft.gone[:SHOWN],
        "more_gone": max(0, len(draft.gone) - SHOWN),
    }


def differences(draft: Draft) -> bytes:
    """Return every difference as a workbook (差异清单)."""
    words = {True: _("taken"), False: _("left"), None: ""}
    rows = (
        (one.row, one.key, one.number, line, words[one.decided.get(line.name)])
        for one in draft.outcomes
        for line in one.lines
    )
    return again.workbook(rows, draft.gone)

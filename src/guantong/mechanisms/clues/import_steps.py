"""Steps of an import that pages and API share (导入步骤): a file taken, columns chosen, rows gone through."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.sheets import SheetError, read_workbook
from guantong.mechanisms.clues import import_decisions as decisions
from guantong.mechanisms.clues import import_rows, import_store, import_work, importing
from guantong.mechanisms.clues.import_rows import Table
from guantong.mechanisms.clues.import_store import Draft
from guantong.mechanisms.clues.models import Platform


def take(actor: Actor, content: bytes, name: str, platform: str = "") -> Draft:
    """Keep a file for the next step, with its tables found and their columns proposed.

    Raises SheetError; Refused where no sheet has a table; OSError where it cannot be kept.
    """
    sheets = read_workbook(content)
    tables, unread = import_rows.tables(sheets)
    if not tables:
        raise Refused(*(Fault("file", one.name, one.reason) for one in unread))
    draft = import_store.new(actor.post.pk, name, sheets, sm3(content))
    draft.columns = {
        table.name: {key: column.index for key, column in table.columns.items()} for table in tables
    }
    _propose_platform(actor, draft, tables, platform)
    import_store.save(draft)
    return draft


def _propose_platform(actor: Actor, draft: Draft, tables: list[Table], name: str) -> None:
    """Take the platform that was named, or the one whose headings these are, with its columns."""
    draft.platform = said(name)
    if draft.platform:
        known = Platform.objects.filter(organ=actor.organ, name=draft.platform).first()
    else:
        known = decisions.recognised(actor, tables)
        draft.platform, draft.was_recognised = (known.name, True) if known else ("", False)
    if known is not None:
        for table in tables:
            draft.columns[table.name] |= decisions.as_remembered(known, table)


def said(platform: str) -> str:
    """Return the name of a platform as it is kept."""
    return " ".join(platform.split())[:80]


def choose(draft: Draft, wanted: Mapping[str, Mapping[str, str]]) -> None:
    """Take columns by heading or letter, for each sheet or `*` for all; '' for none. Raises SheetError."""
    tables = import_work.tables_of(draft)
    import_rows.choose(tables, wanted)
    for table in tables:
        draft.columns[table.name] = {key: column.index for key, column in table.columns.items()}


def check(actor: Actor, draft: Draft) -> list[Fault]:
    """Look up every row of the sheets that are not left out, or return what is wrong with their columns."""
    taken = [table for table in import_work.tables_of(draft) if table.name not in draft.left_out]
    faults = _column_faults(taken, keyed=bool(draft.platform))
    if not faults:
        begin(actor, draft, "checking", sum(len(table.header.records) for table in taken))
    return faults


def _column_faults(tables: Collection[Table], *, keyed: bool) -> list[Fault]:
    faults = []
    for table in tables:
        try:
            import_rows.remap(table, {})
        except SheetError as error:
            faults.append(Fault(table.name, error.reason, error.remedy))
        if table.missing:
            reason = _("No column is chosen for: %(fields)s.") % {"fields": ", ".join(table.missing)}
            faults.append(Fault(table.name, reason, _("Choose it, or leave the sheet out.")))
        if keyed and "number" not in table.columns:
            reason = _("No column is chosen for the number there, by which rows are found again.")
            faults.append(Fault(table.name, reason, _("Choose it, or take the file in without a platform.")))
    if not tables:
        reason = _("Every sheet is left out.")
        faults.append(Fault("", reason, _("Take at least one, or drop the import.")))
    return faults


def run(actor: Actor, draft: Draft, how: str) -> None:
    """Do what was checked and ticked: `each` row by itself, the `whole` or nothing, a `trial` taken back.

    `again` goes on where a job stopped. Nothing happens where the rows have not been looked up.
    """
    if draft.trouble and how == "again":
        begin(actor, draft, draft.stage, import_work.AT_ONCE + 1)
    elif draft.stage == "checked" and how != "again":
        draft.trial, draft.whole = None, how == "whole"
        todo = sum(importing.is_to_do(one) for one in draft.outcomes)
        begin(actor, draft, "trying" if how == "trial" else "running", todo)


def begin(actor: Actor, draft: Draft, stage: str, rows: int) -> None:
    """Begin to go through rows; asked for twice, what the first has begun goes on. Raises OSError."""
    try:
        with transaction.atomic():
            import_work.begin(actor, draft, stage, rows)
    except import_store.Moved:
        pass  # whoever asks is shown what the first has begun

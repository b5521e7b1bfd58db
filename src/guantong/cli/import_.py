"""`guantong import`: reading published findings or an old ledger (导入)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Grid

from guantong.cli.actors import actor_of
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.sheets import Sheet, SheetError, read_workbook
from guantong.kernel.sheets.choosing import letter, samples
from guantong.mechanisms.clues import import_lists, import_rows, importing
from guantong.mechanisms.clues.import_rows import Entry, Skip, Table, Unread
from guantong.mechanisms.clues.importing import IN, Outcome, Status
from guantong.mechanisms.reports import importing as findings_import

BATCH = 50
SHOWN = 50
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
AS = click.option("--as", "username", required=True, metavar="USERNAME", help="Account in whose post to act.")
POST = click.option("--post", type=int, help="Id of the post, where the officer holds several.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


class NothingDone(click.ClickException):
    """The file or the account cannot be used; nothing was changed."""

    exit_code = 2


class Blocked(Exception):  # noqa: N818 - named for what it says
    """A row stands in the way of an import of all or nothing."""


@click.group(name="import")
def import_() -> None:
    """Read findings or a ledger.

    Exit code 0: every row is in, or was already there; 1: some rows are not in; 2: nothing was changed, for
    the file or the account cannot be used.
    """


@contextmanager
def _as_usage() -> Iterator[None]:
    """Turn what cannot be used into exit code 2."""
    try:
        yield
    except SheetError as error:
        raise NothingDone(str(error)) from error
    except (importing.NotEntitled, NotAllowed) as error:
        raise NothingDone(str(error).removeprefix(": ")) from error


def _read(file: Path) -> list[Sheet]:
    try:
        return read_workbook(file)
    except OSError as error:
        raise NothingDone(f"{file}: {error.strerror}") from error


@import_.command()
@FILE
@AS
@POST
@JSON
def findings(file: Path, username: str, post: int | None, as_json: bool) -> None:
    """Read published findings of FILE (csv, xlsx, xls, ods) as reports (导入公布的问题)."""
    with _as_usage():
        sheets = _read(file)
        actor, _user = actor_of(username, post)
        start = time.monotonic()
        with scope(actor):
            imported = findings_import.import_findings(actor, sheets, file.name)
    seconds = time.monotonic() - start
    if as_json:
        rows = [vars(row) for row in imported.rows]
        _print_json({"counts": imported.counts, "reports": imported.reports, "rows": rows})
    else:
        _findings_report(imported, seconds)
    raise SystemExit(1 if imported.rejected else 0)


def _findings_report(imported: findings_import.Imported, seconds: float) -> None:
    console = Console()
    if imported.rejected:
        grid = Grid(_("Row"), _("Cell"), _("Reason"), _("What to do"), title=_("Rejected rows"))
        for row in imported.rejected:
            grid.add_row(str(row.row), row.column, row.reason, row.remedy)
        console.print(grid)
    counts = imported.counts
    console.print(
        _("Rows %(all)s: %(new)s accepted in %(reports)s new reports, %(there)s were there, %(no)s rejected.")
        % {
            "all": len(imported.rows),
            "new": counts[findings_import.Status.ACCEPTED],
            "reports": imported.reports,
            "there": counts[findings_import.Status.THERE],
            "no": counts[findings_import.Status.REJECTED],
        }
        + f" {seconds:.1f} s"
    )
    if not counts[findings_import.Status.ACCEPTED]:
        console.print(_("Nothing was added."))


@import_.command()
@FILE
@AS
@POST
@JSON
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON: {"sheet name or *": {"field": "heading or letter of the column, empty for none"}}.',
)
@click.option("--dry-run", is_flag=True, help="Check every row and change nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Add nothing unless every row can be taken.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write an xlsx of rows not in."
)
def ledger(
    file: Path,
    username: str,
    post: int | None,
    as_json: bool,
    map_file: Path | None,
    dry_run: bool,
    all_or_nothing: bool,
    errors: Path | None,
) -> None:
    """Read the old ledger FILE (xlsx, xls, ods, csv): each row becomes an act on its day (导入台账)."""
    with _as_usage():
        actor, _user = actor_of(username, post)
        importing.require_entitled(actor)
        tables, unread = import_rows.tables(_read(file))
        _choose(tables, map_file)
        skips = [skip for table in tables for skip in import_rows.skips(table)]
        if not as_json:
            _show_mapping(tables, unread)
        _require_columns(tables)
        work = Work(actor, tables, quiet=as_json)
        with scope(actor):
            work.check([entry for table in tables for entry in import_rows.entries(table, file.name)])
        if not dry_run:
            work.enter(all_or_nothing=all_or_nothing)
    if errors is not None:
        errors.write_bytes(import_lists.error_list(work.outcomes))
    if as_json:
        _print_json(work.as_json(unread, skips))
    else:
        work.report(skips, dry_run)
    raise SystemExit(0 if all(one.status in IN for one in work.outcomes) else 1)


def _choose(tables: list[Table], map_file: Path | None) -> None:
    if map_file is None:
        return
    try:
        import_rows.choose(tables, json.loads(map_file.read_text(encoding="utf-8")))
    except (ValueError, AttributeError, TypeError) as error:
        if isinstance(error, SheetError):
            raise
        raise NothingDone(
            _("%(file)s is no mapping: %(error)s. Write it as shown by --help.")
            % {"file": map_file, "error": error}
        ) from error


def _require_columns(tables: list[Table]) -> None:
    for table in tables:
        if table.missing:
            raise NothingDone(
                _("Sheet “%(sheet)s” has no column for: %(fields)s. Name it with --map, or delete the sheet.")
                % {"sheet": table.name, "fields": ", ".join(table.missing)}
            )
    if not tables:
        raise NothingDone(_("No sheet has a table that can be read."))


def _show_mapping(tables: list[Table], unread: list[Unread]) -> None:
    console = Console(stderr=True)
    for table in tables:
        grid = Grid(_("Field"), _("Column"), _("Confidence"), _("Why"), _("For example"), title=table.name)
        proposed = {match.key: match for match in table.matches}
        for key, column in table.columns.items():
            match = proposed.get(key)
            same = match is not None and match.column is column
            grid.add_row(
                import_rows.FIELDS[key].label,
                f"{letter(column)} {column.path}",
                f"{match.confidence:.0%}" if match and same else "",
                match.reason.label if match and same else _("chosen"),
                " / ".join(samples(table.header, column)),
            )
        console.print(grid)
    for sheet in unread:
        console.print(
            _("Sheet “%(sheet)s” is left out: %(why)s") % {"sheet": sheet.name, "why": sheet.reason}
        )


class Work:
    """One import (一次导入): what it found, and doing it with progress."""

    def __init__(self, actor: Actor, tables: list[Table], *, quiet: bool) -> None:
        self.actor, self.tables, self.quiet = actor, tables, quiet
        self.outcomes: list[Outcome] = []
        self.seconds = 0.0
        self.given_up = False

    @contextmanager
    def _progress(self, words: str, total: int) -> Iterator[Callable[[int], None]]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True, disable=self.quiet) as progress:
            task = progress.add_task(words, total=total)
            yield lambda done: progress.update(task, completed=done)

    def check(self, entries: list[Entry]) -> None:
        """Look every row up (试导入)."""
        with self._progress(_("Checking"), len(entries)) as told:
            self.outcomes = importing.Check(self.actor).of(entries, told)
        importing.place(self.outcomes, self.tables)

    def enter(self, *, all_or_nothing: bool) -> None:
        """Do what is to be done, in one transaction or in one for each few rows."""
        todo = [one for one in self.outcomes if one.status is Status.NEW]
        start = time.monotonic()
        with self._progress(_("Entering"), len(todo)) as told:
            if all_or_nothing:
                self._all(todo, told)
            else:
                self._each(todo, told)
        self.seconds = time.monotonic() - start
        importing.place(self.outcomes, self.tables)

    def _each(self, todo: list[Outcome], told: Callable[[int], None]) -> None:
        for at in range(0, len(todo), BATCH):
            with scope(self.actor):
                for one in todo[at : at + BATCH]:
                    importing.enter(self.actor, one)
            told(at + BATCH)

    def _all(self, todo: list[Outcome], told: Callable[[int], None]) -> None:
        try:
            with scope(self.actor):
                self._none_blocked()
                for done, one in enumerate(todo, start=1):
                    importing.enter(self.actor, one)
                    told(done)
                self._none_blocked()
        except Blocked:
            self.given_up = True
            for one in todo:
                if one.status in IN:
                    one.status, one.number = Status.NEW, ""

    def _none_blocked(self) -> None:
        if any(one.status not in IN for one in self.outcomes):
            raise Blocked

    def as_json(self, unread: list[Unread], skips: list[Skip]) -> dict[str, Any]:
        """Return the result for programs; of rows that belong above only the number."""
        return {
            "counts": import_lists.counted(self.outcomes),
            "given_up": self.given_up,
            "seconds": round(self.seconds, 3),
            "rows": [
                {
                    "sheet": one.sheet,
                    "row": one.row,
                    "further_rows": one.further_rows,
                    "status": one.status,
                    "number": one.number,
                    "faults": [vars(fault) for fault in one.faults],
                    "notices": one.notices,
                }
                for one in self.outcomes
            ],
            "skipped": [vars(skip) for skip in skips],
            "left_out": [vars(sheet) for sheet in unread],
        }

    def report(self, skips: list[Skip], dry_run: bool) -> None:
        """Print what came of it."""
        console = Console()
        self._print_faults(console)
        for one in self.outcomes:
            for notice in one.notices:
                console.print(f"{one.sheet} {one.row}: {notice}", highlight=False)
        for skip in skips:
            words = _("%(sheet)s, row %(row)s is no clue: %(reason)s.")
            console.print(words % {"sheet": skip.sheet, "row": skip.row, "reason": skip.reason})
        counts = import_lists.counted(self.outcomes)
        parts = [f"{status.label} {counts[status]}" for status in Status if counts[status]]
        console.print(_("Clues in the file: %(all)s.") % {"all": len(self.outcomes)}, "; ".join(parts))
        if dry_run:
            console.print(_("Nothing was changed: this was a dry run."))
        elif self.given_up:
            console.print(_("Nothing was added: not every row can be taken, and all or nothing was asked."))
        elif counts[Status.ADDED]:
            rate = counts[Status.ADDED] / self.seconds if self.seconds else 0
            console.print(
                _("%(rows)s rows in %(seconds)s s, %(rate)s a second.")
                % {"rows": counts[Status.ADDED], "seconds": f"{self.seconds:.1f}", "rate": f"{rate:.0f}"}
            )
        else:
            console.print(_("Nothing was added."))

    def _print_faults(self, console: Console) -> None:
        out = [one for one in self.outcomes if one.status not in IN]
        if not out:
            return
        grid = Grid(
            _("Sheet"), _("Row"), _("Cell"), _("Column"), _("What came of it"), _("Reason"), _("What to do")
        )
        for one in out[:SHOWN]:
            if one.status is Status.ABOVE:
                reason, remedy = import_lists.told_of_above()
                grid.add_row(one.sheet, str(one.row), "", "", one.status.label, reason, remedy)
            for fault in one.faults:
                grid.add_row(
                    one.sheet,
                    str(one.row),
                    fault.cell,
                    fault.column,
                    one.status.label,
                    fault.reason,
                    fault.remedy,
                )
        console.print(grid)
        if len(out) > SHOWN:
            left = _("%(left)s more rows are not in; --errors writes them all.") % {"left": len(out) - SHOWN}
            console.print(left)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))

"""`guantong export`: writing the ledger as a spreadsheet (导出)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import click
from django.http import QueryDict
from django.utils.translation import gettext as _

from guantong.cli.actors import actor_of
from guantong.kernel.access.scope import scope
from guantong.kernel.journal.reading import note
from guantong.mechanisms.clues import filters as asked
from guantong.mechanisms.clues import ledger_sql
from guantong.mechanisms.clues.ledger_export import MOST_ROWS, workbook
from guantong.mechanisms.clues.models import Category, Source


@click.group()
def export() -> None:
    """Write a ledger as a spreadsheet."""


@export.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--as", "username", required=True, metavar="USERNAME", help="Account with whose sight to export."
)
@click.option("--post", type=int, help="Id of the post, where the officer holds several.")
@click.option("--tab", type=click.Choice([tab.code for tab in asked.TABS]), default="all", show_default=True,
              help="Group of states.")  # fmt: skip
@click.option("--source", type=click.Choice(Source.values), help="Source.")
@click.option("--category", type=click.Choice(Category.values), help="Category.")
@click.option("--due", type=click.Choice(list(asked.DUE)), help="Deadline.")
@click.option("--received-from", metavar="DATE", help="First day of receipt, as 2026-09-28.")
@click.option("--received-to", metavar="DATE", help="Last day of receipt.")
@click.option("--amount-from", metavar="WAN", help="Least amount, in 10,000 yuan.")
@click.option("--amount-to", metavar="WAN", help="Greatest amount, in 10,000 yuan.")
@click.option("-q", "--text", "q", help="Words, name or number.")
def ledger(file: Path, username: str, post: int | None, **conditions: str | None) -> None:
    """Write the clues seen into FILE (xlsx), as filtered (导出台账). The export is noted as a reading.

    Exit code 0: written; 2: nothing was written.
    """
    actor, user = actor_of(username, post)
    query = urlencode({name: value for name, value in conditions.items() if value})
    filters = asked.read(QueryDict(query))
    if filters.faults:
        raise click.UsageError(
            "; ".join(f"{fault.field}: {fault.reason} {fault.remedy}" for fault in filters.faults)
        )
    with scope(actor):
        found = ledger_sql.page(actor, filters, limit=MOST_ROWS)
        if found.next:
            raise click.UsageError(
                _("More than %(most)s clues would be exported. Narrow the conditions and export in parts.")
                % {"most": MOST_ROWS}
            )
        note(actor, "export", detail=f"{len(found.rows)} · {filters.query()}", user_id=user.pk)
        body = workbook(actor, found.rows)
    try:
        file.write_bytes(body)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    click.echo(_("%(file)s: %(count)s clues.") % {"file": file, "count": len(found.rows)})

"""`guantong measure` (办法): checking measure files from the command line."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from guantong.kernel.measures.load import check_files
from guantong.measures.vocabulary import WORDS


@click.group()
def measure() -> None:
    """Work with measure files (办法文件)."""


@measure.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check FILES, each alone and all together (检查).

    Prints one problem a line as file:line:column, reason and remedy. Exit code 0: none; 1: some.
    """
    problems = check_files(list(files), WORDS)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        click.echo(_("Problems: {count}.").format(count=len(problems)), err=True)
        raise SystemExit(1)
    click.echo(_("Files checked: {count}. No problems.").format(count=len(files)))

"""Commands for backup and restore (备份与恢复命令)."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from guantong.site import backup as work
from guantong.site.paths import data_folder


@click.command(help="Write database, attachments, checkpoints and secret into one file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Back everything up (备份). The file holds everything there is: keep it as you keep the matters."""
    with Console(stderr=True).status("…") as status:
        try:
            size = work.backup(data_folder(), file, status.update)
        except work.BackupError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {size / 2**20:.1f} MB")


@click.command(help="Read a backup into an empty database and data folder.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Restore a backup (恢复)."""
    with Console(stderr=True).status("…") as status:
        try:
            manifest = work.restore(data_folder(), file, status.update)
        except work.BackupError as error:
            raise click.ClickException(str(error)) from error
    click.echo(
        f"Restored what was backed up at {manifest['made_at']}. Now: guantong migrate, guantong verify."
    )

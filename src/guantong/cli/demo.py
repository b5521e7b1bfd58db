"""`guantong demo`: making the demonstration city (演示城市)."""

from __future__ import annotations

import gc
import time

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@click.command(help="Make the demonstration city in an empty database.")
@click.option("--if-empty", is_flag=True, help="Do nothing, and succeed, where there is data already.")
@click.option("--reset", is_flag=True, help="Throw the demonstration away first (never real data).")
@click.option("--yes", is_flag=True, help="Do not ask before throwing it away.")
def demo(if_empty: bool, reset: bool, yes: bool) -> None:
    """Make organs, accounts and a year of acts (生成演示数据). Exit code 1: the database holds other data."""
    from guantong.demo import database
    from guantong.demo.accounts import PASSWORD

    found = database.contents()
    if reset and found is database.Contents.DEMONSTRATION:
        if not yes:
            click.confirm("Throw the demonstration and everything done in it away?", abort=True)
        database.throw_away()
        found = database.Contents.NOTHING
    if found is database.Contents.NOTHING:
        _make()
    elif found is database.Contents.REAL:
        if not if_empty:
            raise click.ClickException(
                "This database holds organs or accounts that are not the demonstration's. Nothing was "
                "changed. Use another data folder (GUANTONG_DATA) or database for the demonstration."
            )
        return
    elif not if_empty:
        raise click.ClickException("The demonstration is there already; --reset makes it anew.")
    click.echo(f"Sign in with any account shown on the sign-in page; password {PASSWORD}")


def _make() -> None:
    from guantong.demo.make import make

    gc.freeze()  # collecting the loaded code over and over takes a quarter of the time
    gc.set_threshold(100_000, 20, 100)
    start = time.monotonic()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("清川市", total=364)
        made = make(lambda what, done, total: progress.update(task, description=what, completed=done))
    seconds = time.monotonic() - start
    acts = sum(made.acts.values())
    click.echo(
        f"Made the demonstration city: {acts} acts, {made.entries} journal entries, "
        f"{seconds:.1f} s ({seconds * 1000 / acts:.1f} ms an act)."
    )

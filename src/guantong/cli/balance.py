"""Taking the balance of all ledgers (台账平衡): what came in against what became of it."""

from __future__ import annotations

import sys

import click

HELP = """Take the balance of all ledgers.

For every organ, month of receipt and source: received = open + closed + transferred out + returned + merged,
the left side by the acts in the journal, the right by the rows. Ends with 0 when all differences are 0, 1
when clues are at odds with their acts, 2 when another process takes it at this moment. Prints counts alone.
"""


@click.command(help=HELP)
def balance() -> None:
    """Take it and say what was found."""
    from django.db import transaction

    from guantong.insight.balance import newest_rows, run
    from guantong.insight.balance_pages import Sums
    from guantong.kernel.access.scope import enter

    odd = run()
    if odd is None:
        click.echo("另一进程正在平衡，请稍后再试 / another process takes the balance, try again", err=True)
        sys.exit(2)
    by_organ: dict[str, Sums] = {}
    with transaction.atomic():
        enter((), "system")
        for row in newest_rows():
            by_organ.setdefault(row.organ.full_name, Sums()).add(row)
    for organ, sums in by_organ.items():
        click.echo(
            f"{organ}：收 {sums.received} = 在办 {sums.open} + 办结 {sums.closed} + 转出 {sums.transferred}"
            f" + 退回 {sums.returned} + 并案 {sums.merged}，差 {sums.difference}，不平 {sums.at_odds} 件"
        )
    uneven = odd or any(not sums.is_even for sums in by_organ.values())
    click.echo("不平 / not even" if uneven else "平 / even")
    sys.exit(1 if uneven else 0)

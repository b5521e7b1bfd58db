"""`guantong sweep`: what dates bring about, now (到期巡检)."""

from __future__ import annotations

import click


@click.command(
    help="Note what has lapsed, end grants, derive provisional dates anew, checkpoint the journal."
)
def sweep() -> None:
    """Sweep once (巡检一次). Exit code 1: a part failed; it is tried again the next time."""
    from guantong.kernel.duties.sweep import sweep as run

    done = run()
    if not done.held:
        click.echo("Another process is sweeping; nothing was done here.")
        return
    click.echo(
        f"periods opened {done.opened}, lapsed {done.lapsed}, not noted {done.unseen}, "
        f"reminders {done.escalated}, "
        f"dates derived anew {done.rederived}, "
        f"grants ended {done.expired}, orphan files {done.orphans}, checkpoints {done.checkpoints}"
    )
    if done.troubles:
        raise click.ClickException(f"{done.troubles} parts failed; see the log.")

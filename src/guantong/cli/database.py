"""Commands for the database (数据库命令): migrate, roles, manage, stop."""

from __future__ import annotations

import sys

import click


@click.command(help="Make or change the tables, as the owner role.")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when there is something to do.")
def migrate(check: bool) -> None:
    """Apply the migrations over the `owner` connection (迁移)."""
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, check_unapplied=check, verbosity=1)


@click.command(help="Print the SQL that makes the roles on a PostgreSQL of your own (15 or newer).")
@click.option("--print", "printed", is_flag=True, help="Print it (this command changes nothing).")
@click.option("--database", default="guantong", show_default=True, help="Name of the database to make.")
def roles(printed: bool, database: str) -> None:
    """Print the SQL for a server of one's own (数据库角色)."""
    from guantong.site.roles import own_server_sql

    if not printed:
        raise click.UsageError("Say --print, and give what is printed to psql as a superuser.")
    click.echo(own_server_sql(database))


@click.command(
    help="Run one of Django's management commands.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Pass the rest of the line on to Django (管理命令)."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["guantong manage", *arguments])


@click.command(help="Stop the embedded database.")
def stop() -> None:
    """Stop the embedded server of the data folder (停止内置数据库)."""
    from guantong.site.databases import uses_embedded
    from guantong.site.embedded import Server
    from guantong.site.paths import data_folder

    if not uses_embedded():
        click.echo("DATABASE_URL names a server of your own; it is not ours to stop.", err=True)
        sys.exit(2)
    Server(data_folder()).stop()
    click.echo("Stopped.")

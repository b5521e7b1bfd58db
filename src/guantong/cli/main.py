"""The command line (命令行): `guantong …`. Each command is a module of its own, loaded when asked for."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass

import click


@dataclass(frozen=True)
class Entry:
    """Where a command stands, and what has to run before it: Django, and the database."""

    module: str
    attribute: str
    help: str
    django: bool = True
    database: bool = True


COMMANDS: dict[str, Entry] = {
    "serve": Entry(
        "guantong.cli.serve", "serve", "Serve pages and API, with one process for jobs.", False, False
    ),
    "worker": Entry("guantong.cli.serve", "worker", "Run jobs only."),
    "stop": Entry(
        "guantong.cli.database", "stop", "Stop the embedded database.", django=False, database=False
    ),
    "migrate": Entry("guantong.cli.database", "migrate", "Make or change the tables, as the owner role."),
    "roles": Entry("guantong.cli.database", "roles", "Print the SQL that makes the roles.", False, False),
    "manage": Entry("guantong.cli.database", "manage", "Run one of Django's management commands."),
    "backup": Entry("guantong.cli.backup", "backup", "Write everything into one file.", False),
    "restore": Entry("guantong.cli.backup", "restore", "Read a backup into an empty place.", False),
    "demo": Entry("guantong.cli.demo", "demo", "Make the demonstration city."),
    "sweep": Entry("guantong.cli.sweep", "sweep", "Open, escalate and close what dates bring about."),
    "balance": Entry("guantong.cli.balance", "balance", "Take the balance of all ledgers."),
    "measure": Entry("guantong.cli.measure", "measure", "Check, publish and compare measure files."),
    "import": Entry("guantong.cli.import_", "import_", "Read findings or a ledger."),
    "export": Entry("guantong.cli.export", "export", "Write a ledger as a spreadsheet."),
    "verify": Entry("guantong.cli.verify", "verify", "Verify the journal.", False, False),
}


class Commands(click.Group):
    """The group that loads its commands from COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands whose module is there."""
        return [name for name, entry in COMMANDS.items() if importlib.util.find_spec(entry.module)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; Django is set up before its module is imported."""
        entry = COMMANDS.get(cmd_name)
        if entry is None or importlib.util.find_spec(entry.module) is None:
            return None
        if entry.django:
            prepare_django()
        command = getattr(importlib.import_module(entry.module), entry.attribute)
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and start the embedded database for it unless only its help is wanted."""
        name, command, rest = super().resolve_command(ctx, args)
        if (
            name
            and COMMANDS[name].database
            and not {"-h", "--help"} & set(rest)
            and not ctx.resilient_parsing
        ):
            prepare_database()
        return name, command, rest

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, telling a trouble of ours in one line instead of a traceback."""
        from guantong.site.embedded import EmbeddedError

        try:
            return super().invoke(ctx)
        except EmbeddedError as error:
            raise click.ClickException(str(error)) from error


def prepare_django() -> None:
    """Set Django up for this process; a wrong setting ends the command with its message."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guantong.site.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise click.ClickException(str(error)) from error


def prepare_database() -> None:
    """Start the embedded server unless a server of one's own is named."""
    from guantong.site import embedded
    from guantong.site.databases import uses_embedded
    from guantong.site.paths import data_folder

    if uses_embedded():
        embedded.start(data_folder())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="guantong")
def cli() -> None:
    """Guantong (贯通): the working platform of a city's oversight bodies."""


def main() -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli(prog_name="guantong")


if __name__ == "__main__":
    main()

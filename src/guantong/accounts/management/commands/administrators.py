"""`guantong manage administrators NAME NAME NAME`: the first three accounts of an installation (三员建账)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from guantong.accounts.admin import record
from guantong.accounts.models import Administers, User
from guantong.web.admin_accounts import first_password


class Command(BaseCommand):
    """Makes the three administrators' accounts, for three people, and prints their first passwords once."""

    help = (
        "Make the accounts of the system, the security and the audit administrator; prints first passwords."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Three names, in this order."""
        for kind in Administers.values:
            parser.add_argument(kind, help=f"account name of the {kind} administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, all or none."""
        names = {kind: str(options[kind]) for kind in Administers.values}
        if len(set(names.values())) < len(names):
            raise CommandError("The three administrators are three people: give three different names.")
        if User.objects.exclude(administers="").exists():
            raise CommandError(
                "There are administrators already; the security administrator sees to accounts."
            )
        with transaction.atomic():
            for kind, name in names.items():
                password = first_password()
                made = User.objects.create_user(
                    username=name, password=password, administers=kind, must_change_password=True
                )
                record(made, "account.create", name, after={"administers": kind})
                self.stdout.write(f"{kind}\t{name}\t{password}")

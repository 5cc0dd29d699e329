"""`manage.py rotate_keys`: seals every account's credentials again, under the first of OMEGA_ENCRYPTION_KEYS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.models import F

from positions.keys.encryption import CannotOpen, sealed_anew
from positions.models import Account

# So many rows are written in one transaction: nobody else who writes waits for long.
_STEP: Final = 100


class Command(BaseCommand):
    help = "Encrypt all API keys again with the first encryption key. May be run at any time, and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forget", action="store_true", help="give up what no encryption key opens")

    def handle(self, *args: Any, **options: Any) -> None:
        if not _is_there():
            raise CommandError(
                f"There is no database with accounts here; the data folder is {settings.OMEGA_DATA_DIR}. Set "
                "OMEGA_DATA_DIR (var/demo for the demo) or DATABASE_URL to what the site runs with."
            )
        total = sealed = closed = 0
        for accounts in _in_steps():
            total += len(accounts)
            with transaction.atomic():
                for account in accounts:
                    try:
                        sealed += _rotate(account)
                    except CannotOpen as error:
                        closed += 1
                        self.stderr.write(f"{account}: {error}")
                        if options["forget"]:
                            _forget(account)
        self.stdout.write(f"{sealed} of {total} API keys are sealed under the first encryption key.")
        if changed := total - sealed - closed:
            self.stdout.write(f"Changed meanwhile: {changed}. Run this again.")
        if closed and not options["forget"]:
            raise CommandError(f"API keys that could not be opened: {closed}. Keep the old encryption keys.")


def _is_there() -> bool:
    """Of a SQLite file that is missing an empty one is not made."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    return Account._meta.db_table in connection.introspection.table_names()


def _in_steps() -> Iterator[list[Account]]:
    after = 0
    while accounts := list(Account.objects.exclude(sealed="").filter(pk__gt=after).order_by("pk")[:_STEP]):
        yield accounts
        after = accounts[-1].pk


def _rotate(account: Account) -> bool:
    """Whether it is under the first key now. What somebody enters meanwhile is newer, and stays."""
    anew = sealed_anew(account)
    if anew == account.sealed:
        return True
    return Account.objects.filter(pk=account.pk, sealed=account.sealed).update(sealed=anew) == 1


def _forget(account: Account) -> None:
    """As if no API key had been entered. What somebody enters meanwhile stays."""
    closed = Account.objects.filter(pk=account.pk, sealed=account.sealed)
    closed.update(sealed="", key_end="", revision=F("revision") + 1, verdict={}, checked_at=None)

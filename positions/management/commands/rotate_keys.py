"""`manage.py rotate_keys`: seals every account's credentials again, under the first of OMEGA_ENCRYPTION_KEYS."""

from collections.abc import Iterator
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
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
        rotated = closed = 0
        for accounts in _in_steps():
            with transaction.atomic():
                for account in accounts:
                    try:
                        rotated += _rotate(account)
                    except CannotOpen as error:
                        closed += 1
                        self.stderr.write(str(error))
                        if options["forget"]:
                            _forget(account)
        self.stdout.write(f"API keys encrypted again: {rotated}. The others had been, or were changed just now.")
        if closed and not options["forget"]:
            raise CommandError(f"API keys that could not be opened: {closed}. Keep the old encryption keys.")


def _in_steps() -> Iterator[list[Account]]:
    after = 0
    while accounts := list(Account.objects.exclude(sealed="").filter(pk__gt=after).order_by("pk")[:_STEP]):
        yield accounts
        after = accounts[-1].pk


def _rotate(account: Account) -> bool:
    """Whether it was. What somebody enters meanwhile is newer, and stays."""
    anew = sealed_anew(account)
    if anew == account.sealed:
        return False
    return Account.objects.filter(pk=account.pk, sealed=account.sealed).update(sealed=anew) == 1


def _forget(account: Account) -> None:
    """As if no API key had been entered. What somebody enters meanwhile stays."""
    closed = Account.objects.filter(pk=account.pk, sealed=account.sealed)
    closed.update(sealed="", key_end="", revision=F("revision") + 1, verdict={}, checked_at=None)

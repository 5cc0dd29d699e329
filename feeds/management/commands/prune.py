"""`manage.py prune [--dry-run]`: deletes what was kept for long enough, or says how much that is."""

import threading
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from feeds.clock import SystemClock
from feeds.storage.prune import run_prune
from feeds.storage.retention import RULES, Rule
from feeds.storage.snapshots import this_process


class Command(BaseCommand):
    help = "Delete the rows of every growing table that were kept for long enough, as the worker does every hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many rows would go")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["dry_run"]:
                self._count()
            else:
                self._prune()
        except DatabaseError as error:
            advice = "Start the site once, or set OMEGA_DATA_DIR or DATABASE_URL to what it uses."
            raise CommandError(f"The database does not answer: {error}. {advice}") from error

    def _count(self) -> None:
        now = SystemClock().now()
        for rule in RULES:
            rows = sum(expired.count() for expired in rule.expired(now))
            self.stdout.write(f"{rule.table:<18}{_kept_for(rule):<24}{rows:>12} rows would go")

    def _prune(self) -> None:
        found = run_prune(this_process(), threading.Event(), SystemClock())
        if found is None:
            raise CommandError("Somebody else deletes right now: a worker, or another terminal.")
        for table, rows in found.deleted.items():
            self.stdout.write(f"{table:<18}{rows:>12} rows deleted")
        if found.reason:
            raise CommandError(f"There may be more, but {found.reason}. Try again later.")


def _kept_for(rule: Rule) -> str:
    if not rule.setting:
        return "until they expire"
    return f"kept for {timedelta(seconds=getattr(settings, rule.setting)) / timedelta(days=1):g} days"

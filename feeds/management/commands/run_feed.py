"""`manage.py run_feed [NAME]`: one feed in the foreground, without Celery, until Ctrl-C."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feeds import queries
from feeds.storage.counts import keeping
from feeds.tally import TALLY
from feeds.worker import sessions


class Command(BaseCommand):
    help = "Run a feed in the foreground, and store what it hears. A worker that runs it already keeps it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="as in the admin under Feeds; without it the first one")

    def handle(self, *args: Any, **options: Any) -> None:
        feeds = queries.enabled_feeds()
        name = options["name"] or next(iter(feeds), "")
        if name not in feeds:
            raise CommandError(f"No feed {name!r} is switched on. There are: {', '.join(feeds) or 'none'}.")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sessions.stopping.set())
        for resource in sessions.unheld():
            # What it hears goes to the log, and from there to the database.
            if resource.startswith("drain:"):
                sessions.start(resource)
        with keeping(TALLY):
            try:
                was_free = sessions.hold(f"feed:{name}")
            finally:
                sessions.stopping.set()
                sessions.late()
        if not was_free:
            raise CommandError(f"The feed {name} runs already: /system/ says where.")

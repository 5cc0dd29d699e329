"""`manage.py monitor`: how a site does, in a terminal, until Ctrl-C."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from dashboard.management.pipe import until_nobody_reads
from dashboard.terminal.contact import Contact
from dashboard.terminal.face import Face
from dashboard.terminal.look import Exit, follow, look
from dashboard.terminal.source import Site
from feeds.clock import SystemClock

TOKEN: Final = "MONITORING_TOKEN"  # noqa: S105


class Command(BaseCommand):
    help = "Show how a site does: status, price, Redis, WebSockets, performance, uptime. Ctrl-C ends it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = settings.HEALTH_CHECK_PORT or settings.OMEGA_PORT
        parser.add_argument("--host", default="localhost", help="where the site answers (localhost)")
        parser.add_argument("--port", type=int, default=port, help=f"its health port, or its web port ({port})")
        parser.add_argument("--refresh", type=_refresh, default="5", metavar="SECONDS", help="from look to look (5)")
        parser.add_argument("--token-file", type=Path, metavar="FILE", help=f"holds a token; else {TOKEN} does")
        parser.add_argument("--once", action="store_true", help="look once; exit 0, 1: unhealthy, 2: unreachable")
        parser.add_argument("--json", action="store_true", help="one JSON document for each look, in one line")

    def handle(self, *args: Any, **options: Any) -> None:
        # A terminal of another encoding is shown a question mark.
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        site = Site(options["host"], options["port"], _token(options["token_file"], options["host"]))
        console = Console()
        is_live = console.is_terminal and not (console.is_dumb_terminal or options["once"] or options["json"])
        with until_nobody_reads(), Face(site, console, is_live=is_live, is_json=options["json"]) as face:
            if not options["once"]:
                follow(site, options["refresh"], face.show, SystemClock())
                return
            seen, now = look(site), SystemClock().now()
            face.show(seen, seen.noted(Contact(options["refresh"], now), now))
            sys.exit(seen.exit)


def _refresh(text: str) -> timedelta:
    """At least a second: a site has other things to do."""
    with suppress(ValueError):
        if 1 <= (seconds := float(text)) <= 3600:
            return timedelta(seconds=seconds)
    raise ArgumentTypeError("say 1 to 3600 seconds")


def _token(file: Path | None, host: str) -> str:
    """The one of this machine's data folder goes to this machine alone."""
    if host in settings.LOOPBACK and file is None:
        return str(settings.MONITORING_TOKEN)
    try:
        return (file.read_text(encoding="ascii") if file else os.environ.get(TOKEN, "")).strip()
    except (OSError, ValueError) as error:
        raise CommandError(f"The token cannot be read: {error}", returncode=Exit.UNREACHABLE) from error

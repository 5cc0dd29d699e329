"""`manage.py listen TOPIC...`: prints what the site tells over its WebSockets, and goes on after a cut."""

import asyncio
import os
import signal
import ssl
import sys
from argparse import ArgumentParser
from contextlib import suppress
from getpass import getpass
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from dashboard.endpoint import near_url
from dashboard.listening.line import Address, Line, Lost
from dashboard.listening.listener import Heard, Listener, Refused
from dashboard.listening.words import escaped, lines
from dashboard.management.pipe import until_nobody_reads
from dashboard.protocol.commands import Wish
from dashboard.protocol.topics import OF_ACCOUNTS, OF_FEEDS, Topic
from feeds.clock import SystemClock

TOKEN: Final = "OMEGA_API_TOKEN"  # noqa: S105


class Command(BaseCommand):
    help = "Print prices, trades, alerts, positions and what else is told over the WebSockets, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        topics = [topic.value for topic in Topic]
        parser.add_argument("topics", nargs="+", choices=topics, metavar="topic", help=", ".join(topics))
        parser.add_argument("--feed", default="", help="the name of a feed; without it the first one")
        parser.add_argument("--instrument", action="append", help="such as BTC-USDT; may be repeated; else all")
        parser.add_argument("--account", type=int, help="the number of an account; else all that you may see")
        parser.add_argument("--name", default="", help="published: only USER/NAME")
        parser.add_argument("--url", default=near_url(), help="where the site listens for API clients")
        parser.add_argument("--ca", type=Path, metavar="FILE", help="wss: trust this certificate authority alone")
        parser.add_argument("--token-file", type=Path, metavar="FILE", help=f"holds an API token; else {TOKEN} does")
        parser.add_argument("--json", action="store_true", help="one message a line, as it came")
        parser.add_argument("--forever", action="store_true", help="do not give up after three failures")

    def handle(self, *args: Any, **options: Any) -> None:
        address = Address(options["url"], _token(options["token_file"]), _context(options["ca"]))
        line = Line(address, self._print_json if options["json"] else self._print_lines, SystemClock())
        try:
            with until_nobody_reads():
                asyncio.run(_follow(line, Listener(_wishes(options)), is_patient=options["forever"]))
        except Refused as error:
            raise CommandError(str(error)) from error
        except Lost as error:
            hint = f"Does the site listen at {options['url']}? Else say --url, or set WEBSOCKET_PORT as it has it."
            raise CommandError(f"{error} {hint}") from error

    def _print_json(self, heard: Heard) -> None:
        self._print(heard, [bytes(part.raw).decode() for part in heard.parts])

    def _print_lines(self, heard: Heard) -> None:
        self._print(heard, [line for part in heard.parts for line in lines(part)])

    def _print(self, heard: Heard, told: list[str]) -> None:
        for note in heard.notes:
            self.stderr.write(escaped(note), style_func=str)
        for line in told:
            self.stdout.write(line)
        # Into a pipe too, at once.
        self.stdout.flush()


async def _follow(line: Line, listener: Listener, *, is_patient: bool) -> None:
    """Returns when somebody ends it."""
    following = asyncio.ensure_future(line.follow(listener, is_patient=is_patient))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, following.cancel)
    with suppress(asyncio.CancelledError):
        await following


def _wishes(options: dict[str, Any]) -> list[Wish]:
    """What of the options is about each topic."""
    wishes = []
    for topic in map(Topic, dict.fromkeys(options["topics"])):
        if topic in OF_FEEDS:
            wishes += [Wish(topic, options["feed"], instrument) for instrument in options["instrument"] or [""]]
        elif topic in OF_ACCOUNTS:
            wishes.append(Wish(topic, account=options["account"]))
        else:
            wishes.append(Wish(topic, name=options["name"]))
    return wishes


def _token(file: Path | None) -> str:
    """Never an argument: others on this machine can read those."""
    try:
        token = file.read_text(encoding="ascii") if file else os.environ.get(TOKEN, "")
    except (OSError, ValueError) as error:
        raise CommandError(f"The token cannot be read: {error}") from error
    if not token and sys.stdin.isatty():
        token = getpass("API token: ")
    if not token.strip():
        raise CommandError(f"Which API token? Make one on the page Tokens, and name its file, or set {TOKEN}.")
    return token.strip()


def _context(authority: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise CommandError(f"{authority} holds no certificate: {error}") from error

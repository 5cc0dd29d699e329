"""`manage.py restart_protocol`: forgets what is shown of now, and sees that it is written again. History stays."""

import threading
import time
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from feeds.queries import DatabaseLook, database_look
from feeds.storage import byhand
from feeds.storage.redis import RedisDown

_LOOK_EVERY_S: Final = 0.2


class Command(BaseCommand):
    help = "Delete the newest state that people read by hand, on both Redis servers, and see that it comes back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", type=float, default=10.0, help="seconds until all has to be there again")

    def handle(self, *args: Any, **options: Any) -> None:
        look, shelves = _look(), byhand.shelves()
        try:
            self._restart(look, shelves, options["within"])
        finally:
            for shelf in shelves:
                shelf.close()

    def _restart(self, look: DatabaseLook, shelves: list[byhand.Shelf], within_s: float) -> None:
        for step, names in enumerate((byhand.POSITION_NAMES, byhand.LINE_NAMES), 1):
            self._say(step, f"delete {' '.join(names)}")
            for shelf in shelves:
                self._delete(shelf, names)
        self._say(3, "start: workers take what nobody runs")
        self._start(look)
        self._say(4, f"verify: all of it is written again within {within_s:g} s")
        self._verify(shelves, within_s)
        self.stdout.write("Done. Nothing was deleted from the database or from the log.")

    def _say(self, step: int, text: str) -> None:
        self.stdout.write(f"{step}. {text}")

    def _delete(self, shelf: byhand.Shelf, names: tuple[str, ...]) -> None:
        try:
            deleted = shelf.delete(names)
        except RedisDown as error:
            self.stdout.write(f"   {shelf.server}: away, skipped: {error}")
            return
        self.stdout.write(f"   {shelf.server}: deleted {' '.join(deleted) if deleted else 'nothing: none was there'}")

    def _start(self, look: DatabaseLook) -> None:
        for feed in look.feeds:
            holder = look.holders.get(f"feed:{feed}")
            self.stdout.write(f"   feed {feed}: " + (f"runs at {holder}" if holder else "nobody runs it yet"))

    def _verify(self, shelves: list[byhand.Shelf], within_s: float) -> None:
        """At every server that answers; at one at least."""
        names = byhand.POSITION_NAMES + byhand.LINE_NAMES
        deadline, pause = time.monotonic() + within_s, threading.Event()
        while True:
            missing = {shelf.server: found for shelf in shelves if (found := _missing(shelf, names)) is not None}
            if missing and not any(missing.values()):
                for server in missing:
                    self.stdout.write(f"   {server}: all {len(names)} are there")
                return
            if time.monotonic() >= deadline:
                break
            pause.wait(_LOOK_EVERY_S)
        if not missing:
            raise CommandError("No Redis server answers.")
        told = "; ".join(f"{server}: {' '.join(absent)}" for server, absent in missing.items() if absent)
        raise CommandError(f"Not written again: {told}. Does a worker run, and is a feed enabled?")


def _look() -> DatabaseLook:
    """Before anything is deleted: without the database no worker could write it again."""
    try:
        return database_look()
    except Error as error:
        raise CommandError(f"The database does not answer, so nothing was deleted: {error}") from error


def _missing(shelf: byhand.Shelf, names: tuple[str, ...]) -> list[str] | None:
    """None while the server is away."""
    try:
        return shelf.missing(names)
    except RedisDown:
        return None

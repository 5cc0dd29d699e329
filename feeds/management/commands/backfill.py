"""`manage.py backfill`: fetches past trades over the venues' REST. Stopped, or killed, the same command goes on."""

import asyncio
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console

from feeds.clock import SystemClock
from feeds.connection.past import lease_name, run_backfill
from feeds.errors import BadFrame
from feeds.management.progress import Face, face_of
from feeds.models import Backfill, Instrument, Listing
from feeds.models.backfill import objection_to_times
from feeds.storage import lease, past
from feeds.storage.counts import keeping
from feeds.storage.database import DatabaseThread
from feeds.storage.holder import this_thread
from feeds.storage.servers import PRIMARY
from feeds.tally import TALLY
from feeds.types import time_from_text
from feeds.venues import REGISTRY

LOOK_EVERY_S: Final = 0.3
PARTIAL, INTERRUPTED = 3, 130
_ADVICE: Final = "Start the site once, or set OMEGA_DATA_DIR or DATABASE_URL to what it uses."


class Command(BaseCommand):
    help = (
        "Fetch past trades of an instrument over REST and store them as if they had streamed. Ends with 0 when all is"
        " fetched, 1 after a mistake or a failure, 3 where a venue has no more of it, 130 when it was stopped; the same"
        " command goes on where it was stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--instrument", required=True, help="such as BTC-USDT")
        parser.add_argument("--venue", default="", help="such as okx; without it every venue that offers past trades")
        parser.add_argument("--from", required=True, dest="since", help="such as 2026-11-20T12:00:00Z")
        parser.add_argument("--to", required=True, dest="until", help="up to this time, which is left out")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.OMEGA_MODE != "live" and not settings.REPLAY_EXCHANGE_URL:
            raise CommandError("where is the replay exchange? Set REPLAY_EXCHANGE_URL to the address in its log.")
        span = _moment("--from", options["since"]), _moment("--to", options["until"])
        if problem := objection_to_times(*span, SystemClock().now()):
            raise CommandError(problem)
        try:
            rows = list(self._rows(options, *span))
            # Ctrl-C: what is fetched is kept, and the conclusion says so.
            with keeping(TALLY), suppress(KeyboardInterrupt):
                asyncio.run(self._fetch(rows))
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}. {_ADVICE}") from error
        self._conclude(rows)

    def _rows(self, options: dict[str, Any], from_at: datetime, to_at: datetime) -> Iterator[Backfill]:
        """One for each venue. Where none is named, one that cannot help is left out, and it is said why."""
        for venue in _venues(options["instrument"], options["venue"]):
            try:
                yield _row(venue, options["instrument"], from_at, to_at)
            except ValidationError as error:
                if options["venue"]:
                    raise CommandError(" ".join(error.messages)) from error
                self.stdout.write(f"{venue}: left out. {' '.join(error.messages)}")

    async def _fetch(self, rows: list[Backfill]) -> None:
        """One venue after the other; the face shows what their rows say."""
        database = DatabaseThread("backfill")
        # The result goes to standard output, for programs.
        console = Console(stderr=True)
        try:
            for row in rows:
                with face_of(row, console, SystemClock()) as face:
                    watching = asyncio.create_task(_watch(row, face, database))
                    try:
                        await _run(row, face, database)
                    finally:
                        watching.cancel()
                        await asyncio.gather(watching, return_exceptions=True)
                        await _show(row, face, database)
        finally:
            await database.close()

    def _conclude(self, rows: list[Backfill]) -> None:
        for row in rows:
            said = f"; {row.note}" if row.note else ""
            self.stdout.write(f"{row.venue_id}: {row.get_state_display()}, {row.stored} trades{said}")
        if rows and lease.unheld([f"drain:{PRIMARY}"]):
            self.stdout.write("No worker runs: the trades wait in the log until one stores them.")
        if not rows:
            raise CommandError("No venue could be asked.")
        states = {row.state for row in rows}
        if Backfill.State.FAILED in states:
            raise CommandError("Not all could be fetched. The same command goes on where it failed.")
        if states & {Backfill.State.WAITING, Backfill.State.RUNNING, Backfill.State.STOPPED}:
            raise CommandError("Stopped. The same command goes on from there.", returncode=INTERRUPTED)
        if Backfill.State.PARTIAL in states:
            raise CommandError("Fetched as far as the venues have it.", returncode=PARTIAL)


async def _run(row: Backfill, face: Face, database: DatabaseThread) -> None:
    """Waits for whoever fetches from the venue now, such as a worker."""
    resource, clock, never = lease_name(row.venue_id), SystemClock(), threading.Event()
    await database.run(lease.give_back_of_the_gone, [resource])

    while not await run_backfill(row.venue_id, this_thread(), never, clock, row.pk, face.say):
        face.say("somebody else fetches from this venue right now: waiting")
        await clock.sleep(1.0)


async def _watch(row: Backfill, face: Face, database: DatabaseThread) -> None:
    while True:
        await _show(row, face, database)
        await asyncio.sleep(LOOK_EVERY_S)


async def _show(row: Backfill, face: Face, database: DatabaseThread) -> None:
    await database.run(row.refresh_from_db)
    face.show(row)


def _venues(instrument: str, venue: str) -> list[str]:
    """Those to ask."""
    known = list(Instrument.objects.values_list("code", flat=True))
    if instrument not in known:
        raise CommandError(f"There is no instrument {instrument!r}. There are: {', '.join(known) or 'none'}.")
    if venue and venue not in REGISTRY:
        raise CommandError(f"There is no venue {venue!r}. There are: {', '.join(sorted(REGISTRY))}.")
    listed = Listing.objects.filter(instrument=instrument, venue__in=REGISTRY).order_by("venue")
    return [venue] if venue else list(listed.values_list("venue", flat=True))


def _row(venue: str, instrument: str, from_at: datetime, to_at: datetime) -> Backfill:
    """The same wish as before where that was not fulfilled, else a new one; ValidationError for one that cannot be."""
    if row := past.unfinished(venue, instrument, from_at, to_at):
        past.ask_again(row.pk, is_in_worker=False)
        return row
    row = Backfill(venue_id=venue, instrument_id=instrument, from_at=from_at, to_at=to_at, is_in_worker=False)
    row.asked_at = datetime.now(UTC)
    row.clean()
    row.save()
    return row


def _moment(name: str, text: str) -> datetime:
    try:
        return time_from_text(text)
    except BadFrame as error:
        raise CommandError(f"{name} is no time with its zone, such as 2026-11-20T12:00:00Z: {text!r}") from error

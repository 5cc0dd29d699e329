"""The log drains into the database: read, insert with known ids ignored, commit, acknowledge. In that order."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, connections, transaction
from django.db.models.functions import Now

from feeds.clock import Clock
from feeds.models import Trade, Venue
from feeds.storage import latest
from feeds.storage.bars import CandleMaker, mark_trades
from feeds.storage.consumer import LogConsumer, logged_at
from feeds.storage.redis import Entry, RedisDown

logger = logging.getLogger(__name__)

# Larger batches hold SQLite's write lock for longer than readers of leases like.
BATCH_SIZE: Final = 500
TRIM_EVERY_S: Final = 10.0
RETRY_AFTER_S: Final = 0.5


class Drain:
    """Runs while `may_go_on` says so, which also renews the lease. Blocking calls: give it a thread."""

    def __init__(self, consumer: LogConsumer, clock: Clock) -> None:
        self._consumer = consumer
        self._clock = clock
        self._candles = CandleMaker(clock)
        self._has_leftovers = True
        self._trim_at = 0.0

    def run(self, stop: threading.Event, may_go_on: Callable[[], bool]) -> None:
        """Drains until told to stop or the lease is lost; waits out a Redis or a database that is down."""
        while not stop.is_set():
            try:
                if not may_go_on():
                    logger.warning("drain stops: its lease is lost")
                    return
                self.step()
            except (RedisDown, DatabaseError) as error:
                logger.warning("drain waits: %s", error)
                connections.close_all()
                self._has_leftovers = True
                stop.wait(RETRY_AFTER_S)

    def step(self) -> int:
        """Moves one batch and makes some bars; the number of entries that left the log's pending list."""
        entries = self._read()
        self._store(entries)
        self._candles.step(self._stored_until(entries))
        self._trim()
        return len(entries)

    def _read(self) -> list[Entry]:
        """After a start or a failure first what was read but never acknowledged."""
        if self._has_leftovers:
            self._consumer.join()
            if entries := self._consumer.claim_abandoned(idle_ms=0, limit=BATCH_SIZE):
                return entries
            self._has_leftovers = False
        return self._consumer.read(BATCH_SIZE)

    def _store(self, entries: list[Entry]) -> None:
        rows = [(entry, row) for entry in entries if (row := self._as_row(entry)) is not None]
        self._insert(rows)

    def _insert(self, rows: list[tuple[Entry, Trade]]) -> None:
        """Commits the rows. One that the database can never take is found by halving and set aside.

        Everything else that a database may say (locked, read-only, no such table) is about the database: wait.
        """
        if not rows:
            return
        try:
            with transaction.atomic():
                _write([row for _, row in rows])
        except (DataError, IntegrityError, ValidationError) as error:
            if len(rows) == 1:
                self._set_aside(rows[0][0], str(error))
                return
            middle = len(rows) // 2
            self._insert(rows[:middle])
            self._insert(rows[middle:])
            return
        self._consumer.acknowledge([entry_id for (entry_id, _), _ in rows])

    def _as_row(self, entry: Entry) -> Trade | None:
        entry_id, fields = entry
        try:
            logged = latest.decode_trade(fields[latest.TRADE_FIELD])
        except (KeyError, msgspec.MsgspecError) as error:
            self._set_aside(entry, f"{type(error).__name__}: {error}")
            return None
        return Trade(
            venue_id=logged.venue,
            instrument_id=logged.instrument,
            trade_id=logged.trade_id,
            price=logged.price,
            size=logged.size,
            side=logged.side,
            traded_at=logged.traded_at,
            received_at=logged.received_at,
            quarantine=logged.quarantine,
        )

    def _stored_until(self, entries: list[Entry]) -> datetime:
        """Up to when the log is stored: after a full batch there is more of it."""
        now = self._clock.now()
        return now if len(entries) < BATCH_SIZE else min(now, logged_at(entries[-1][0]))

    def _set_aside(self, entry: Entry, reason: str) -> None:
        logger.error("trade %s is set aside: %s", entry[0].decode(), reason)
        self._consumer.set_aside(*entry, reason)

    def _trim(self) -> None:
        now = self._clock.monotonic()
        if now < self._trim_at:
            return
        self._trim_at = now + TRIM_EVERY_S
        self._consumer.trim(int((self._clock.now().timestamp() - latest.LOG_KEPT_S) * 1000))


def _write(rows: list[Trade]) -> None:
    """Inserts what is new, releases what was held, and says which bars change. Call it in a transaction."""
    # The column's own default would be compiled for each row: a fifth of all that the drain does. Without a venue there
    # is no time, and no row that could be stored either.
    recorded_at: Any = Venue.objects.values_list(Now(), flat=True).first()
    for row in rows:
        row.recorded_at = recorded_at
    Trade.objects.bulk_create(rows, ignore_conflicts=True)
    _release(rows)
    mark_trades(rows)


def _release(rows: list[Trade]) -> None:
    """Clears the quarantine of those that were stored with one and are logged without."""
    released: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if not row.quarantine:
            released[row.venue_id, row.instrument_id].append(row.trade_id)
    for (venue, instrument), ids in released.items():
        held = Trade.objects.filter(venue=venue, instrument=instrument, trade_id__in=ids).exclude(quarantine="")
        held.update(quarantine="")

"""The log drains into the database: read, insert with known ids ignored, commit, acknowledge. In that order."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, connections

from feeds.clock import Clock
from feeds.storage import keys, latest, table
from feeds.storage.bars import CandleMaker
from feeds.storage.consumer import LogConsumer, logged_at
from feeds.storage.latest import LoggedTrade
from feeds.storage.redis import Entry, RedisDown

logger = logging.getLogger(__name__)

# Larger batches hold SQLite's write lock for longer than readers of leases like.
BATCH_SIZE: Final = 500
# Between two batches the loops in this process have the interpreter to themselves, and the next batch grows until it is
# worth its transaction. So there are at most some 15 000 trades a second.
PAUSE_S: Final = 0.02
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
                stop.wait(PAUSE_S)
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
        self._insert([(entry, trade) for entry in entries if (trade := self._decode(entry)) is not None])

    def _insert(self, logged: list[tuple[Entry, LoggedTrade]]) -> None:
        """Commits the trades. One that the database can never take is found by halving and set aside.

        Everything else that a database may say (locked, read-only, no such table) is about the database: wait.
        """
        if not logged:
            return
        try:
            table.store([trade for _, trade in logged])
        except (DataError, IntegrityError, ValidationError) as error:
            if len(logged) == 1:
                self._set_aside(logged[0][0], str(error))
                return
            middle = len(logged) // 2
            self._insert(logged[:middle])
            self._insert(logged[middle:])
            return
        self._consumer.acknowledge([entry_id for (entry_id, _), _ in logged])

    def _decode(self, entry: Entry) -> LoggedTrade | None:
        try:
            return latest.decode_trade(entry[1][keys.TRADE_FIELD])
        except (KeyError, msgspec.MsgspecError) as error:
            self._set_aside(entry, f"{type(error).__name__}: {error}")
            return None

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

"""A server's log drains into the database: read, insert with known ids ignored, commit, acknowledge. In that order."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connections

from feeds.clock import Clock
from feeds.storage import dead_letters, epoch, latest, table
from feeds.storage.bar_turn import BarTurn
from feeds.storage.consumer import LogConsumer, logged_at
from feeds.storage.database import DATABASE_ERRORS
from feeds.storage.dead_letters import Item
from feeds.storage.epoch import Moved, Position
from feeds.storage.gauge import Gauge
from feeds.storage.health import Failure
from feeds.storage.redis import Entry, RedisDown
from feeds.storage.servers import PRIMARY
from feeds.tally import DATABASE, TALLY

logger = logging.getLogger(__name__)

# Larger batches hold SQLite's write lock for longer than readers of leases like.
BATCH_SIZE: Final = 500
# Between two batches the loops in this process have the interpreter to themselves, and the next batch grows until it is
# worth its transaction. So there are at most some 15 000 trades a second.
PAUSE_S: Final = 0.02
TELL_EVERY_S: Final = 2.0
TRIM_EVERY_S: Final = 10.0
RETRY_AFTER_S: Final = 0.5
# What was read for so long and not acknowledged was read by nobody who still drains.
CLAIM_EVERY_S: Final = 30.0
# A password that is wrong is wrong for longer, and a server may count how often it is tried.
CREDENTIALS_AFTER_S: Final = 30.0


class Drain:
    """Runs while `may_go_on` says so, which also renews the lease. Blocking calls: give it a thread.

    `catch_up` hears the log's epoch at the start and whenever the server was away: it brings newest state there, a bit
    after each batch of the log.
    """

    def __init__(
        self,
        consumer: LogConsumer,
        clock: Clock,
        server: str = PRIMARY,
        catch_up: Callable[[str], Iterator[None]] = lambda _: iter(()),
    ) -> None:
        self._consumer = consumer
        self._clock = clock
        self._server = server
        self._catch_up = catch_up
        self._catching_up: Iterator[None] = iter(())
        self._bars = BarTurn(server, clock)
        self._gauge = Gauge(server, consumer, clock)
        self._position = Position(server, "", epoch.START)
        self._has_joined = False
        self._was_away = True
        self._has_leftovers = False
        self._idle_ms = 0
        self._trouble = ""
        self._claim_at = self._tell_at = self._trim_at = self._rest_until = 0.0

    def run(self, stop: threading.Event, may_go_on: Callable[[], bool]) -> None:
        """Drains until told to stop or the lease is lost; waits out a Redis or a database that is down."""
        while not stop.is_set():
            try:
                if not may_go_on():
                    logger.warning("drain of the %s server stops: its lease is lost", self._server)
                    return
                if self._clock.monotonic() >= self._rest_until:
                    if not self._has_joined:
                        # Which may take longer than the lease lasts.
                        self._join()
                        continue
                    self.step()
                    self._go_on()
                stop.wait(RETRY_AFTER_S if self._trouble else PAUSE_S)
            except (RedisDown, *DATABASE_ERRORS, Moved) as error:
                self._leave(error)
                stop.wait(RETRY_AFTER_S)

    def _leave(self, error: Exception) -> None:
        """What is down may be back as another one: the next step joins anew."""
        if str(error) != self._trouble:
            logger.warning("drain of the %s server waits: %s", self._server, error)
        self._trouble = str(error)
        connections.close_all()
        if isinstance(error, DATABASE_ERRORS):
            TALLY.asked(DATABASE, has_failed=True)
        self._has_joined = False
        self._was_away = self._was_away or isinstance(error, RedisDown)
        if isinstance(error, RedisDown) and error.reason is Failure.CREDENTIALS:
            self._rest_until = self._clock.monotonic() + CREDENTIALS_AFTER_S

    def _go_on(self) -> None:
        if self._trouble:
            logger.warning("drain of the %s server goes on", self._server)
            self._trouble = ""

    def step(self) -> int:
        """Moves one batch and makes some bars; the number of entries that left the log's pending list."""
        if not self._has_joined:
            self._join()
        entries = self._read()
        # Behind leftovers there may be more of a minute.
        if not self._has_leftovers:
            self._bars.step(self._stored_until(entries))
        self._gauge.count(len(entries))
        self._keep_house()
        next(self._catching_up, None)
        return len(entries)

    def _join(self) -> None:
        self._consumer.join()
        self._position = epoch.agree(self._server, self._consumer, self._clock.now())
        if self._was_away:
            self._catching_up = self._catch_up(self._position.epoch)
            self._was_away = False
        self._bars.join()
        # Whoever drained before us does so no more: what it has not acknowledged need not grow old.
        self._idle_ms = 0
        self._has_leftovers = self._has_joined = True

    def _read(self) -> list[Entry]:
        """Stores a batch: after a start or a failure first what was read but never acknowledged, by whomever."""
        if self._has_leftovers:
            if entries := self._consumer.claim_abandoned(self._idle_ms, limit=BATCH_SIZE):
                self._commit([dead_letters.decode(entry) for entry in entries], is_new=False)
                return entries
            self._has_leftovers = False
            self._idle_ms = int(CLAIM_EVERY_S * 1000)
        entries = self._consumer.read(BATCH_SIZE)
        if entries:
            self._commit([dead_letters.decode(entry) for entry in entries], is_new=True)
        return entries

    def _commit(self, items: Sequence[Item], is_new: bool) -> None:
        """Commits what they hold and the place behind it, then acknowledges. What can never be committed is set aside.

        Everything else that a database may say (locked, read-only, no such table) is about the database: wait.
        """
        # What is behind leftovers is delivered once more, so they move the place nowhere.
        drained_id = items[-1].entry[0].decode() if is_new else self._position.drained_id
        refused = [(item.entry, item.reason) for item in items if item.logged is None]

        def move_on() -> None:
            dead_letters.keep(self._server, refused, self._clock.now())
            epoch.advance(self._position, drained_id, self._clock.now())

        try:
            table.store([item.logged for item in items if item.logged], move_on)
        except (DataError, IntegrityError, ValidationError) as error:
            self._divide(items, is_new, error)
            return
        TALLY.asked(DATABASE)
        self._position = self._position._replace(drained_id=drained_id)
        for (entry_id, _), reason in refused:
            logger.error("entry %s of the %s server is set aside: %s", entry_id.decode(), self._server, reason)
        self._consumer.acknowledge([item.entry[0] for item in items])

    def _divide(self, items: Sequence[Item], is_new: bool, error: Exception) -> None:
        """One of them is refused, and halving finds it. The first half goes first: nothing is passed over."""
        if len(items) > 1:
            middle = len(items) // 2
            self._commit(items[:middle], is_new)
            self._commit(items[middle:], is_new)
        elif items[0].logged:
            self._commit([Item(items[0].entry, None, dead_letters.explain(error))], is_new)
        else:
            raise error

    def _stored_until(self, entries: list[Entry]) -> datetime:
        """Up to when the log is stored: after a full batch there is more of it."""
        now = self._clock.now()
        return now if len(entries) < BATCH_SIZE else min(now, logged_at(entries[-1][0]))

    def _keep_house(self) -> None:
        now = self._clock.monotonic()
        if now >= self._claim_at:
            self._claim_at = now + CLAIM_EVERY_S
            self._has_leftovers = True
        if now >= self._tell_at:
            self._tell_at = now + TELL_EVERY_S
            self._gauge.tell()
            # Also where nothing comes: somebody looks after this log.
            epoch.advance(self._position, self._position.drained_id, self._clock.now())
        if now >= self._trim_at:
            self._trim_at = now + TRIM_EVERY_S
            self._consumer.trim(int((self._clock.now().timestamp() - latest.LOG_KEPT_S) * 1000))

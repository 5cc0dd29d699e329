"""The gap ledger of a feed: every interval without data is a row, and is repaired where the venue can.

Never makes the feed wait: holes queue up in memory while the database is down.
"""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from django.db import DatabaseError, DataError, IntegrityError

from feeds.address import rest_url
from feeds.clock import Clock
from feeds.connection.repair import Repair
from feeds.connection.rest import RestClient
from feeds.market.coverage import Coverage
from feeds.market.gap import Hole
from feeds.queries import FeedPlan
from feeds.storage import gaps, marks
from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from feeds.types import Trade
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

MAX_WAITING: Final = 10_000
WRITE_EVERY_S: Final = 1.0


# Hears of a venue, an instrument, since when its data was missing, and for how many seconds.
Miss = Callable[[str, str, datetime, float], None]
Fill = Callable[[str, str, datetime], None]


class Ledger:
    """`heard` and `ended` say what came; `run` writes and repairs. `miss` is told of every gap that is over, and `fill`
    of every one that is repaired, up to when.
    """

    def __init__(
        self, database: DatabaseThread, store: LiveStore, allowance: Allowance, clock: Clock, miss: Miss, fill: Fill
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._miss = miss
        self._coverages = {
            code: Coverage(code, venue.has_consecutive_ids, venue.rest.reach.rows) for code, venue in REGISTRY.items()
        }
        self._repairs = {
            code: Repair(
                venue,
                RestClient(venue, rest_url(venue), allowance, clock),
                self._coverages[code],
                database,
                store,
                clock,
                partial(fill, code),
            )
            for code, venue in REGISTRY.items()
        }
        self._resumed: set[tuple[str, str]] = set()
        self._waiting: deque[tuple[Hole, datetime]] = deque()

    async def adopt(self, plan: FeedPlan) -> None:
        """Goes on where the last process stopped. Before any session of this plan: what it tells ends the gap."""
        for venue in plan.venues:
            self._repairs[venue.code].follow(venue.instruments if venue.is_enabled else {})
        pairs = {(venue.code, instrument) for venue in plan.venues for instrument in venue.instruments.values()}
        if new := pairs - self._resumed:
            kept = await self._kept_marks(new)
            for code, instrument in new & kept.keys():
                self._coverages[code].resume(instrument, kept[code, instrument])
            self._resumed |= new

    def heard(self, session: int, venue: str, instrument: str, trade: Trade) -> None:
        """A trade came, a repeated one too; but none whose time or numbers cannot be true."""
        self._coverages[venue].trade(session, instrument, trade, self._clock.monotonic())

    def ended(self, session: int, venue: str, reason: str, is_wanted: bool) -> None:
        """A session is over. `is_wanted` is False where the venue is not listened to by choice from now on."""
        self._coverages[venue].ended(session, reason, is_wanted)

    async def run(self) -> None:
        """Writes and repairs, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write())
            for repair in self._repairs.values():
                group.create_task(repair.run())

    async def finish(self) -> None:
        """Writes what waits, without waiting for what may be late."""
        self._collect(math.inf)
        await self._write_waiting()

    async def _write(self) -> None:
        while True:
            self._collect(self._clock.monotonic())
            await self._write_waiting()
            await self._clock.sleep(WRITE_EVERY_S)

    def _collect(self, now: float) -> None:
        for coverage in self._coverages.values():
            for hole in coverage.settle(now):
                self._add(hole)

    def _add(self, hole: Hole) -> None:
        if hole.before is not None and hole.before != hole.after:
            seconds = (hole.before.traded_at - hole.after.traded_at).total_seconds()
            self._miss(hole.venue, hole.instrument, hole.after.traded_at, seconds)
        if len(self._waiting) >= MAX_WAITING:
            logger.error("the gap ledger is full, lost: %s", hole)
        else:
            self._waiting.append((hole, self._clock.now()))

    async def _write_waiting(self) -> None:
        """In their order; what the database cannot take now waits."""
        while self._waiting:
            hole, noticed_at = self._waiting[0]
            try:
                await self._database.run(gaps.note, hole, noticed_at)
            except (DataError, IntegrityError) as error:
                # Its venue or instrument was deleted meanwhile: it can never be written.
                logger.warning("the gap ledger drops %s: %s", hole, error)
            except DatabaseError as error:
                logger.warning("the gap ledger waits: %s", error)
                return
            self._waiting.popleft()
            self._repairs[hole.venue].wake()

    async def _kept_marks(self, pairs: set[tuple[str, str]]) -> marks.Marks:
        """The newer one of what the database and the log have, as far as the two can be asked.

        But a gap that was to be repaired goes on from its beginning: a trade after it may have come just before a
        crash, and its end was never written.
        """
        venues, instruments = {venue for venue, _ in pairs}, {instrument for _, instrument in pairs}
        kept: marks.Marks = {}
        try:
            kept = await self._database.run(marks.stored_marks, venues, instruments, self._clock.now())
            for pair, mark in marks.logged_marks(await self._store.read_log_end(marks.LOG_TAIL)).items():
                kept[pair] = marks.newer(kept.get(pair), mark)
            kept |= await self._database.run(marks.wanted_marks, venues, instruments)
        except (DatabaseError, RedisDown) as error:
            logger.warning("what happened before this start may be missing without a gap: %s", error)
        return kept

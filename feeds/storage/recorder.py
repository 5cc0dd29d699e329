"""Takes what was heard to Redis: trades and quotes to the log in bounded batches, then newest state and rejected
frames.

While no Redis takes the log, the spool does. Where it says trades, quotes are among them.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from feeds.clock import Clock
from feeds.storage import latest
from feeds.storage.live import LiveStore
from feeds.storage.logged import Logged
from feeds.storage.redis import RedisDown
from feeds.storage.spool import Spool
from feeds.tally import PUBLISHED, TALLY

logger = logging.getLogger(__name__)

BATCH_SIZE: Final = 200
FLUSH_EVERY_S: Final = 0.05
# While Redis is away what came goes to the spool as often, in larger batches: each has to reach the disk.
RETRY_EVERY_S: Final = 0.25
SPOOL_BATCH_SIZE: Final = 2_000
# About a quarter of an hour of a busy pair. Beyond it the socket is no longer read, and the venue ends the session.
CAPACITY: Final = 100_000

# Hears of the oldest trade of each batch that is acknowledged: its venue, and when it came.
Written = Callable[[str, datetime], None]
States = Mapping[str, latest.PriceState | latest.FeedState]
# What changed since the last time; None while nothing may be published, what was taken before included.
TakeStates = Callable[[], States | None]


class _Waiting(NamedTuple):
    text: bytes
    venue: str
    # None for a quote: it waited for its second to end, which says nothing of how quick the log is.
    received_at: datetime | None


class Recorder:
    """`add` promises nothing; a trade is acknowledged when Redis confirmed its batch, or when the spool wrote it down.

    A batch that failed is spooled whole, though Redis may have it: what arrives twice is one row, because the database
    knows its id. What even the spool does not take waits here.
    """

    def __init__(self, store: LiveStore, take_states: TakeStates, clock: Clock, written: Written, spool: Spool) -> None:
        self._store = store
        self._spool = spool
        self._written = written
        self._take_states = take_states
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._states: dict[str, latest.PriceState | latest.FeedState] = {}
        self._rejected: deque[latest.RejectedFrame] = deque(maxlen=latest.REJECTED_KEPT)
        self._has_batch = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self.is_down = False
        self._is_spool_shut = False
        self._is_stopping = False

    @property
    def spooled(self) -> int:
        """How many acknowledged trades are on the disk, and not yet in the log."""
        return self._spool.waiting

    @property
    def backlog(self) -> int:
        """How many trades wait to be acknowledged."""
        return len(self._waiting)

    async def add(self, logged: Logged) -> None:
        """Queues a trade or a quote; waits while the queue is full."""
        await self._has_room.wait()
        self._queue(logged)

    def try_add(self, logged: Logged) -> bool:
        """The same without waiting: whether there was room."""
        if self._has_room.is_set():
            self._queue(logged)
            return True
        return False

    def _queue(self, logged: Logged) -> None:
        received_at = logged.received_at if isinstance(logged, latest.LoggedTrade) else None
        self._waiting.append(_Waiting(latest.encode(logged), logged.venue, received_at))
        if len(self._waiting) >= BATCH_SIZE:
            self._has_batch.set()
        if len(self._waiting) >= CAPACITY:
            self._has_room.clear()

    def keep(self, frame: latest.RejectedFrame) -> None:
        """Queues a rejected frame. Never waits: nobody misses one that Redis could not take in time."""
        self._rejected.append(frame)

    async def run(self) -> None:
        """Flushes every 50 ms, or as soon as a whole batch waits; while Redis is down, to the spool.

        Until `stop`, or until a higher fence writes.
        """
        while not self._is_stopping:
            if await self._try_flush():
                await self._wait_for_batch()
            else:
                await self._clock.sleep(RETRY_EVERY_S)

    def stop(self) -> None:
        """Lets `run` return after the batch that is on its way: broken off, it would be sent twice."""
        self._is_stopping = True

    async def finish(self) -> int:
        """Flushes what is left; the number of trades that neither Redis nor the spool took."""
        if not await self._try_flush() and self._waiting:
            logger.error("recorder stops with %d trades that neither Redis nor the spool took", len(self._waiting))
        return len(self._waiting)

    async def _wait_for_batch(self) -> None:
        """For 50 ms at most."""
        waits = [asyncio.ensure_future(each) for each in (self._clock.sleep(FLUSH_EVERY_S), self._has_batch.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _try_flush(self) -> bool:
        """Whether Redis is up, as far as it was asked."""
        try:
            taken = await self._flush()
        except RedisDown as error:
            if not self.is_down:
                logger.warning("redis is down, trades go to the spool: %s", error)
            self.is_down = True
            await self._spool_waiting()
            return False
        if self.is_down and taken:
            logger.warning("redis is back, trades go to the log")
            self.is_down = False
        return not self.is_down

    async def _flush(self) -> int:
        """How much Redis took; 0 when there was nothing to ask it for."""
        return await self._log_waiting() + await self._write_states() + await self._write_rejected()

    async def _log_waiting(self) -> int:
        logged = 0
        while batch := self._first(BATCH_SIZE):
            await self._store.append(trade.text for trade in batch)
            self._acknowledge(batch)
            logged += len(batch)
        self._has_batch.clear()
        return logged

    async def _spool_waiting(self) -> None:
        try:
            while batch := self._first(SPOOL_BATCH_SIZE):
                await self._spool.keep([trade.text for trade in batch])
                self._acknowledge(batch)
                self._is_spool_shut = False
        except OSError as error:
            if not self._is_spool_shut:
                logger.error("the spool takes nothing, %d trades wait in memory: %s", len(self._waiting), error)
            self._is_spool_shut = True

    def _first(self, limit: int) -> list[_Waiting]:
        return list(islice(self._waiting, limit))

    def _acknowledge(self, batch: Sequence[_Waiting]) -> None:
        for _ in batch:
            self._waiting.popleft()
        oldest = next(((each.venue, each.received_at) for each in batch if each.received_at), None)
        if oldest:
            self._written(*oldest)
        self._has_room.set()

    async def _write_states(self) -> int:
        if (changed := self._take_states()) is None:
            return 0
        self._states.update(changed)
        if not self._states:
            return 0
        written = await self._store.write_state(self._states)
        if written < len(self._states):
            logger.warning("newest state is written by a later holder of the lease: the recorder stops")
            self._is_stopping = True
        else:
            for state in self._states.values():
                if isinstance(state, latest.PriceState):
                    TALLY.add(PUBLISHED, state.venue)
        asked = len(self._states)
        self._states.clear()
        return asked

    async def _write_rejected(self) -> int:
        if not self._rejected:
            return 0
        rejected = list(self._rejected)
        self._rejected.clear()
        await self._store.keep_rejected(rejected)
        return len(rejected)

"""Takes what was heard to Redis: trades to the log in bounded batches, then newest state and rejected frames."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from feeds.clock import Clock
from feeds.storage import latest
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown

logger = logging.getLogger(__name__)

BATCH_SIZE: Final = 200
FLUSH_EVERY_S: Final = 0.05
RETRY_EVERY_S: Final = 0.5
# About a quarter of an hour of a busy pair. Beyond it the socket is no longer read, and the venue ends the session.
CAPACITY: Final = 100_000

# Hears of the oldest trade of each batch that is acknowledged: its venue, and when it came.
Written = Callable[[str, datetime], None]
States = Mapping[str, latest.PriceState | latest.FeedState]


class _Waiting(NamedTuple):
    text: bytes
    venue: str
    received_at: datetime


class Recorder:
    """`add` promises nothing; a trade is acknowledged when Redis confirmed its batch.

    A batch that failed is sent again whole: what arrives twice is one row, because the database knows its id.
    """

    def __init__(self, store: LiveStore, take_states: Callable[[], States], clock: Clock, written: Written) -> None:
        self._store = store
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
        self._is_stopping = False

    async def add(self, trade: latest.LoggedTrade) -> None:
        """Queues a trade; waits while the queue is full."""
        await self._has_room.wait()
        self._waiting.append(_Waiting(latest.encode(trade), trade.venue, trade.received_at))
        if len(self._waiting) >= BATCH_SIZE:
            self._has_batch.set()
        if len(self._waiting) >= CAPACITY:
            self._has_room.clear()

    def keep(self, frame: latest.RejectedFrame) -> None:
        """Queues a rejected frame. Never waits: nobody misses one that Redis could not take in time."""
        self._rejected.append(frame)

    async def run(self) -> None:
        """Flushes every 50 ms, or as soon as a whole batch waits; waits out a Redis that is down.

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
        """Flushes what is left; the number of trades that could not be written."""
        if not await self._try_flush():
            logger.error("recorder stops with %d trades that Redis did not take", len(self._waiting))
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
        try:
            await self._flush()
        except RedisDown as error:
            if not self.is_down:
                logger.warning("redis is down, %d trades wait: %s", len(self._waiting), error)
            self.is_down = True
            return False
        if self.is_down:
            logger.warning("redis is back, nothing waits")
        self.is_down = False
        return True

    async def _flush(self) -> None:
        while self._waiting:
            batch = [self._waiting[i] for i in range(min(BATCH_SIZE, len(self._waiting)))]
            await self._store.append(trade.text for trade in batch)
            for _ in batch:
                self._waiting.popleft()
            self._written(batch[0].venue, batch[0].received_at)
            self._has_room.set()
        self._has_batch.clear()
        self._states.update(self._take_states())
        if self._states:
            written = await self._store.write_state(self._states)
            if written < len(self._states):
                logger.warning("newest state is written by a later holder of the lease: the recorder stops")
                self._is_stopping = True
            self._states.clear()
        if self._rejected:
            rejected = list(self._rejected)
            self._rejected.clear()
            await self._store.keep_rejected(rejected)

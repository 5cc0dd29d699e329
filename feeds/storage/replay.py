"""Takes what waits in the spool back to the log, in order and in batches, while the recorder writes what is live.

A feed replays what it wrote itself. What is held by no process any more is replayed by any worker on that machine.
"""

import logging
import threading
from typing import Final

from feeds.clock import Clock
from feeds.heartbeat import heartbeats
from feeds.storage.live import LiveStore
from feeds.storage.spool import Spool

logger = logging.getLogger(__name__)

# With the pause, ten thousand trades a second at most: no more than the drain moves, and a live batch waits for one
# of ours, some milliseconds.
BATCH_SIZE: Final = 500
PAUSE_S: Final = 0.05
LOOK_EVERY_S: Final = 1.0
_LEFTOVERS: Final = "leftovers"


async def replay_leftovers(stop: threading.Event, clock: Clock) -> None:
    """Looks every second for what other processes left, until `stop` is set. Needs neither feed nor lease."""
    store, spool = LiveStore(), Spool(_LEFTOVERS)
    replay = Replay(store, spool, clock, is_heir=True)
    try:
        while not stop.is_set():
            heartbeats.beat(_LEFTOVERS)
            await clock.sleep(await replay.step())
    finally:
        heartbeats.forget(_LEFTOVERS)
        await spool.close()
        await store.close()


class Replay:
    """A batch is forgotten when it is in the log. One that is sent twice is one row, because the database knows it.

    An heir also takes over what others left behind.
    """

    def __init__(self, store: LiveStore, spool: Spool, clock: Clock, is_heir: bool = False) -> None:
        self._store = store
        self._spool = spool
        self._clock = clock
        self._is_heir = is_heir
        self._replayed = 0
        self._has_failed = False

    async def run(self) -> None:
        """At once and every second, for ever."""
        while True:
            await self._clock.sleep(await self.step())

    async def step(self) -> float:
        """Takes one batch to the log; the seconds until the next. No Redis and no disk are waited out alike."""
        try:
            count = await self._move()
        except OSError as error:
            if not self._has_failed:
                logger.warning("%d trades wait in the spool: %s", self._spool.waiting, error)
            self._has_failed = True
            return LOOK_EVERY_S
        self._replayed += count
        self._has_failed = False
        if self._replayed and not self._spool.waiting:
            logger.warning("the spool is empty again, %d trades went to the log", self._replayed)
            self._replayed = 0
        return PAUSE_S if count else LOOK_EVERY_S

    async def _move(self) -> int:
        if self._is_heir and not self._spool.waiting:
            await self._spool.adopt()
        batch = await self._spool.read(BATCH_SIZE)
        if batch:
            await self._store.append(batch)
            await self._spool.forget(batch)
        return len(batch)

"""Takes what waits in the spool back to the log, in order and in batches, while the recorder writes what is live."""

import logging
from typing import Final

from feeds.clock import Clock
from feeds.storage.live import LiveStore
from feeds.storage.spool import Spool

logger = logging.getLogger(__name__)

# With the pause, ten thousand trades a second at most: no more than the drain moves, and a live batch waits for one
# of ours, some milliseconds.
BATCH_SIZE: Final = 500
PAUSE_S: Final = 0.05
LOOK_EVERY_S: Final = 1.0


class Replay:
    """A batch is forgotten when it is in the log. One that is sent twice is one row, because the database knows it."""

    def __init__(self, store: LiveStore, spool: Spool, clock: Clock) -> None:
        self._store = store
        self._spool = spool
        self._clock = clock
        self._replayed = 0
        self._has_failed = False

    async def run(self) -> None:
        """Looks for what other processes left too, at once and every second, for ever."""
        while True:
            await self._clock.sleep(PAUSE_S if await self._try_step() else LOOK_EVERY_S)

    async def _try_step(self) -> bool:
        """Whether a batch went to the log. No Redis and a spool that cannot be read are waited out alike."""
        try:
            count = await self._step()
        except OSError as error:
            if not self._has_failed:
                logger.warning("%d trades wait in the spool: %s", self._spool.waiting, error)
            self._has_failed = True
            return False
        self._replayed += count
        self._has_failed = False
        if self._replayed and not self._spool.waiting:
            logger.warning("the spool is empty again, %d trades went to the log", self._replayed)
            self._replayed = 0
        return count > 0

    async def _step(self) -> int:
        if not self._spool.waiting:
            await self._spool.adopt()
        batch = await self._spool.read(BATCH_SIZE)
        if batch:
            await self._store.append(batch)
            await self._spool.forget(batch)
        return len(batch)

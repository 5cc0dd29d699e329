"""Takes an account's newest states to Redis, ten times a second where they changed."""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from feeds.clock import Clock
from feeds.storage.latest import Stamped
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown

logger = logging.getLogger(__name__)

PUBLISH_EVERY_S: Final = 0.1

# What changed since the last time, by key; None while nothing may be published.
Take = Callable[[], Mapping[str, Stamped] | None]


class Publisher:
    """What Redis did not take waits, and is overtaken by what is newer."""

    def __init__(self, store: LiveStore, take: Take, clock: Clock) -> None:
        self._store = store
        self._take = take
        self._clock = clock
        self._waiting: dict[str, Stamped] = {}
        self._is_down = False

    async def run(self) -> None:
        """Until a later holder of the lease writes."""
        while await self.flush():
            await self._clock.sleep(PUBLISH_EVERY_S)

    async def flush(self) -> bool:
        """Writes what waits. False once somebody else writes, who holds the lease now."""
        if (changed := self._take()) is None:
            return True
        self._waiting.update(changed)
        try:
            written = await self._store.write_state(self._waiting)
        except RedisDown as error:
            if not self._is_down:
                logger.warning("redis is down, newest states of an account wait: %s", error)
            self._is_down = True
            return True
        is_ours = written == len(self._waiting)
        self._is_down = False
        self._waiting.clear()
        return is_ours

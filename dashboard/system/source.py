"""What is told of the system itself, for the hub: how the Redis servers do, and what processes warn of."""

from typing import Final

import msgspec

from dashboard.protocol.message import Message
from dashboard.system.messages import Log, Redis, Warned
from dashboard.system.redis_pair import Throughput, redis_message
from dashboard.system.watch import Watch
from feeds.clock import Clock
from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from feeds.storage.logbook import newest
from feeds.storage.redis import RedisDown

LINES: Final = 100


class RedisSource:
    """Told while no server answers, too: the watch knows why."""

    every_s = 1.0
    feed = ""
    is_up = True

    def __init__(self, store: LiveStore, watch: Watch, clock: Clock) -> None:
        self._store, self._watch, self._clock = store, watch, clock
        self._throughput = Throughput()
        self._told: Redis | None = None

    async def changes(self) -> list[Message]:
        seen = self._watch.system(patience_s=0)
        told = redis_message(seen, await self._validated(seen.known.feeds if seen.known else ()))
        is_news, self._told = told != self._told, told
        return [told] if is_news else []

    def whole(self) -> list[Message]:
        return [self._told] if self._told else []

    def handed(self, changed: list[Message]) -> None:
        """Nothing is measured of these."""

    async def close(self) -> None:
        await self._store.close()

    async def _validated(self, feeds: tuple[str, ...]) -> float | None:
        try:
            values = await self._store.read([keys.feed(feed) for feed in feeds])
        except RedisDown:
            return None
        return self._throughput.note(map(latest.decode_feed, filter(None, values)), self._clock.monotonic())


class LogSource:
    """The newest warnings and errors, of both servers together."""

    every_s = 1.0
    feed = ""

    def __init__(self, store: LiveStore) -> None:
        self._store = store
        self._told: Log | None = None
        self.is_up = True

    async def changes(self) -> list[Message]:
        """While no server answers the last ones stay."""
        told = await read_log(self._store)
        self.is_up = told is not None
        if told is None or told == self._told:
            return []
        self._told = told
        return [told]

    def whole(self) -> list[Message]:
        return [self._told] if self._told else []

    def handed(self, changed: list[Message]) -> None:
        """Nothing is measured of these."""

    async def close(self) -> None:
        await self._store.close()


async def read_log(store: LiveStore) -> Log | None:
    """None where no server answers."""
    try:
        logs = await store.read_logs({}, LINES, log=keys.EVENT_LOG)
    except RedisDown:
        return None
    return Log(lines=[msgspec.convert(line, Warned, from_attributes=True) for line in newest(logs, LINES)])

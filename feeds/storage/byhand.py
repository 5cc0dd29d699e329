"""Small values under plain names for people with redis-cli: written once a second, on both servers.

They are written by the feed that is named first, in the envelope {v, fence, version, at, origin}. Their version is the
time. What nobody knows yet has the fence 0: whoever comes to know more, such as of a position, writes over it with a
fence of its own. Another feed that is named first from now on may have to wait until the former one's are gone.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

from msgspec import structs

from feeds.clock import Clock
from feeds.storage import keys
from feeds.storage.live import LiveStore
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, blocking_client, typed_errors
from feeds.storage.servers import addresses
from feeds.storage.status import NO_DATA, ByHand, FeedByHand, PairStatus

EVERY_S: Final = 1.0
LINE_NAMES: Final = (keys.WS_STATUS, keys.WS_LAST_UPDATE)
POSITION_NAMES: Final = (keys.CURRENT_POSITION, keys.POSITION_TARGETS, keys.POSITION_HISTORY)


class LineNow(NamedTuple):
    """The venue whose price is shown ("" for none), when it last said anything, and the fence of who says so."""

    venue: str
    seen_at: datetime | None
    fence: int


async def keep_written(origin: str, look: Callable[[], LineNow | None], store: LiveStore, clock: Clock) -> None:
    """Writes for ever; nothing while `look` says that this is somebody else's to do."""
    while True:
        if (line := look()) is not None:
            # The next second has newer ones.
            with suppress(RedisDown):
                await store.write_state(values(origin, line, store.statistics(), clock.now()))
        await clock.sleep(EVERY_S)


def values(origin: str, line: LineNow, pair: PairStatus, now: datetime) -> dict[str, FeedByHand]:
    """By key."""
    known: dict[str, str | PairStatus] = {
        keys.WS_STATUS: f"connected to {line.venue}" if line.venue else "disconnected",
        keys.WS_LAST_UPDATE: line.seen_at.isoformat() if line.seen_at else NO_DATA,
        keys.PAIR: pair,
    }
    version = int(now.timestamp() * 1000)
    unknown: FeedByHand = ByHand(v=NO_DATA, fence=0, version=version, at=now, origin=origin)
    return {
        **dict.fromkeys((keys.MM_TRAP_PROBABILITY, *POSITION_NAMES), unknown),
        **{key: structs.replace(unknown, v=v, fence=line.fence) for key, v in known.items()},
    }


class Shelf:
    """These values on one server, for the restart protocol. Blocking; RedisDown while the server is away."""

    def __init__(self, server: str, url: str) -> None:
        self.server = server
        self._client: Any = blocking_client(url, OPERATION_TIMEOUT_S)

    def delete(self, names: tuple[str, ...]) -> list[str]:
        """Those that were there."""
        with typed_errors():
            return [name for name in names if self._client.delete(name)]

    def missing(self, names: tuple[str, ...]) -> list[str]:
        with typed_errors():
            return [name for name in names if not self._client.exists(name)]

    def close(self) -> None:
        self._client.close()


def shelves() -> list[Shelf]:
    """One for each server that there is, the primary first."""
    return [Shelf(server, url) for server, url in addresses().items()]

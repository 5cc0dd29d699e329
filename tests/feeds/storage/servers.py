"""Two Redis servers as a test of the pair sees them: what each holds, and what the store thinks of it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from tests.clock import ManualClock
from tests.redis_server import RedisServer
from tests.waiting import wait_until

Servers = tuple[RedisServer, RedisServer]
KEY: Final = keys.price("main", "BTC-USDT")


def logged_in(server: RedisServer) -> list[bytes]:
    with server.client() as client:
        return [fields[keys.TRADE_FIELD] for _, fields in client.xrange(keys.TRADE_LOG)]


def held_in(server: RedisServer, key: str = KEY) -> tuple[int, int]:
    with server.client() as client:
        return latest.stamp_of(client.get(key))


def state_of(store: LiveStore, server: str = "primary") -> tuple[str, str]:
    status = store.statistics().servers[server]
    return status.state, status.reason


async def probed(store: LiveStore, clock: ManualClock, seconds: float, until: Callable[[], bool]) -> None:
    """So much time passes, and a call comes by that starts the probes that are due."""
    await clock.advance(seconds)
    with suppress(RedisDown):
        await store.read([KEY])
    await wait_until(until)

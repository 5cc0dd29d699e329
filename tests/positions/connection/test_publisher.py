"""Newest states on their way to a real Redis, which may be away."""

import asyncio
from collections.abc import Mapping

from feeds.storage import keys
from feeds.storage.latest import Stamped
from feeds.storage.live import LiveStore
from positions.connection.publisher import Publisher
from positions.latest import OrdersState, PositionsState, decode_positions
from tests.clock import QuickClock
from tests.redis_server import RedisServer
from tests.waiting import wait_for


class Source:
    """What a board would hand out."""

    def __init__(self) -> None:
        self.states: dict[str, Stamped] | None = {}

    def tell(self, version: int, fence: int = 1) -> None:
        self.states = {
            keys.positions(7): PositionsState(fence=fence, version=version, account=7),
            keys.orders(7): OrdersState(fence=fence, version=version, account=7),
        }

    def take(self) -> Mapping[str, Stamped] | None:
        taken, self.states = self.states, {}
        return taken


async def test_state_that_redis_did_not_take_is_written_when_it_is_back(own_redis: RedisServer) -> None:
    """R1: the newest one, however many came meanwhile."""
    source, store = Source(), LiveStore(own_redis.url)
    publisher = Publisher(store, source.take, QuickClock(10.0))
    own_redis.stop()
    source.tell(version=1)
    assert await publisher.flush()
    source.tell(version=2)
    own_redis.start()
    publishing = asyncio.create_task(publisher.run())

    async def written() -> int | None:
        (held,) = await store.read([keys.positions(7)])
        return decode_positions(held).version if held else None

    assert await wait_for(written, within=10.0) == 2
    publishing.cancel()
    await store.close()


async def test_publisher_ends_where_a_later_holder_writes(redis_server: str) -> None:
    """W5: a fence that is higher wins, and who has the lower one hears of it."""
    source, store = Source(), LiveStore(redis_server)
    publisher = Publisher(store, source.take, QuickClock(10.0))
    source.tell(version=1, fence=2)
    assert await publisher.flush()
    source.tell(version=5, fence=1)
    assert not await publisher.flush()
    await store.close()


async def test_nothing_is_written_while_the_lease_may_be_lost(redis_server: str) -> None:
    """Nor what waits."""
    source, store = Source(), LiveStore(redis_server)
    source.states = None
    assert await Publisher(store, source.take, QuickClock(10.0)).flush()
    assert await store.read([keys.positions(7)]) == [None]
    await store.close()

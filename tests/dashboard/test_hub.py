"""One reader for all browsers of a process."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async

from dashboard.hub import Hub, Hubs
from dashboard.outbox import Outbox
from feeds.clock import SystemClock
from feeds.market.uptime import Minute
from feeds.storage.uptime import add
from tests.dashboard.conftest import Writer
from tests.dashboard.samples import NOON, price_state, trade
from tests.redis_server import RedisServer
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def next_with(outbox: Outbox, kind: str) -> dict[str, Any]:
    """The next message of a kind, whatever comes before it."""
    async with asyncio.timeout(5):
        while True:
            for message in json.loads(await outbox.take()):
                if message["type"] == kind:
                    found: dict[str, Any] = message
                    return found


async def test_a_browser_gets_the_whole_state_and_then_what_changes(writer: Writer) -> None:
    """B-14: what a worker writes is in the outbox one beat later."""
    hub = Hub(SystemClock())
    outbox = hub.join()
    assert (await next_with(outbox, "hello"))["instruments"] == ["BTC-USDT"]
    await writer.show(price_state(trade(1, "64000.10"), NOON))
    assert (await next_with(outbox, "price"))["price"] == "64000.10"
    hub.leave(outbox)


async def test_a_later_browser_joins_at_once(writer: Writer) -> None:
    """The second one does not wait for Redis: the state is in memory."""
    hub = Hub(SystemClock())
    first = hub.join()
    await writer.log(trade(1, "10"))
    await next_with(first, "trades")
    second = hub.join()
    frame = json.loads(await asyncio.wait_for(second.take(), 0.05))
    assert [message["type"] for message in frame][0] == "hello"
    assert [line["price"] for message in frame if message["type"] == "trades" for line in message["trades"]] == ["10"]
    hub.leave(first)
    hub.leave(second)


async def test_the_clock_ticks_every_second(redis_server: str) -> None:
    """A browser can tell a quiet market from a dead line."""
    hub = Hub(SystemClock())
    outbox = hub.join()
    first, second = await next_with(outbox, "tick"), await next_with(outbox, "tick")
    assert first["now"] < second["now"]
    hub.leave(outbox)


@pytest.mark.parametrize("stays_ms", [0, 1, 3, 6, 12, 150])
async def test_reading_ends_soon_after_the_last_browser_left(writer: Writer, stays_ms: int) -> None:
    """A process that nobody looks at asks Redis for nothing, whenever its last browser left."""
    hub = Hub(SystemClock())
    outbox = hub.join()
    await asyncio.sleep(stays_ms / 1000)
    hub.leave(outbox)
    await wait_until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "dashboard hub"])
    again = hub.join()
    await next_with(again, "hello")
    hub.leave(again)


async def test_a_feed_has_a_hub_for_as_long_as_somebody_looks(redis_server: str) -> None:
    """Browsers of one feed share it, and none is kept for a name that somebody made up."""
    hubs = Hubs(SystemClock())
    hub, first = hubs.join("main", "")
    same, second = hubs.join("main", "BTC-USDT")
    assert same is hub
    hubs.leave(hub, first)
    hubs.leave(hub, second)
    again, third = hubs.join("main", "")
    assert again is not hub
    hubs.leave(again, third)


async def test_uptime_comes_beside_the_rest(writer: Writer) -> None:
    """F-26: it is read on a thread of its own, and told when it is there."""
    minute_at = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=3)
    await database_sync_to_async(add)([Minute("feed:main", minute_at, 60, 60)])
    hub = Hub(SystemClock())
    outbox = hub.join()
    while not (lines := (await next_with(outbox, "uptime"))["lines"]):
        pass
    assert [line["name"] for line in lines] == ["Main feed"]
    hub.leave(outbox)


async def test_redis_goes_and_comes_back_under_open_browsers(own_redis: RedisServer) -> None:
    """F-29: browsers stay connected, are told, and go on by themselves; ticks never stop."""
    hub = Hub(SystemClock())
    outbox = hub.join()
    await next_with(outbox, "hello")
    own_redis.stop()
    assert (await next_with(outbox, "health"))["redis"] == "down"
    await next_with(outbox, "tick")
    own_redis.start()
    assert (await next_with(outbox, "health"))["redis"] == "up"
    hub.leave(outbox)


async def test_a_broken_reader_closes_its_browsers_and_the_next_starts_anew(
    writer: Writer, shared_redis: RedisServer
) -> None:
    """A state that nobody can read ends the sockets with a reason instead of leaving them silent."""
    hub = Hub(SystemClock())
    outbox = hub.join()
    await next_with(outbox, "hello")
    with shared_redis.client() as client:
        client.set("latest:feed:main", b"{}")
        async with asyncio.timeout(5):
            while await outbox.take():
                pass
        client.delete("latest:feed:main")
    assert outbox.closed is not None
    assert outbox.closed[0] == 1011
    hub.leave(outbox)
    again = hub.join()
    await next_with(again, "hello")
    hub.leave(again)

"""A feed whose loop is blocked for longer than its lease lasts: on waking it publishes nothing."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from django.db import connections
from django.db.models import F

from feeds.connection.feed import lease_name, run_feed
from feeds.models import Lease
from feeds.storage import keys, lease
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import PriceState
from feeds.storage.lease_clock import now
from tests.clock import QuickClock
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]
SPEED = 10.0
ASLEEP_S = 1.5 * lease.DURATION.total_seconds() / SPEED


class Runner:
    """A feed on a thread of its own, as in a worker."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def block(self, seconds: float) -> None:
        """Nothing in its loop has a turn meanwhile."""
        assert self.loop
        self.loop.call_soon_threadsafe(time.sleep, seconds)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        try:
            asyncio.run(self._feed())
        finally:
            connections.close_all()

    async def _feed(self) -> None:
        self.loop = asyncio.get_running_loop()
        await run_feed("main", "old", self._stop, QuickClock(SPEED))


@pytest_asyncio.fixture
async def runner(lively: Exchange, observer: Observer) -> AsyncIterator[Runner]:
    """It shows Binance's price."""
    runner = Runner()
    try:
        await observer.price_from("binance")
        yield runner
    finally:
        await asyncio.to_thread(runner.end)


def take_over() -> None:
    Lease.objects.update(holder="new", fence=F("fence") + 1, expires_at=now() + timedelta(seconds=60))


async def hear_some(exchange: Exchange, trades: int) -> None:
    """Waits until the exchange has sent so many more."""
    enough = exchange.ledger.last_number + trades
    await wait_until(lambda: exchange.ledger.last_number >= enough)


async def test_blocked_holder_that_was_taken_over_publishes_nothing(
    runner: Runner, lively: Exchange, shared_redis: RedisServer, database: DatabaseThread
) -> None:
    """W3 W4: not one value, although the successor has written none that would refuse it; and it leaves its venues."""

    def published() -> object:
        with shared_redis.client() as client:
            return client.mget(keys.price("main", "BTC-USDT"), keys.feed("main"), keys.WS_STATUS, keys.PAIR)

    runner.block(ASLEEP_S)
    await hear_some(lively, 5)
    asleep = published()
    assert isinstance(asleep, list)
    assert all(asleep)
    await database.run(take_over)
    await hear_some(lively, 5)
    assert published() == asleep, "the loop was not blocked"

    await wait_until(lambda: not runner.is_running)
    assert published() == asleep
    await wait_until(lambda: not lively.open_connections)
    held = await database.run(lambda: Lease.objects.get(resource=lease_name("main")))
    assert held.holder == "new"
    assert held.expires_at is not None


async def test_blocked_holder_without_a_successor_goes_on(runner: Runner, lively: Exchange, observer: Observer) -> None:
    """W3: it asks, the lease is still its own, and the price is shown again by the same tenure."""
    runner.block(ASLEEP_S)
    await hear_some(lively, 5)
    asleep = await observer.any_price()
    await wait_for_newer(observer, asleep)
    assert runner.is_running


async def wait_for_newer(observer: Observer, old: PriceState) -> None:
    async def look() -> bool | None:
        price = await observer.any_price()
        return price.fence == old.fence and price.version > old.version or None

    await wait_for(look)

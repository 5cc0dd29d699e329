"""What a venue allows and wishes is kept to: by every worker, after a restart, a hundred times over, frame by frame."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Final

import pytest
import pytest_asyncio

from feeds.clock import SystemClock
from feeds.connection.effects import Connect, Effect
from feeds.connection.events import Ended, Policy, Ticked, VenueTerms
from feeds.connection.session import listen
from feeds.connection.stall import SessionTiming
from feeds.connection.supervisor import Supervisor
from feeds.errors import Replaced
from feeds.models import Feed, Instrument, Venue
from feeds.storage import keys
from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.exchange.dialects.binance import Binance
from tests.exchange.market import RandomMarket
from tests.exchange.routes import Attempt
from tests.exchange.server import Exchange
from tests.faults.session import end_of
from tests.feeds.connection.listener import address
from tests.feeds.connection.running import running
from tests.redis_server import RedisServer
from tests.waiting import wait_until

MINUTE_S: Final = 60.0
WISH_S: Final = 2


def tries(exchange: Exchange) -> list[Attempt]:
    return [attempt for attempt in exchange.attempts if attempt.venue == "binance"]


def add_feed(name: str) -> None:
    Feed.objects.create(name=name, title=name).instruments.set(Instrument.objects.all())


@pytest.mark.django_db(transaction=True)
async def test_no_worker_connects_before_the_venues_deadline(
    exchange: Exchange, redis_server: str, database: DatabaseThread
) -> None:
    """E5: one is told 429, both stay away, also one that starts anew; all are back after the deadline."""
    await database.run(add_feed, "other")
    await database.run(lambda: Venue.objects.exclude(code="binance").update(is_enabled=False))
    exchange.faults.set("binance", "refuse", status=429, retry_after=WISH_S)
    async with running("one"):
        await wait_until(lambda: tries(exchange))
    exchange.faults.clear()
    async with running("one again"), running("two", feed="other"):
        await wait_until(lambda: len(exchange.open_connections) == 2)
    told, *later = (attempt.attempted_at for attempt in tries(exchange))
    assert len(later) == 2
    assert min(later) - told >= timedelta(seconds=WISH_S)


async def test_hundred_bans_end_nothing(
    exchange: Exchange, clock: ManualClock, shared_redis: RedisServer, redis_server: str
) -> None:
    """E4: 403 costs ten minutes, then twice as much, two hours at most; after the hundredth comes another try."""
    exchange.faults.set("binance", "refuse", status=403)
    store, supervisor = LiveStore(redis_server), Supervisor(Policy((VenueTerms("binance", ("BTC-USDT",)),)))
    allowance = Allowance(store, clock)
    waits: list[float] = []
    for number in range(1, 101):
        assert begun(supervisor.handle(Ticked(), clock.monotonic())) == [number]
        end = await end_of(address(exchange, "binance"), clock)
        waits.append(await allowance.cool_off("binance", end))
        assert not begun(supervisor.handle(Ended(number, end, waits[-1], 0.5), clock.monotonic()))
        assert not begun(supervisor.handle(Ticked(), clock.monotonic() + waits[-1] - 10.0))
        await clock.advance(waits[-1])
        # Redis has its own clock, which nobody can turn.
        with shared_redis.client() as client:
            client.delete(keys.cool_off("binance"))
    await store.close()
    assert [round(wait / MINUTE_S) for wait in waits] == [10, 20, 40, 80] + [120] * 96
    assert begun(supervisor.handle(Ticked(), clock.monotonic())) == [101]
    assert len(tries(exchange)) == 100


def begun(effects: Iterable[Effect]) -> list[int]:
    return [effect.session for effect in effects if isinstance(effect, Connect)]


@pytest_asyncio.fixture
async def impatient() -> AsyncIterator[Exchange]:
    """Binance, with five messages a second, pinging twenty times as often."""
    limits = {"binance": replace(Binance.limits, beat_every=1.0)}
    async with Exchange(market=RandomMarket(rate=40), limits=limits) as exchange:
        yield exchange


async def test_fifty_subscriptions_and_all_that_follows_stay_within_five_messages_a_second(
    impatient: Exchange,
) -> None:
    """E35: a request, pongs, and more pings than fit beside them: 0 of 50 connections are closed for it."""
    async with asyncio.timeout(10.0):
        await asyncio.gather(*(subscribe_and_stay(impatient) for _ in range(50)))
    assert impatient.doors["binance"].violations == {}
    assert [connection.close_code for connection in impatient.connections] == [1000] * 50
    # More than one second's worth, of most: a busy machine begins some of them late.
    assert median(connection.frames_received for connection in impatient.connections) > 5


async def subscribe_and_stay(exchange: Exchange) -> None:
    """Two seconds and a half of the liveliest session that there can be."""
    venue, leave = REGISTRY["binance"], asyncio.get_running_loop().create_future()
    timing = SessionTiming(ping_every=0.25, messages=venue.messages)
    asyncio.get_running_loop().call_later(2.5, leave.set_result, "enough")
    with suppress(Replaced):
        async for _ in listen(venue, address(exchange, "binance"), ["BTCUSDT"], timing, SystemClock(), leave):
            """It ends when we leave."""

"""Who runs a feed, and what is left when it stops: a real exchange, a real Redis, a real database."""

import asyncio
import threading
from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from feeds.clock import SystemClock
from feeds.connection.feed import lease_name, run_feed
from feeds.models import Feed, Lease
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.storage.lease_clock import now
from feeds.storage.live import LiveStore
from feeds.storage.replay import replay_leftovers
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


async def test_stopped_feed_leaves_nothing_behind(exchange: Exchange, observer: Observer) -> None:
    """W2: it returns, the exchange sees 1000, and every trade that was sent is in the log once."""
    async with running():
        await wait_until(lambda: len(exchange.connections) == 1 and len(exchange.connections[0].topics) == 2)
        for _ in range(500):
            exchange.trade("binance", "BTC-USDT", exchange.market.listings[0].start)
        await wait_until(lambda: len(exchange.ledger) == 500)
        await wait_until_heard(exchange)
    await wait_until(lambda: not exchange.open_connections)
    assert exchange.connections[0].close_code == 1000
    assert await observer.logged_ids() == [sent.trade_id for sent in exchange.ledger]


async def test_stop_in_mid_stream_loses_nothing(settings: Settings, observer: Observer) -> None:
    """W2: at more than a thousand trades a second, all that the exchange sent before it heard of our end is logged."""
    async with Exchange(market=RandomMarket(rate=1500)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        async with running():
            await wait_until(lambda: len(exchange.ledger) >= 1000)
        await wait_until(lambda: not exchange.open_connections)
        assert exchange.connections[0].close_code == 1000
        logged = await observer.logged_ids()
        # The ledger may miss what was on its way out when the close came in.
        assert {sent.trade_id for sent in exchange.ledger} <= set(logged)
        assert len(logged) == len(set(logged))


async def wait_until_heard(exchange: Exchange) -> None:
    """What is sent has left the exchange's process side of the socket: a ping travels behind it and comes back."""
    connection = exchange.connections[-1]
    before = connection.frames_received
    connection.do(connection.talk.beat(exchange.clock()))
    await wait_until(lambda: connection.frames_received > before)


async def test_second_runner_is_refused(lively: Exchange, observer: Observer) -> None:
    """W5: two workers, one session, one connection to the venue."""
    async with running("one"):
        await observer.price_from("binance")
        assert not await run_feed("main", "two", threading.Event(), SystemClock())
    assert len(lively.connections) == 1


async def test_runner_that_was_taken_over_stops(lively: Exchange, observer: Observer, database: DatabaseThread) -> None:
    """W3 W5: at its next renewal it sees the higher fence, and leaves the successor's lease alone."""
    async with running("old") as task:
        await observer.price_from("binance")
        expires_at = now() + timedelta(seconds=60)
        await database.run(lambda: Lease.objects.update(holder="new", fence=F("fence") + 1, expires_at=expires_at))
        assert await asyncio.wait_for(asyncio.shield(task), lease.RENEW_EVERY_S + 2.0)
    await wait_until(lambda: not lively.open_connections)
    held = await database.run(lambda: Lease.objects.get(resource=lease_name("main")))
    assert held.holder == "new"
    assert held.expires_at is not None


async def test_feed_that_is_switched_off_ends(lively: Exchange, observer: Observer, database: DatabaseThread) -> None:
    """Its lease is free at once, and starting it again does nothing."""
    async with running() as task:
        await observer.price_from("binance")
        await database.run(lambda: Feed.objects.update(is_enabled=False))
        assert await asyncio.wait_for(asyncio.shield(task), 5.0)
    assert await database.run(lease.unheld, [lease_name("main")]) == [lease_name("main")]
    assert await run_feed("main", "again", threading.Event(), SystemClock())
    assert len(lively.connections) == 1


async def test_trades_of_an_outage_of_redis_are_logged_afterwards(lively: Exchange, own_redis: RedisServer) -> None:
    """R1 R7: the socket stays, and all that was heard is logged by itself."""
    store = LiveStore(own_redis.url)
    async with running():
        await Observer(store).price_from("binance")
        own_redis.stop()
        sent_before = lively.ledger.last_number
        await wait_until(lambda: lively.ledger.last_number >= sent_before + 30)
        sent = {each.trade_id for each in lively.ledger}
        own_redis.start()
        await wait_for(lambda: all_heard_live(store, sent))
    assert len(lively.connections) == 1
    await store.close()


async def test_feed_that_stops_while_redis_is_away_loses_nothing(lively: Exchange, own_redis: RedisServer) -> None:
    """W2, R7: what it heard waits on the disk, and any worker there takes it to the log, with or without a feed."""
    store = LiveStore(own_redis.url)
    async with running("one"):
        await Observer(store).price_from("binance")
        own_redis.stop()
        sent_before = lively.ledger.last_number
        await wait_until(lambda: lively.ledger.last_number >= sent_before + 30)
        sent = {each.trade_id for each in lively.ledger}
    own_redis.start()
    assert not sent <= await heard_live(store)
    stop = threading.Event()
    replaying = asyncio.create_task(replay_leftovers(stop, SystemClock()))
    await wait_for(lambda: all_heard_live(store, sent))
    stop.set()
    await replaying
    await store.close()


async def heard_live(store: LiveStore) -> set[str]:
    """What is logged and was told by a session: REST may have filled the gap as well."""
    return {each.trade_id for each in await Observer(store).logged() if not each.is_backfill}


async def all_heard_live(store: LiveStore, sent: set[str]) -> bool | None:
    return sent <= await heard_live(store) or None

"""A venue that sends wrong data, through the whole loop: a real exchange, a real Redis, a real database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from dashboard.feed.messages import Trades
from dashboard.feed.reader import Reader
from feeds.clock import SystemClock
from feeds.models import Venue
from feeds.storage import keys
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from tests.exchange.dialect import Say
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.connection.sending import data, drained, ids, subscribed
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


async def test_garbage_among_messages_is_counted_and_the_rest_stored(
    exchange: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """F-16: of 1 000 messages with 10 % garbage 900 are stored, 100 counted by reason, without a reconnect."""
    async with running():
        connection = await subscribed(exchange)
        good = data(exchange, connection, 900)
        for start in range(0, 900, 9):
            connection.do([*good[start : start + 9], Say(good[start].frame[:60])])
        state = await observer.venue_in_state("binance", "connected", rejected=100)
        await observer.has_logged(ids(good)[-1])
    assert state.rejected == {"json": 100}
    kept = {rejected.frame for rejected in await observer.rejected("binance")}
    assert kept
    assert kept <= {str(frame.frame)[:60] for frame in good}
    assert await database.run(drained) == ids(good)
    assert len(exchange.connections) == 1


async def test_repeated_trades_are_stored_and_pushed_once(
    exchange: Exchange, observer: Observer, redis_server: str, database: DatabaseThread
) -> None:
    """E25: 30 % come again, some much later: as many rows as ids, and no trade is pushed twice."""
    random = Random(25)
    store = LiveStore(redis_server)
    reader = Reader(store, SystemClock())
    await reader.changes()
    async with running():
        connection = await subscribed(exchange)
        good = data(exchange, connection, 1000)
        sent = list(good)
        for frame in random.sample(good, 300):
            sent.insert(random.randint(sent.index(frame) + 1, len(sent)), frame)
        connection.do(sent)
        await wait_until(lambda: len(exchange.ledger) == 1300)
        state = await observer.venue_with("binance", lambda venue: venue.repeated == 300)
        await observer.has_logged(ids(good)[-1])
    pushed = [message for _ in range(2) for message in await reader.changes() if isinstance(message, Trades)]
    await store.close()
    assert (state.rejected, state.quarantined) == ({}, {})
    # Each has a price of its own.
    assert Counter(trade.price for message in pushed for trade in message.trades).most_common(1)[0][1] == 1
    assert sum(len(message.trades) for message in pushed) == 1000
    assert await database.run(drained) == ids(good)


async def test_shuffled_trades_never_turn_the_price_back(
    exchange: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E26: shuffled within 50, every trade is stored once, and what may be the price only rises."""
    random = Random(26)
    async with running():
        connection = await subscribed(exchange)
        good = data(exchange, connection, 1000)
        shuffled = [frame for _, frame in sorted(enumerate(good), key=lambda each: each[0] + random.uniform(0, 50))]
        shown = asyncio.create_task(shown_ids(observer, ids(good)[-1]))
        for start in range(0, 1000, 100):
            connection.do(shuffled[start : start + 100])
            await observer.has_logged(ids(shuffled)[start + 99])
        await asyncio.wait_for(shown, 5.0)
        await wait_until(lambda: len(exchange.ledger) == 1000)
        await observer.venue_with("binance", lambda venue: sum(venue.quarantined.values()) > 0)
    logged = await observer.logged()
    live = [int(trade.trade_id) for trade in logged if not trade.quarantine]
    assert live == sorted(live)
    assert shown.result() == sorted(shown.result())
    assert {trade.quarantine for trade in logged} == {"", "order"}
    assert await database.run(drained) == ids(good)


async def shown_ids(observer: Observer, last: str) -> list[int]:
    """Every displayed price that can be caught, until this one."""
    caught: list[int] = []
    while not caught or str(caught[-1]) != last:
        caught.append(int((await observer.any_price()).trade_id))
    return caught


@pytest.fixture(
    params=[timedelta(hours=1), timedelta(hours=-1), timedelta(seconds=10), timedelta(seconds=-70)], ids=str
)
async def skewed(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Exchange]:
    """An exchange whose clock and ours do not agree."""
    ahead: timedelta = request.param
    async with Exchange(market=RandomMarket(rate=100), clock=lambda: datetime.now(UTC) + ahead) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield exchange


async def test_clocks_that_disagree_make_no_live_price(
    skewed: Exchange, observer: Observer, redis_server: str, database: DatabaseThread
) -> None:
    """E27 F-14: 0 flagged trades are the price or in a bar, all are stored, and the skew is told within 200 ms."""
    async with running():
        state = await observer.venue_with("binance", lambda venue: venue.quarantined.get("clock", 0) >= 50)
    assert state.rejected == {}
    assert state.skew_ms is not None
    ahead_ms = (skewed.clock() - datetime.now(UTC)) / timedelta(milliseconds=1)
    assert abs(state.skew_ms - ahead_ms) <= 200
    store = LiveStore(redis_server)
    assert await store.read([keys.price("main", "BTC-USDT")]) == [None]
    reader = Reader(store, SystemClock())
    await reader.changes()
    await store.close()
    assert reader.board.tapes["BTC-USDT"]
    assert (reader.board.prices, reader.board.bars) == ({}, {})
    assert {trade.quarantine for trade in await observer.logged()} == {"clock"}
    assert set(await database.run(drained)) >= {sent.trade_id for sent in skewed.ledger}


async def test_token_is_in_no_rejected_frame(settings: Settings, observer: Observer, database: DatabaseThread) -> None:
    """S8: what is kept of KuCoin's frames for people holds no token."""
    await database.run(lambda: Venue.objects.exclude(code="kucoin").update(is_enabled=False))
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        exchange.faults.set("kucoin", "garbage", every=2)
        async with running():
            await observer.venue_in_state("kucoin", "connected", rejected=20)
        (token,) = parse_qs(urlsplit(exchange.connections[0].path).query)["token"]
    kept = await observer.rejected("kucoin")
    assert len(kept) >= 20
    assert all(token not in frame.excerpt and len(frame.excerpt) <= 512 for frame in kept)

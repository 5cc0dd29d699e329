"""Following Redis: states, the tail of the log, and what happens while Redis is away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from channels.db import database_sync_to_async

from dashboard.feed.messages import Health, Price, Snapshot, Trades
from dashboard.feed.reader import FEED_EVERY, Reader, Tail
from dashboard.protocol.message import Message
from feeds.market.candles import MINUTE, start_of
from feeds.models import Feed, Instrument
from feeds.storage import commands, keys, latest
from feeds.storage.health import LOOK_EVERY_S
from feeds.storage.live import LiveStore
from tests.clock import ManualClock
from tests.dashboard.conftest import Writer
from tests.dashboard.samples import NOON, price_state, store_trades, trade
from tests.feeds.samples import logged_quote
from tests.feeds.storage.log import append
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()


def trade_ids(messages: list[Message]) -> list[str]:
    """The prices of all trades, which the tests use as their names."""
    return [line.price for message in messages if isinstance(message, Trades) for line in message.trades]


async def snapshot_of(reader: Reader) -> Snapshot | None:
    """What a reading begins with that starts over."""
    return next((message for message in await reader.changes() if isinstance(message, Snapshot)), None)


async def test_the_first_reading_is_the_whole_state(store: LiveStore, writer: Writer, clock: ManualClock) -> None:
    """What was in Redis before the first browser came is shown to it."""
    await writer.log(trade(1, "10"), trade(2, "11"))
    await writer.show(price_state(trade(2, "11"), NOON))
    first = await Reader(store, clock).changes()
    assert isinstance(first[0], Snapshot)
    assert trade_ids(first) == ["10", "11"]
    assert [price.price for price in first if isinstance(price, Price)] == ["11"]


async def test_later_readings_are_what_is_new(store: LiveStore, writer: Writer, clock: ManualClock) -> None:
    """No trade comes twice and none is left out."""
    reader = Reader(store, clock)
    await writer.log(trade(1, "10"))
    await reader.changes()
    assert await reader.changes() == []
    await writer.log(trade(2, "11"), trade(3, "12"))
    assert trade_ids(await reader.changes()) == ["11", "12"]


async def test_redis_comes_back_and_no_trade_is_missing(own_redis: RedisServer, clock: ManualClock) -> None:
    """While Redis is away the last state stands and says so once; afterwards the tail goes on where it stopped."""
    store = LiveStore(own_redis.url)
    reader, writer = Reader(store, clock), Writer(store)
    await writer.log(trade(1, "10"))
    await reader.changes()
    await writer.log(trade(2, "11"))
    own_redis.stop()
    assert await reader.changes() == [Health(redis="down")]
    assert await reader.changes() == []
    own_redis.start()
    await writer.log(trade(3, "12"))
    back = await reader.changes()
    assert back[0] == Health(redis="up")
    assert trade_ids(back) == ["11", "12"]
    await store.close()


async def test_the_tape_goes_on_from_the_other_server(
    redis_pair: tuple[RedisServer, RedisServer], clock: ManualClock
) -> None:
    """L-01: the log moves, and moves back; every trade is shown once, and nothing is said to be down."""
    primary, failover = redis_pair
    store = LiveStore(clock=clock)
    reader, writer = Reader(store, clock), Writer(store)
    await writer.log(trade(1, "10"))
    assert trade_ids(await reader.changes()) == ["10"]
    primary.stop()
    await writer.log(trade(2, "11"))
    await writer.show(price_state(trade(2, "11"), NOON))
    changed = await reader.changes()
    assert trade_ids(changed) == ["11"]
    assert [price.price for price in changed if isinstance(price, Price)] == ["11"]
    primary.start()
    await clock.advance(LOOK_EVERY_S)
    await reader.changes()
    await wait_until(lambda: store.statistics().servers["primary"].state == "up")
    both = LiveStore(primary.url), LiveStore(failover.url)
    for each in both:
        # A batch without an answer is sent again to the other server.
        await Writer(each).log(trade(3, "12"))
    await Writer(both[0]).log(trade(4, "13"))
    assert trade_ids(await reader.changes()) == ["12", "13"]
    for each in (*both, store):
        await each.close()


async def test_a_page_that_opens_while_redis_is_away_shows_the_stored_price(
    own_redis: RedisServer, clock: ManualClock
) -> None:
    """The newest trade of the database stands in, with the time at which it came."""
    await database_sync_to_async(store_trades)(trade(1, "58001.03"))
    own_redis.stop()
    store = LiveStore(own_redis.url)
    reader = Reader(store, clock)
    first = await reader.changes()
    assert Health(redis="down") in first
    assert [(p.price, p.seen_at) for p in first if isinstance(p, Price)] == [
        ("58001.03", trade(1, "58001.03").received_at)
    ]
    own_redis.start()
    assert isinstance((await reader.changes())[0], Snapshot)
    await store.close()


async def test_a_stored_trade_from_the_future_is_no_price(store: LiveStore, clock: ManualClock) -> None:
    """Nothing is better than a price that no later one can replace."""
    await database_sync_to_async(store_trades)(trade(1, "99", clock.now() + timedelta(minutes=1)))
    first = await Reader(store, clock).changes()
    assert [message for message in first if isinstance(message, Price)] == []


async def test_an_edited_feed_starts_over(store: LiveStore, writer: Writer, clock: ManualClock) -> None:
    """A new instrument is on the page within the time in which every loop follows an edit."""
    reader = Reader(store, clock)
    await reader.changes()
    await database_sync_to_async(_add_instrument)()
    await clock.advance(FEED_EVERY)
    snapshot = await wait_for(lambda: snapshot_of(reader))
    assert snapshot.instruments == ["BTC-USDT", "ETH-USDT"]


async def test_prices_do_not_wait_for_the_database(
    own_postgres: PostgresServer, store: LiveStore, writer: Writer, clock: ManualClock
) -> None:
    """D5 D6: it is locked when the feed is read again; trades go on, and the edit comes once it is free."""
    reader = Reader(store, clock)
    await reader.changes()
    await asyncio.to_thread(_add_instrument)
    with own_postgres.connect() as stranger, stranger.transaction():
        stranger.execute("LOCK TABLE feeds_feed IN ACCESS EXCLUSIVE MODE")
        await clock.advance(FEED_EVERY)
        await reader.changes()
        await wait_until(lambda: own_postgres.ask("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1)
        await writer.log(trade(1, "10"))
        async with asyncio.timeout(0.3):
            assert trade_ids(await reader.changes()) == ["10"]
    assert (await wait_for(lambda: snapshot_of(reader))).instruments == ["BTC-USDT", "ETH-USDT"]


async def test_without_a_feed_there_is_only_a_hello(store: LiveStore, clock: ManualClock) -> None:
    """Nothing to follow is a state too, not an error."""
    await database_sync_to_async(Feed.objects.update)(is_enabled=False)
    snapshot = (await Reader(store, clock).changes())[0]
    assert isinstance(snapshot, Snapshot)
    assert snapshot.instruments == []


async def test_an_entry_that_is_no_trade_does_not_stop_the_tail(
    store: LiveStore, writer: Writer, clock: ManualClock, shared_redis: RedisServer
) -> None:
    """The drain sets such an entry aside; the page goes on."""
    reader = Reader(store, clock)
    await reader.changes()
    with shared_redis.client() as client:
        client.xadd(keys.TRADE_LOG, {keys.TRADE_FIELD: b'{"venue":'})
        client.xadd(keys.TRADE_LOG, {"other": "field"})
    await writer.log(trade(1, "10"))
    assert trade_ids(await reader.changes()) == ["10"]


async def test_quotes_of_the_log_are_passed_over(
    store: LiveStore, writer: Writer, clock: ManualClock, shared_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """6.1: they are on their way to the database, and nothing on the tape."""
    reader = Reader(store, clock)
    await reader.changes()
    with shared_redis.client() as client:
        client.xadd(keys.TRADE_LOG, {keys.TRADE_FIELD: latest.encode(logged_quote())})
    await writer.log(trade(1, "10"))
    assert trade_ids(await reader.changes()) == ["10"]
    assert not caplog.records


@pytest.mark.parametrize(("most", "trades"), [(1000, 60), (60, 40)], ids=["whole", "bounded"])
async def test_the_minute_that_is_forming_is_read_from_its_beginning(
    store: LiveStore,
    clock: ManualClock,
    shared_redis: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    trades: int,
) -> None:
    """The bar has all of its trades, however many quotes the log has between them, as far as that is bounded."""
    monkeypatch.setattr(commands, "AT_ONCE", 40)
    await clock.advance(45.0)
    minute_at = start_of(clock.now())
    for number in range(180):
        at = minute_at - MINUTE + timedelta(seconds=number / 2 + 15)
        entry_id = f"{int(at.timestamp() * 1000)}-1"
        append(shared_redis, trade(number, "10", at) if number % 3 else logged_quote(), entry_id=entry_id)
    reader = Reader(store, clock, tail=Tail(5, most))
    await reader.changes()
    bar = reader.board.bars["BTC-USDT"]
    assert (bar.start_at, bar.trades) == (minute_at, trades)


def _add_instrument() -> None:
    instrument = Instrument.objects.create(code="ETH-USDT", base="ETH", quote="USDT")
    Feed.objects.get().instruments.add(instrument)

"""The durable log and the newest state, in a real Redis."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

import pytest

from feeds.storage import keys, latest
from feeds.storage.consumer import LogConsumer
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from tests.feeds.samples import logged, price_state
from tests.redis_server import RedisServer
from tests.waiting import wait_for

KEY = keys.price("main", "BTC-USDT")


@pytest.fixture
def consumer(redis_server: str) -> Iterator[LogConsumer]:
    consumer = LogConsumer("one", redis_server)
    consumer.join()
    yield consumer
    consumer.close()


@pytest.fixture
def numbered_log(shared_redis: RedisServer, redis_server: str) -> None:
    """500 entries whose ids say 1 to 500 ms."""
    with shared_redis.client() as client:
        for number in range(1, 501):
            client.xadd(keys.TRADE_LOG, {keys.TRADE_FIELD: b"{}"}, id=f"{number}-0")


def kept(server: RedisServer) -> list[int]:
    with server.client() as client:
        return [int(entry_id.split(b"-")[0]) for entry_id, _ in client.xrange(keys.TRADE_LOG)]


async def test_log_keeps_trades_in_order_and_exact(store: LiveStore) -> None:
    """F-12: what is read back equals what was appended, zeros of decimals included."""
    trades = [logged(number, price="58001.03000000") for number in range(1, 4)]
    await store.append(map(latest.encode, trades))
    entries = await store.read_log(after=b"0", limit=10)
    read = [latest.decode_trade(fields[keys.TRADE_FIELD]) for _, fields in entries]
    assert read == trades
    assert str(read[0].price) == "58001.03000000"


async def test_log_is_read_from_an_entry_on_or_from_its_end(store: LiveStore) -> None:
    """Readers of the tail never get an entry twice."""
    await store.append(latest.encode(logged(number)) for number in range(5))
    everything = await store.read_log(after=b"0", limit=10)
    assert await store.read_log(after=everything[1][0], limit=2) == everything[2:4]
    assert await store.read_log_end(2) == everything[3:]


async def test_newest_state_never_goes_back(store: LiveStore) -> None:
    """W4 E26: a higher fence or version stands, whoever wakes up late."""
    written = [
        await store.write_state({KEY: price_state(fence, version)})
        for fence, version in ((2, 5), (1, 99), (2, 4), (2, 6), (3, 1), (2, 7))
    ]
    assert written == [1, 0, 0, 1, 1, 0]
    (held,) = await store.read([KEY])
    assert held
    assert latest.decode_price(held).fence == 3


async def test_zombie_writes_nothing_from_its_successors_start_on(redis_server: str, shared_redis: RedisServer) -> None:
    """W3 W4: neither what the successor has not written yet, nor what is gone; another lease is another matter."""
    leases = (("feed:main", 1), ("feed:main", 2), ("feed:second", 1))
    old, new, other = (LiveStore(redis_server, claim=lease) for lease in leases)
    quiet = keys.price("main", "ETH-USDT")
    assert await old.write_state({KEY: price_state(1, 1), quiet: price_state(1, 1)}) == 2
    await new.claim()
    assert await old.write_state({KEY: price_state(1, 2), quiet: price_state(1, 2)}) == 0
    assert await new.write_state({KEY: price_state(2, 1)}) == 1
    with shared_redis.client() as client:
        client.delete(KEY)
        assert client.ttl(keys.FENCES) == -1
    await old.claim()
    assert await old.write_state({KEY: price_state(1, 99)}) == 0
    assert await old.read([KEY]) == [None]
    assert await other.write_state({keys.price("second", "BTC-USDT"): price_state(1, 1)}) == 1
    assert await new.write_state({KEY: price_state(2, 1)}) == 1
    for store in (old, new, other):
        await store.close()


@pytest.mark.parametrize("by_hand", ["", "no json", "[]", "7", '{"fence": null}', '{"fence": 9}', '{"version": "1"}'])
async def test_what_is_no_state_is_written_over(store: LiveStore, shared_redis: RedisServer, by_hand: str) -> None:
    """M-12: people write by hand as well; that must not keep the newest state out."""
    with shared_redis.client() as client:
        client.set(KEY, by_hand)
    assert await store.write_state({KEY: price_state()}) == 1
    with shared_redis.client() as client:
        client.delete(KEY)
        client.rpush(KEY, "a list")
    assert await store.write_state({KEY: price_state()}) == 1


async def test_state_is_gone_after_a_minute(store: LiveStore, shared_redis: RedisServer) -> None:
    """An old price is absent, not shown."""
    await store.write_state({KEY: price_state()})
    with shared_redis.client() as client:
        assert 0 < client.pttl(KEY) <= latest.STATE_TTL_S * 1000
    assert await store.read([keys.price("main", "ETH-USDT")]) == [None]


async def test_stopped_server_is_redis_down(own_redis: RedisServer) -> None:
    """R1 R7: every call says so by the one typed error, and works again when the server is back."""
    store = LiveStore(own_redis.url)
    await store.append([b"1"])
    own_redis.stop()
    for call in (store.append([b"2"]), store.write_state({KEY: price_state()}), store.read([KEY])):
        with pytest.raises(RedisDown):
            await call
    own_redis.start()
    await store.append([b"3"])
    assert [fields[keys.TRADE_FIELD] for _, fields in await store.read_log(b"0", 10)] == [b"1", b"3"]
    await store.close()


async def test_frozen_server_is_redis_down_within_a_second(own_redis: RedisServer) -> None:
    """R2: a server that accepts and says nothing costs half a second, not a minute."""
    store = LiveStore(own_redis.url)
    await store.append([b"1"])
    own_redis.freeze()
    started = monotonic()
    with pytest.raises(RedisDown):
        await store.append([b"2"])
    assert monotonic() - started < 1.0
    with pytest.raises(RedisDown):
        await store.append([b"3"])
    assert monotonic() - started < 1.0, "nobody waits twice"
    own_redis.thaw()

    async def is_back() -> bool | None:
        with suppress(RedisDown):
            await store.append([b"4"])
            return True
        return None

    assert await wait_for(is_back)
    await store.close()


async def test_cancellation_is_never_swallowed(store: LiveStore) -> None:
    """W2: at whichever turn of the loop a call is cancelled, it ends as cancelled; or a worker would never exit."""
    await store.append([b"0"])
    for turns in 5 * list(range(30)):
        call = asyncio.ensure_future(store.append([b"1"]))
        for _ in range(turns):
            await asyncio.sleep(0)
        was_running = call.cancel()
        await asyncio.wait({call})
        assert call.cancelled() or not was_running


async def test_error_of_the_server_is_redis_down(store: LiveStore, shared_redis: RedisServer) -> None:
    """R5: an error as an answer is the same typed error."""
    with shared_redis.client() as client:
        client.set(keys.TRADE_LOG, "no stream")
    with pytest.raises(RedisDown, match="WRONGTYPE"):
        await store.append([b"1"])


def test_consumer_joins_any_number_of_times(consumer: LogConsumer) -> None:
    """A start, a failure and a second worker all join."""
    consumer.join()
    assert consumer.read(10) == []


async def test_group_starts_at_the_first_entry(store: LiveStore, redis_server: str) -> None:
    """What was logged before there was a consumer is drained too."""
    await store.append([b"1", b"2"])
    consumer = LogConsumer("late", redis_server)
    await asyncio.to_thread(consumer.join)
    entries = await asyncio.to_thread(consumer.read, 10)
    assert [fields[keys.TRADE_FIELD] for _, fields in entries] == [b"1", b"2"]
    consumer.close()


@pytest.mark.usefixtures("numbered_log")
def test_abandoned_entries_go_to_another_consumer(consumer: LogConsumer, redis_server: str) -> None:
    """D8: read and never acknowledged; acknowledged ones are not delivered again."""
    read = consumer.read(5)
    consumer.acknowledge([entry_id for entry_id, _ in read[:2]])
    other = LogConsumer("two", redis_server)
    assert other.claim_abandoned(idle_ms=0, limit=10) == read[2:]
    assert other.claim_abandoned(idle_ms=60_000, limit=10) == []
    other.close()


@pytest.mark.usefixtures("numbered_log")
def test_trim_drops_what_is_acknowledged_and_old(consumer: LogConsumer, shared_redis: RedisServer) -> None:
    """The log does not grow for ever; younger entries stay for readers of the tail."""
    consumer.acknowledge([entry_id for entry_id, _ in consumer.read(500)])
    consumer.trim(before_ms=300)
    assert set(range(300, 501)) <= set(kept(shared_redis))
    assert len(kept(shared_redis)) < 400


@pytest.mark.usefixtures("numbered_log")
def test_trim_keeps_what_is_not_acknowledged(consumer: LogConsumer, shared_redis: RedisServer) -> None:
    """D8: neither an entry that was read and is pending, nor one that was never read, is ever dropped."""
    read = consumer.read(450)
    consumer.acknowledge([entry_id for entry_id, _ in read if entry_id != b"250-0"])
    consumer.trim(before_ms=10**15)
    assert set(range(250, 501)) <= set(kept(shared_redis))
    consumer.acknowledge([b"250-0"])
    consumer.trim(before_ms=10**15)
    assert set(range(451, 501)) <= set(kept(shared_redis))

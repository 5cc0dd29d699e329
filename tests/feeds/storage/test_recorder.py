"""Trades reach the log in bounded batches, in order, or the spool while no Redis takes them."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.storage import keys, latest, recorder
from feeds.storage.live import LiveStore
from feeds.storage.recorder import BATCH_SIZE, FLUSH_EVERY_S, RETRY_EVERY_S, Recorder, States
from feeds.storage.spool import Spool
from tests.clock import ManualClock
from tests.feeds.samples import logged, nobody, numbers, price_state
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

KEY = keys.price("main", "BTC-USDT")


class _WatchedStore(LiveStore):
    """The store itself, which also notes how many trades each call brought."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.batches: list[int] = []

    async def append(self, trades: Iterable[bytes]) -> None:
        batch = list(trades)
        self.batches.append(len(batch))
        await super().append(batch)


def no_states() -> States:
    return {}


async def in_log(store: LiveStore) -> list[int]:
    entries = await store.read_log(after=b"0", limit=10_000)
    return numbers(latest.decode_trade(fields[keys.TRADE_FIELD]) for _, fields in entries)


async def add(recorder: Recorder, trade_numbers: Iterable[int]) -> None:
    for number in trade_numbers:
        await recorder.add(logged(number))


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[_WatchedStore]:
    store = _WatchedStore(redis_server)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def shaky_store(own_redis: RedisServer) -> AsyncIterator[LiveStore]:
    """A store whose server the test stops."""
    store = LiveStore(own_redis.url)
    yield store
    await store.close()


async def test_batches_are_bounded_and_in_order(store: _WatchedStore, spool: Spool, clock: ManualClock) -> None:
    """F-22: 450 trades are three calls of at most 200, in the order in which they came."""
    recorder = Recorder(store, no_states, clock, nobody, spool)
    await add(recorder, range(450))
    assert await recorder.finish() == 0
    assert store.batches == [BATCH_SIZE, BATCH_SIZE, 50]
    assert await in_log(store) == list(range(450))


async def test_flush_comes_every_50_ms(store: _WatchedStore, spool: Spool, clock: ManualClock) -> None:
    """F-22: a trade waits for the next flush, and no longer."""
    recorder = Recorder(store, no_states, clock, nobody, spool)
    running = asyncio.create_task(recorder.run())
    await wait_until(lambda: clock.sleepers == 1)
    await add(recorder, [1])
    assert store.batches == []
    await clock.advance(FLUSH_EVERY_S)
    await wait_until(lambda: clock.sleepers == 1)
    assert await in_log(store) == [1]
    running.cancel()


async def test_a_whole_batch_goes_at_once(store: _WatchedStore, spool: Spool, clock: ManualClock) -> None:
    """E29: in a flood a trade waits for the batch that it is in, and for no clock."""
    recorder = Recorder(store, no_states, clock, nobody, spool)
    running = asyncio.create_task(recorder.run())
    await wait_until(lambda: clock.sleepers == 1)
    await add(recorder, range(BATCH_SIZE))
    await wait_until(lambda: len(store.batches) == 1)
    await wait_until(lambda: clock.sleepers == 1)
    assert await in_log(store) == list(range(BATCH_SIZE))
    running.cancel()


async def test_state_follows_the_trades_that_made_it(store: _WatchedStore, spool: Spool, clock: ManualClock) -> None:
    """The newest price is never ahead of the log."""
    recorder = Recorder(store, lambda: {KEY: price_state(version=7)}, clock, nobody, spool)
    await add(recorder, [7])
    await recorder.finish()
    (state,) = await store.read([KEY])
    assert state
    assert latest.decode_price(state).version == 7


async def test_trades_of_an_outage_are_kept_in_the_spool(
    own_redis: RedisServer, shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R7: what came before and after is in the log, what came meanwhile in the spool, each in order."""
    recorder = Recorder(shaky_store, no_states, clock, nobody, spool)
    await add(recorder, range(300))
    await recorder.finish()
    own_redis.stop()
    await add(recorder, range(300, 750))
    assert await recorder.finish() == 0
    assert recorder.is_down
    own_redis.start()
    await add(recorder, range(750, 800))
    assert await recorder.finish() == 0
    assert not recorder.is_down
    assert await in_log(shaky_store) == [*range(300), *range(750, 800)]
    assert recorder.spooled == 450
    assert numbers(latest.decode_trade(text) for text in await spool.read(1000)) == list(range(300, 750))


async def test_batch_without_an_answer_is_spooled(
    own_redis: RedisServer, shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R2: nobody knows whether a frozen server took it; twice is fine, lost is not."""
    recorder = Recorder(shaky_store, no_states, clock, nobody, spool)
    await shaky_store.read([KEY])
    own_redis.freeze()
    await add(recorder, range(10))
    assert await recorder.finish() == 0
    own_redis.thaw()
    assert recorder.spooled == 10
    witness = LiveStore(own_redis.url)
    assert await in_log(witness) in ([], list(range(10)))
    await witness.close()


async def test_recorder_waits_out_an_outage_by_itself(
    own_redis: RedisServer, shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R7: four times a second it spools what came and asks for Redis, for ever."""
    recorder = Recorder(shaky_store, no_states, clock, nobody, spool)
    own_redis.stop()
    running = asyncio.create_task(recorder.run())
    for number in range(3):
        await wait_until(lambda: clock.sleepers == 1)
        await add(recorder, [number])
        await clock.advance(RETRY_EVERY_S)
    await wait_until(lambda: clock.sleepers == 1)
    assert recorder.spooled == 3
    own_redis.start()
    await add(recorder, [3])
    await clock.advance(RETRY_EVERY_S)
    await wait_until(lambda: not recorder.is_down)
    assert await in_log(shaky_store) == [3]
    assert not running.done()
    running.cancel()


async def test_outage_is_not_over_before_redis_took_something(
    own_redis: RedisServer, shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R7: with nothing left to write nobody knows."""
    recorder = Recorder(shaky_store, no_states, clock, nobody, spool)
    own_redis.stop()
    await add(recorder, [1])
    await recorder.finish()
    await recorder.finish()
    assert recorder.is_down


async def test_trades_wait_in_memory_while_the_spool_is_full(
    own_redis: RedisServer,
    shaky_store: LiveStore,
    clock: ManualClock,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R7, D2: nothing that waits is lost, and the log says so once."""
    settings.SPOOL_MAX_MB = 0
    full = Spool("full")
    recorder = Recorder(shaky_store, no_states, clock, nobody, full)
    own_redis.stop()
    await add(recorder, range(10))
    for _ in range(3):
        assert await recorder.finish() == 10
    assert recorder.spooled == 0
    assert sum("takes nothing" in line for line in caplog.messages) == 1
    own_redis.start()
    await add(recorder, range(10, 20))
    assert await recorder.finish() == 0
    assert await in_log(shaky_store) == list(range(20))


async def test_state_of_an_outage_is_written_afterwards(
    own_redis: RedisServer, shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R7: what changed while Redis was down is not lost with the flush that failed."""
    changes: list[States] = [{KEY: price_state(version=3)}, {}]
    recorder = Recorder(shaky_store, lambda: changes.pop(0) if changes else {}, clock, nobody, spool)
    own_redis.stop()
    await recorder.finish()
    own_redis.start()

    async def is_written() -> bool:
        await recorder.finish()
        return (await shaky_store.read([KEY]))[0] is not None

    assert await wait_for(is_written)


async def test_full_queue_makes_the_reader_wait(
    store: _WatchedStore, spool: Spool, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded: beyond the capacity `add` waits until a flush has made room."""
    monkeypatch.setattr(recorder, "CAPACITY", 10)
    full = Recorder(store, no_states, clock, nobody, spool)
    await add(full, range(10))
    blocked = asyncio.create_task(full.add(logged(10)))
    await clock.advance(1.0)
    assert not blocked.done()
    await full.finish()
    await asyncio.wait_for(blocked, 1.0)
    await full.finish()
    assert await in_log(store) == list(range(11))


async def test_recorder_of_a_lost_lease_stops(store: _WatchedStore, spool: Spool, clock: ManualClock) -> None:
    """W4: a later holder of the lease writes with a higher fence; the old one sees that, and its run ends."""
    await store.write_state({KEY: price_state(fence=9)})
    recorder = Recorder(store, lambda: {KEY: price_state(fence=1, version=50)}, clock, nobody, spool)
    running = asyncio.create_task(recorder.run())
    await wait_until(lambda: clock.sleepers == 1)
    await clock.advance(1.0)
    await asyncio.wait_for(running, 1.0)


async def test_states_of_a_failed_write_wait_while_nothing_may_be_published(
    own_redis: RedisServer, shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """W3 W4: who may have lost its lease meanwhile does not send once more what failed; who still holds it does."""
    changes: list[States | None] = [{KEY: price_state(1, 5)}, None, {}]
    recorder = Recorder(shaky_store, lambda: changes.pop(0), clock, nobody, spool)
    own_redis.stop()
    await recorder.finish()
    assert recorder.is_down, "the write failed"
    own_redis.start()
    await recorder.finish()
    assert await shaky_store.read([KEY]) == [None]
    await recorder.finish()
    (state,) = await shaky_store.read([KEY])
    assert latest.stamp_of(state) == (1, 5)
    assert not changes

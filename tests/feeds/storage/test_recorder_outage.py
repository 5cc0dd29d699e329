"""While no Redis takes them, trades go to the spool and states wait, and nothing of either is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.storage import latest
from feeds.storage.live import LiveStore
from feeds.storage.recorder import RETRY_EVERY_S, Recorder, States
from feeds.storage.spool import Spool
from tests.clock import ManualClock
from tests.feeds.samples import nobody, numbers, price_state
from tests.feeds.storage.recorded import add, in_log, no_states
from tests.feeds.storage.servers import KEY
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until


@pytest_asyncio.fixture
async def shaky_store(own_redis: RedisServer) -> AsyncIterator[LiveStore]:
    """A store whose server the test stops."""
    store = LiveStore(own_redis.url)
    yield store
    await store.close()


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

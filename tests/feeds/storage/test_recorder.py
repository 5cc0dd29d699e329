"""Trades reach the log in bounded batches and in order, and the newest state follows them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import pytest
import pytest_asyncio

from feeds.storage import latest, recorder
from feeds.storage.live import LiveStore
from feeds.storage.recorder import BATCH_SIZE, FLUSH_EVERY_S, Recorder
from feeds.storage.spool import Spool
from feeds.tally import PUBLISHED, TALLY, Series
from tests.clock import ManualClock
from tests.feeds.samples import logged, logged_quote, nobody, price_state
from tests.feeds.storage.recorded import add, in_log, no_states
from tests.feeds.storage.servers import KEY
from tests.waiting import wait_until


class _WatchedStore(LiveStore):
    """The store itself, which also notes how many trades each call brought."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.batches: list[int] = []

    async def append(self, trades: Iterable[bytes]) -> None:
        batch = list(trades)
        self.batches.append(len(batch))
        await super().append(batch)


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[_WatchedStore]:
    store = _WatchedStore(redis_server)
    yield store
    await store.close()


async def test_price_that_a_later_holder_refused_is_not_counted_as_published(
    store: _WatchedStore, spool: Spool, clock: ManualClock
) -> None:
    """F-21: only what was written."""
    before = TALLY.counts().get(Series(PUBLISHED, "binance"), 0)
    for fence, published in ((2, 1), (1, 1)):
        state = price_state(fence=fence)
        await Recorder(store, lambda state=state: {KEY: state}, clock, nobody, spool).finish()  # type: ignore[misc]
        assert TALLY.counts().get(Series(PUBLISHED, "binance"), 0) == before + published


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


async def test_quotes_say_nothing_of_how_quick_the_log_is(
    store: _WatchedStore, spool: Spool, clock: ManualClock
) -> None:
    """D-07: they waited for their second to end, so only the oldest trade of a batch is told."""
    told: list[tuple[str, datetime]] = []
    recorder = Recorder(store, no_states, clock, lambda *written: told.append(written), spool)
    await recorder.add(logged_quote())
    await recorder.finish()
    assert told == []
    for each in (logged_quote(1), logged(1), logged(2)):
        await recorder.add(each)
    await recorder.finish()
    assert told == [("binance", logged(1).received_at)]


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

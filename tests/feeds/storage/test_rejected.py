"""Rejected frames are kept in Redis for an hour, bounded, and never at the cost of a trade."""

from collections.abc import AsyncIterator

import pytest_asyncio

from feeds.storage import keys, latest
from feeds.storage.latest import REJECTED_KEPT, REJECTED_KEPT_S, RejectedFrame
from feeds.storage.live import LiveStore
from feeds.storage.recorder import Recorder
from feeds.storage.redis import LoopBlockedError
from feeds.storage.spool import Spool
from tests.clock import ManualClock
from tests.feeds.connection.observer import Observer
from tests.feeds.samples import NOON, logged, nobody
from tests.redis_server import RedisServer

KEY = keys.rejected("binance")


def frame(number: int = 1, venue: str = "binance") -> RejectedFrame:
    return RejectedFrame(venue, "json", str(number), NOON)


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()


async def kept(store: LiveStore, *venues: str) -> list[str]:
    frames = await store.read_rejected(venues or ("binance",))
    return [latest.decode_rejected(each).excerpt for each in frames]


async def keep_anew(store: LiveStore, redis: RedisServer, frames: list[RejectedFrame]) -> None:
    """On a busy machine the answer may be heard too late. Then nobody knows what was kept: once more, from nothing."""
    while True:
        try:
            return await store.keep_rejected(frames)
        except LoopBlockedError:
            with redis.client() as client:
                client.flushall()


async def test_newest_of_each_venue_are_kept(store: LiveStore, shared_redis: RedisServer) -> None:
    """E21: 500 of each, newest first; one venue's flood takes no room from another's."""
    flood = [frame(number) for number in range(REJECTED_KEPT + 10)]
    await keep_anew(store, shared_redis, [frame(9, "htx"), *flood])
    numbers = await kept(store)
    assert (len(numbers), numbers[0], numbers[-1]) == (REJECTED_KEPT, str(REJECTED_KEPT + 9), "10")
    assert await kept(store, "htx") == ["9"]
    assert await kept(store, "okx") == []


async def test_frames_are_gone_after_an_hour(store: LiveStore, shared_redis: RedisServer) -> None:
    """An old one is not shown, is dropped with the next one, and the last ones go by themselves."""
    with shared_redis.client() as client:
        seconds, _ = client.time()
        for number, age_s in enumerate((REJECTED_KEPT_S + 10, REJECTED_KEPT_S - 10)):
            content = {keys.REJECTED_FIELD: latest.encode(frame(number))}
            client.xadd(KEY, content, id=f"{seconds - age_s}000-0")
        assert await kept(store) == ["1"]
        await store.keep_rejected([frame(2)])
        assert client.xlen(KEY) == 2
        assert 0 < client.ttl(KEY) <= REJECTED_KEPT_S


async def test_they_are_written_with_the_next_flush(store: LiveStore, spool: Spool, clock: ManualClock) -> None:
    """Beside the trades, in one call for many."""
    recorder = Recorder(store, dict, clock, nobody, spool)
    for number in range(3):
        recorder.keep(frame(number))
    await recorder.finish()
    assert await kept(store) == ["2", "1", "0"]


async def test_redis_that_is_away_costs_frames_and_no_trade(
    own_redis: RedisServer, spool: Spool, clock: ManualClock
) -> None:
    """R7: the newest wait in bounded memory, the feed does not wait for them, and every trade is kept."""
    store = LiveStore(own_redis.url)
    recorder = Recorder(store, dict, clock, nobody, spool)
    own_redis.stop()
    await recorder.add(logged(1))
    for number in range(REJECTED_KEPT + 1):
        recorder.keep(frame(number))
    assert await recorder.finish() == 0
    assert recorder.spooled == 1
    own_redis.start()
    assert await recorder.finish() == 0
    numbers = await kept(store)
    assert (len(numbers), numbers[-1]) == (REJECTED_KEPT, "1")
    await store.close()


async def test_stream_that_cannot_be_written_stops_no_trade(
    store: LiveStore, spool: Spool, clock: ManualClock, shared_redis: RedisServer
) -> None:
    """Something else lies at the key: the frame is lost, the trade is not, and the next flush is as good as any."""
    with shared_redis.client() as client:
        client.set(KEY, "in the way")
    recorder = Recorder(store, dict, clock, nobody, spool)
    await recorder.add(logged(1))
    recorder.keep(frame())
    await recorder.finish()
    await recorder.add(logged(2))
    assert await recorder.finish() == 0
    assert await Observer(store).logged_ids() == ["1", "2"]

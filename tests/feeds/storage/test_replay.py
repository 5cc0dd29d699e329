"""What waits in the spool comes to the log by itself, whoever put it there, and loses nothing on the way."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.clock import Clock, SystemClock
from feeds.models import Trade
from feeds.storage import latest, table
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import decode_trade
from feeds.storage.live import LiveStore
from feeds.storage.recorder import Recorder
from feeds.storage.replay import BATCH_SIZE, LOOK_EVERY_S, PAUSE_S, Replay, replay_leftovers
from feeds.storage.spool import Spool
from tests.clock import ManualClock
from tests.feeds.connection.observer import Observer
from tests.feeds.samples import logged, nobody, numbers
from tests.feeds.storage.servers import logged_in
from tests.redis_server import RedisServer
from tests.waiting import wait_until

STEP_S: Final = 0.25
A_SECOND: Final = 500


@pytest_asyncio.fixture
async def shaky_store(own_redis: RedisServer) -> AsyncIterator[LiveStore]:
    """A store whose server the test stops."""
    store = LiveStore(own_redis.url)
    yield store
    await store.close()


@asynccontextmanager
async def running(store: LiveStore, spool: Spool, clock: Clock) -> AsyncIterator[None]:
    replaying = asyncio.create_task(Replay(store, spool, clock).run())
    try:
        yield
    finally:
        replaying.cancel()


async def keep(spool: Spool, trade_numbers: Iterable[int]) -> None:
    await spool.keep([latest.encode(logged(number)) for number in trade_numbers])


async def in_log(store: LiveStore) -> list[int]:
    return numbers(await Observer(store).logged())


async def test_sixty_seconds_without_any_redis_lose_nothing(
    redis_pair: tuple[RedisServer, RedisServer], spool: Spool, clock: ManualClock
) -> None:
    """R7: both servers are down for 60 s of 500 trades a second; all are in the log at most 30 s later, in order."""
    store = LiveStore()
    recorder = Recorder(store, dict, clock, nobody, spool)
    for server in redis_pair:
        server.stop()
    recording = asyncio.create_task(recorder.run())
    per_step = int(A_SECOND * STEP_S)
    async with running(store, spool, clock):
        for step in range(int(60 / STEP_S)):
            for number in range(step * per_step, (step + 1) * per_step):
                await recorder.add(logged(number))
            await wait_until(lambda: clock.sleepers == 2)
            await clock.advance(STEP_S)
        await wait_until(lambda: clock.sleepers == 2)
        assert recorder.is_down
        assert recorder.spooled == 60 * A_SECOND
        for server in redis_pair:
            server.start()
        since = clock.monotonic()
        while recorder.spooled and clock.monotonic() - since <= 30:
            await clock.advance(PAUSE_S)
            await wait_until(lambda: clock.sleepers == 2)
    # By a client with more patience than the store has: it is half a minute's work of a feed.
    kept = [decode_trade(text) for server in redis_pair for text in logged_in(server)]
    assert [int(trade.trade_id) for trade in kept] == list(range(60 * A_SECOND))
    recording.cancel()
    await store.close()


async def test_live_trades_and_prices_do_not_wait_for_the_replay(
    own_redis: RedisServer, shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R7: they go between its batches."""
    await keep(spool, range(3 * BATCH_SIZE))
    recorder = Recorder(shaky_store, dict, clock, nobody, spool)
    async with running(shaky_store, spool, clock):
        await wait_until(lambda: clock.sleepers == 1)
        await recorder.add(logged(9999))
        await recorder.finish()
        assert recorder.spooled == 2 * BATCH_SIZE
        for _ in range(2):
            await clock.advance(PAUSE_S)
            await wait_until(lambda: clock.sleepers == 1)
    assert await in_log(shaky_store) == [*range(BATCH_SIZE), 9999, *range(BATCH_SIZE, 3 * BATCH_SIZE)]


@pytest.mark.django_db(transaction=True)
async def test_replay_that_dies_halfway_begins_again_and_doubles_no_row(
    shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R7, W1: where it was is not written down, because the database knows each trade."""
    first = Spool("main")
    await keep(first, range(BATCH_SIZE + 100))
    async with running(shaky_store, first, clock):
        await wait_until(lambda: first.waiting == 100)
    await first.close()
    await spool.adopt()
    async with running(shaky_store, spool, SystemClock()):
        await wait_until(lambda: not spool.waiting)
    trades = await Observer(shaky_store).logged()
    assert numbers(trades) == [*range(BATCH_SIZE), *range(BATCH_SIZE + 100)]
    database = DatabaseThread("test")
    await database.run(table.store, trades)
    assert await database.run(Trade.objects.count) == BATCH_SIZE + 100
    await database.close()


async def test_feed_leaves_to_the_worker_what_others_left(
    shaky_store: LiveStore, spool: Spool, clock: ManualClock
) -> None:
    """R7 R9: of both one reads it, also in a worker that has no feed; what is held by somebody nobody else reads."""
    left, held = Spool("main"), Spool("other")
    await keep(left, range(3))
    await keep(held, range(3, 6))
    await left.close()
    async with running(shaky_store, spool, clock):
        await wait_until(lambda: clock.sleepers == 1)
    assert await in_log(shaky_store) == []

    stop = threading.Event()
    replaying = asyncio.create_task(replay_leftovers(stop, clock))
    await wait_until(lambda: clock.sleepers == 1 or replaying.done())
    assert await in_log(shaky_store) == [0, 1, 2]
    stop.set()
    await clock.advance(LOOK_EVERY_S)
    await replaying
    assert held.waiting == 3
    await held.close()


@pytest.mark.parametrize("batches", [1, 7, 30])
async def test_nothing_that_a_killed_process_acknowledged_is_lost(
    own_redis: RedisServer, shaky_store: LiveStore, settings: Settings, tmp_path: Path, batches: int
) -> None:
    """R7, W1: kill -9 while it spools; whoever runs next finds all of it, in order, and takes it to the log."""
    own_redis.stop()
    acknowledged = acknowledged_before_kill(own_redis.url, tmp_path, batches)
    assert acknowledged > 0

    own_redis.start()
    settings.SPOOL_DIR = tmp_path / "spool"
    heir = Spool("main")
    await heir.adopt()
    left = heir.waiting
    assert left >= acknowledged
    async with running(shaky_store, heir, SystemClock()):
        await wait_until(lambda: not heir.waiting)
    await heir.close()
    assert await in_log(shaky_store) == list(range(left))


def acknowledged_before_kill(url: str, data: Path, batches: int) -> int:
    """How many trades a process had spooled in `data` when it was killed, some time after so many batches."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "OMEGA_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "tests.feeds.storage.spooling", url]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(batches)]
        process.kill()
        said += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return max(int(line) for line in said if line.endswith("\n"))

"""Two real Redis servers, of which one fails: nothing acknowledged is lost, and nobody waits for long."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import pytest

from feeds.storage import keys, latest
from feeds.storage.health import LOOK_EVERY_S, PROBE_EVERY_S, STABLE_S
from feeds.storage.live import LiveStore
from feeds.storage.redis import OPERATION_TIMEOUT_S, LoopBlockedError, RedisDown
from tests.clock import ManualClock
from tests.faults.proxy import MAX_CHUNK, proxy
from tests.faults.toxics import drip
from tests.feeds.samples import price_state
from tests.feeds.storage.servers import KEY, Servers, held_in, logged_in, probed, state_of
from tests.redis_server import RedisServer
from tests.waiting import wait_until


async def append_until(store: LiveStore, done: asyncio.Event) -> tuple[list[bytes], float]:
    """Batches of 10, a thousand trades a second; those that were acknowledged, and the longest time between two."""
    acknowledged: list[bytes] = []
    stall, last_at = 0.0, monotonic()
    while not done.is_set():
        batch = [b"%d" % (len(acknowledged) + number) for number in range(10)]
        await store.append(batch)
        acknowledged += batch
        stall, last_at = max(stall, monotonic() - last_at), monotonic()
        await asyncio.sleep(0.01)
    return acknowledged, stall


async def stall_of(store: LiveStore, fault: Callable[[], None]) -> tuple[list[bytes], float]:
    """What was acknowledged under load, before and after the fault, and the longest time in which nothing was."""
    done = asyncio.Event()
    load = asyncio.create_task(append_until(store, done))
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(load), 0.2)
    await asyncio.to_thread(fault)
    await wait_until(lambda: load.done() or store.statistics().active == "failover")
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(load), 0.2)
    done.set()
    return await load


async def test_killed_primary_under_load_costs_no_trade(pair_store: LiveStore, redis_pair: Servers) -> None:
    """R1 L-01: kill -9; the write stall is at most 1 s, and what was acknowledged is in one log or the other."""
    primary, failover = redis_pair
    acknowledged, stall = await stall_of(pair_store, primary.kill)
    assert not primary.is_up()
    assert stall <= 1.0
    assert logged_in(failover)
    primary.start()
    assert set(acknowledged) <= set(logged_in(primary)) | set(logged_in(failover))


async def test_frozen_primary_under_load_costs_no_trade(pair_store: LiveStore, redis_pair: Servers) -> None:
    """R2: the write stall is at most 1.5 s; the batch that had no answer is sent to the other server."""
    primary, failover = redis_pair
    acknowledged, stall = await stall_of(pair_store, primary.freeze)
    assert 0.4 <= stall <= 1.5, "it did hang, and not for long"
    assert state_of(pair_store) == ("down", "frozen")
    primary.thaw()
    assert set(acknowledged) <= set(logged_in(primary)) | set(logged_in(failover))


async def test_late_answer_is_never_the_next_ones(
    pair_store: LiveStore, redis_pair: Servers, clock: ManualClock
) -> None:
    """R2: the connection that had no answer in time is dropped."""
    primary, _ = redis_pair
    await pair_store.write_state({KEY: price_state(1, 1)})
    primary.freeze()
    await pair_store.append([b"late"])
    primary.thaw()
    await wait_until(lambda: logged_in(primary) == [b"late"])
    await probed(pair_store, clock, LOOK_EVERY_S, lambda: state_of(pair_store)[0] == "up")
    for version in range(2, 12):
        assert await pair_store.write_state({KEY: price_state(1, version)}) == 1
        (read,) = await pair_store.read([KEY])
        assert latest.stamp_of(read) == (1, version)


async def test_slow_server_is_left_and_stays_left(redis_pair: Servers) -> None:
    """R3: 300 ms for each call through a real line; the log moves once, and what is written stays quick."""
    primary, failover = redis_pair
    async with proxy("127.0.0.1", primary.listen()) as line:
        store = LiveStore(f"redis://127.0.0.1:{line.port}/0", failover.url)
        await store.append([b"before"])
        line.toxic = drip(MAX_CHUNK, partial(asyncio.sleep, 0.3))
        async with asyncio.timeout(6.0):
            while store.statistics().active == "primary":
                await store.append([b"slow"])
        assert state_of(store) == ("degraded", "slow")
        began = monotonic()
        for _ in range(20):
            await store.append([b"quick"])
        assert monotonic() - began < 0.3
        assert store.statistics().switches == 1
        await store.close()
    assert logged_in(failover).count(b"quick") == 20


def block_the_loop() -> None:
    """The fault itself, and longer than the store waits for an answer: so this one test does sleep."""
    time.sleep(OPERATION_TIMEOUT_S + 0.6)


async def test_blocked_loop_is_no_fault_of_the_server(pair_store: LiveStore, redis_pair: Servers) -> None:
    """W3: who was away for longer than the timeout asks again before it says that nobody answered."""
    primary, _ = redis_pair
    primary.freeze()
    appending = asyncio.create_task(pair_store.append([b"1"]))
    await asyncio.wait({appending}, timeout=0.05)
    block_the_loop()
    primary.thaw()
    await appending
    status = pair_store.statistics()
    assert (status.active, status.servers["primary"].failures) == ("primary", 0)


async def test_what_counts_is_not_asked_twice(redis_pair: Servers) -> None:
    """W3: who was away does not know whether it was counted: that is an error, and no fault of the server either."""
    primary, _ = redis_pair
    store = LiveStore(primary.url)
    await store.read([KEY])
    primary.freeze()
    counting = asyncio.create_task(store.count_ban("binance", 60.0))
    await asyncio.wait({counting}, timeout=0.05)
    block_the_loop()
    primary.thaw()
    with pytest.raises(LoopBlockedError):
        await counting
    assert state_of(store) == ("up", "")
    with primary.client() as client:
        await wait_until(lambda: client.get(keys.bans("binance")) == b"1")
    assert await store.count_ban("binance", 60.0) == 2
    await store.close()


class SteppedClock(ManualClock):
    """Its time of day can be set; no second passes by that."""

    step = timedelta()

    def now(self) -> datetime:
        return super().now() + self.step


async def test_each_change_of_a_server_is_told_once(redis_pair: Servers) -> None:
    """D-07 W10: also two within the same moment; a time of day that is set changes nothing."""
    primary, failover = redis_pair
    clock, told = SteppedClock(), list[tuple[str, str]]()
    store = LiveStore(primary.url, failover.url, clock=clock)
    store.tell(lambda name, server: told.append((name, server.state)))
    assert told == [("primary", "up"), ("failover", "up")]
    primary.stop()
    await store.append([b"1"])
    primary.start()
    await probed(store, clock, LOOK_EVERY_S, lambda: state_of(store)[0] == "up")
    clock.step = timedelta(hours=1)
    await store.append([b"2"])
    await store.read([KEY])
    assert told[2:] == [("primary", "down"), ("primary", "up")]
    await store.close()


async def test_primary_leads_again_when_it_was_good_for_long(
    pair_store: LiveStore, redis_pair: Servers, clock: ManualClock
) -> None:
    """L-06 R10: written again at once, but the log comes back after 30 s only."""
    primary, failover = redis_pair
    primary.stop()
    await pair_store.append([b"1"])
    primary.start()
    await probed(pair_store, clock, LOOK_EVERY_S, lambda: state_of(pair_store)[0] == "up")
    await pair_store.write_state({KEY: price_state(1, 1)})
    assert held_in(primary) == held_in(failover) == (1, 1)
    for good_probes in range(2, 2 + int(STABLE_S // PROBE_EVERY_S)):
        await pair_store.append([b"2"])
        assert pair_store.statistics().active == "failover"
        await probed(pair_store, clock, PROBE_EVERY_S, partial(has_passed, pair_store, good_probes))
    await pair_store.append([b"3"])
    assert logged_in(primary) == [b"3"]
    status = pair_store.statistics()
    assert (status.active, status.switches, status.last_reason) == ("primary", 2, "stable again")


async def test_server_with_another_log_is_on_trial_again(
    pair_store: LiveStore, redis_pair: Servers, clock: ManualClock
) -> None:
    """R8: it came back empty or with older data, while nobody asked it for anything. That it gets one is no change."""
    primary, _ = redis_pair
    await probed(pair_store, clock, PROBE_EVERY_S, partial(has_passed, pair_store, 1))
    name_log(primary, "first")
    await probed(pair_store, clock, PROBE_EVERY_S, partial(has_passed, pair_store, 2))
    name_log(primary, "second")
    await probed(pair_store, clock, PROBE_EVERY_S, lambda: state_of(pair_store) == ("down", "epoch"))
    await pair_store.append([b"1"])
    assert pair_store.statistics().active == "failover"


def name_log(server: RedisServer, epoch: str) -> None:
    with server.client() as client:
        client.set(keys.EPOCH, epoch)


def has_passed(store: LiveStore, probes: int) -> bool:
    return store.statistics().servers["primary"].good_probes == probes


async def test_both_servers_away_is_said_and_ends(pair_store: LiveStore, redis_pair: Servers) -> None:
    """R7: RedisDown only then; whichever server is back first takes the log at once."""
    for server in redis_pair:
        server.stop()
    for call in (pair_store.append([b"1"]), pair_store.write_state({KEY: price_state()}), pair_store.read([KEY])):
        with pytest.raises(RedisDown):
            await call
    redis_pair[1].start()
    await pair_store.append([b"1"])
    assert logged_in(redis_pair[1]) == [b"1"]


async def test_both_servers_frozen_cost_one_wait(pair_store: LiveStore, redis_pair: Servers) -> None:
    """R7 R15: who asks after that is told at once."""
    for server in redis_pair:
        server.freeze()
    with pytest.raises(RedisDown):
        await pair_store.append([b"1"])
    began = monotonic()
    for _ in range(20):
        with pytest.raises(RedisDown):
            await pair_store.append([b"1"])
    assert monotonic() - began < 0.2
    for server in redis_pair:
        server.thaw()

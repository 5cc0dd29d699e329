"""Two real Redis servers, of which one fails in every way there is: nothing acknowledged is lost, and nobody waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from time import monotonic

import pytest
import pytest_asyncio
import redis
from pytest_django import Settings

from feeds.storage import keys, latest
from feeds.storage.health import LOOK_EVERY_S, PROBE_EVERY_S, STABLE_S
from feeds.storage.live import LiveStore
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown
from tests.clock import ManualClock
from tests.faults.proxy import MAX_CHUNK, proxy
from tests.faults.toxics import drip
from tests.feeds.samples import price_state
from tests.redis_server import RedisServer
from tests.waiting import wait_until

Servers = tuple[RedisServer, RedisServer]
KEY = keys.price("main", "BTC-USDT")
NOT_CRITICAL = "rest:of:it"


@pytest_asyncio.fixture
async def store(redis_pair: Servers, clock: ManualClock) -> AsyncIterator[LiveStore]:
    """A store over both servers, connected to each."""
    primary, failover = redis_pair
    store = LiveStore(primary.url, failover.url, clock=clock)
    await store.read([KEY])
    yield store
    await store.close()


def logged_in(server: RedisServer) -> list[bytes]:
    with server.client() as client:
        return [fields[keys.TRADE_FIELD] for _, fields in client.xrange(keys.TRADE_LOG)]


def held_in(server: RedisServer, key: str = KEY) -> tuple[int, int]:
    with server.client() as client:
        return latest.stamp_of(client.get(key))


def state_of(store: LiveStore, server: str = "primary") -> tuple[str, str]:
    status = store.statistics().servers[server]
    return status.state, status.reason


async def probed(store: LiveStore, clock: ManualClock, seconds: float, until: Callable[[], bool]) -> None:
    """So much time passes, and a call comes by that starts the probes that are due."""
    await clock.advance(seconds)
    with suppress(RedisDown):
        await store.read([KEY])
    await wait_until(until)


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


async def test_killed_primary_under_load_costs_no_trade(store: LiveStore, redis_pair: Servers) -> None:
    """R1 L-01: kill -9; the write stall is at most 1 s, and what was acknowledged is in one log or the other."""
    primary, failover = redis_pair
    acknowledged, stall = await stall_of(store, primary.kill)
    assert not primary.is_up()
    assert stall <= 1.0
    assert logged_in(failover)
    primary.start()
    assert set(acknowledged) <= set(logged_in(primary)) | set(logged_in(failover))


async def test_frozen_primary_under_load_costs_no_trade(store: LiveStore, redis_pair: Servers) -> None:
    """R2: the write stall is at most 1.5 s; the batch that had no answer is sent to the other server."""
    primary, failover = redis_pair
    acknowledged, stall = await stall_of(store, primary.freeze)
    assert 0.4 <= stall <= 1.5, "it did hang, and not for long"
    assert state_of(store) == ("down", "frozen")
    primary.thaw()
    assert set(acknowledged) <= set(logged_in(primary)) | set(logged_in(failover))


async def test_late_answer_is_never_the_next_ones(store: LiveStore, redis_pair: Servers, clock: ManualClock) -> None:
    """R2: the connection that had no answer in time is dropped."""
    primary, _ = redis_pair
    await store.write_state({KEY: price_state(1, 1)})
    primary.freeze()
    await store.append([b"late"])
    primary.thaw()
    await wait_until(lambda: logged_in(primary) == [b"late"])
    await probed(store, clock, LOOK_EVERY_S, lambda: state_of(store)[0] == "up")
    for version in range(2, 12):
        assert await store.write_state({KEY: price_state(1, version)}) == 1
        (read,) = await store.read([KEY])
        assert latest.stamp_of(read) == (1, version)


def _becomes_full(server: RedisServer) -> None:
    server.configure(maxmemory=1)


def _becomes_replica(server: RedisServer) -> None:
    server.replicate()


def _loses_disk(server: RedisServer) -> None:
    with server.client() as client:
        client.set("changed", 1)
    server.lose_disk()


def _drops_keys(server: RedisServer) -> None:
    with server.client() as client:
        client.set(keys.TRADE_LOG, "no stream")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (_becomes_full, "full"),
        (_becomes_replica, "read_only"),
        (_loses_disk, "misconfigured"),
        (_drops_keys, "error"),
        (RedisServer.stop, "refused"),
    ],
)
async def test_log_goes_to_the_other_server_with_the_reason(
    store: LiveStore, redis_pair: Servers, fault: Callable[[RedisServer], None], reason: str
) -> None:
    """R4 R5: whatever a server refuses with, the batch is acknowledged by the other one, at once."""
    primary, failover = redis_pair
    await asyncio.to_thread(fault, primary)
    await store.append([b"1", b"2"])
    assert logged_in(failover) == [b"1", b"2"]
    assert state_of(store) == ("down", reason)
    status = store.statistics()
    assert (status.active, status.switches, status.last_reason) == ("failover", 1, reason)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(_becomes_full, "full"), (_becomes_replica, "read_only"), (_loses_disk, "misconfigured")],
)
async def test_probe_finds_what_no_call_has_met(
    store: LiveStore, redis_pair: Servers, clock: ManualClock, fault: Callable[[RedisServer], None], reason: str
) -> None:
    """R4 R5 L-06: the failover server may rot unused; that is known before it is needed."""
    _, failover = redis_pair
    await asyncio.to_thread(fault, failover)
    await probed(store, clock, PROBE_EVERY_S, lambda: state_of(store, "failover") == ("down", reason))
    assert store.statistics().active == "primary"


async def test_server_that_would_drop_the_log_is_not_used(
    store: LiveStore, redis_pair: Servers, clock: ManualClock
) -> None:
    """R4: any policy but noeviction may evict entries that are not stored yet."""
    primary, _ = redis_pair
    primary.configure(maxmemory=2**30, maxmemory_policy="allkeys-lru")
    await probed(store, clock, PROBE_EVERY_S, lambda: state_of(store) == ("down", "misconfigured"))
    primary.configure(maxmemory_policy="noeviction")
    await probed(store, clock, LOOK_EVERY_S, lambda: state_of(store) == ("up", ""))
    memory_used = store.statistics().servers["primary"].memory_used
    assert memory_used
    assert 0.0 < memory_used < 0.1


async def test_server_that_runs_a_script_for_ever_is_left(store: LiveStore, redis_pair: Servers) -> None:
    """R5: BUSY is an answer too."""
    primary, failover = redis_pair
    primary.configure(busy_reply_threshold=1)
    with primary.client() as client, primary.client() as other:
        running = asyncio.create_task(asyncio.to_thread(_run_for_ever, client))
        await wait_until(lambda: _is_busy(other))
        await store.append([b"1"])
        other.script_kill()
        await running
    assert state_of(store) == ("down", "busy")
    assert logged_in(failover) == [b"1"]


def _run_for_ever(client: redis.Redis) -> None:
    with suppress(redis.ResponseError):
        client.eval("while true do end", 0)


def _is_busy(client: redis.Redis) -> bool:
    try:
        client.ping()
    except redis.ResponseError as error:
        return "BUSY" in str(error)
    return False


async def test_server_that_still_loads_is_left(store: LiveStore, redis_pair: Servers, clock: ManualClock) -> None:
    """R5: it was restarted with much to read."""
    primary, failover = redis_pair
    for _ in range(4):
        await store.append(b"%d" % number for number in range(20_000))
    primary.stop()
    await asyncio.to_thread(primary.start, key_load_delay=-4)
    await store.append([b"more"])
    assert state_of(store) == ("down", "loading")
    assert logged_in(failover) == [b"more"]


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


async def test_blocked_loop_is_no_fault_of_the_server(store: LiveStore) -> None:
    """W3: who was away for longer than the timeout asks again before it says that nobody answered."""
    appending = asyncio.create_task(store.append([b"1"]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    time.sleep(OPERATION_TIMEOUT_S + 0.6)  # noqa: ASYNC251
    await appending
    status = store.statistics()
    assert (status.active, status.servers["primary"].failures) == ("primary", 0)


async def test_wrong_password_is_tried_twice_a_minute(redis_pair: Servers, clock: ManualClock) -> None:
    """R6: the service runs on the other server, and nobody is locked out."""
    primary, failover = redis_pair
    with primary.client() as client:
        client.config_set("requirepass", "right")
        store = LiveStore(f"{primary.url}?password=wrong", failover.url, clock=clock)
        for second in range(301):
            await store.append([b"%d" % second])
            await clock.advance(1.0)
        await store.close()
        tries = sum(int(entry["count"]) for entry in client.acl_log())
    assert 5 <= tries <= 11
    assert len(logged_in(failover)) == 301
    assert state_of(store) == ("down", "credentials")
    assert "wrong" not in store.statistics().servers["primary"].last_error


async def test_primary_leads_again_when_it_was_good_for_long(
    store: LiveStore, redis_pair: Servers, clock: ManualClock
) -> None:
    """L-06 R10: written again at once, but the log comes back after 30 s only."""
    primary, failover = redis_pair
    primary.stop()
    await store.append([b"1"])
    primary.start()
    await probed(store, clock, LOOK_EVERY_S, lambda: state_of(store)[0] == "up")
    await store.write_state({KEY: price_state(1, 1)})
    assert held_in(primary) == held_in(failover) == (1, 1)
    for good_probes in range(2, 2 + int(STABLE_S // PROBE_EVERY_S)):
        await store.append([b"2"])
        assert store.statistics().active == "failover"
        await probed(store, clock, PROBE_EVERY_S, partial(has_passed, store, good_probes))
    await store.append([b"3"])
    assert logged_in(primary) == [b"3"]
    status = store.statistics()
    assert (status.active, status.switches, status.last_reason) == ("primary", 2, "stable again")


def has_passed(store: LiveStore, probes: int) -> bool:
    return store.statistics().servers["primary"].good_probes == probes


async def test_both_servers_away_is_said_and_ends(store: LiveStore, redis_pair: Servers) -> None:
    """R7: RedisDown only then; whichever server is back first takes the log at once."""
    for server in redis_pair:
        server.stop()
    for call in (store.append([b"1"]), store.write_state({KEY: price_state()}), store.read([KEY])):
        with pytest.raises(RedisDown):
            await call
    redis_pair[1].start()
    await store.append([b"1"])
    assert logged_in(redis_pair[1]) == [b"1"]


async def test_both_servers_frozen_cost_one_wait(store: LiveStore, redis_pair: Servers) -> None:
    """R7 R15: who asks after that is told at once."""
    for server in redis_pair:
        server.freeze()
    with pytest.raises(RedisDown):
        await store.append([b"1"])
    began = monotonic()
    for _ in range(20):
        with pytest.raises(RedisDown):
            await store.append([b"1"])
    assert monotonic() - began < 0.2
    for server in redis_pair:
        server.thaw()


async def test_highest_version_wins_after_a_split(redis_pair: Servers, clock: ManualClock) -> None:
    """R9: each worker sees one server only; within 5 s of the heal both hold the later holder's state."""
    primary, failover = redis_pair
    gap = primary.socket.with_name("cut.sock"), failover.socket.with_name("cut.sock")
    old = LiveStore(primary.url, f"unix://{gap[1]}", clock=clock)
    new = LiveStore(f"unix://{gap[0]}", failover.url, clock=clock)
    for version in range(1, 4):
        await old.write_state({KEY: price_state(1, version + 100)})
        await new.write_state({KEY: price_state(2, version)})
        await old.append([b"old %d" % version])
        await new.append([b"new %d" % version])
    assert (held_in(primary), held_in(failover)) == ((1, 103), (2, 3)), "they did not see each other"
    gap[0].symlink_to(primary.socket)
    gap[1].symlink_to(failover.socket)
    for store in (old, new):
        await probed(store, clock, LOOK_EVERY_S, partial(_are_up, store))
    assert await new.write_state({KEY: price_state(2, 4)}) == 1
    assert held_in(primary) == held_in(failover) == (2, 4)
    assert await old.write_state({KEY: price_state(1, 200)}) == 0
    everything = {fields[keys.TRADE_FIELD] for _, fields in await new.read_log(b"0", 100)}
    assert everything == {b"%b %d" % (who, number) for who in (b"old", b"new") for number in range(1, 4)}
    await old.close()
    await new.close()


def _are_up(store: LiveStore) -> bool:
    return all(status.state == "up" for status in store.statistics().servers.values())


async def test_newest_of_both_is_read(store: LiveStore, redis_pair: Servers) -> None:
    """V-19: for each key the value with the higher (fence, version), what has none last."""
    with redis_pair[0].client() as one, redis_pair[1].client() as other:
        one.mset({"a": latest.encode(price_state(1, 9)), "b": "no envelope", "c": "by hand"})
        other.mset({"a": latest.encode(price_state(2, 1)), "b": latest.encode(price_state(1, 1))})
    found = await store.read(["a", "b", "c", "d"])
    assert [latest.stamp_of(each) for each in found[:2]] == [(2, 1), (1, 1)]
    assert found[2:] == [b"by hand", None]


async def test_less_than_critical_does_not_fail_over(redis_pair: Servers, settings: Settings) -> None:
    """L-04: with the scope `critical` it is dropped and counted; the newest price is written all the same."""
    settings.REDIS_FAILOVER_SCOPE = "critical"
    primary, failover = redis_pair
    store = LiveStore()
    assert await store.write_state({KEY: price_state(1, 1), NOT_CRITICAL: price_state(1, 1)}) == 2
    assert held_in(primary, NOT_CRITICAL) == (1, 1)
    primary.stop()
    assert await store.write_state({KEY: price_state(1, 2), NOT_CRITICAL: price_state(1, 2)}) == 2
    assert held_in(failover) == (1, 2)
    assert held_in(failover, NOT_CRITICAL) == (-1, -1)
    status = store.statistics()
    assert (status.scope, status.dropped) == ("critical", 1)
    await store.close()


async def test_everything_fails_over_by_default(store: LiveStore, redis_pair: Servers) -> None:
    """L-04: with the scope `all` nothing is dropped."""
    redis_pair[0].stop()
    assert await store.write_state({KEY: price_state(1, 2), NOT_CRITICAL: price_state(1, 2)}) == 2
    assert held_in(redis_pair[1], NOT_CRITICAL) == (1, 2)
    assert store.statistics().dropped == 0


async def test_wishes_of_a_venue_outlive_a_server(store: LiveStore, redis_pair: Servers) -> None:
    """L-01: a ban that was heard before the failure is kept after it."""
    await store.cool_off("binance", 60.0, "asked to wait")
    assert await store.count_ban("binance", 60.0) == 1
    redis_pair[0].stop()
    assert await store.read_cool_off("binance") == "asked to wait"
    assert await store.count_ban("binance", 60.0) == 2

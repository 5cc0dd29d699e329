"""What a Redis server refuses with has its reason, and the log goes to the other one. Real servers."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest
import redis

from feeds.storage import keys
from feeds.storage.commands import judge
from feeds.storage.health import LOOK_EVERY_S, PROBE_EVERY_S, Failure
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from tests.clock import ManualClock
from tests.feeds.storage.servers import Servers, logged_in, probed, state_of
from tests.redis_server import RedisServer
from tests.waiting import wait_until


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
    pair_store: LiveStore, redis_pair: Servers, fault: Callable[[RedisServer], None], reason: str
) -> None:
    """R4 R5: whatever a server refuses with, the batch is acknowledged by the other one, at once."""
    primary, failover = redis_pair
    await asyncio.to_thread(fault, primary)
    await pair_store.append([b"1", b"2"])
    assert logged_in(failover) == [b"1", b"2"]
    assert state_of(pair_store) == ("down", reason)
    status = pair_store.statistics()
    assert (status.active, status.switches, status.last_reason) == ("failover", 1, reason)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(_becomes_full, "full"), (_becomes_replica, "read_only"), (_loses_disk, "misconfigured")],
)
async def test_probe_finds_what_no_call_has_met(
    pair_store: LiveStore, redis_pair: Servers, clock: ManualClock, fault: Callable[[RedisServer], None], reason: str
) -> None:
    """R4 R5 L-06: the failover server may rot unused; that is known before it is needed."""
    _, failover = redis_pair
    await asyncio.to_thread(fault, failover)
    await probed(pair_store, clock, PROBE_EVERY_S, lambda: state_of(pair_store, "failover") == ("down", reason))
    assert pair_store.statistics().active == "primary"


async def test_server_that_would_drop_the_log_is_not_used(
    pair_store: LiveStore, redis_pair: Servers, clock: ManualClock
) -> None:
    """R4: any policy but noeviction may evict entries that are not stored yet."""
    primary, _ = redis_pair
    primary.configure(maxmemory=2**30, maxmemory_policy="allkeys-lru")
    await probed(pair_store, clock, PROBE_EVERY_S, lambda: state_of(pair_store) == ("down", "misconfigured"))
    primary.configure(maxmemory_policy="noeviction")
    await probed(pair_store, clock, LOOK_EVERY_S, lambda: state_of(pair_store) == ("up", ""))
    memory_used = pair_store.statistics().servers["primary"].memory_used
    assert memory_used
    assert 0.0 < memory_used < 0.1


async def test_server_that_runs_a_script_for_ever_is_left(pair_store: LiveStore, redis_pair: Servers) -> None:
    """R5: BUSY is an answer too."""
    primary, failover = redis_pair
    primary.configure(busy_reply_threshold=1)
    with primary.client() as client, primary.client() as other:
        running = asyncio.create_task(asyncio.to_thread(_run_for_ever, client))
        await wait_until(lambda: _is_busy(other))
        await pair_store.append([b"1"])
        other.script_kill()
        await running
    assert state_of(pair_store) == ("down", "busy")
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


async def test_server_that_still_loads_is_left(pair_store: LiveStore, redis_pair: Servers, clock: ManualClock) -> None:
    """R5: it was restarted with much to read."""
    primary, failover = redis_pair
    for _ in range(4):
        await pair_store.append(b"%d" % number for number in range(20_000))
    primary.stop()
    await asyncio.to_thread(primary.start, key_load_delay=-4)
    await pair_store.append([b"more"])
    assert state_of(pair_store) == ("down", "loading")
    assert logged_in(failover) == [b"more"]


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


def test_server_that_hides_what_it_is_judged_by_says_which() -> None:
    """R5: a proxy or a managed server may cut INFO: that is a reason, and no probe that dies unseen."""
    told = {"role": "master", "loading": 0, "maxmemory": 0, "used_memory": 1}
    with pytest.raises(RedisDown, match="its INFO does not tell maxmemory_policy") as down:
        judge(told)
    assert down.value.reason is Failure.MISCONFIGURED
    assert judge({**told, "maxmemory_policy": "noeviction", "maxmemory": 4}) == 0.25

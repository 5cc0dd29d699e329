"""What people read with redis-cli, and what the restart protocol does with it."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import StringIO

import pytest
import pytest_asyncio
from asgiref.sync import async_to_sync, sync_to_async
from django.core.management import CommandError, call_command
from django.db import connections

from feeds.clock import SystemClock
from feeds.models import Trade
from feeds.storage.byhand import LINE_NAMES, POSITION_NAMES, LineNow, keep_written, values
from feeds.storage.live import LiveStore
from tests.clock import ManualClock
from tests.dashboard.samples import NOON, store_trades, trade
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer
from tests.waiting import wait_until

Pair = tuple[RedisServer, RedisServer]
NAMES = (*POSITION_NAMES, *LINE_NAMES, "mm_trap_probability")


@pytest_asyncio.fixture
async def store(redis_pair: Pair) -> AsyncIterator[LiveStore]:
    store = LiveStore()
    yield store
    await store.close()


def line() -> LineNow:
    return LineNow("binance", NOON, 2)


def said(server: RedisServer, name: str) -> dict[str, object]:
    """What `redis-cli get NAME` prints."""
    with server.client() as client:
        text = client.get(name)
    assert isinstance(text, bytes)
    found: dict[str, object] = json.loads(text)
    return found


async def test_every_name_can_be_read_by_hand_on_both_servers(
    store: LiveStore, redis_pair: Pair, clock: ManualClock
) -> None:
    """M-12, M-13: under these very names, with who wrote it and when; what nobody knows yet says so."""
    task = asyncio.create_task(keep_written("feed:main", line, store, clock))
    await wait_until(lambda: clock.sleepers)
    for server in redis_pair:
        assert said(server, "ws_status")["v"] == "connected to binance"
        assert said(server, "ws_last_update")["v"] == "2026-03-01T12:00:00+00:00"
        for name in (*POSITION_NAMES, "mm_trap_probability"):
            assert said(server, name)["v"] == "no data"
        for name in NAMES:
            assert set(said(server, name)) == {"v", "fence", "version", "at", "origin"}
            assert said(server, name)["origin"] == "feed:main"
            assert said(server, name)["fence"] == (2 if name in LINE_NAMES else 0)
        pair = said(server, "latest:redis")["v"]
        assert isinstance(pair, dict)
        assert (pair["active"], set(pair["servers"])) == ("primary", {"primary", "failover"})
    task.cancel()


async def test_a_line_without_a_venue_is_disconnected(store: LiveStore) -> None:
    """M-12: no venue delivers, and none ever has."""
    written = values("feed:main", LineNow("", None, 2), store.statistics(), NOON)
    assert (written["ws_status"].v, written["ws_last_update"].v) == ("disconnected", "no data")


async def test_a_real_position_is_not_written_over_by_no_data(
    store: LiveStore, redis_pair: Pair, clock: ManualClock
) -> None:
    """M-12: who knows the position writes with a fence, and that stays."""
    known = values("account:1", line(), store.statistics(), NOON)["current_position"]
    await store.write_state({"current_position": type(known)("long 0.5", 3, 1, NOON, "account:1")})
    task = asyncio.create_task(keep_written("feed:main", line, store, clock))
    await wait_until(lambda: clock.sleepers)
    assert said(redis_pair[0], "current_position")["v"] == "long 0.5"
    assert said(redis_pair[0], "position_targets")["v"] == "no data"
    task.cancel()


async def test_a_later_holder_is_not_written_over(store: LiveStore, redis_pair: Pair, clock: ManualClock) -> None:
    """W4: however far the clock of the former one is ahead."""
    later = values("feed:main", LineNow("kraken", NOON, 3), store.statistics(), NOON)
    await store.write_state(later)
    task = asyncio.create_task(keep_written("feed:main", line, store, clock))
    await wait_until(lambda: clock.sleepers)
    assert clock.now() > NOON
    assert said(redis_pair[0], "ws_status")["v"] == "connected to kraken"
    assert said(redis_pair[0], "latest:redis")["fence"] == 3
    task.cancel()


async def test_another_feed_writes_nothing(store: LiveStore, redis_pair: Pair, clock: ManualClock) -> None:
    """Only the feed that is named first speaks for all."""
    task = asyncio.create_task(keep_written("feed:second", lambda: None, store, clock))
    await wait_until(lambda: clock.sleepers)
    with redis_pair[0].client() as client:
        assert client.exists(*NAMES) == 0
    task.cancel()


def restart(*options: str) -> str:
    out = StringIO()
    try:
        call_command("restart_protocol", *options, stdout=out)
    finally:
        connections.close_all()
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
async def test_the_restart_protocol_deletes_starts_and_verifies(store: LiveStore, redis_pair: Pair) -> None:
    """M-14: four steps, each told; what it deleted is written again, and history stays."""
    await sync_to_async(store_trades)(trade(1, "64000"))
    for server in redis_pair:
        with server.client() as client:
            client.mset(dict.fromkeys(NAMES, "old"))
            client.xadd("trade_log", {"trade": "kept"})
    task = asyncio.create_task(keep_written("feed:main", line, store, SystemClock()))
    told = await sync_to_async(restart, thread_sensitive=False)()
    task.cancel()
    assert [text[:2] for text in told.splitlines() if not text.startswith(" ")] == ["1.", "2.", "3.", "4.", "Do"]
    for server_name in ("primary", "failover"):
        assert f"   {server_name}: deleted current_position position_targets position_history\n" in told
        assert f"   {server_name}: deleted ws_status ws_last_update\n" in told
        assert f"   {server_name}: all 5 are there\n" in told
    assert "feed main: nobody runs it yet" in told
    for server in redis_pair:
        assert said(server, "ws_status")["v"] == "connected to binance"
        with server.client() as client:
            assert client.xlen("trade_log") == 1
    assert await sync_to_async(Trade.objects.count)() == 1


@pytest.mark.django_db(transaction=True)
def test_the_restart_protocol_says_when_nothing_comes_back(redis_pair: Pair) -> None:
    """M-14: without a worker it fails, and names what is missing."""
    with pytest.raises(CommandError, match="primary: current_position .* ws_last_update; failover: current_position"):
        restart("--within", "0.3")


def test_the_restart_protocol_deletes_nothing_without_the_database(
    own_postgres: PostgresServer, redis_server: str, shared_redis: RedisServer
) -> None:
    """M-14: it looks before it deletes, and says why it does nothing."""
    with shared_redis.client() as client:
        client.set("ws_status", "old")
        own_postgres.stop()
        try:
            with pytest.raises(CommandError, match="does not answer, so nothing was deleted"):
                restart()
        finally:
            own_postgres.start()
        assert client.get("ws_status") == b"old"


@pytest.mark.django_db(transaction=True)
def test_the_restart_protocol_goes_on_with_one_server(redis_pair: Pair) -> None:
    """M-14: a server that is away is skipped, and that is said."""
    redis_pair[1].stop()

    async def write() -> None:
        store = LiveStore()
        task = asyncio.create_task(keep_written("feed:main", line, store, SystemClock()))
        told = await sync_to_async(restart, thread_sensitive=False)()
        task.cancel()
        await store.close()
        assert "   failover: away, skipped: " in told
        assert "   primary: all 5 are there\n" in told

    async_to_sync(write)()

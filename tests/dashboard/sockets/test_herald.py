"""Who is connected is told to a real Redis, read for all processes together, and costs no socket anything."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from pytest_django import Settings

from dashboard.sockets.client import Client, ClientLine, ClientState
from dashboard.sockets.herald import Herald, merged, read_all
from dashboard.sockets.registry import CYCLE_S, Registry
from feeds.storage import keys
from tests.clock import ManualClock
from tests.redis_server import RedisServer
from tests.waiting import Stopwatch, finish, wait_for, wait_until


@pytest.fixture
def registry(clock: ManualClock) -> Registry:
    return Registry(clock)


@pytest_asyncio.fixture
async def herald(registry: Registry, clock: ManualClock) -> AsyncIterator[Herald]:
    herald = Herald(registry, clock, "web:1")
    yield herald
    await herald.stop()


def opened(registry: Registry, name: str = "ada") -> Client:
    return registry.open("client", 1, name, "192.0.2.1", lambda code, text: None)


async def told(count: int) -> list[ClientLine]:
    async def look() -> list[ClientLine] | None:
        lines = await read_all()
        return lines if lines is not None and len(lines) == count else None

    return await wait_for(look)


@pytest.mark.usefixtures("redis_server")
async def test_clients_are_told_at_once_and_again(registry: Registry, herald: Herald, clock: ManualClock) -> None:
    """W-02 W-16: the first one at once, and every two seconds what has become of it."""
    ada = opened(registry)
    herald.begin()
    (line,) = await told(1)
    assert (line.id, line.process, line.state, line.message_count) == (ada.id, "web:1", "connected", 0)
    ada.heard(clock.now())
    opened(registry, "bob")
    herald.begin()
    await clock.advance(CYCLE_S)
    assert {line.message_count for line in await told(2)} == {1, 0}


@pytest.mark.usefixtures("redis_server")
async def test_last_client_is_forgotten(registry: Registry, herald: Herald, clock: ManualClock) -> None:
    """W-11: its goodbye is seen for a cycle; then nothing is left in Redis, and the next client is told of again."""
    ada = opened(registry)
    herald.begin()
    await told(1)
    registry.ended(ada, 1000, by_us=False)
    await clock.advance(CYCLE_S / 2)
    await clock.advance(CYCLE_S / 2)
    assert await told(0) == []
    opened(registry)
    herald.begin()
    await told(1)


@pytest.mark.usefixtures("redis_server")
async def test_who_comes_while_the_last_one_is_forgotten_is_told_of(
    registry: Registry, herald: Herald, clock: ManualClock
) -> None:
    """The task that was about to end goes on."""
    ada = opened(registry)
    herald.begin()
    await told(1)
    registry.ended(ada, 1000, by_us=False)
    await clock.advance(CYCLE_S)
    bob = opened(registry, "bob")
    herald.begin()
    assert [line.id for line in await told(1)] == [bob.id]


@pytest.mark.usefixtures("redis_server")
async def test_process_that_ends_takes_its_clients_with_it(
    registry: Registry, herald: Herald, clock: ManualClock
) -> None:
    """W-11: not ten seconds later; what other processes told stays."""
    opened(registry)
    herald.begin()
    other = Registry(clock)
    bob = opened(other, "bob")
    another = Herald(other, clock, "web:2")
    another.begin()
    assert {line.process for line in await told(2)} == {"web:1", "web:2"}
    await herald.stop()
    assert [line.id for line in await told(1)] == [bob.id]
    await another.stop()


async def test_redis_that_is_away_is_told_when_it_is_back(
    registry: Registry, herald: Herald, clock: ManualClock, own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """R1: nothing breaks, one line says it, and readers are told that nobody knows."""
    own_redis.stop()
    opened(registry)
    herald.begin()
    for _ in range(3):
        await wait_until(lambda: clock.sleepers)
        await clock.advance(CYCLE_S)
    assert await read_all() is None
    assert caplog.text.count("nobody is told who is connected") == 1
    own_redis.start()

    async def look() -> list[ClientLine] | None:
        await clock.advance(CYCLE_S)
        return await read_all() or None

    assert await wait_for(look)


async def test_page_does_not_wait_for_a_redis_that_hangs(own_redis: RedisServer, settings: Settings) -> None:
    """R2: at most 0.7 s, with one server and with two."""
    own_redis.freeze()
    for failover in ("", "redis://127.0.0.1:9/0"):
        settings.FAILOVER_REDIS_URL = failover
        watch = Stopwatch()
        assert await read_all() is None
        assert watch.seconds() < 1.0
    own_redis.thaw()


async def test_what_another_version_told_is_left_out(
    redis_server: str, shared_redis: RedisServer, registry: Registry, herald: Herald
) -> None:
    """M-12: and so is what somebody wrote by hand."""
    with shared_redis.client() as client:
        seconds, _ = client.time()
        client.hset(keys.CLIENTS, "older", f'{seconds * 1000} [{{"id": 1}}]')
    opened(registry)
    herald.begin()
    await told(1)


def test_client_that_came_back_to_another_process_is_one(registry: Registry, clock: ManualClock) -> None:
    """W-06: it is shown where it is connected, wherever it was before."""
    lost, back = opened(registry), opened(registry)
    back.id, back.connected_at = lost.id, clock.now() - timedelta(seconds=1)
    lost.state = ClientState.RECONNECTING
    for lines in ([lost.line(), back.line()], [back.line(), lost.line()]):
        (line,) = merged(lines)
        assert line.state == ClientState.CONNECTED


async def test_herald_that_never_began_stops(herald: Herald, clock: ManualClock) -> None:
    """A process may end before its first client comes."""
    await finish(herald.stop(), clock)

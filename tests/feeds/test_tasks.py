"""Who runs what: sessions are held by leases, started by beat or by the worker's own timer, and end with the worker."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from celery import Celery
from celery.signals import worker_ready, worker_shutting_down
from django.db.models import F
from pytest_django import Settings

from feeds import tasks
from feeds.models import HealthSnapshot, Lease, Trade
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from omega_site.celery import app as product_app
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]
RESOURCES = ["drain", "feed:main"]


@pytest.fixture(autouse=True)
def _worker_ends() -> Iterator[None]:
    """Whatever a test has started is told to stop, and awaited."""
    tasks.stopping.clear()
    yield
    tasks.stopping.set()
    for thread in threading.enumerate():
        if thread.name in ("sessions", *RESOURCES):
            thread.join(5)
            assert not thread.is_alive()


@pytest_asyncio.fixture
async def lively(settings: Settings) -> AsyncIterator[Exchange]:
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield exchange


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest.fixture
def broker(shared_redis: RedisServer) -> Iterator[Celery]:
    """A Celery application whose broker is the tests' Redis."""
    with Celery("test", broker=shared_redis.url.replace("unix://", "redis+socket://"), set_as_current=True) as app:
        yield app
    product_app.set_current()


async def stored_trades(database: DatabaseThread) -> int | None:
    """The number of rows, once there are some."""
    return await database.run(Trade.objects.count) or None


async def wait_until_held(database: DatabaseThread, *resources: str) -> None:
    async def all_held() -> bool | None:
        return not await database.run(lease.unheld, list(resources)) or None

    await wait_for(all_held)


async def test_worker_holds_everything_until_it_is_told_to_stop(lively: Exchange, database: DatabaseThread) -> None:
    """W1 W2: without any broker, trades become rows; at the end the leases are free and the venue sees 1000."""
    worker_ready.send(sender=None)
    await wait_for(lambda: stored_trades(database))
    await wait_until_held(database, *RESOURCES)
    worker_shutting_down.send(sender=None)
    await wait_until(lambda: not lively.open_connections)
    assert {connection.close_code for connection in lively.connections} == {1000}

    async def all_free() -> bool | None:
        return await database.run(lease.unheld, RESOURCES) == RESOURCES or None

    await wait_for(all_free)

    async def told() -> bool | None:
        of_worker = HealthSnapshot.objects.filter(subject__startswith="worker:").order_by("id")
        states = await database.run(lambda: list(of_worker.values_list("state", flat=True)))
        return states == ["started", "stopped"] or None

    await wait_for(told)


async def test_second_start_of_a_session_does_nothing(lively: Exchange, database: DatabaseThread) -> None:
    """W5: a message that is delivered twice, or late, opens no second connection."""
    holding = asyncio.create_task(asyncio.to_thread(tasks.hold, "feed:main"))
    await wait_until_held(database, "feed:main")
    assert await asyncio.to_thread(tasks.hold, "feed:main") == "feed:main is held by somebody else"
    tasks.stopping.set()
    assert await asyncio.wait_for(holding, 5.0) == "feed:main ended"
    venues = [connection.venue for connection in lively.connections]
    assert len(venues) == len(set(venues))


async def test_drain_that_lost_its_lease_ends(database: DatabaseThread) -> None:
    """W4 W5: it renews every two seconds, and stops when a successor has the lease."""
    holding = asyncio.create_task(asyncio.to_thread(tasks.hold, "drain"))
    await wait_until_held(database, "drain")
    assert await asyncio.to_thread(tasks.hold, "drain") == "drain is held by somebody else"
    await database.run(lambda: Lease.objects.update(holder="new", fence=F("fence") + 1))
    assert await asyncio.wait_for(holding, lease.RENEW_EVERY_S + 2.0) == "drain ended"
    held = await database.run(lambda: Lease.objects.get(resource="drain"))
    assert (held.holder, held.fence) == ("new", 2)


def test_beat_asks_for_what_nobody_holds(broker: Celery, shared_redis: RedisServer) -> None:
    """W1: one message for each, with nothing in it but the name, and worth nothing after nine seconds."""
    lease.claim("drain", "somebody")
    tasks.keep_sessions_running()
    with shared_redis.client() as client:
        (message,) = [json.loads(raw) for raw in client.lrange("celery", 0, -1)]
    assert message["headers"]["task"] == "feeds.tasks.hold"
    assert message["headers"]["argsrepr"] == "('feed:main',)"
    assert message["headers"]["expires"]


def test_beat_asks_for_nothing_when_all_is_held(broker: Celery, shared_redis: RedisServer) -> None:
    """W1: a healthy system is quiet."""
    for resource in RESOURCES:
        lease.claim(resource, "somebody")
    tasks.keep_sessions_running()
    with shared_redis.client() as client:
        assert client.llen("celery") == 0

"""Who runs what: sessions are held by leases, started by the worker's own timer or a nudge, and end with the worker."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from celery.signals import worker_shutting_down
from django.db.models import F
from pytest_django import Settings

from feeds import tasks
from feeds.models import HealthSnapshot, Lease, Trade
from feeds.storage import latest, lease
from feeds.storage.database import DatabaseThread
from feeds.storage.spool import Spool
from feeds.worker import sessions
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.samples import logged
from tests.redis_server import RedisServer
from tests.waiting import wait_for, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]
RESOURCES = ["drain:primary", "feed:main"]


@pytest.fixture(autouse=True)
def _worker_ends() -> Iterator[None]:
    """Whatever a test has started is told to stop, and awaited."""
    sessions.stopping.clear()
    yield
    sessions.stopping.set()
    assert sessions.late() == []


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


async def stored_trades(database: DatabaseThread) -> int | None:
    """The number of rows, once there are some."""
    return await database.run(Trade.objects.count) or None


async def wait_until_held(database: DatabaseThread, *resources: str) -> None:
    async def all_held() -> bool | None:
        return not await database.run(lease.unheld, list(resources)) or None

    await wait_for(all_held)


async def test_worker_holds_everything_until_it_is_told_to_stop(lively: Exchange, database: DatabaseThread) -> None:
    """W1 W2 D-07: without any broker, trades become rows; at the end the leases are free, and the venue sees 1000."""
    sessions.begin()
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


async def test_each_server_of_a_pair_is_drained(
    redis_pair: tuple[RedisServer, RedisServer], database: DatabaseThread
) -> None:
    """R1: by a lease of its own."""
    assert "drain:failover" in await database.run(sessions.unheld)
    sessions.begin()
    await wait_until_held(database, "drain:primary", "drain:failover")


async def test_timer_survives_what_nobody_thought_of(
    database: DatabaseThread, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """W1: nothing heals without it. What is wrong is logged whole."""
    address = settings.REDIS_URL
    del settings.REDIS_URL
    sessions.begin()
    await wait_until(lambda: "AttributeError" in caplog.text)
    assert sessions.is_kept()
    settings.REDIS_URL = address
    await wait_until_held(database, "drain:primary")


async def test_worker_without_a_feed_replays_what_a_dead_one_left(
    database: DatabaseThread, settings: Settings, exchange: Exchange
) -> None:
    """R9 W1: what was acknowledged is stored, whoever holds the feed now, and wherever."""
    left = Spool("other")
    await left.keep([latest.encode(logged(number)) for number in range(3)])
    await left.close()
    await database.run(lambda: lease.claim("feed:main", "another host"))
    sessions.begin()
    await wait_for(lambda: stored_trades(database))
    assert "feed:main" not in {thread.name for thread in threading.enumerate()}
    await wait_until(lambda: not list(settings.SPOOL_DIR.iterdir()))
    assert await stored_trades(database) == 3


async def test_second_start_of_a_session_does_nothing(lively: Exchange, database: DatabaseThread) -> None:
    """W5: a message that is delivered twice, or late, opens no second connection."""
    tasks.hold("feed:main")
    await wait_until_held(database, "feed:main")
    tasks.hold("feed:main")
    assert not await asyncio.to_thread(sessions.hold, "feed:main")
    assert sum(thread.name == "feed:main" for thread in threading.enumerate()) == 1
    venues = [connection.venue for connection in lively.connections]
    assert len(venues) == len(set(venues))


async def test_drain_that_lost_its_lease_ends(database: DatabaseThread) -> None:
    """W4 W5: it renews every two seconds, and stops when a successor has the lease."""
    holding = asyncio.create_task(asyncio.to_thread(sessions.hold, "drain:primary"))
    await wait_until_held(database, "drain:primary")
    assert not await asyncio.to_thread(sessions.hold, "drain:primary")
    await database.run(lambda: Lease.objects.update(holder="new", fence=F("fence") + 1))
    assert await asyncio.wait_for(holding, lease.RENEW_EVERY_S + 2.0)
    held = await database.run(lambda: Lease.objects.get(resource="drain:primary"))
    assert held.holder == "new"
    assert held.expires_at is not None

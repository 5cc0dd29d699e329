"""What tests of a whole feed ask for: a thread to the database, a store in Redis, and an observer of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.models import Feed
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from tests.clock import QuickClock
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.books import Books
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.stage import SEVEN, Stage
from tests.redis_server import RedisServer


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def observer(redis_server: str) -> AsyncIterator[Observer]:
    store = LiveStore(redis_server)
    yield Observer(store)
    await store.close()


@pytest_asyncio.fixture
async def books(exchange: Exchange, database: DatabaseThread, own_redis: RedisServer) -> AsyncIterator[Books]:
    """A gap ledger for which ten seconds pass in one."""
    store = LiveStore(own_redis.url)
    yield Books(exchange, database, store, QuickClock(10.0))
    await store.close()


@pytest_asyncio.fixture
async def alone(database: DatabaseThread) -> None:
    """The feed keeps no standbys: one connection at a time, unless a venue is suspected."""
    await database.run(lambda: Feed.objects.update(standbys=0))


@pytest_asyncio.fixture
async def lively(settings: Settings) -> AsyncIterator[Exchange]:
    """An exchange where trades happen by themselves, some 40 a second and venue."""
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield exchange


@pytest.fixture
def stage() -> Stage:
    """All seven deliver; the best one leads since some time."""
    stage = Stage(*SEVEN)
    stage.run(20)
    assert stage.lead == "binance"
    stage.mark()
    return stage

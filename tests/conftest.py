"""What every test may ask for: a clock, a Redis, a replay exchange."""

import signal
from collections.abc import AsyncIterator, Iterator
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio
from django.core.cache import caches
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from omega_site.database import tuned
from omega_site.environment import Environment
from tests.clock import ManualClock
from tests.databases import default_database
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer

# A shell that starts the tests in its background ignores Ctrl-C, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.chromium"]
WHOLE_SYSTEMS: Final = tuple(f"tests/{name}/" for name in ("system", "faults", "browser", "soak", "simulation"))

# How long one example takes says more about the machine than about the code.
hypothesis_settings.register_profile("quick", deadline=None)
hypothesis_settings.register_profile("thorough", max_examples=100_000, deadline=None)
hypothesis_settings.load_profile("quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole systems first: what is begun last should be short, or one process goes on alone for minutes."""
    items.sort(key=lambda item: not item.nodeid.startswith(WHOLE_SYSTEMS))


@pytest.fixture(autouse=True)
def _no_live_exchange(settings: Settings) -> None:
    """Where a test names no replay exchange, there is none: port 9 refuses."""
    settings.REPLAY_EXCHANGE_URL = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    """What one test asked is not counted in the next."""
    caches["counters"].clear()


@pytest.fixture(autouse=True)
def _no_leftover_spool(settings: Settings) -> None:
    """What one test leaves in the spool is no other one's, also where they run side by side."""
    settings.SPOOL_DIR = settings.OMEGA_DATA_DIR / f"spool-{uuid4().hex}"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    """One server for all tests of this process."""
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture
def redis_server(shared_redis: RedisServer, settings: Settings) -> str:
    """The address of an empty Redis, which is also the one in the settings."""
    with shared_redis.client() as client:
        client.flushall()
    settings.REDIS_URL = shared_redis.url
    return shared_redis.url


@pytest.fixture
def own_redis(settings: Settings) -> Iterator[RedisServer]:
    """A Redis for a test that stops or freezes it; it is also the one in the settings."""
    server = RedisServer()
    settings.REDIS_URL = server.url
    yield server
    server.remove()


@pytest.fixture
def redis_pair(own_redis: RedisServer, settings: Settings) -> Iterator[tuple[RedisServer, RedisServer]]:
    """The primary and the failover server, for a test that stops or freezes them; both are in the settings."""
    failover = RedisServer()
    settings.FAILOVER_REDIS_URL = failover.url
    yield own_redis, failover
    failover.remove()


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[PostgresServer]:
    """One server for all tests of this process that need their own."""
    server = PostgresServer("-c", "max_connections=12")
    yield server
    server.remove()


@pytest.fixture
def own_postgres(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, shared_postgres: PostgresServer
) -> Iterator[PostgresServer]:
    """A PostgreSQL for a test that stops or locks it, with a fresh default database. Instead of `db`."""
    config = tuned(Environment.db_url_config(shared_postgres.url), "worker")
    with django_db_blocker.unblock(), default_database(config):
        yield shared_postgres


@pytest_asyncio.fixture
async def exchange(settings: Settings) -> AsyncIterator[Exchange]:
    """A still replay exchange, where only the test makes trades happen; it is also the one in the settings."""
    async with Exchange(market=RandomMarket(rate=0, first_id=1000)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield exchange

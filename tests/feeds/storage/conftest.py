"""What tests of the storage ask for: a store in an empty Redis, and the drain of its log."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
import pytest_asyncio

from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import Drain
from feeds.storage.live import LiveStore
from feeds.storage.spool import Spool
from tests.clock import ManualClock
from tests.feeds.storage.servers import KEY, Servers


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def spool() -> AsyncIterator[Spool]:
    """An empty one."""
    spool = Spool("main")
    yield spool
    await spool.close()


@pytest.fixture
def consumer(redis_server: str) -> Iterator[LogConsumer]:
    with closing(LogConsumer("drain", redis_server)) as consumer:
        yield consumer


@pytest.fixture
def drain(consumer: LogConsumer, clock: ManualClock) -> Drain:
    return Drain(consumer, clock)


@pytest_asyncio.fixture
async def pair_store(redis_pair: Servers, clock: ManualClock) -> AsyncIterator[LiveStore]:
    """A store over both servers, connected to each."""
    primary, failover = redis_pair
    store = LiveStore(primary.url, failover.url, clock=clock)
    await store.read([KEY])
    yield store
    await store.close()

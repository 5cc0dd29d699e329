"""What tests of the storage ask for: a store in an empty Redis, and the drain of its log."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
import pytest_asyncio

from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import Drain
from feeds.storage.live import LiveStore
from tests.clock import ManualClock


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()


@pytest.fixture
def consumer(redis_server: str) -> Iterator[LogConsumer]:
    with closing(LogConsumer("drain", redis_server)) as consumer:
        yield consumer


@pytest.fixture
def drain(consumer: LogConsumer, clock: ManualClock) -> Drain:
    return Drain(consumer, clock)

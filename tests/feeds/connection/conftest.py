"""What tests of a whole feed ask for: a thread to the database, and an observer of Redis."""

from collections.abc import AsyncIterator

import pytest_asyncio

from feeds.storage.database import DatabaseThread
from feeds.storage.redis import LiveStore
from tests.feeds.connection.observer import Observer


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest_asyncio.fixture
async def observer(redis_server: str) -> AsyncIterator[Observer]:
    store = LiveStore(redis_server)
    yield Observer(store)
    await store.close()

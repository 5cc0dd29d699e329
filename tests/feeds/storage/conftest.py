"""What tests of the storage ask for: a store in an empty Redis."""

from collections.abc import AsyncIterator

import pytest_asyncio

from feeds.storage.redis import LiveStore


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()

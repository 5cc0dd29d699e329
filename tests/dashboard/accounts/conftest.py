"""Ada's account and Bob's, and a store as a worker has one."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from django.contrib.auth.models import User

from feeds.storage.live import LiveStore
from positions.models import Account
from tests.dashboard.conftest import Visitor


@pytest.fixture
def ada_account(visitor: Visitor) -> Account:
    return Account.objects.create(label="Of Ada", owner=visitor.user)


@pytest.fixture
def bob_account(transactional_db: None) -> Account:
    """Nothing of it is for Ada."""
    bob = User.objects.create_user("bob")
    return Account.objects.create(label="SECRET OF BOB", owner=bob)


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    store = LiveStore(redis_server)
    yield store
    await store.close()

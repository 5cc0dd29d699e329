"""A writer as the worker is one, logged-in users and their accounts, and a hub, for the tests of what reads."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client

from dashboard.system.watch import WATCH
from feeds.storage import keys, latest
from feeds.storage.latest import FeedState, LoggedTrade, PriceState, RejectedFrame
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from positions.models import Account
from tests.dashboard.desk import Desk

CONFIRMED_WITHIN_S = 10.0


def key_of(state: PriceState | FeedState) -> str:
    return keys.price(state.feed, state.instrument) if isinstance(state, PriceState) else keys.feed(state.feed)


class Writer:
    """Writes what a worker writes, where a worker writes it; again what was not confirmed, as a worker does.

    On a busy machine the loop that the test shares with a server may hear the answer too late.
    """

    def __init__(self, store: LiveStore) -> None:
        self._store = store

    async def log(self, *trades: LoggedTrade) -> None:
        await _confirmed(lambda: self._store.append([latest.encode(trade) for trade in trades]))

    async def show(self, state: PriceState | FeedState) -> None:
        await _confirmed(lambda: self._store.write_state({key_of(state): state}))

    async def reject(self, *frames: RejectedFrame) -> None:
        await self._store.keep_rejected(frames)


async def _confirmed(write: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(CONFIRMED_WITHIN_S):
        while True:
            try:
                await write()
            except RedisDown:
                await asyncio.sleep(0.05)
            else:
                return


@dataclass
class Visitor:
    """A user with a browser that is logged in."""

    user: User
    client: Client

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self.client.cookies.items())


@pytest.fixture(autouse=True)
def _no_kept_answers() -> Iterator[None]:
    """What one test asked for, or saw of its servers, is not kept for the next."""
    caches["memory"].clear()
    yield
    WATCH.stop()
    caches["memory"].clear()


@pytest_asyncio.fixture
async def writer(redis_server: str) -> AsyncIterator[Writer]:
    store = LiveStore(redis_server)
    yield Writer(store)
    await store.close()


@pytest_asyncio.fixture
async def store(redis_server: str) -> AsyncIterator[LiveStore]:
    """A store as a worker has one."""
    store = LiveStore(redis_server)
    yield store
    await store.close()


@pytest.fixture
def visitor(transactional_db: None, client: Client) -> Visitor:
    """Ada, who is logged in and not staff."""
    ada = User.objects.create_user("ada", password="the sea is calm tonight")
    client.force_login(ada)
    return Visitor(ada, client)


@pytest.fixture
def operator(visitor: Visitor) -> Visitor:
    """Ada is staff."""
    visitor.user.is_staff = visitor.user.is_superuser = True
    visitor.user.save()
    return visitor


@pytest.fixture
def ada_account(visitor: Visitor) -> Account:
    return Account.objects.create(label="Of Ada", owner=visitor.user)


@pytest.fixture
def bob_account(transactional_db: None) -> Account:
    """Nothing of it is for Ada."""
    bob = User.objects.create_user("bob")
    return Account.objects.create(label="SECRET OF BOB", owner=bob)


@pytest.fixture
def desk() -> Desk:
    return Desk()
